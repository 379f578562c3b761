"""The Celery app: workers that are woken, take the next due row, and work on it."""

import os
import threading
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_process_init, worker_ready, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("countersign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["dispatch"])

_stopping = threading.Event()


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """Celery asks before it sets up logging of its own; ours stands."""


@worker_init.connect
def _check_login(**_: Any) -> None:
    from tenants.checks import exit_unless_restricted

    exit_unless_restricted()


@worker_process_init.connect
def _claim_without_asking(**_: Any) -> None:
    """A claim finds out by itself whether the connection still works (dispatch.worker)."""
    from django.db import connection

    connection.settings_dict["CONN_HEALTH_CHECKS"] = False


@worker_ready.connect
def _start_heartbeat(**_: Any) -> None:
    from dispatch.worker import beat_until

    threading.Thread(target=beat_until, args=(_stopping, "worker"), name="heartbeat", daemon=True).start()


@worker_shutting_down.connect
def _stop_heartbeat(**_: Any) -> None:
    _stopping.set()
