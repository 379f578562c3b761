"""What tests of the sealed ledger share: entries to seal, and the wait until they can be."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from audit import registry
from audit.registry import register
from audit.sealing import BATCH, Sealed, seal_all
from audit.services import Actor, record

TESTS = Actor.system("sealers")
EVENT = "tests.sealed"
# Tests of other workers hold transactions open on the same server, each until its end.
PATIENCE = 150.0


@contextmanager
def event_known() -> Iterator[None]:
    """The event that `write` records."""
    register(EVENT, "Something is to be sealed", {"count"})
    yield
    registry._known.pop(EVENT, None)


def write(entries: int, *, together: int = 1) -> list[UUID]:
    """Record entries, so many in a transaction; gives their ids in order."""
    written: list[UUID] = []
    while len(written) < entries:
        with transaction.atomic():
            for _ in range(min(together, entries - len(written))):
                count = len(written)
                target = f"thing:{count % 7}"
                written.append(record(event=EVENT, target=target, actor=TESTS, data={"count": count}).id)
    return written


def sealed(*, batch: int = BATCH) -> Sealed:
    """Seal everything that is committed, once no older transaction is open on the server any more."""
    deadline = time.monotonic() + PATIENCE
    while (done := seal_all(batch=batch)).waiting_since is not None:
        assert time.monotonic() < deadline, "another transaction is open all the time"
        time.sleep(0.02)
    return done
