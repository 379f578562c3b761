"""How a ledger stands: how far it is sealed, which costs next to nothing to tell, and what verifying it last came to.

Verifying reads all of it: seconds for a million entries. So what it came to is kept, and it is not done again before
ten times as long has passed: whoever asks without end has a tenth of one process work for them, and no more. A small
ledger is verified each time it is asked for.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

from audit.errors import VerificationUnderWay
from audit.models import KeptHead, Seal
from audit.sealing import horizon_after
from audit.verification import Verdict, verify

# Waiting entries are counted up to here.
COUNTED = 1_000
RESTS = 10
LASTED = "audit.verified"
UNDER_WAY = "audit.verifying"
LASTS = timedelta(days=90)
# Whoever verifies is dead after this.
AT_MOST = timedelta(minutes=5)

log = structlog.get_logger(__name__)

WAITING = """
SELECT count(*) FROM (
    SELECT 1 FROM audit_entry e
    WHERE e.xid >= %(horizon)s::text::xid8 AND NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.entry = e.id OFFSET 0)
    LIMIT %(counted)s
) AS waiting
"""


@dataclass(frozen=True)
class Place:
    """Where a head is kept elsewhere: up to which entry, and since when."""

    place: str
    seq: int
    at: datetime


@dataclass(frozen=True)
class Standing:
    """How far a ledger is sealed. `kept` is None where only this server has its heads."""

    sealed: int
    sealed_at: datetime | None
    waiting: int
    kept: Place | None

    @property
    def counted(self) -> bool:
        """Whether `waiting` is all there are; otherwise there are more."""
        return self.waiting < COUNTED


@dataclass(frozen=True)
class Verified:
    """What verifying came to, when it began, and how long it took."""

    verdict: Verdict
    at: datetime
    seconds: float


def standing() -> Standing:
    """How the current ledger stands, by its last seal."""
    last = Seal.objects.order_by("-number").first()
    told = KeptHead.objects.order_by("-number", "-at").first()
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"horizon": horizon_after(last), "counted": COUNTED})
        [waiting] = cursor.fetchone()
    return Standing(
        sealed=last.last_seq if last else 0,
        sealed_at=last.sealed_at if last else None,
        waiting=waiting,
        kept=Place(told.place, told.seq, told.at) if told else None,
    )


def last_verified() -> Verified | None:
    """What verifying the current ledger last came to; None where that is not known."""
    try:
        found = cache.get(LASTED)
    except RedisError:
        return None
    return found if isinstance(found, Verified) else None


def verified() -> Verified:
    """What verifying the current ledger comes to, now or a moment ago.

    Raises VerificationUnderWay, NoSigningKey, NoHeads.
    """
    last = last_verified()
    if last is not None and timezone.now() < last.at + timedelta(seconds=last.seconds * (1 + RESTS)):
        return last
    if not _begun():
        raise VerificationUnderWay("The ledger is being verified just now. Ask again in some seconds.")
    try:
        at, begun = timezone.now(), time.monotonic()
        made = Verified(verify(), at, time.monotonic() - begun)
        _keep(made)
    finally:
        _ended()
    return made


def _begun() -> bool:
    try:
        return bool(cache.add(UNDER_WAY, True, timeout=AT_MOST.total_seconds()))
    except RedisError as error:  # without it nobody knows of another, and everybody may
        log.warning("verification_not_counted", error=str(error))
        return True


def _keep(made: Verified) -> None:
    try:
        cache.set(LASTED, made, timeout=LASTS.total_seconds())
    except RedisError as error:
        log.warning("verification_not_kept", error=str(error))


def _ended() -> None:
    try:
        cache.delete(UNDER_WAY)
    except RedisError:
        log.warning("verification_not_ended")
