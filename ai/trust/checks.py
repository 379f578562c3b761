"""One class for each question. A check only reads; it answers with findings, none where all is well."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from ai.grounding.sentences import QUOTATION, Span, sentences
from ai.language import UNKNOWN, language_of, primary
from ai.phrasebook import phrasebook_for
from ai.trust.findings import Finding, Verdict
from ai.trust.humans import SIGNALS, human_signals
from ai.trust.material import Material
from ai.trust.own_topics import said
from ai.trust.signals import injection_signals
from ai.trust.topics import TOPICS

TELLS_ITS_LANGUAGE = 60  # characters; a shorter text does not show its language well
NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
    "zh": "Chinese",
}  # fmt: skip


class Check(ABC):
    """`name` is stable: it stands in stored calls and proposals."""

    name: ClassVar[str]

    @abstractmethod
    def find(self, material: Material) -> Iterator[Finding]:
        """What is wrong."""

    def at(self, span: Span, verdict: Verdict, words: str, suggestion: str = "") -> Finding:
        """A finding about one sentence of the reply."""
        return Finding(
            check=self.name, verdict=verdict, words=words, text=span.text, start=span.start, end=span.end,
            suggestion=suggestion,
        )  # fmt: skip

    def whole(self, verdict: Verdict, words: str) -> Finding:
        """A finding about the mail, or the reply as a whole."""
        return Finding(check=self.name, verdict=verdict, words=words)


class Grounding(Check):
    """Each sentence has a source with authority, or an action that keeps its promise; or a person compares the two."""

    name = "grounding"

    def find(self, material: Material) -> Iterator[Finding]:
        for sentence in material.account.in_own_words if material.account else ():
            yield self.at(Span(sentence.start, sentence.end, sentence.text), Verdict.PERSON, sentence.finding)
        for sentence in material.account.unsupported if material.account else ():
            yield self.at(
                Span(sentence.start, sentence.end, sentence.text),
                Verdict.REFUSE,
                sentence.finding,
                sentence.suggestion,
            )


class Recipients(Check):
    """A reply goes to those who are in its conversation, and to nobody else."""

    name = "recipients"

    def find(self, material: Material) -> Iterator[Finding]:
        if material.thread is None:
            return
        known = {address.casefold() for address in material.thread}
        for address in material.recipients:
            if address.casefold() not in known:
                yield self.whole(Verdict.REFUSE, f"{address} is not in this conversation.")


class Topics(Check):
    """No legal advice, nothing that keeps a group of people out of a home, and nothing that the tenant forbids; even
    where a source says it.
    """

    name = "topics"

    def find(self, material: Material) -> Iterator[Finding]:
        for span in sentences(material.text):
            own = QUOTATION.sub(" ", span.text)
            for topic in TOPICS:
                if topic.pattern.search(own):
                    yield self._stopped(span, topic.words, material)
                    break
        written = [f"{mail.subject}\n{mail.text}" for mail in material.mails]
        for each in said(material.text, material.topics, written):
            yield self._stopped(each.span, each.topic.words, material)

    def _stopped(self, span: Span, words: str, material: Material) -> Finding:
        return self.at(span, Verdict.REFUSE, words, phrasebook_for(material.language).hand_on)


class OthersData(Check):
    """Names and numbers of contacts who are no party of this enquiry stay with us."""

    name = "others_data"

    def find(self, material: Material) -> Iterator[Finding]:
        spans = sentences(material.text)
        for other in material.others:
            for span in spans:
                if other.text.casefold() in span.text.casefold():
                    yield self.at(span, Verdict.REFUSE, f"“{other.text}” is {other.what} of another customer.")


class Language(Check):
    """The reply is in the customer's language."""

    name = "language"

    def find(self, material: Material) -> Iterator[Finding]:
        own = QUOTATION.sub(" ", material.text)
        wanted, written = primary(material.language), language_of(own)
        if len(own) < TELLS_ITS_LANGUAGE or not wanted or UNKNOWN in (wanted, written) or wanted == written:
            return
        words = f"The reply is in {NAMES.get(written, written)}, the customer's email in {NAMES.get(wanted, wanted)}."
        yield self.whole(Verdict.REPAIRABLE, words)


class Humans(Check):
    """Complaint, danger, legal threat, a wish for a person, a wish to be forgotten: a person answers these.

    By code or by what the model understood: either suffices, and neither can talk the other out of it.
    """

    name = "humans"

    def find(self, material: Material) -> Iterator[Finding]:
        found = [name for mail in material.mails for name in human_signals(f"{mail.subject}\n{mail.text}")]
        if material.intent == "complaint":
            found.append("complaint")
        for name in dict.fromkeys(found):
            yield self.whole(Verdict.PERSON, SIGNALS[name].words)
        if material.wants_person and not found:
            yield self.whole(Verdict.PERSON, "The customer wants a person, or complains")


class Injection(Check):
    """Text that is written to a machine: a warning, and never automatic. It is no boundary; that is the policy."""

    name = "injection"

    def find(self, material: Material) -> Iterator[Finding]:
        found = dict.fromkeys(
            signal
            for mail in material.mails
            for signal in injection_signals(f"{mail.from_name}\n{mail.subject}\n{mail.text}")
        )
        found |= dict.fromkeys(injection_signals(material.hidden))
        for signal in found:
            yield self.whole(Verdict.PERSON, signal.words)
