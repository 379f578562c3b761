import time
from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from dispatch.loops import run_until_stopped
from dispatch.registry import scheduled_all
from dispatch.services import due_by_queue, heartbeat, heartbeats_clear, wake
from dispatch.worker import process_name

# So many workers at most are woken for a queue at a time.
AT_ONCE = 8


class Command(BaseCommand):
    """The net under the broker: whatever is due and unclaimed is woken, so a lost message only delays."""

    help = "Wakes workers for work that is due (started by the stack)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.check(databases=["default"])
        broker = redis.Redis.from_url(settings.REDIS_URL.replace("redis+socket://", "unix://"), socket_timeout=2)

        next_at = dict.fromkeys(scheduled_all(), 0.0)

        def turn() -> None:
            now = timezone.now()
            for task, at in next_at.items():
                if at <= time.monotonic():
                    next_at[task] = time.monotonic() + task.every
                    task.run()
            heartbeat(process=process_name(), kind="scheduler")
            heartbeats_clear(before=now - timedelta(hours=1))
            for queue, due in due_by_queue(at_most=AT_ONCE).items():
                try:
                    waiting = broker.llen(queue)
                except redis.RedisError:
                    continue  # next time: the rows stay
                for _ in range(due - int(waiting)):
                    wake(queue)

        run_until_stopped(turn, every=0.5)
