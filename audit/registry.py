"""The names of events that the ledger knows, each with its sentence and its allow-list of fields."""

from collections.abc import Iterable
from dataclasses import dataclass

from audit.errors import UnknownEvent


@dataclass(frozen=True)
class EventType:
    """`sentence` is what a reader sees; `fields` are the only keys its data may have."""

    name: str
    sentence: str
    fields: frozenset[str]


_known: dict[str, EventType] = {}


def register(name: str, sentence: str, fields: Iterable[str] = ()) -> EventType:
    """Make `name` known; an app does this in its `ledger.py`. The same name twice must say the same."""
    event = EventType(name, sentence, frozenset(fields))
    if _known.setdefault(name, event) != event:
        raise ValueError(f"the event {name} is registered already, and says something else")
    return event


def event_type(name: str) -> EventType:
    """The registered event; raises UnknownEvent."""
    try:
        return _known[name]
    except KeyError:
        raise UnknownEvent(f"{name} is not a registered event") from None


def sentence_of(name: str) -> str:
    """What a reader sees; an entry of an event that nothing registers any more stays readable by its name."""
    return _known[name].sentence if name in _known else name


def event_types() -> list[EventType]:
    """All registered events, by name."""
    return [_known[name] for name in sorted(_known)]
