"""What must hold in a conversation, whatever happens in it; with a book of who had seen which email when."""

import random
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg

from approvals.selectors import ApprovalView, approval_get, approvals
from mail.selectors import message_view, messages_of_thread, taken_over
from tenants.selectors import tenant_context
from workflows.selectors import runs

LEFT = ("sending", "sent", "kept", "unknown")


@dataclass
class Book:
    """What was written, by its id: the customer's emails in the order they came, and which of them were answered."""

    asked: list[UUID] = field(default_factory=list)
    answered: set[UUID] = field(default_factory=set)
    seen_by_hand: dict[UUID, set[UUID]] = field(default_factory=dict)
    left: set[UUID] = field(default_factory=set)
    answers_to: list[UUID] = field(default_factory=list)
    # A person has said what becomes of the customer's last email.
    person_decided: bool = False


class Watched:
    """The conversation of a customer of acacia, looked at."""

    def __init__(self, seed: int, *, owner: psycopg.Connection[Any], cast: Any, at_once: Any) -> None:
        self.random = random.Random(seed)
        self.owner, self.cast, self.at_once = owner, cast, at_once
        self.customer = f"georgia.{uuid4().hex[:12]}@example.com"
        self.book, self.acts = Book(), list[str]()
        self.first_id = ""
        self.last_id = ""

    # --- what must hold ---------------------------------------------------------------------------

    def look(self, *, inside: bool = False) -> None:
        """What must be true at any moment."""
        self._one_reply_at_a_time()
        for thread, message in self._left():
            if message not in self.book.left:
                self.book.left.add(message)
                with tenant_context("acacia"):
                    self._was_not_outdated(thread, message)
        if not inside and self.acts[-1:] == ["settle"]:
            self.nothing_waits_for_ever()

    def _one_reply_at_a_time(self) -> None:
        found = self._rows(
            "SELECT thread, status FROM acacia.approvals_approval"
            " WHERE thread = ANY(%s) AND status IN ('pending', 'stale', 'approved') UNION ALL"
            " SELECT thread_id::text, status FROM acacia.mail_message"
            " WHERE thread_id::text = ANY(%s) AND status IN ('held', 'sending')",
            [self.threads(), self.threads()],
        )
        assert len({thread for thread, _ in found}) == len(found), (self.acts, found)

    def _left(self) -> list[Any]:
        return self._rows(
            "SELECT thread_id::text, id FROM acacia.mail_message WHERE thread_id::text = ANY(%s)"
            " AND direction = 'out' AND status = ANY(%s) ORDER BY id",
            [self.threads(), list(LEFT)],
        )

    def _was_not_outdated(self, thread: str, left: UUID) -> None:
        """A reply that leaves was drafted with every email of the customer's that had come before; and it alone
        answers the last of them."""
        message = message_view(left)
        if message.author is not None:
            self.book.answered |= self.book.seen_by_hand[left]
            return
        approval = self._approval_of(message.run_id)
        sources = {UUID(s["id"]) for s in approval.document["sources"] if s["kind"] == "message"}
        unseen = [asked for asked in self.asked_in(thread) if asked not in sources | self.book.answered]
        assert not unseen, (self.acts, "left without having seen", unseen)
        answered = UUID(approval.document["message"]["id"])
        assert answered not in self.book.answers_to, (self.acts, "two replies to one email")
        self.book.answers_to.append(answered)
        self.book.answered |= sources

    def nothing_waits_for_ever(self) -> None:
        """Once nothing is due: each run that has not ended is waited for by a person or by time, and the customer's
        last email is with somebody, done, or was decided about."""
        for run in self.runs():
            assert run.status not in ("queued", "running"), (self.acts, run.status)
            if run.status != "waiting":
                continue
            asked = approvals(run=run.pk).filter(status__in=("pending", "stale")).exists()
            assert asked or self._has_timer(run.pk), (self.acts, "a run waits for nothing")
        for thread in self.threads():
            if taken_over(thread) or self.book.person_decided or not self.asked_in(thread):
                continue
            last = self.asked_in(thread)[-1]
            if last in self.book.answered:
                continue
            about = [run for run in self.runs() if run.thread == thread and run.status != "cancelled"]
            assert about, (self.acts, "nobody cares for the customer's last email")

    # --- looking ----------------------------------------------------------------------------------

    def threads(self) -> list[str]:
        """The conversations that the customer's emails are in."""
        found = self._rows(
            "SELECT DISTINCT thread_id::text FROM acacia.mail_message WHERE id = ANY(%s) AND thread_id IS NOT NULL",
            [self.book.asked],
        )
        return sorted(thread for (thread,) in found)

    def asked_in(self, thread: str) -> list[UUID]:
        """The customer's emails in a conversation; those that are not read yet may be of any."""
        found = self._rows(
            "SELECT id FROM acacia.mail_message WHERE id = ANY(%s) AND coalesce(thread_id::text, %s) = %s ORDER BY id",
            [self.book.asked, thread, thread],
        )
        return [asked for (asked,) in found]

    def runs(self) -> list[Any]:
        return list(runs().filter(thread__in=self.threads()))

    def pending(self) -> list[ApprovalView]:
        """What waits for a decision in these conversations."""
        return [approval_get(row.pk) for row in approvals(status="pending").filter(thread__in=self.threads())]

    def state(self) -> Any:
        """Everything that the AI has open or has done."""
        return (
            sorted((str(run.pk), run.status) for run in self.runs()),
            sorted((str(a.pk), a.status, a.digest) for a in approvals().filter(thread__in=self.threads())),
            sorted(
                (str(m.id), m.status) for t in self.threads() for m in messages_of_thread(t) if m.direction == "out"
            ),
        )

    def _time_stands(self) -> None:
        """What is held does not become due by itself, however slow the machine is."""
        later = "now() + interval '1 hour'"
        self.owner.execute(f"UPDATE public.dispatch_work SET due_at = {later} WHERE due_at > now() - interval '1 s'")
        self.owner.execute(f"UPDATE acacia.workflows_effect SET due_at = {later} WHERE status = 'held'")
        self.owner.execute(f"UPDATE acacia.mail_message SET release_at = {later} WHERE status = 'held'")

    def _rows(self, query: str, given: list[Any]) -> list[Any]:
        return self.owner.execute(query, given).fetchall()

    def _approval_of(self, run: str) -> ApprovalView:
        found = approvals(run=run).filter(status__in=("executing", "executed", "withdrawn", "failed")).first()
        assert found is not None, (self.acts, run)
        return approval_get(found.pk)

    def _has_timer(self, run: UUID) -> bool:
        row = self.owner.execute(
            "SELECT 1 FROM public.dispatch_work WHERE subject = %s AND parked_at IS NULL", [str(run)]
        ).fetchone()
        return row is not None
