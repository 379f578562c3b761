"""Messages on the broker: as many as help, and none is needed."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from dispatch.services import wake
from dispatch.tasks import ENOUGH_WAKE_UPS, ROWS_PER_WAKE_UP, work


@pytest.fixture
def queue() -> Iterator[str]:
    """A queue that no worker serves; the broker is real."""
    name = f"test{str(uuid4())[:8]}"
    yield name
    forget(name)


def forget(queue: str) -> None:
    with work.app.connection_or_acquire() as broker:
        broker.default_channel.client.delete(queue)


def waiting(queue: str) -> int:
    with work.app.connection_or_acquire() as broker:
        return int(broker.default_channel.client.llen(queue))


def test_a_wake_up_is_sent_while_few_wait_and_not_a_flood_of_them(queue: str) -> None:
    wake(queue)
    assert waiting(queue) == 1
    for _ in range(100):
        wake(queue)
    assert waiting(queue) == ENOUGH_WAKE_UPS
    forget(queue)
    wake(queue)
    assert waiting(queue) == 1, "once they were taken, the next is sent again"


def test_a_wake_up_that_has_done_its_share_is_followed_by_another(
    queue: str, handle: Callable[..., None], add: Callable[..., None], rows: Callable[[], dict[str, Any]]
) -> None:
    handle("tests.work", lambda subject, lease: None)
    for number in range(ROWS_PER_WAKE_UP + 7):
        add("acacia", str(number), queue=queue)
    forget(queue)
    work(queue)
    assert (len(rows()), waiting(queue)) == (7, 1)
    forget(queue)
    work(queue)
    assert (len(rows()), waiting(queue)) == (0, 0)
