"""Erasing a customer: what of theirs waits or is held stops at once; then a process with the owner's login takes out
what they wrote and what is known of them, table by table as each app declares it (audit/erasing.py).

It can die at any point and is done again: what has been found is kept by its ids, since names and addresses, by which
it was found, go on the way. The contact goes last, in one transaction with a last look for what came in meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from approvals.selectors import approvals_of
from audit.erasing import Subject, Table, erase, pattern_of, rows_of, tables
from audit.errors import IllegalMove, MovedMeanwhile
from audit.services import Actor, record, transition
from crm.traces import contact_lock, traces_of
from dispatch.leases import Lease
from dispatch.registry import Again
from dispatch.services import OWNER_QUEUE, errors_forget, work_add
from mail.selectors import correspondence_of, replies_held
from mail.services import reply_stop
from workflows.engine.cancelling import run_cancel
from workflows.errors import NoSuchCustomer, ReplyLeaving
from workflows.models import ERASURE_MOVES, RUN_ENDED, Erasure, ErasureStatus, Event, Run, UndoPlan

HANDLER = "workflows.erase"
SYSTEM = Actor.system("erasure")
REASON = "erased"
AT_ONCE = 100
# What is leaving just now has left, or is known not to have, after so long.
PAUSE = timedelta(seconds=5)


def subject_of(contact: UUID) -> Subject:
    """Everything that can be found of a customer today."""
    traces = traces_of(contact)
    mails = correspondence_of(addresses=traces.addresses, threads=traces.threads)
    told = _events_naming(traces.addresses)
    runs = Run.objects.filter(Q(thread__in=[str(thread) for thread in mails.threads]) | Q(event__in=told))
    about = set(runs.values_list("pk", flat=True)) | _runs_about(mails.messages)
    return Subject(
        id=contact,
        addresses=traces.addresses,
        records=traces.records | told | approvals_of(about),
        threads=mails.threads,
        messages=mails.messages,
        runs=frozenset(about),
    )


def _events_naming(addresses: Iterable[str]) -> frozenset[UUID]:
    """Events that somebody's systems told of, with an address of theirs in them."""
    named = Q(pk__in=[])
    for address in addresses:
        named |= Q(told__iregex=pattern_of(address))
    return frozenset(Event.objects.annotate(told=Cast("data", TextField())).filter(named).values_list("pk", flat=True))


def _runs_about(messages: Iterable[UUID]) -> set[UUID]:
    """The runs of single mails, also in conversations of others."""
    ids = [str(message) for message in messages]
    return set(Run.objects.filter(event__data__message__in=ids).values_list("pk", flat=True))


@dataclass(frozen=True)
class Count:
    """How many rows of a table, by its model's label, are a person's."""

    table: str
    rows: int


def erasure_preview(contact: UUID) -> list[Count]:
    """What an erasure would find now, by table; tables without a row are left out."""
    subject = subject_of(contact)
    counts = [Count(table.model._meta.label, rows_of(table, "customer", subject).count()) for table in _declared()]
    return [count for count in counts if count.rows]


def _declared() -> list[Table]:
    """Tables with a customer's data; those last by which the others are found."""
    return sorted((table for table in tables() if "customer" in table.rows), key=lambda table: table.last)


@transaction.atomic
def erasure_request(*, contact: UUID, actor: Actor) -> UUID:
    """Have a customer erased: their runs, proposals and held replies stop now, the rest follows at once.

    Asked again before it is done, it is the same erasure. Raises NoSuchCustomer, and ReplyLeaving where a reply to
    them is leaving just now or nobody knows whether it left.
    """
    if not contact_lock(contact):
        raise NoSuchCustomer("There is no such customer.")
    asked = Erasure.objects.filter(contact=contact, status=ErasureStatus.REQUESTED).first()
    if asked is not None:
        return asked.pk
    erasure = Erasure.objects.create(contact=contact, requested_by=actor.key)
    _stop(_found(erasure), actor)
    record(event="erasure.requested", target=f"erasure:{erasure.pk}", actor=actor, data={"contact": contact})
    work_add(handler=HANDLER, subject=str(erasure.pk), queue=OWNER_QUEUE)
    return erasure.pk


def _stop(subject: Subject, actor: Actor) -> None:
    """End what is under way for a person; raises ReplyLeaving, and then the caller's transaction is to be undone."""
    open_runs = Run.objects.filter(pk__in=subject.runs).exclude(status__in=RUN_ENDED).order_by("pk")
    for run in open_runs.values_list("pk", flat=True):
        if not run_cancel(run=run, reason=REASON, actor=actor) and open_runs.filter(pk=run).exists():
            raise ReplyLeaving("A reply to them is leaving, or nobody knows whether it left: settle that first.")
    for message in replies_held(subject.threads):
        try:
            reply_stop(message, actor=actor)
        except (IllegalMove, MovedMeanwhile):
            raise ReplyLeaving("A reply to them is leaving at this moment. Try again in a few seconds.") from None


def erasure_advance(subject: str, lease: Lease) -> Again | None:
    """Erase what was asked for, from the beginning or from where a former worker died."""
    erasure = Erasure.objects.get(pk=subject)
    if erasure.status == ErasureStatus.DONE:
        return None
    try:
        with transaction.atomic():
            lease.hold()
            whose = _found(erasure)
            _stop(whose, SYSTEM)
    except ReplyLeaving:
        return Again(timezone.now() + PAUSE)
    for table in _declared():
        if not table.last:
            _erase(erasure, table, whose, lease)
    with transaction.atomic():
        lease.hold()
        contact_lock(erasure.contact)
        if _found(erasure) != whose:
            return Again(timezone.now())  # they wrote meanwhile
        for table in _declared():
            if table.last:
                _count(erasure, table, erase(table, "customer", whose, after=None, limit=AT_ONCE)[0])
        plans = UndoPlan.objects.filter(runs__overlap=list(whose.runs)).values_list("pk", flat=True)
        errors_forget(str(each) for each in (*whose.runs, *whose.messages, *whose.records, *plans))
        told = {"contact": erasure.contact, "counts": erasure.counts}
        changes = {"finished_at": timezone.now(), "error": ""}
        transition(erasure, moves=ERASURE_MOVES, to=ErasureStatus.DONE, actor=SYSTEM, data=told, changes=changes)
    return None


def _erase(erasure: Erasure, table: Table, whose: Subject, lease: Lease) -> None:
    """All rows of a table, some in each transaction."""
    after: Any = None
    while True:
        with transaction.atomic():
            lease.hold()
            erased, after = erase(table, "customer", whose, after=after, limit=AT_ONCE)
            _count(erasure, table, erased)
        if after is None:
            return


def _count(erasure: Erasure, table: Table, erased: int) -> None:
    if erased:
        label = table.model._meta.label
        erasure.counts = {**erasure.counts, label: erasure.counts.get(label, 0) + erased}
        erasure.save(update_fields=["counts"])


def _found(erasure: Erasure) -> Subject:
    """What was found when it began and what can be found now; kept, but for addresses."""
    now = subject_of(erasure.contact)
    kept = {
        name: frozenset({*getattr(now, name), *map(UUID, erasure.found.get(name, ()))})
        for name in ("records", "threads", "messages", "runs")
    }
    found = {name: sorted(map(str, ids)) for name, ids in kept.items()}
    if found != erasure.found:
        erasure.found = found
        erasure.save(update_fields=["found"])
    return Subject(id=erasure.contact, addresses=now.addresses, **kept)


def erasure_give_up(subject: str, error: str) -> None:
    """Tell that it has stopped; whoever runs the platform has the work tried again."""
    Erasure.objects.filter(pk=subject, status=ErasureStatus.REQUESTED).update(error=error[:500])
