"""The arrow upwards: a floor above hears of entries, inside the transaction that they belong to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from dispatch.statements import Fragment


class Listener(Protocol):
    """What is called with an entry of an event that it hears."""

    def __call__(self, *, event: str, target: str, data: Mapping[str, Any], run: object) -> None: ...


# A condition in SQL under which none of these events is of interest, to be asked inside a statement.
Unheard = Callable[[Sequence[str]], Fragment]

_listeners: dict[str, Listener] = {}
_unheard: dict[str, Unheard] = {}


def hears(events: Iterable[str], *, unless: Unheard) -> Callable[[Listener], Listener]:
    """Have a function called with every entry of these events; one that fails undoes what the entry tells of.

    `unless` gives the condition under which it would do nothing, so that a statement which writes entries itself
    need not be part of a transaction for its sake.
    """

    def mark(listener: Listener) -> Listener:
        for event in events:
            if event in _listeners:
                raise ValueError(f"somebody hears of {event} already")
            _listeners[event] = listener
            _unheard[event] = unless
        return listener

    return mark


def unheard(events: Iterable[str]) -> Fragment | None:
    """The condition under which nobody has to be told of these events; None where nobody hears of any."""
    heard = sorted({event for event in events if event in _listeners})
    conditions = {_unheard[event] for event in heard}
    if len(conditions) > 1:
        return Fragment("false", {})  # several listen: each is told, in a transaction
    return conditions.pop()(heard) if conditions else None


def tell(*, event: str, target: str, data: Mapping[str, Any], run: object) -> None:
    """Tell whoever hears of this event."""
    if event in _listeners:
        _listeners[event](event=event, target=target, data=data, run=run)
