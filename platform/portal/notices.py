"""Emails to colleagues about proposals: whom one concerns, what is still news, and what they say.

They hold no customer's word and decide nothing: each proposal is named by what it would do, and its link opens a page
behind the sign-in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from accounts.selectors import people_who, user_get
from approvals.deciders import DECIDE, why_not
from approvals.errors import NoSuchApproval
from approvals.selectors import WAITING, ApprovalView, approval_get
from notify.addresses import page_url
from notify.notices import News, NewsItem
from portal.views.waiting import Wanted
from portal.wording import near
from tenants.selectors import current
from workflows.approvers import approvers_of_run

MOST_NAMED = 20
# What is news as long as the proposal is in this state.
HOLDS_WHILE = {
    News.WAITS: ("pending", "asked"),
    News.ESCALATED: ("pending", "asked"),
    News.STALE: ("stale",),
    News.EXPIRED: ("expired",),
}


@dataclass(frozen=True)
class Letter:
    """An email to a colleague."""

    subject: str
    text: str


def readers_of(approval: ApprovalView) -> list[UUID]:
    """Whom a proposal concerns: who may decide it, and would have been able to where nobody did in time."""
    everybody = (user_get(row.id) for row in people_who(DECIDE))
    return [user.pk for user in everybody if user is not None and _concerns(approval, user)]


def still_news(person: UUID, items: Sequence[NewsItem]) -> Iterator[tuple[NewsItem, ApprovalView]]:
    """Of these, what has not been settled meanwhile and still concerns the person."""
    user = user_get(person)
    if user is None or not user.is_active or not user.has_perm(DECIDE):
        return
    for item in items:
        try:
            approval = approval_get(item.subject)
        except NoSuchApproval:
            continue
        if approval.status in HOLDS_WHILE[News(item.news)] and _concerns(approval, user):
            yield item, approval


def _concerns(approval: ApprovalView, user: User) -> bool:
    """Whether somebody who decides proposals is asked about this one; the rule is the inbox's."""
    if approval.status in WAITING:
        return Wanted(user, may_decide=True, mine=True, words="").found().filter(pk=approval.id).exists()
    return not why_not(person=user.pk, role=user.role, approval=approval, named=approvers_of_run(approval.run))


def letter(name: str, news: Sequence[tuple[NewsItem, ApprovalView]]) -> Letter:
    """The email that tells a person of these."""
    tenant = current().name
    subject = _sentence(news[0][0].news) if len(news) == 1 else f"{len(news)} proposals need you"
    told = [f"{_what(item, approval)}\n{page_url('portal:approval', approval.id)}" for item, approval in news]
    more = len(told) - MOST_NAMED
    parts = [
        f"Hello {name},",
        f"{subject} at {tenant}. A link opens the page of a proposal; nothing is decided by that.",
        *told[:MOST_NAMED],
        *([f"And {more} more."] if more > 0 else []),
        f"All that waits:\n{page_url('portal:inbox')}",
        f"How often you get this email, or never:\n{page_url('portal:settings_notices')}",
    ]
    return Letter(" ".join(f"{subject}: {tenant}".split())[:200], "\n\n".join(parts) + "\n")


def _sentence(news: str) -> str:
    return {
        News.WAITS: "A proposal waits for you",
        News.STALE: "The facts under a proposal have changed",
        News.ESCALATED: "A proposal was passed on to you",
        News.EXPIRED: "Nobody decided in time about a proposal",
    }[News(news)]


def _what(item: NewsItem, approval: ApprovalView) -> str:
    actions = "; ".join(str(action["label"]) for action in approval.document.get("actions", []))
    if item.news == News.STALE:
        return f"{actions}. What it rests on has changed: nothing was sent. Renew it, or reject it."
    if item.news == News.EXPIRED:
        return f"{actions}. Nobody decided before {near(approval.expires_at)}: nothing was sent, its run has failed."
    passed = "Nobody had decided in time. " if item.news == News.ESCALATED else ""
    return f"{actions}. {passed}It waits until {near(approval.expires_at)}."
