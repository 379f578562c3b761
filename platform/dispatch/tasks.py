"""The one Celery task: a wake-up without content. What is done, and for whom, stands in the row."""

from celery import shared_task
from django.db import close_old_connections

from dispatch.services import OWNER_QUEUE, wake
from dispatch.worker import run_next

# After so many rows the message ends, so that a worker can be stopped between them; another follows it.
ROWS_PER_WAKE_UP = 50
# So many messages that nobody has taken yet are enough: all workers of the queue are busy, and look again. A process
# looks after as many of its own, so that few messages cost no look.
ENOUGH_WAKE_UPS = 8


@shared_task(name="dispatch.work", ignore_result=True)
def work(queue: str) -> None:
    """Work on what is due in `queue` until nothing is."""
    if queue == OWNER_QUEUE:
        return  # a message can ask for it, but here its work could only fail
    close_old_connections()
    for _ in range(ROWS_PER_WAKE_UP):
        if not run_next(queue):
            return
    wake(queue)


# How many messages this process has put on a queue since it last looked how many wait there.
_sent: dict[str, int] = {}


def send_wake_up(queue: str) -> None:
    """Put a message on the broker, unless enough are there. Raises what the broker's client raises."""
    if _sent.get(queue, 0) >= ENOUGH_WAKE_UPS:
        if _waiting(queue) >= ENOUGH_WAKE_UPS:
            return
        _sent[queue] = 0
    work.apply_async(args=(queue,), queue=queue, retry=False)
    _sent[queue] = _sent.get(queue, 0) + 1


def _waiting(queue: str) -> int:
    """How many messages of a queue nobody has taken yet."""
    with work.app.connection_or_acquire() as broker:
        return int(broker.default_channel.client.llen(queue))
