"""What Today tells: how the mail since a person was last here fared, what runs did, and what went wrong."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.utils import timezone

from ai.selectors import Spend, spend
from approvals.selectors import Decided, decisions, runs_waiting
from audit.selectors import last_act
from audit.services import Actor
from mail.selectors import Arrival, arrivals, last_arrival
from portal.icons import FOR_ACTION
from portal.wording import clock, near, span, zone
from workflows.selectors import Deed, Trouble, deeds, run_statuses_since, trouble_count, troubles

A_DAY = timedelta(hours=24)
# Whoever was away longer than over a weekend reads of the last day only.
AWAY_AT_MOST = timedelta(days=4)
WRONG_SHOWN = 5
WRONG_COUNTED = 99
A_WEEK = timedelta(days=7)
DONE_SHOWN = 12
HOURS = 24
GAP = 0.25  # per cent of the bar between two parts
LEAST = 0.75
TALLEST = 32
# How an email fared -> (what the legend says, the class of its colour), in the order of the bar.
FARED = {
    "handled": ("handled", "handled"),
    "waits": ("wait for people", "waits"),
    "moving": ("under way", "moving"),
    "left": ("left to people", "left"),
    "screened": ("screened out", "screened"),
    "wrong": ("went wrong", "wrong"),
}
DONE = {
    "sent": ("Sent", ("mail.send_reply",)),
    "booked": ("Booked", ("crm.book_appointment",)),
    "recorded": ("Recorded", ("crm.upsert_contact", "crm.upsert_enquiry", "crm.create_task")),
}
BEGINS = {"crm.book_appointment": "Booked ", "crm.create_task": "Task: "}
UNDOABLE = ("done", "undo_failed")
UNDONE = {"undoing": "Being undone", "undone": "Undone", "undo_failed": "Undone in part"}
NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


@dataclass(frozen=True)
class Part:
    """One part of the proportion bar; `x` and `width` in per cent."""

    key: str
    label: str
    count: int
    x: float
    width: float


@dataclass(frozen=True)
class Mail:
    """How the mail fared since then. Every email is in exactly one part."""

    since: datetime
    total: int
    parts: list[Part]

    @property
    def waits(self) -> int:
        return next((part.count for part in self.parts if part.key == "waits"), 0)

    @property
    def handled(self) -> int:
        return next((part.count for part in self.parts if part.key == "handled"), 0)

    @property
    def sentence(self) -> str:
        """43 emails since yesterday, 5:58 pm. Seven wait for people."""
        if not self.total:
            return f"No email since {near(self.since)}."
        emails = "1 email" if self.total == 1 else f"{self.total} emails"
        number = NUMBERS[self.waits] if self.waits < len(NUMBERS) else str(self.waits)
        return f"{emails} since {near(self.since)}. {number} {'waits' if self.waits == 1 else 'wait'} for people."


@dataclass(frozen=True)
class Done:
    """What a run did or holds. `approval` is there while it can be taken back, `undo` once it can be undone."""

    at: datetime
    icon: str
    title: str
    run: UUID
    words: str
    held_until: datetime | None
    approval: UUID | None
    undo: UUID | None


@dataclass(frozen=True)
class Hour:
    """Mail of one hour as a bar: `x` and `width` in per cent, `y` and `height` in pixels."""

    x: float
    width: float
    y: float
    height: float
    last: bool


@dataclass(frozen=True)
class Arriving:
    """When the last email came, and the last day in bars of an hour."""

    last: datetime | None
    hours: list[Hour]
    count: int
    begins: datetime

    @property
    def fresh(self) -> bool:
        return self.last is not None and timezone.now() - self.last < A_DAY

    @property
    def ago(self) -> str:
        """4 min; only within a day."""
        return span(max(timezone.now() - self.last, timedelta(seconds=60))) if self.last else ""

    @property
    def summary(self) -> str:
        return f"{self.count} {'email' if self.count == 1 else 'emails'} in the last 24 hours"


@dataclass(frozen=True)
class Week:
    """What a person decided in the last seven days; `half_within`: the median time from proposal to decision."""

    decided: int
    half_within: str
    unedited: int
    edited: int
    rejected: int


@dataclass(frozen=True)
class Today:
    """Everything the page shows besides the proposals that wait."""

    now: datetime
    mail: Mail
    done: list[Done]
    troubles: list[Trouble]
    unreadable: list[Arrival]
    arriving: Arriving
    waiting: int
    wrong: int
    week: Week | None


def today_of(person: Actor, *, kind: str = "") -> Today:
    """Today for a person; `kind` limits what was done to one of DONE."""
    now = timezone.now()
    since = _since(person.key, now)
    came = arrivals(since=min(since, now - A_DAY))
    waiting = runs_waiting()
    counted = [arrival for arrival in came if arrival.at >= since]
    wrong = troubles(since=now - A_WEEK, limit=WRONG_COUNTED)
    decided = decisions(since=now - A_WEEK)
    return Today(
        now=now,
        mail=_mail(counted, since, run_statuses_since(since), waiting),
        done=_done(kind, since, decided),
        troubles=wrong[:WRONG_SHOWN],
        unreadable=[arrival for arrival in counted if arrival.unreadable][:WRONG_SHOWN],
        arriving=_arriving(came, now),
        waiting=len(waiting),
        wrong=len(wrong),
        week=_week([each for each in decided if each.person == person.person]),
    )


def _since(actor: str, now: datetime) -> datetime:
    """When the person last did something before today; a day ago for whoever is new or was away for long."""
    midnight = now.astimezone(zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    last = last_act(actor=actor, before=midnight)
    return last if last and now - last <= AWAY_AT_MOST else now - A_DAY


def _mail(came: Sequence[Arrival], since: datetime, statuses: dict[str, str], waiting: set[UUID]) -> Mail:
    waits = {str(run) for run in waiting}
    counts = Counter(_fared(arrival, statuses, waits) for arrival in came)
    shown = [key for key in FARED if counts[key]]
    room = 100 - GAP * max(0, len(shown) - 1)
    widths = [max(LEAST, counts[key] / len(came) * room) for key in shown]
    scale = room / sum(widths) if widths else 1
    parts, x = [], 0.0
    for key, width in zip(shown, widths, strict=True):
        parts.append(Part(key, FARED[key][0], counts[key], round(x, 3), round(width * scale, 3)))
        x += width * scale + GAP
    return Mail(since, len(came), parts)


def _fared(arrival: Arrival, statuses: dict[str, str], waits: set[str]) -> str:
    if arrival.unreadable:
        return "wrong"
    if arrival.automatic:
        return "screened"
    if arrival.run_id in waits:
        return "waits"
    status = statuses.get(arrival.run_id, "")
    if status == "failed":
        return "wrong"
    if status in ("succeeded", "cancelled", "undone", "undo_incomplete"):
        return "handled"
    return "moving" if status or not arrival.read else "left"


def _done(kind: str, since: datetime, decided: Sequence[Decided]) -> list[Done]:
    found = deeds(since=since, actions=DONE[kind][1] if kind in DONE else (), limit=DONE_SHOWN)
    approvers = {each.approval: each.name for each in decided if each.decision == "approve"}
    return [_deed(deed, approvers.get(deed.approval, "") if deed.approval else "") for deed in found]


def _deed(deed: Deed, approver: str) -> Done:
    held = deed.status == "held"
    return Done(
        at=deed.at,
        icon=FOR_ACTION.get(deed.action, "list-checks"),
        title=_title(deed),
        run=deed.run,
        words=_words(deed, approver),
        held_until=deed.due_at if held else None,
        approval=deed.approval if held else None,
        undo=deed.id if deed.run_ended and deed.reversible and deed.status in UNDOABLE else None,
    )


def _title(deed: Deed) -> str:
    if deed.action == "mail.send_reply":
        return f"Reply {deed.summary[:1].lower()}{deed.summary[1:]}"
    return f"{BEGINS.get(deed.action, '')}{deed.summary or deed.action}"


def _words(deed: Deed, approver: str) -> str:
    if deed.status == "held":
        return "Leaves in"
    if deed.status == "intended":
        return "Is leaving"
    if deed.status in UNDONE:
        return UNDONE[deed.status]
    if deed.status == "stopped":
        return "Stopped before it left"
    if deed.outcome.get("status") == "kept":
        return "Kept in the outbox, not delivered"
    if not deed.reversible:
        return "Sent, can’t be undone"
    return f"Approved by {approver}" if approver else "Within policy"


def _arriving(came: Sequence[Arrival], now: datetime) -> Arriving:
    begins = now - A_DAY
    counts = [0] * HOURS
    for arrival in came:
        if begins < arrival.at <= now:
            counts[min(HOURS - 1, int((arrival.at - begins) / timedelta(hours=1)))] += 1
    most = max(1, *counts)
    heights = [max(1.0, round(count / most * TALLEST, 1)) for count in counts]
    step = 100 / HOURS
    bars = [
        Hour(round(at * step, 3), round(step * 0.8, 3), round(TALLEST - height, 1), height, at == HOURS - 1)
        for at, height in enumerate(heights)
    ]
    last = came[0].at if came else last_arrival()
    return Arriving(last=last, hours=bars, count=sum(counts), begins=begins)


def wrong_count() -> int:
    """How many runs went wrong in the last week, for the side bar."""
    return trouble_count(since=timezone.now() - A_WEEK, limit=WRONG_COUNTED)


def spend_of_month(now: datetime) -> tuple[Spend, str]:
    """What models cost since the month began in the tenant's zone, and the month's name."""
    begins = now.astimezone(zone()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return spend(since=begins), f"{begins:%B}"


def _week(found: Sequence[Decided]) -> Week | None:
    if not found:
        return None
    approved = [decision for decision in found if decision.decision == "approve"]
    edited = sum(1 for decision in approved if decision.edited)
    return Week(
        decided=len(found),
        half_within=span(round(median(decision.after.total_seconds() for decision in found))),
        unedited=len(approved) - edited,
        edited=edited,
        rejected=len(found) - len(approved),
    )


def heading(now: datetime) -> tuple[str, str]:
    """Tuesday 17 November, and 8:48 am."""
    local = now.astimezone(zone())
    return f"{local:%A} {local.day} {local:%B}", clock(now)
