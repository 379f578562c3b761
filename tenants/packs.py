"""Which packs a new tenant can be given; the floor that has the packs says so when it is loaded."""

from collections.abc import Callable, Iterable

_names: list[Callable[[], Iterable[str]]] = []


def packs_offered_by(names: Callable[[], Iterable[str]]) -> None:
    """Make `names` the one that is asked for the packs there are."""
    _names[:] = [names]


def packs_offered() -> list[str]:
    """The names of the packs there are; the first is what a new tenant usually gets."""
    return [name for ask in _names for name in ask()]
