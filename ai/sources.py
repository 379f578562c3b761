"""What a model may read and quote: the customer's mail and the records that belong to this enquiry.

All of it is frozen, so that a proposal can store exactly what the model saw.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

SourceKind = Literal["message", "listing", "contact", "calendar", "knowledge"]


class Frozen(BaseModel):
    """The base of everything that crosses the border of this app: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceField(Frozen):
    """One quotable fact of a source: `name` for machines, `label` for people, `text` as it is shown and
    quoted.
    """

    name: str = Field(min_length=1)
    label: str = ""
    text: str


class Source(Frozen):
    """One record that a draft may quote. `version` changes with its content; `title` names it to people."""

    kind: SourceKind
    id: str = Field(min_length=1)
    version: str = ""
    title: str = ""
    fields: tuple[SourceField, ...] = ()

    def text_of(self, field: str) -> str | None:
        """The text of the named field, or None where this source has no such field."""
        return next((item.text for item in self.fields if item.name == field), None)


class Mail(Frozen):
    """One email: plain text, without anything that a reader of the mail cannot see. Any length; prompts cut
    it.
    """

    id: str = Field(min_length=1)
    from_email: str = ""
    from_name: str = ""
    subject: str = ""
    text: str = ""
    received_at: AwareDatetime

    @property
    def version(self) -> str:
        """The first 12 hex digits of the text's SHA-256: the same mail always has the same version."""
        return sha256(self.text.encode()).hexdigest()[:12]

    def as_source(self) -> Source:
        """The mail as a source of kind `message`, with the fields `subject` and `text`."""
        return Source(
            kind="message",
            id=self.id,
            version=self.version,
            title=self.subject,
            fields=(
                SourceField(name="subject", label="Subject", text=self.subject),
                SourceField(name="text", label="Text", text=self.text),
            ),
        )


def all_sources(message: Mail, earlier: Iterable[Mail], sources: Iterable[Source]) -> tuple[Source, ...]:
    """Everything that a draft may quote: the mail, the unanswered mails before it, the given records."""
    return (message.as_source(), *(mail.as_source() for mail in earlier), *sources)
