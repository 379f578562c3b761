"""What waits for people: the inbox, its pages, and where in it a proposal stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, Func, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Upper

from accounts.roles import ROLES, stands_for
from approvals.deciders import ALWAYS_ASKED
from approvals.models import WAITING, Approval, Decision
from approvals.selectors.views import ApprovalView, Line, lines_of


def waiting(
    *,
    role: str = "",
    person: UUID | None = None,
    words: str = "",
    named: Iterable[UUID] = (),
    named_me: Iterable[UUID] = (),
) -> QuerySet[Approval]:
    """Proposals that wait, soonest expiry first.

    With `role` and `person`, those that this person may approve: its role is theirs or below, they did not cause
    it, have not approved it, and are none of its authors where several must approve. `named`: the runs whose workflow
    names who decides, `named_me` those of them that name this person; subqueries. `words`: of the customer, the subject
    or the title.
    """
    found = Approval.objects.filter(status__in=WAITING)
    if role:
        asked = Q(approver_role__in=[each for each in ROLES if stands_for(role, each)])
        found = found.filter((asked & ~Q(run__in=named)) | Q(run__in=named_me))
        if person and not stands_for(role, ALWAYS_ASKED):
            found = found.filter(Q(delegated_to=None) | Q(delegated_to=person))
    if person:
        decided = Decision.objects.filter(person=person, digest=F("approval__digest"))
        author = Q(required_approvers__gt=1, editors__contains=[str(person)])
        found = found.exclude(Q(requesters__contains=[person]) | author)
        found = found.exclude(pk__in=decided.values("approval"))
    for word in words.split():
        found = found.filter(searched__contains=Upper(Value(word)))
    return found.order_by("expires_at", "pk")


@dataclass(frozen=True)
class Waiting:
    """Some of what waits, how much waits in all, and the ids at its ends where there is more beyond them."""

    items: tuple[Line, ...]
    count: int
    sooner: UUID | None = None
    later: UUID | None = None


def waiting_page(
    found: QuerySet[Approval],
    *,
    after: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
    count: int | None = None,
) -> Waiting:
    """One page of `waiting(…)`: from its beginning, or after or before the proposal of an id; `count`, where it is
    known, is not counted again."""
    beside = after or before
    edge = Approval.objects.filter(pk=beside).values_list("expires_at", "pk").first() if beside else None
    rows = found
    if edge and after:
        rows = found.filter(_beyond("gt", edge))
    elif edge:
        rows = found.filter(_beyond("lt", edge)).reverse()
    taken = lines_of(rows[: limit + 1])
    count = found.count() if count is None else count
    more = len(taken) > limit
    taken = taken[:limit]
    if edge and before:
        taken.reverse()
    if not taken:
        return Waiting((), count)
    forward = not (edge and before)
    return Waiting(
        tuple(taken),
        count,
        sooner=taken[0].id if (edge and forward) or (more and not forward) else None,
        later=taken[-1].id if (more if forward else True) else None,
    )


@dataclass(frozen=True)
class Place:
    """Where a proposal stands among the `count` that wait (from 1; None: it does not), and its neighbours."""

    count: int
    number: int | None = None
    former: UUID | None = None
    following: UUID | None = None


def waiting_around(found: QuerySet[Approval], approval: ApprovalView) -> Place:
    """The place of a proposal in `waiting(…)`; for one that waits no more, what follows where it stood."""
    edge = (approval.expires_at, approval.id)
    sooner, later = found.filter(_beyond("lt", edge)), found.filter(_beyond("gt", edge))
    here, before, count, former, following = (
        Approval.objects.filter(pk=approval.id)
        .annotate(
            here=Exists(found.filter(pk=approval.id)),
            before=_count(sooner),
            count=_count(found),
            former=Subquery(sooner.reverse().values("pk")[:1]),
            following=Subquery(later.values("pk")[:1]),
        )
        .values_list("here", "before", "count", "former", "following")
        .get()
    )
    return Place(count, before + 1, former, following) if here else Place(count, following=following)


def _count(found: QuerySet[Approval]) -> Subquery:
    """How many there are, inside another query."""
    counted = found.order_by().annotate(counted=Func("pk", function="COUNT", output_field=IntegerField()))
    return Subquery(counted.values("counted"))


def _beyond(way: str, edge: tuple[datetime, UUID]) -> Q:
    """Later (`gt`) or sooner (`lt`) than the edge; said so that the index is entered at the edge, not at its end."""
    expires_at, ident = edge
    begins = Q(**{f"expires_at__{way}e": expires_at})
    return begins & (Q(**{f"expires_at__{way}": expires_at}) | Q(**{f"pk__{way}": ident}))


def waiting_count() -> int:
    """How many proposals wait for a person."""
    return Approval.objects.filter(status__in=WAITING).count()


def waiting_first(limit: int) -> list[Line]:
    """The first `limit` proposals that wait, soonest expiry first."""
    return lines_of(waiting()[:limit])


def waiting_ids(found: QuerySet[Approval], *, limit: int) -> list[UUID]:
    """The ids of the first `limit` of `waiting(…)`."""
    return list(found.values_list("pk", flat=True)[:limit])
