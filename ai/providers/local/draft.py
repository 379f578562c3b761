"""Drafting a reply from sentences that we wrote, filled with literal quotes.

Each fact comes with its claim. What no source holds becomes a promise to check, and only where an action of
the same proposal keeps it; where none does, the reply is silent about it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ai.grounding.lexicon import concepts_of
from ai.grounding.sentences import sentences
from ai.grounding.tokens import tokens
from ai.phrasebook import Phrasebook, phrasebook_for, written_language
from ai.providers.local.contact import greeting_name, phone_of
from ai.providers.local.labels import label_in
from ai.providers.local.moments import source_of, told
from ai.providers.local.questions import answers, best_part
from ai.providers.local.times import zone_named
from ai.providers.local.wishes import wants_call
from ai.purposes import Claim, Draft, DraftInput, Promise, QuestionAnswer
from ai.sources import Source, SourceField

LONGEST_FACT = 400  # characters of a field that are quoted whole
OPEN_TIMES = 3  # how many open times a reply lists
# These are answered by people: the reply says that it was passed on.
HANDED_ON = frozenset({"offer", "application", "maintenance", "complaint", "appraisal", "search", "cancellation"})
CALL_TIME = re.compile(r" (?:after|before) \d{1,2}(?::\d\d)? ?[ap]m\b", re.IGNORECASE)
WHOLE_NAME = frozenset({"de", "zh"})  # languages in which a first name alone is too familiar


@dataclass
class _Letter:
    """A reply in the making: paragraphs of sentences, with what they claim and promise."""

    book: Phrasebook
    language: str
    zone: ZoneInfo
    inputs: DraftInput
    paragraphs: list[list[str]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    told_fields: set[tuple[str, str]] = field(default_factory=set)

    @property
    def can_promise(self) -> bool:
        return any(action.role == "follow_up" for action in self.inputs.actions)

    @property
    def can_book(self) -> bool:
        return any(action.role == "booking" for action in self.inputs.actions)

    def claim(self, span: str, label: str, source: Source, name: str, quote: str) -> None:
        self.claims.append(
            Claim(
                claim=span[:1000],
                label=label[:100],
                source_kind=source.kind,
                source_id=source.id,
                field=name,
                quote=quote[:2000],
            )
        )

    def promise(self, sentence: str, task: str) -> str:
        self.promises.append(Promise(text=sentence, task=" ".join(task.split())[:300]))
        return sentence

    def add(self, said: list[str]) -> None:
        if said:
            self.paragraphs.append(said)


def draft(inputs: DraftInput) -> Draft:
    """A reply in the customer's language, in English where we don't write that language."""
    language = written_language(inputs.understanding.language)
    letter = _Letter(phrasebook_for(language), language, zone_named(inputs.timezone), inputs)
    letter.add([_greeting(letter)])
    letter.add([*_thanks(letter), *_times(letter)])
    questions = inputs.recommendation.questions or answers(
        inputs.understanding.facts.questions, inputs.sources, inputs.understanding.language
    )
    letter.add(_facts(letter, questions))
    letter.add(_open_questions(letter, questions))
    letter.add(_call(letter))
    if not letter.promises and letter.can_promise and _needs_somebody(letter, questions):
        task = f"Answer {_who(letter)}: {inputs.understanding.summary}"
        letter.add([letter.promise(letter.book.hand_on, task)])
    letter.add([letter.book.closing])
    joint = "" if language == "zh" else " "
    body = "\n\n".join(joint.join(said) for said in letter.paragraphs)
    signature = ", ".join(name for name in (inputs.signer, inputs.agency) if name)
    text = f"{body}\n\n{letter.book.sign_off}\n{signature}".rstrip()
    return Draft(text=text, claims=letter.claims[:60], promises=letter.promises[:20])


def _greeting(letter: _Letter) -> str:
    name = greeting_name(letter.inputs.customer_name, whole=letter.language in WHOLE_NAME)
    return letter.book.greeting_named.format(name=name) if name else letter.book.greeting


def _who(letter: _Letter) -> str:
    return letter.inputs.customer_name or letter.inputs.message.from_email or "the sender"


def _listing(letter: _Letter) -> Source | None:
    return next((source for source in letter.inputs.sources if source.kind == "listing"), None)


def _thanks(letter: _Letter) -> list[str]:
    sorry = [letter.book.sorry] if letter.inputs.understanding.intent == "complaint" else []
    listing = _listing(letter)
    address = listing.text_of("address") if listing else None
    if listing is None or not address:
        return [letter.book.thanks, *sorry]
    letter.claim(address, "Which property", listing, "address", address)
    return [letter.book.thanks_about.format(subject=address), *sorry]


def _times(letter: _Letter) -> list[str]:
    """The time that was chosen, or the next open times, for a customer who wants to come."""
    if letter.inputs.understanding.intent != "inspection":
        return []
    slot = letter.inputs.recommendation.slot
    if slot is not None and (found := source_of(slot, letter.inputs.sources, letter.zone)):
        source, where, quote = found
        when = told(slot, letter.zone, letter.language)
        both = letter.inputs.understanding.facts.party_size == 2 and letter.book.booked_both
        booked = both or letter.book.booked
        letter.claim(when, "Open time", source, where.name, quote)
        letter.told_fields.add((source.id, where.name))
        return [
            (booked if letter.can_book else letter.book.open_at).format(when=when),
            *_on_the_day(letter, source),
        ]
    listing = _listing(letter)
    if listing is None:
        return []
    times = [item for item in listing.fields if item.name.split(".")[0] == "open_times"][:OPEN_TIMES]
    said = [_fact(letter, listing, item, item.text) for item in times]
    return [*said, *_on_the_day(letter, listing)] if said else []


def _on_the_day(letter: _Letter, listing: Source) -> list[str]:
    """What the listing says about the open home itself ("Please bring photo ID"), in English letters only."""
    if letter.language != "en":
        return []
    for item in listing.fields:
        words = {token.word for token in tokens(item.label, None)}
        about = any("open" in concepts_of(word) for word in words)
        if about and item.name.startswith("facts.") and len(item.text) <= LONGEST_FACT and item.text.endswith("."):
            letter.claim(item.text, item.label, listing, item.name, item.text)
            letter.told_fields.add((listing.id, item.name))
            return [item.text]
    return []


def _facts(letter: _Letter, questions: list[QuestionAnswer]) -> list[str]:
    said = []
    for answer in questions:
        held = _held(letter, answer)
        if held is None:
            continue
        source, where = held
        if (source.id, where.name) in letter.told_fields:
            continue
        quote = where.text
        if len(quote) > LONGEST_FACT:
            quote = best_part(answer.question, where.text, letter.inputs.understanding.language)
        said.append(_fact(letter, source, where, quote))
    return said


def _held(letter: _Letter, answer: QuestionAnswer) -> tuple[Source, SourceField] | None:
    """The field that answers; None where there is none, or none any more: a source may have gone since it was found."""
    if not answer.answered:
        return None
    for source in letter.inputs.sources:
        if (source.kind, source.id) == (answer.source_kind, answer.source_id):
            return next(((source, item) for item in source.fields if item.name == answer.field), None)
    return None


def _fact(letter: _Letter, source: Source, where: SourceField, quote: str) -> str:
    """A field in its own words behind its label; a whole sentence of knowledge stands by itself."""
    letter.told_fields.add((source.id, where.name))
    quote = quote.strip()
    letter.claim(quote, where.label or where.name, source, where.name, quote)
    if quote.endswith((".", "!", "。")) and len(sentences(quote)) >= 1 and " " in quote:
        return quote
    return letter.book.fact.format(label=label_in(letter.language, where), text=quote)


def _open_questions(letter: _Letter, questions: list[QuestionAnswer]) -> list[str]:
    """What no source answers, in the customer's words, and the promise to check it."""
    opened = [
        answer.question for answer in questions if _held(letter, answer) is None and _written(letter, answer.question)
    ]
    if not opened or not letter.can_promise:
        return []
    promise = letter.promise(letter.book.will_check, f"Check for {_who(letter)}: {' / '.join(opened)}")
    return [letter.book.asked_back(*opened), promise]


def _written(letter: _Letter, question: str) -> bool:
    mails = (letter.inputs.message, *letter.inputs.earlier)
    return any(question in text for mail in mails for text in (mail.text, mail.subject)) and not set(question) & set(
        '“”„«»"\n'
    )


def _call(letter: _Letter) -> list[str]:
    mail = letter.inputs.message
    phone = phone_of(mail.text)
    if phone is None or not letter.can_promise or not wants_call(mail.text):
        return []
    when = CALL_TIME.match(mail.text, mail.text.find(phone) + len(phone)) if letter.language == "en" else None
    number = phone + (when.group() if when else "")
    letter.claim(number, "Phone", mail.as_source(), "text", number)
    return [letter.promise(letter.book.will_call.format(phone=number), f"Call {_who(letter)} on {number}")]


def _needs_somebody(letter: _Letter, questions: list[QuestionAnswer]) -> bool:
    """Whether this mail is not dealt with by facts and times alone."""
    understanding = letter.inputs.understanding
    if understanding.wants_person or understanding.intent in HANDED_ON:
        return True
    return not letter.told_fields
