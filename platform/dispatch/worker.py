"""Working on one claimed row: in its tenant, by its handler, and what becomes of it."""

import os
import socket
import threading

import structlog
from django.db import Error, InterfaceError, OperationalError, close_old_connections, connection

from dispatch.crash_points import reached
from dispatch.leases import RENEW_SECONDS, LeaseLost, renewer
from dispatch.registry import Again, GivenBack, NotNow, enter_tenant, handler_get
from dispatch.services import MAX_ATTEMPTS, Claim, claim, fail, finish, given_up, heartbeat, storable

log = structlog.get_logger(__name__)


HOST = socket.gethostname()


def process_name() -> str:
    """This process, as rows and heartbeats name it."""
    return f"{HOST}:{os.getpid()}"


def run_next(queue: str) -> bool:
    """Claim the next due row of `queue` and work on it; False when nothing was due."""
    claimed = _claim(queue)
    if claimed is None:
        return False
    lease = claimed.lease
    renewer.add(lease)
    reached("claimed", claimed.handler)
    with structlog.contextvars.bound_contextvars(
        tenant=claimed.tenant, handler=claimed.handler, subject=claimed.subject
    ):
        try:
            handler = handler_get(claimed.handler)
            if lease.attempts > MAX_ATTEMPTS:
                # It never came back to say why: its worker died each time.
                raise RuntimeError(f"the worker died {MAX_ATTEMPTS} times over this")
            with enter_tenant(claimed.tenant):
                outcome = handler.run(claimed.subject, lease)
            if not isinstance(outcome, GivenBack):
                finish(lease, again=outcome.due_at if isinstance(outcome, Again) else None)
        except NotNow as error:
            finish(lease, again=error.due_at)
        except LeaseLost:
            log.warning("lease_lost")
        except Exception as error:
            parked = given_up(lease)
            log.exception("work_failed", attempt=lease.attempts, parked=parked)
            _give_back(claimed.tenant, claimed.handler, claimed.subject, error, parked)
            fail(lease, error=f"{type(error).__name__}: {error}", parked=parked)
        finally:
            renewer.remove(lease)
    return True


def _claim(queue: str) -> Claim | None:
    """Claim on a connection that may have been lost since it was used: then on a new one.

    Workers do not ask each time whether theirs still works (see config.celery), which costs a round trip. A claim whose
    answer was lost may stand: its lease runs out.
    """
    try:
        return claim(queue=queue, worker=process_name())
    except (OperationalError, InterfaceError):
        if connection.is_usable():
            raise
        connection.close()
        return claim(queue=queue, worker=process_name())


def _give_back(tenant: str, name: str, subject: str, error: Exception, parked: bool) -> None:
    """Let the handler tell its tenant that its work was given up."""
    if not parked:
        return
    try:
        on_parked = handler_get(name).on_parked
        if on_parked is not None:
            with enter_tenant(tenant):
                on_parked(subject, storable(str(error)))
    except Exception:
        log.exception("parking_not_told")


def beat_until(stop: threading.Event, kind: str) -> None:
    """Say every few seconds that this process lives, until `stop` is set."""
    name = process_name()
    while not stop.is_set():
        try:
            close_old_connections()
            heartbeat(process=name, kind=kind)
        except Error as error:
            log.warning("heartbeat_not_written", error=str(error))
            connection.close()
        stop.wait(RENEW_SECONDS)
    connection.close()
