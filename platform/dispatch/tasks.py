"""The one Celery task: a wake-up without content. What is done, and for whom, stands in the row."""

from celery import shared_task
from django.db import close_old_connections

from dispatch.services import OWNER_QUEUE
from dispatch.worker import run_next

# After so many rows the message ends, so that a worker can be stopped between them.
ROWS_PER_WAKE_UP = 50


@shared_task(name="dispatch.work", ignore_result=True)
def work(queue: str) -> None:
    """Work on what is due in `queue` until nothing is."""
    if queue == OWNER_QUEUE:
        return  # a message can ask for it, but here its work could only fail
    close_old_connections()
    for _ in range(ROWS_PER_WAKE_UP):
        if not run_next(queue):
            return
