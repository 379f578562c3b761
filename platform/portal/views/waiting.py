"""The lists of proposals: what waits, and what was just decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from approvals.deciders import why_not
from approvals.proposals import Approvers
from approvals.selectors import (
    WAITING,
    ApprovalView,
    Line,
    Place,
    Waiting,
    approvals_decided,
    waiting,
    waiting_around,
    waiting_first,
    waiting_page,
)
from gateway.pagination import Cursor
from portal.icons import FOR_STATUS
from portal.proposals.view import what_of
from workflows.approvers import approvers_by_run, approvers_by_workflow
from workflows.selectors import Held, held_of, runs_of

MOVING = ("approved", "executing")
DECIDED_WITHIN = timedelta(hours=24)
DECIDED_SHOWN = 6
DECIDED_WORDS = {"approve": "Approved by", "reject": "Rejected by"}
SHOWN = 25


@dataclass(frozen=True)
class Row:
    """A proposal in a list. `why` says what a person should know before opening it; `tone` colours it.

    `moves`: it is being carried out, and changes by itself. `take_back`: this person may take it back now;
    `last`: it is their own last decision that is still held. `asked`: the colleague for whose answer it waits; it does
    not expire meanwhile.
    """

    id: UUID
    customer: str
    subject: str
    what: str
    why: str
    icon: str
    tone: str
    open: bool
    moves: bool
    held_until: datetime | None
    expires_at: datetime
    decided_at: datetime | None
    take_back: bool = False
    last: bool = False
    asked: str = ""


@dataclass(frozen=True)
class Wanted:
    """Whose proposals a list shows, and those with which words; as the URL says."""

    user: Any
    may_decide: bool
    mine: bool
    words: str

    @property
    def query(self) -> str:
        """The URL's query that leads to the same list; empty for the usual one."""
        return self.query_after(None)

    def query_after(self, former: UUID | None) -> str:
        """The same, to the page that begins after a proposal."""
        given = {
            "show": "" if self.mine or not self.may_decide else "all",
            "q": self.words,
            "cursor": f"o{former}" if former else "",
        }
        text = urlencode({name: value for name, value in given.items() if value})
        return f"?{text}" if text else ""

    def found(self) -> QuerySet[Any]:
        """What waits and fits, soonest expiry first."""
        return self.own(self.words) if self.mine else waiting(words=self.words)

    def own(self, words: str = "") -> QuerySet[Any]:
        """What this person may approve."""
        named = self.named
        mine = [slug for slug, who in named.items() if self.user.pk in who.people or self.user.role in who.roles]
        return waiting(
            role=self.user.role, person=self.user.pk, words=words, named=runs_of(named), named_me=runs_of(mine)
        )

    @cached_property
    def named(self) -> dict[str, Approvers]:
        """Whom workflows name to decide, where they name anybody."""
        return approvers_by_workflow()


def wanted_of(request: HttpRequest) -> Wanted:
    """The list that a URL asks for: one's own where one decides, else all."""
    user: Any = request.user
    may = bool(user.has_perm("approvals.decide_approval") and user.role)
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    return Wanted(user, may, may and request.GET.get("show") != "all", words)


@dataclass(frozen=True)
class Lists:
    """Soonest expiry first; what was decided, newest first. `mine` and `all` count what waits, whatever the words.

    `held` says when held replies leave, by approval. `named`: who alone may decide about the proposal that is shown.
    """

    wanted: Wanted
    page: Waiting
    waiting: list[Row]
    decided: list[Row]
    mine: int
    all: int
    held: Mapping[UUID, datetime]
    named: Approvers | None = None

    @property
    def last(self) -> UUID | None:
        """The person's own last decision that is still held."""
        return next((row.id for row in self.decided if row.last), None)


def lists(
    wanted: Wanted, cursor: Cursor | None = None, *, about: ApprovalView | None = None, count: int | None = None
) -> Lists:
    """A page of what waits, and what was decided in the last day; beside the proposal that is shown (`about`)."""
    cursor = cursor or Cursor()
    page = waiting_page(wanted.found(), after=cursor.older_than, before=cursor.newer_than, limit=SHOWN, count=count)
    every = page.count if not wanted.mine and not wanted.words else waiting().count()
    mine = every
    if wanted.may_decide:
        mine = page.count if wanted.mine and not wanted.words else wanted.own().count()
    decided = approvals_decided(since=timezone.now() - DECIDED_WITHIN, limit=DECIDED_SHOWN)
    moving = {view.run for view in (*decided, *([about] if about else [])) if view.status in MOVING}
    held = {one.approval: one for one in held_of(moving)}
    return Lists(
        wanted=wanted,
        page=page,
        waiting=[row_of(view, {}) for view in page.items],
        decided=_decided(wanted, decided, held),
        mine=mine,
        all=every,
        held={ident: one.due_at for ident, one in held.items()},
        named=_named(wanted, about, held) if about else None,
    )


def _named(wanted: Wanted, about: ApprovalView, held: Mapping[UUID, Held]) -> Approvers | None:
    """Whom its workflow names; of no use any more where it can neither be decided nor taken back."""
    if about.id in held:
        return wanted.named.get(held[about.id].workflow)
    return approvers_by_run([about.run], wanted.named).get(about.run) if about.status in WAITING else None


def lists_around(wanted: Wanted, approval: ApprovalView) -> tuple[Lists, Place]:
    """The lists with the page that holds this proposal, and its place."""
    place = waiting_around(wanted.found(), approval)
    begin = page_begins_after(place)
    return lists(wanted, Cursor(older_than=begin) if begin else None, about=approval, count=place.count), place


def page_begins_after(place: Place) -> UUID | None:
    """After which proposal the page begins that shows this place; None for the first page."""
    return place.former if place.before >= SHOWN else None


def _decided(wanted: Wanted, views: list[Line], held: Mapping[UUID, Held]) -> list[Row]:
    leaves = {ident: one.due_at for ident, one in held.items()}
    rows, last = [], True
    for view in views:
        asked = view.id in held and wanted.may_decide
        named = wanted.named.get(held[view.id].workflow) if asked else None
        may = asked and not why_not(person=wanted.user.pk, role=wanted.user.role, approval=view, named=named)
        own = may and last and bool(view.decisions) and view.decisions[-1].person == wanted.user.pk
        last = last and not own
        rows.append(row_of(view, leaves, take_back=may, last=own))
    return rows


def waiting_rows(limit: int) -> list[Row]:
    """The first proposals that wait, soonest expiry first."""
    return [row_of(view, {}) for view in waiting_first(limit)]


def row_of(view: Line, held: Mapping[UUID, datetime], *, take_back: bool = False, last: bool = False) -> Row:
    """The row of one proposal; `held` says when held replies leave, by approval."""
    document = view.document
    customer = document.get("customer") or {}
    why, icon, tone = _why(view)
    return Row(
        id=view.id,
        customer=str(customer.get("name") or customer.get("email") or view.title),
        subject=str((document.get("message") or {}).get("subject") or view.title),
        what=what_of(document) or view.title,
        why=why,
        icon=icon,
        tone=tone,
        open=view.status in WAITING,
        moves=view.status in MOVING,
        held_until=held.get(view.id) if view.status in MOVING else None,
        expires_at=view.expires_at,
        decided_at=view.decided_at,
        take_back=take_back,
        last=last,
        asked=view.question.colleague_name if view.question else "",
    )


def _why(view: Line) -> tuple[str, str, str]:
    if view.status not in WAITING:
        return _how_decided(view), FOR_STATUS.get(view.status, "check"), ""
    if view.status == "stale":
        return "The facts changed", "triangle-alert", "danger"
    if view.question:
        return f"Asked: {view.question.colleague_name}", "message-circle-question-mark", ""
    if view.claimant:
        return f"{view.claimant.name} is on it", "users", ""
    if view.blocked_reason:
        reason = view.blocked_reason.removeprefix("Approve is off:").strip().rstrip(".")
        return reason[:1].upper() + reason[1:], "circle-alert", "danger"
    if view.required_approvers > 1:
        approved = sum(1 for d in view.decisions if d.digest == view.digest and d.decision == "approve")
        return f"{approved} of {view.required_approvers} people approved", "users", ""
    if view.delegate:
        return f"Given to {view.delegate.name}", "users", ""
    if view.edited_by:
        return f"Edited by {view.edited_by}", "pencil-line", ""
    if view.flags:
        return view.flags[0].replace("_", " ").capitalize(), "triangle-alert", ""
    if view.risk == "high":
        return "High risk", "triangle-alert", ""
    return (view.reasons or ["Waits for a decision"])[0], "circle-alert", ""


def _how_decided(view: Line) -> str:
    last = view.decisions[-1] if view.decisions else None
    if view.status in ("taken_back", "failed", "withdrawn") or last is None:
        return view.status.replace("_", " ").capitalize()
    return f"{DECIDED_WORDS[last.decision]} {last.name}"
