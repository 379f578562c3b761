"""The arrow upwards: a floor above hears of entries, inside the transaction that they belong to."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol


class Listener(Protocol):
    """What is called with an entry of an event that it hears."""

    def __call__(self, *, event: str, target: str, data: Mapping[str, Any], run: object) -> None: ...


_listeners: dict[str, list[Listener]] = {}


def hears(events: Iterable[str]) -> Callable[[Listener], Listener]:
    """Have a function called with every entry of these events; one that fails undoes what the entry tells of."""

    def mark(listener: Listener) -> Listener:
        for event in events:
            _listeners.setdefault(event, []).append(listener)
        return listener

    return mark


def heard(event: str) -> bool:
    """Whether anybody is told of this event."""
    return event in _listeners


def tell(*, event: str, target: str, data: Mapping[str, Any], run: object) -> None:
    """Tell those who hear of this event."""
    for listener in _listeners.get(event, ()):
        listener(event=event, target=target, data=data, run=run)
