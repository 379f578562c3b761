"""What the checks look at: one reply, the mail that it answers, and who may read it."""

from __future__ import annotations

from dataclasses import dataclass

from ai.grounding import Account
from ai.sources import Mail
from ai.trust.own_topics import OwnTopic


@dataclass(frozen=True)
class Other:
    """`text` in the reply names somebody, or a way to reach somebody, who is no party of this enquiry."""

    text: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Material:
    """A reply before its checks.

    `account` is of `text`; both are empty where there is no reply. `mails` are the customer's, the answered one first;
    `hidden` what no reader of it could see. `intent`, `wants_person` and `language` are what a model understood.
    `recipients` would get it; `thread` are those who may. `others` are foreign contacts that the text names,
    `topics` what the tenant forbids beside what is forbidden to all.
    """

    text: str = ""
    account: Account | None = None
    mails: tuple[Mail, ...] = ()
    hidden: str = ""
    intent: str = ""
    wants_person: bool = False
    language: str = ""
    recipients: tuple[str, ...] = ()
    thread: frozenset[str] | None = None
    others: tuple[Other, ...] = ()
    topics: tuple[OwnTopic, ...] = ()
