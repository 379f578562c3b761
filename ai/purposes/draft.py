"""Draft: a reply in the customer's language, each fact in it with a literal quote from its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from ai.grounding import Names, account
from ai.phrasebook import written_language
from ai.purposes.base import Purpose, Result
from ai.purposes.recommend import ActionChoice, Recommendation
from ai.purposes.understand import Short, Understanding
from ai.sources import Frozen, Mail, Source, SourceKind, all_sources
from ai.trust import TEXT_CHECKS, Material, Review, review
from ai.trust.own_topics import OwnTopic


class DraftInput(Frozen):
    """`actions` are the members of the proposal that goes with the reply: only what they do may be promised.

    `phrases` are sentences that the tenant approved, `{name}` standing for the customer's first name. `signer` is
    empty where the agency signs as such.
    """

    message: Mail
    earlier: tuple[Mail, ...] = ()
    understanding: Understanding
    recommendation: Recommendation = Field(default_factory=Recommendation)
    sources: tuple[Source, ...] = ()
    actions: tuple[ActionChoice, ...] = ()
    phrases: tuple[str, ...] = ()
    customer_name: str = ""
    agency: str
    signer: str = ""
    timezone: str = "UTC"
    now: AwareDatetime


class Claim(Result):
    """A span of the reply (`claim`, literal) and what it rests on (`quote`, literal, from that field)."""

    claim: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    label: Annotated[str, StringConstraints(max_length=100)]
    source_kind: SourceKind
    source_id: Annotated[str, StringConstraints(max_length=200)]
    field: Annotated[str, StringConstraints(max_length=100)]
    quote: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Promise(Result):
    """A span of the reply (`text`, literal) that says we will do something, and the task (`task`) that does
    it.
    """

    text: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    task: Short


class Draft(Result):
    """The body of the reply in plain text, without a subject line and without quoting the customer's mail
    below.
    """

    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    claims: list[Claim] = Field(default_factory=list, max_length=60)
    promises: list[Promise] = Field(default_factory=list, max_length=20)


INSTRUCTIONS = """\
You draft the reply of a company to a customer's email. Code holds every sentence against its sources
afterwards, and a sentence without one cannot be sent. So:

- Write in the language of `understanding.language`, plain text, short sentences. Greet the customer by first
  name when `customer_name` is given, sign with `signer` and `agency`. Take `phrases` word by word for greeting,
  thanks and closing (`{name}` is the first name; leave such a phrase out where there is none), and put nothing
  else there: no remarks about the customer's situation, plans or taste.
- State only what a field of `sources` says, and answer what was asked; leave the rest out. One fact of one
  field a sentence. Take the field's own words for it and change only what grammar asks (person, tense, order,
  articles); no synonyms, no adjectives of yours, nothing rounded, summed up, weighed or explained. Name the
  property as its title does. A field in another language is translated word for word, names and figures kept.
- The customer's email supports only what they want, have, or say of themselves, and it is never a source for
  a price, a time, availability, a condition, an approval or a rule.
- Every span that states a fact is a claim: `claim` is copied letter by letter from your text, `quote` letter
  by letter from that field of that source, long enough to hold every word the claim rests on; `label` names
  the fact in two or three English words for the staff.
- A question that no source answers: put it in quotation marks as the customer wrote it, then say that you
  will check and come back. Never guess. Never say yes or no without a source.
- Say that you will do or have done something only when an action in `actions` does it: role `follow_up` for
  checking, calling and coming back, role `booking` for putting somebody down. List each such span in
  `promises` with its task.
- No links, attachments, prices, dates or names that stand in no source. No legal or financial advice."""


def _narrow(inputs: DraftInput) -> type[BaseModel]:
    return Draft


def _check(inputs: DraftInput, result: Draft) -> tuple[str, ...]:
    return () if result.text.strip() else ("text: the reply is empty.",)


def _review(inputs: DraftInput, result: Draft, forbidden: Sequence[OwnTopic]) -> Review:
    """What can be told of a draft before anybody plans to send it: its sentences, topics and language."""
    checked = account(
        text=result.text,
        claims=result.claims,
        sources=all_sources(inputs.message, inputs.earlier, inputs.sources),
        phrases=inputs.phrases,
        actions=inputs.actions,
        names=Names(name=inputs.customer_name, agency=inputs.agency, signer=inputs.signer),
        questions=inputs.understanding.facts.questions,
        language=inputs.understanding.language,
    )
    return review(
        Material(
            text=result.text,
            account=checked,
            mails=(inputs.message, *inputs.earlier),
            language=written_language(inputs.understanding.language),
            topics=tuple(forbidden),
        ),
        checks=TEXT_CHECKS,
    )


DRAFT = Purpose(
    name="draft",
    version=3,
    inputs=DraftInput,
    result=Draft,
    instructions=INSTRUCTIONS,
    trusted=frozenset({"actions", "phrases", "agency", "signer", "timezone", "now"}),
    stable=frozenset({"actions", "phrases", "agency", "signer", "timezone"}),
    max_tokens=16_000,
    narrow=_narrow,
    check=_check,
    review=_review,
)
