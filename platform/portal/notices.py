"""Emails to colleagues about proposals and drift: whom one concerns, what is still news, and what they say.

They hold no customer's word and decide nothing: each proposal is named by what it would do, and its link opens a page
behind the sign-in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from accounts.models import User
from accounts.selectors import people_who, user_get
from approvals.deciders import DECIDE, VIEW, why_not
from approvals.errors import NoSuchApproval
from approvals.selectors import WAITING, ApprovalView, QuestionView, approval_get, approval_questioned
from notify.addresses import page_url
from notify.notices import News, NewsItem
from portal.quality.drift import drift_reported
from portal.views.waiting import Wanted
from portal.wording import near
from tenants.selectors import current
from workflows.approvers import approvers_of_run

MOST_NAMED = 20
# What is news as long as the proposal is in this state, and the question to a colleague has come to that.
HOLDS_WHILE = {
    News.WAITS: ("pending", "asked"),
    News.ESCALATED: ("pending", "asked"),
    News.GIVEN: ("pending", "asked"),
    News.STALE: ("stale",),
    News.EXPIRED: ("expired",),
    News.ASKED: ("asked",),
    News.ANSWERED: ("pending",),
}
OUTCOMES = {News.ASKED: ("",), News.ANSWERED: ("answered", "unanswered")}


@dataclass(frozen=True)
class Letter:
    """An email to a colleague."""

    subject: str
    text: str


class Report(Protocol):
    """News as it is now. `sentence` can stand as a subject, `told` says what it is about, at `url` it is read."""

    @property
    def news(self) -> News: ...
    @property
    def subject(self) -> UUID:
        """What each person is told of once."""
        ...

    @property
    def holds(self) -> bool:
        """Whether it is news still."""
        ...

    @property
    def sentence(self) -> str: ...
    @property
    def told(self) -> str: ...
    @property
    def url(self) -> str: ...
    def readers(self) -> list[UUID]:
        """Whom it concerns."""
        ...

    def concerns(self, user: User) -> bool: ...


@dataclass(frozen=True)
class ProposalReport:
    """News with the proposal as it is now, and the question to a colleague where that is the news."""

    news: News
    approval: ApprovalView
    question: QuestionView | None = None

    @property
    def subject(self) -> UUID:
        return self.question.id if self.question else self.approval.id

    @property
    def holds(self) -> bool:
        settled = self.question and self.question.outcome not in OUTCOMES[self.news]
        return self.approval.status in HOLDS_WHILE[self.news] and not settled

    def readers(self) -> list[UUID]:
        """Whom it concerns: one colleague, or who may decide (or could have, where nobody did in time)."""
        if self._one is not None:
            return [self._one] if self.holds else []
        everybody = (user_get(row.id) for row in people_who(DECIDE))
        return [user.pk for user in everybody if user is not None and self.concerns(user)]

    def concerns(self, user: User) -> bool:
        """Whether it is for this person; of what waits for who decides, the rule is the inbox's."""
        if not user.is_active or not user.has_perm(VIEW if self.news == News.ASKED else DECIDE):
            return False
        if self.question:
            return user.pk == self._one
        if self.news == News.GIVEN and user.pk != self._one:
            return False
        if self.approval.status in WAITING:
            mine = Wanted(user, may_decide=True, mine=True, words="").found()
            return mine.filter(pk=self.approval.id).exists()
        named = approvers_of_run(self.approval.run)
        return not why_not(person=user.pk, role=user.role, approval=self.approval, named=named)

    @property
    def sentence(self) -> str:
        return _sentence(self)

    @property
    def told(self) -> str:
        return _what(self)

    @property
    def url(self) -> str:
        return page_url("portal:approval", self.approval.id)

    @property
    def _one(self) -> UUID | None:
        if self.question:
            return self.question.colleague if self.news == News.ASKED else self.question.asker
        return self.approval.delegated_to if self.news == News.GIVEN else None


def reported(news: str, subject: UUID) -> Report | None:
    """What there is to tell of a proposal, a question or a look at a version; None where that is gone."""
    kind = News(news)
    if kind == News.DRIFTED:
        return drift_reported(subject)
    try:
        if kind in OUTCOMES:
            return ProposalReport(kind, *approval_questioned(subject))
        return ProposalReport(kind, approval_get(subject))
    except NoSuchApproval:
        return None


def still_news(person: UUID, items: Sequence[NewsItem]) -> Iterator[tuple[NewsItem, Report]]:
    """Of these, what has not been settled meanwhile and still concerns the person; of what was given to them, that."""
    user = user_get(person)
    if user is None:
        return
    given = {item.subject for item in items if item.news == News.GIVEN}
    for item in items:
        report = reported(item.news, item.subject)
        if report is None or not report.holds or not report.concerns(user):
            continue
        if item.news != News.WAITS or item.subject not in given:
            yield item, report


def letter(name: str, news: Sequence[Report]) -> Letter:
    """The email that tells a person of these."""
    tenant = current().name
    drifted = any(report.news == News.DRIFTED for report in news)
    many, page = ("things need you", "a page") if drifted else ("proposals need you", "the page of a proposal")
    subject = news[0].sentence if len(news) == 1 else f"{len(news)} {many}"
    told = [f"{report.told}\n{report.url}" for report in news]
    more = len(told) - MOST_NAMED
    parts = [
        f"Hello {name},",
        f"{subject} at {tenant}. A link opens {page}; nothing is decided by that.",
        *told[:MOST_NAMED],
        *([f"And {more} more."] if more > 0 else []),
        f"All that waits:\n{page_url('portal:inbox')}",
        f"How often you get this email, or never:\n{page_url('portal:settings_notices')}",
    ]
    return Letter(" ".join(f"{subject}: {tenant}".split())[:200], "\n\n".join(parts) + "\n")


def _sentence(report: ProposalReport) -> str:
    if report.news == News.ANSWERED and report.question and report.question.outcome == "unanswered":
        return "Nobody answered what you asked about a proposal"
    return {
        News.WAITS: "A proposal waits for you",
        News.STALE: "The facts under a proposal have changed",
        News.ESCALATED: "A proposal was passed on to you",
        News.EXPIRED: "Nobody decided in time about a proposal",
        News.GIVEN: "A proposal was given to you",
        News.ASKED: "A colleague asks you about a proposal",
        News.ANSWERED: "What you asked about a proposal was answered",
    }[report.news]


def _what(report: ProposalReport) -> str:
    approval, until = report.approval, near(report.approval.expires_at)
    actions = "; ".join(str(action["label"]) for action in approval.document.get("actions", []))
    match report.news:
        case News.STALE:
            return f"{actions}. What it rests on has changed: nothing was sent. Renew it, or reject it."
        case News.EXPIRED:
            return f"{actions}. Nobody decided before {until}: nothing was sent, its run has failed."
        case News.ASKED if report.question:
            asked_until = near(report.question.until)
            return f"{actions}. The question stands on its page. It waits for your answer until {asked_until}."
        case News.ANSWERED:
            return f"{actions}. It waits for a decision again, until {until}."
        case News.GIVEN:
            return f"{actions}. A colleague gave it to you: you decide it, or a manager. It waits until {until}."
    passed = "Nobody had decided in time. " if report.news == News.ESCALATED else ""
    return f"{actions}. {passed}It waits until {until}."
