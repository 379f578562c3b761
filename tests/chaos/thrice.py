"""The Celery app with every message sent three times, as a broker that delivers more than once would."""

from typing import Any

from celery.signals import after_task_publish

from config.celery import app

_again = False


@after_task_publish.connect
def _send_twice_more(routing_key: str, body: Any, **_: Any) -> None:
    global _again
    if _again:
        return
    _again = True
    try:
        for _number in range(2):
            app.send_task("dispatch.work", args=body[0], queue=routing_key, retry=False)
    finally:
        _again = False


__all__ = ["app"]
