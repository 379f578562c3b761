"""One conversation that keeps moving: what a customer, colleagues, machines and time can do to it, in any order.

Real services, real workers' turns, a real database; time is moved, not waited for. What must hold is looked at after
each act.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from approvals.errors import Refused as DecisionRefused
from approvals.selectors import ApprovalView, approvals
from approvals.services import approval_decide, approval_edit, approval_renew
from dispatch.worker import run_next
from mail.errors import MailRefused
from mail.selectors import message_view, messages_of_thread, taken_over
from mail.services import message_receive, reply_take_back, reply_write, thread_give_back, thread_take_over
from tenants.selectors import current, public_context, tenant_context
from tests.moving.watched import Watched
from tests.story import due_now, mail, person
from workflows.errors import Refused as RunRefused
from workflows.services import (
    approval_take_back,
    thread_answer,
    undo_plan_make,
    undo_plan_start,
)
from workflows.steps.draft_reply import DraftReply

REFUSALS = (DecisionRefused, MailRefused, RunRefused)
ASKS = (
    "Is 14 Wattle Street open this Saturday?",
    "Sorry, only Sunday works for us. Is there parking?",
    "What are the rates per quarter?",
    "One more thing: is the studio council approved?",
)


class Conversation(Watched):
    """A customer of acacia who writes, and all that happens then."""

    # --- what can happen --------------------------------------------------------------------------

    def act(self) -> None:
        """One thing happens; then what must hold is looked at."""
        do = self.random.choice(ACTS)
        self.acts.append(do.__name__)
        try:
            do(self)
        except REFUSALS as refusal:
            self.acts[-1] += f" ({type(refusal).__name__})"
        self.look()

    def customer_writes(self) -> None:
        """An email arrives, and is not read yet."""
        self.book.asked.append(self._send(self._asks()))
        self.book.person_decided = False

    def customer_writes_and_is_read(self) -> None:
        self.customer_writes()
        self.settle()

    def two_emails_at_once(self) -> None:
        """Both have come before either is read; two workers read them in the same instant."""
        self.customer_writes()
        self.customer_writes()
        self.at_once(self._turn, self._turn)

    def an_email_comes_while_the_draft_is_written(self) -> None:
        came: list[bool] = []

        def meanwhile() -> None:
            if not came:
                came.append(True)
                self.customer_writes()
                self.at_once(self._turn)

        with interrupted(meanwhile):
            self.customer_writes()
            self.settle()

    def a_worker_takes_a_turn(self) -> None:
        with public_context():
            run_next(self.random.choice(("runs", "ai", "notify")))

    def settle(self) -> None:
        """Workers do what is due, until nothing is."""
        while True:
            with public_context():
                while any(run_next(queue) for queue in ("runs", "ai", "notify")):
                    self.look(inside=True)
            # A mail that waits for one which it answers.
            waits = self.owner.execute(
                "UPDATE public.dispatch_work SET due_at = now() WHERE handler = 'mail.parse' AND leased_until IS NULL"
            )
            if not waits.rowcount:
                return

    def the_hold_passes(self) -> None:
        """What is held is due; the workers come to it, or something else happens first."""
        due_now(self.owner)
        if self.random.random() < 0.7:
            self.settle()

    def an_email_comes_as_the_hold_passes(self) -> None:
        self.customer_writes()
        due_now(self.owner)
        self.at_once(self._turn, self._turn_of_ai)
        self.settle()

    def approve(self) -> None:
        for found in self.pending():
            approval_decide(approval_id=found.id, decision="approve", digest=found.digest, actor=person(self.cast.bob))

    def approve_and_carry_out(self) -> None:
        self.approve()
        self.settle()

    def approve_as_an_email_is_read(self) -> None:
        found = self.pending()
        self.customer_writes()
        self.at_once(self._turn, *(self._approving(each) for each in found))

    def edit(self) -> None:
        for found in self.pending():
            text = f"Hi Georgia,\n\nWe will call you.\n\nBob {self.random.randrange(100)}"
            approval_edit(
                approval_id=found.id, digest=found.digest, edits={"reply": {"text": text}}, actor=person(self.cast.bob)
            )

    def reject(self) -> None:
        for found in self.pending():
            approval_decide(approval_id=found.id, decision="reject", digest=found.digest, actor=person(self.cast.bob))
            self.book.person_decided = True
        self.settle()

    def renew(self) -> None:
        for row in approvals(status="stale").filter(thread__in=self.threads()):
            approval_renew(approval_id=row.pk, actor=person(self.cast.bob))

    def take_back(self) -> None:
        for row in approvals(status="executing").filter(thread__in=self.threads()):
            approval_take_back(approval_id=row.pk, actor=person(self.cast.bob))
            self.book.person_decided = True
        self.settle()

    def a_colleague_answers_in_the_portal(self) -> None:
        for thread in self.threads():
            read = {message.id for message in messages_of_thread(thread)}
            written = reply_write(
                thread_id=thread, text="Hi Georgia,\n\nCome by at ten.\n\nBob", key=uuid4(), actor=person(self.cast.bob)
            )
            self.book.seen_by_hand[written] = read & set(self.book.asked)
            self.book.person_decided = True
        if self.random.random() < 0.5:
            self.settle()

    def a_colleague_takes_their_reply_back(self) -> None:
        for written in self.book.seen_by_hand:
            if message_view(written).status == "held":
                reply_take_back(message_id=written, actor=person(self.cast.bob))
        self.settle()

    def a_colleague_answers_from_their_mail_client(self) -> None:
        """From their own address with ours in Cc, or from an own address of ours."""
        if not self.book.asked:
            return
        self.settle()
        inbound = current().inbound_address
        if self.random.random() < 0.5:
            head = {"sender": f"Bob <{self.cast.bob.email}>", "To": self.customer, "Cc": inbound}
        else:
            head = {"sender": inbound, "To": self.customer}
        message = mail("Hi Georgia,\n\nSee you at ten.\n\nBob", In_Reply_To=self.last_id, sender=head["sender"])
        del message["To"]
        for name in ("To", "Cc"):
            if name in head:
                message[name] = head[name]
        self._receive(message.as_bytes(), self.cast.bob.email)
        self.book.answered |= set(self.book.asked)
        self.book.person_decided = True
        self.settle()
        assert not self.pending(), "a colleague has answered: nothing waits for a decision"

    def automatic_mail_comes(self) -> None:
        """An absence, a delivery report, a forged own address, one of our replies come back: none moves anything."""
        if not self.book.asked:
            return
        self.settle()
        self._time_stands()
        before = self.state()
        for raw, sender in self._automatic():
            self._receive(raw, sender)
            self.settle()
            now = self.state()
            assert now == before, (self.acts, raw[:200], [(was, is_) for was, is_ in zip(before, now, strict=True)])

    def a_colleague_takes_over(self) -> None:
        for thread in self.threads():
            thread_take_over(thread_id=thread, actor=person(self.cast.bob))

    def a_colleague_gives_back(self) -> None:
        for thread in self.threads():
            if not taken_over(thread):
                continue
            thread_give_back(thread_id=thread, actor=person(self.cast.bob))
            if self.random.random() < 0.5:
                thread_answer(thread=thread, actor=person(self.cast.bob))
            else:
                self.book.person_decided = True

    def undo_what_has_ended(self) -> None:
        ended = [run.pk for run in self.runs() if run.status in ("succeeded", "failed", "cancelled")]
        if not ended:
            return
        plan = undo_plan_make(runs=ended[:1], actor=person(self.cast.alice))
        with self.owner.cursor() as cursor:
            row = cursor.execute("SELECT digest FROM acacia.workflows_undoplan WHERE id = %s", [plan]).fetchone()
        assert row is not None
        undo_plan_start(plan=plan, digest=row[0], actor=person(self.cast.alice))
        self.settle()

    def finish(self) -> None:
        """All is approved and leaves; then nothing is open any more."""
        self.acts.append("finish")
        for _ in range(4):
            self.settle()
            for do in (Conversation.renew, Conversation.approve):
                try:
                    do(self)
                except REFUSALS:
                    continue
            self.the_hold_passes()
            self.settle()
        self.look()
        self.nothing_waits_for_ever()
        assert not self.pending(), self.acts
        for thread in self.threads():
            assert not [m for m in messages_of_thread(thread) if m.status in ("held", "sending")], self.acts

    # --- writing ----------------------------------------------------------------------------------

    def _asks(self) -> bytes:
        headers = {"In_Reply_To": self.last_id, "References": f"{self.first_id} {self.last_id}"} if self.last_id else {}
        message = mail(self.random.choice(ASKS), sender=f"Georgia <{self.customer}>", **headers)
        self.last_id = str(message["Message-ID"])
        self.first_id = self.first_id or self.last_id
        return message.as_bytes()

    def _send(self, raw: bytes) -> UUID:
        return self._receive(raw, self.customer)

    def _receive(self, raw: bytes, sender: str) -> UUID:
        with tenant_context("acacia"):
            to = current().inbound_address
            return message_receive(raw=raw, envelope_from=sender, recipient=to, peer="127.0.0.1").id

    def _automatic(self) -> Iterator[tuple[bytes, str]]:
        with tenant_context("acacia"):
            inbound = current().inbound_address
            ours = [m for t in self.threads() for m in messages_of_thread(t) if m.direction == "out"]
        away = mail("I am away.", sender=self.customer, In_Reply_To=self.last_id, Auto_Submitted="auto-replied")
        yield away.as_bytes(), self.customer
        report = mail("Not delivered.", sender="MAILER-DAEMON@example.com", In_Reply_To=self.last_id)
        yield report.as_bytes(), ""
        for own in (inbound, self.cast.bob.email):
            forged = mail("We are sold out.", sender=own, In_Reply_To=self.last_id, Cc=self.customer).as_bytes()
            # A second From is how forgers get past a check that reads the other one.
            yield (
                b"\n".join([forged.partition(b"\n")[0], b"From: someone@example.org", forged.partition(b"\n")[2]]),
                own,
            )
        for reply in ours[:1]:
            echo = mail(reply.text, sender=inbound, In_Reply_To=self.last_id)
            del echo["Message-ID"]
            echo["Message-ID"] = reply.message_id
            yield echo.as_bytes(), inbound

    def _turn(self) -> None:
        with public_context():
            run_next("runs")

    def _turn_of_ai(self) -> None:
        with public_context():
            run_next("ai")

    def _approving(self, found: ApprovalView) -> Callable[[], None]:
        def do() -> None:
            with tenant_context("acacia"):
                approval_decide(
                    approval_id=found.id, decision="approve", digest=found.digest, actor=person(self.cast.bob)
                )

        return do


C = Conversation
ACTS: tuple[Callable[[Conversation], None], ...] = (
    C.customer_writes, C.customer_writes_and_is_read, C.customer_writes_and_is_read, C.two_emails_at_once,
    C.an_email_comes_while_the_draft_is_written, C.a_worker_takes_a_turn, C.settle, C.the_hold_passes,
    C.the_hold_passes, C.an_email_comes_as_the_hold_passes, C.approve, C.approve_and_carry_out,
    C.approve_and_carry_out, C.approve_as_an_email_is_read, C.edit, C.reject, C.renew, C.take_back,
    C.a_colleague_answers_in_the_portal, C.a_colleague_takes_their_reply_back,
    C.a_colleague_answers_from_their_mail_client, C.automatic_mail_comes, C.a_colleague_takes_over,
    C.a_colleague_gives_back, C.a_colleague_gives_back, C.undo_what_has_ended,
)  # fmt: skip


@contextmanager
def interrupted(meanwhile: Callable[[], None]) -> Iterator[None]:
    """Have something happen while a worker is in the middle of writing a draft."""
    draft = DraftReply.run

    def slowly(kind: DraftReply, given: Any, world: Any) -> Any:
        meanwhile()
        return draft(kind, given, world)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DraftReply, "run", slowly)
        yield
