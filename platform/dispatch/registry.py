"""Which function does what work: rows name a handler by a string, so that lower floors need not import it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from dispatch.leases import Lease


@dataclass(frozen=True)
class Again:
    """What a handler returns to be run once more when `due_at` has come."""

    due_at: datetime


@dataclass(frozen=True)
class GivenBack:
    """What a handler returns whose last commit has given the row back (dispatch.statements.finished)."""


GIVEN_BACK = GivenBack()


class NotNow(Exception):
    """A row's tenant is not worked for at present; the row is kept until `due_at`."""

    def __init__(self, due_at: datetime) -> None:
        super().__init__(f"not before {due_at:%H:%M:%S}")
        self.due_at = due_at


Work = Callable[[str, Lease], Again | GivenBack | None]
Parked = Callable[[str, str], None]


@dataclass(frozen=True)
class Handler:
    """`run(subject, lease)` does the work; `on_parked(subject, error)` runs when it is given up."""

    name: str
    run: Work
    on_parked: Parked | None


_handlers: dict[str, Handler] = {}
_enter_tenant: Callable[[str], AbstractContextManager[object]] | None = None


def handler(name: str, *, on_parked: Parked | None = None) -> Callable[[Work], Work]:
    """Register a function under `name`. It runs in the tenant's context, outside any transaction,
    at least once: after a crash it is run again."""

    def mark(run: Work) -> Work:
        if name in _handlers:
            raise ValueError(f"the handler {name} is registered already")
        _handlers[name] = Handler(name, run, on_parked)
        return run

    return mark


def handler_get(name: str) -> Handler:
    """The handler registered as `name`; raises LookupError."""
    try:
        return _handlers[name]
    except KeyError:
        raise LookupError(f"no handler is registered as {name}") from None


@dataclass(frozen=True)
class Scheduled:
    """What the scheduler does every `every` seconds, outside any tenant."""

    run: Callable[[], None]
    every: float


_scheduled: list[Scheduled] = []


def scheduled(*, every: float) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a function that finds out what work is due; it must cost next to nothing when there is none."""

    def mark(run: Callable[[], None]) -> Callable[[], None]:
        _scheduled.append(Scheduled(run, every))
        return run

    return mark


def scheduled_all() -> list[Scheduled]:
    """Everything that the scheduler does."""
    return list(_scheduled)


def tenants_entered_by(enter: Callable[[str], AbstractContextManager[object]]) -> None:
    """Tell dispatch how to enter a tenant; the floor above does so when it is loaded."""
    global _enter_tenant
    _enter_tenant = enter


def enter_tenant(tenant: str) -> AbstractContextManager[object]:
    """The context in which a row of `tenant` is worked on."""
    assert _enter_tenant is not None, "no floor above has said how a tenant is entered"
    return _enter_tenant(tenant)
