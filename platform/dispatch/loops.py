"""Processes that go round until they are told to stop."""

import signal
import threading
from collections.abc import Callable

import structlog
from django.db import Error, close_old_connections, connection

log = structlog.get_logger(__name__)


def run_until_stopped(turn: Callable[[], None], *, every: float) -> None:
    """Call `turn` every `every` seconds until SIGTERM or SIGINT; a database that is away is waited for."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        try:
            close_old_connections()
            turn()
        except Error as error:
            log.warning("database_away", error=str(error))
            connection.close()
        stop.wait(every)
