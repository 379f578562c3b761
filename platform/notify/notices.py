"""News for colleagues, about proposals and drift: each is emailed once at most, as often as the person wants to hear.

What an email says, and whom a proposal concerns, the floor knows that shows proposals.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from audit.services import Actor, record
from dispatch.services import OUTSIDE_QUEUE, work_add
from notify.models import News, Notice, NoticeChoice, Pace
from tenants.selectors import current

__all__ = ["News", "NewsItem", "Pace", "news_add", "news_drop", "news_of", "news_told", "notice_choose", "pace_of"]

TELL = "portal.tell"
# Who is told at once gets what comes in the next minutes together.
BREATH = timedelta(minutes=5)
EIGHT = time(8)
# No proposal is in the news for so long.
FORGOTTEN_AFTER = timedelta(days=60)


@dataclass(frozen=True)
class NewsItem:
    """News that a person has not been told yet, and when they are to be."""

    subject: UUID
    news: str
    due_at: datetime


def pace_of(person: UUID) -> Pace:
    """How often a person wants to hear."""
    chosen = NoticeChoice.objects.filter(person=person).values_list("pace", flat=True).first()
    return Pace(chosen or Pace.AT_ONCE)


@transaction.atomic
def notice_choose(*, pace: str, actor: Actor) -> None:
    """Choose how often one hears, from now on also of what one has not been told yet."""
    assert actor.person is not None, "people choose for themselves"
    chosen = Pace(pace)
    if pace_of(actor.person) == chosen:
        return
    NoticeChoice.objects.update_or_create(person_id=actor.person, defaults={"pace": chosen})
    record(event="notices.chosen", target=f"person:{actor.person}", actor=actor, data={"pace": chosen})
    untold = _untold(actor.person)
    if chosen == Pace.NEVER:
        untold.delete()
    elif untold.exists():
        due_at = _due(actor.person, chosen)
        untold.update(due_at=due_at)
        _wake(actor.person, due_at)


def news_add(*, subject: UUID, news: str, people: Iterable[UUID]) -> None:
    """Have these people told, in the caller's transaction: each once, when their pace says; never who wants none."""
    for person in sorted(people):  # in one order: each wakes a row of work
        pace = pace_of(person)
        if pace == Pace.NEVER:
            continue
        due_at = _due(person, pace)
        row = Notice(person_id=person, subject=subject, news=News(news), due_at=due_at)
        Notice.objects.bulk_create([row], ignore_conflicts=True)
        _wake(person, due_at)


def news_of(person: UUID) -> list[NewsItem]:
    """What a person has not been told yet, oldest first."""
    return [NewsItem(row.subject, row.news, row.due_at) for row in _untold(person).order_by("pk")]


def news_drop(*, person: UUID, items: Collection[NewsItem]) -> None:
    """Tell a person nothing of what is no news any more."""
    for item in items:
        _untold(person).filter(subject=item.subject, news=item.news).delete()


def news_told(*, person: UUID, items: Collection[NewsItem]) -> None:
    """Note, in the transaction that writes the email, that a person is told of these."""
    now = timezone.now()
    for item in items:
        _untold(person).filter(subject=item.subject, news=item.news).update(told_at=now)
    Notice.objects.filter(person=person, told_at__lt=now - FORGOTTEN_AFTER).delete()


def _untold(person: UUID) -> QuerySet[Notice]:
    return Notice.objects.filter(person=person, told_at=None)


def _wake(person: UUID, due_at: datetime) -> None:
    work_add(handler=TELL, subject=str(person), queue=OUTSIDE_QUEUE, due_at=due_at)


def _due(person: UUID, pace: Pace) -> datetime:
    last = Notice.objects.filter(person=person).aggregate(last=Max("told_at"))["last"]
    return next_time(pace, timezone.now(), last)


def next_time(pace: Pace, now: datetime, last: datetime | None) -> datetime:
    """When to tell of what is new `now`; `last`: when the person was told something before."""
    if pace == Pace.AT_ONCE:
        return max(now, last + BREATH) if last else now
    if pace == Pace.HOURLY:
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    zone = current().timezone
    today = now.astimezone(zone).date()
    mornings = (datetime.combine(today + timedelta(days=n), EIGHT, zone).astimezone(UTC) for n in (0, 1))
    return next(morning for morning in mornings if morning > now)
