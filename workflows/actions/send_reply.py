"""Answer the customer in their thread. Held for an undo window; once it has left it cannot be taken back."""

import re
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from mail.selectors import last_message_of_thread
from mail.services import reply_prepare, reply_subject, reply_text
from workflows.actions.base import Action, Fact, Hands, MailPlan, Plan, Reader, RecordId, reference
from workflows.definition import UNITS
from workflows.errors import NotRetryable
from workflows.kinds import Out


class DraftText(BaseModel):
    """Of a draft what leaves: its text."""

    text: str


class ReplyGiven(BaseModel):
    """A draft, and the mail that it answers. Recipients come from that mail, never from a model."""

    draft: DraftText
    to: str
    subject: str = ""
    hold: timedelta = Field(default=timedelta(seconds=30), ge=timedelta(0), le=timedelta(days=1))

    @field_validator("hold", mode="before")
    @classmethod
    def _duration(cls, value: object) -> object:
        found = re.fullmatch(r"(\d{1,6})([smhd])", value) if isinstance(value, str) else None
        return timedelta(seconds=int(found[1]) * UNITS[found[2]]) if found else value


class ReplyInput(BaseModel):
    """What people see; they may edit subject and text."""

    model_config = ConfigDict(extra="forbid")

    to: list[str]
    cc: list[str] = []
    subject: str = Field(max_length=300)
    text: str = Field(title="Reply", min_length=1, max_length=20_000)
    hold_seconds: int = Field(ge=0, le=86_400)

    @field_validator("subject")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if "\n" in value or "\r" in value:
            raise ValueError("a subject is one line")
        return reply_subject(value)  # what is shown is what leaves

    @field_validator("text")
    @classmethod
    def _as_sent(cls, value: str) -> str:
        text = reply_text(value)
        if not text.strip():
            raise ValueError("a reply needs a text")
        return text


class ReplyHeld(Out):
    """The message that is held, and leaves when its undo window has passed."""

    message: RecordId


class SendReply(Action):
    """Answer the customer by email, in their conversation, after an undo window."""

    name = "mail.send_reply"
    label = "Reply by email"
    risk = "medium"
    reversible = False
    role = "reply"
    Given = ReplyGiven
    Input = ReplyInput
    Output = ReplyHeld
    takes = {"draft": "ai.draft_reply:", "to": "message:answer_to", "subject": "message:subject"}
    editable = frozenset({"subject", "text"})

    def prepare(self, given: ReplyGiven, reader: Reader) -> ReplyInput:
        subject = " ".join(given.subject.split()) or "Your enquiry"
        return ReplyInput(
            to=[given.to],
            subject=reply_subject(subject)[:300],
            text=given.draft.text,
            hold_seconds=int(given.hold.total_seconds()),
        )

    def plan(self, input: ReplyInput, reader: Reader) -> Plan:
        thread = reader.message.get("thread")
        if not thread:
            raise NotRetryable("This event carries no message, so there is nothing to reply to.")
        if not all(input.to):
            raise NotRetryable("The message names nobody whom an answer could go to.")
        last = last_message_of_thread(thread)
        return Plan(
            action=self.name,
            input=input.model_dump(mode="json"),
            mail=MailPlan(
                thread=thread,
                in_reply_to=reader.message["id"],
                to=input.to,
                cc=input.cc,
                subject=input.subject,
                text=input.text,
                hold_seconds=input.hold_seconds,
            ),
            output={"message": reference(reader.step, "message")},
            summary=f"To {', '.join(input.to)}",
            # The conversation must not move on.
            basis=[Fact(record=f"thread:{thread}", field="last_message", value=str(last.id) if last else None)],
        )

    def apply(self, plan: Plan, hands: Hands) -> dict[str, Any]:
        """Put the message aside until its undo window has passed."""
        mail = plan.mail
        assert mail is not None
        message = reply_prepare(
            thread_id=mail.thread,
            in_reply_to=mail.in_reply_to,
            to=mail.to,
            cc=mail.cc,
            subject=mail.subject,
            text=mail.text,
            effect_key=hands.key,
            release_at=hands.release_at,
            actor=hands.actor,
            run=hands.run,
        )
        return {"message": str(message)}
