"""What of runs waits for people, was approved, or came of their proposals."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from approvals.models import WAITING, Approval, ApprovalStatus


def runs_asking() -> QuerySet[Approval, UUID]:
    """The runs that wait for a person; a subquery."""
    return Approval.objects.filter(status__in=WAITING).values_list("run", flat=True)


def runs_waiting() -> set[UUID]:
    """The runs whose proposals wait for a person."""
    return set(runs_asking())


def runs_approved(runs: Iterable[UUID]) -> set[UUID]:
    """Which of these runs have a proposal that people approved and of which not all has happened yet."""
    decided = (ApprovalStatus.APPROVED, ApprovalStatus.EXECUTING)
    return set(Approval.objects.filter(run__in=runs, status__in=decided).values_list("run", flat=True))


def waiting_of(runs: Iterable[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """The proposal that waits, by run, with its status."""
    found = Approval.objects.filter(run__in=list(runs), status__in=WAITING).values_list("run", "pk", "status")
    return {run: (ident, status) for run, ident, status in found}


def approvals_of(runs: Iterable[UUID]) -> frozenset[UUID]:
    """The proposals of these runs."""
    return frozenset(Approval.objects.filter(run__in=list(runs)).values_list("pk", flat=True))


def outcomes_of_bundles(run: UUID) -> dict[str, str]:
    """What became of each proposal of a run, by its key: the status of the newest."""
    return dict(Approval.objects.filter(run=run).order_by("pk").values_list("key", "status"))
