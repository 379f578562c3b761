"""The cause side of a proposal: the customer's message and the other sources, with the quoted words marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from portal.proposals.marks import Mark, Paragraph, paragraphs, places
from portal.wording import moment, near, size, words_of

NOUNS = {
    "message": "email",
    "listing": "listing",
    "contact": "customer record",
    "calendar": "calendar",
    "knowledge": "knowledge",
    "action": "this plan",
    "person": "person",
}
LANGUAGES = {
    "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch",
    "el": "Greek", "zh": "Chinese", "vi": "Vietnamese", "ar": "Arabic", "ko": "Korean", "ja": "Japanese",
    "pl": "Polish", "tr": "Turkish", "ru": "Russian", "hi": "Hindi",
}  # fmt: skip


@dataclass(frozen=True)
class SourceField:
    """A line of a source; a field without a label takes the whole width."""

    label: str
    paragraphs: list[Paragraph]
    quoted: bool


@dataclass(frozen=True)
class Source:
    """A record as it stood when the proposal was made; `url`: the page of exactly that, of a document of the house."""

    kind: str
    noun: str
    title: str
    fields: list[SourceField]
    url: str = ""


@dataclass(frozen=True)
class Sender:
    """What is known of who sent the mail: `tone` is ok, quiet or danger."""

    tone: str
    sentence: str


@dataclass(frozen=True)
class Letter:
    """The customer's email."""

    subject: list[Paragraph]
    from_name: str
    from_email: str
    received: str
    received_at: Any
    sender: Sender
    paragraphs: list[Paragraph]
    attachments: list[tuple[str, str]]


def noun_of(source: Mapping[str, Any]) -> str:
    """'listing, rev 31' where the version is a count, 'email' otherwise."""
    noun = NOUNS.get(str(source.get("kind")), words_of(str(source.get("kind", ""))).lower())
    version = str(source.get("version") or "")
    return f"{noun}, rev {version}" if version.isdigit() and len(version) < 7 else noun


def quotes_of(
    evidence: Sequence[Mapping[str, Any]], kind: str, source_id: str, field: str | None
) -> list[tuple[int, str]]:
    """(number, quote) of the claims that rest on this field of this source; a source id settles it, then the kind."""
    found = []
    for item in evidence:
        source = item.get("source") or {}
        if source.get("kind") != kind or str(source.get("id", "")) != source_id:
            continue
        if field is None or source.get("field") in (None, "", field):
            found.append((int(item["n"]), str(item.get("quote", ""))))
    return found


def marks_for(quotes: Sequence[tuple[int, str]], text: str) -> list[Mark]:
    """One mark at the first place of each quote."""
    marks = []
    for number, quote in quotes:
        if found := places(quote, text):
            marks.append(Mark(*found[0], (number,)))
    return marks


def letter_of(document: Mapping[str, Any]) -> Letter | None:
    """The message that caused the proposal; None where something else did."""
    message = document.get("message") or {}
    if not message:
        return None
    text = str(message.get("text", ""))
    subject = str(message.get("subject") or "No subject")
    evidence, message_id = document.get("evidence", ()), str(message.get("id", ""))
    quotes = quotes_of(evidence, "message", message_id, "text")
    in_subject = quotes_of(evidence, "message", message_id, "subject")
    received = moment(message.get("received_at"))
    return Letter(
        subject=paragraphs(subject, marks_for([quote for quote in in_subject if quote not in quotes], subject)),
        from_name=message.get("from_name") or message.get("from", ""),
        from_email=message.get("from", ""),
        received=near(received) if received else "",
        received_at=received,
        sender=sender_of(message.get("auth") or {}),
        paragraphs=paragraphs(text, marks_for(quotes, text)),
        attachments=[
            (a.get("name") or "unnamed", size(int(a.get("size") or 0))) for a in message.get("attachments", ())
        ],
    )


def sender_of(auth: Mapping[str, Any]) -> Sender:
    """The verdict on the sender's domain in words; never 'verified' without a pass."""
    verdicts = {name: str(auth.get(name, "")).lower() for name in ("dmarc", "dkim", "spf")}
    if verdicts["dmarc"] == "pass":
        return Sender("ok", "Sender verified")
    if "fail" in (verdicts["dmarc"], verdicts["dkim"]):
        return Sender("danger", "The sender could not be proved: this may not be who it says")
    if verdicts["dkim"] == "pass":
        return Sender("ok", "Signed by its sender’s domain")
    return Sender("quiet", "Sender not verified")


def understood_of(document: Mapping[str, Any]) -> list[str]:
    """Sentences on how the message was understood."""
    understood = document.get("understood") or {}
    sentences = [str(understood["summary"])] if understood.get("summary") else []
    language = str(understood.get("language") or "en").lower()[:2]
    if language not in ("en", "un"):
        sentences.append(f"Written in {LANGUAGES.get(language, language)}.")
    return sentences


def _page_of(source: Mapping[str, Any]) -> str:
    if source.get("kind") != "knowledge":
        return ""
    return f"{reverse('portal:document', args=[source['id']])}?version={source['version']}"


def sources_of(document: Mapping[str, Any]) -> list[Source]:
    """Every source but the message itself, the quoted ones first."""
    message_id = str((document.get("message") or {}).get("id", ""))
    evidence = document.get("evidence", ())
    found: list[tuple[bool, Source]] = []
    for source in document.get("sources", ()):
        source_id = str(source.get("id", ""))
        if source.get("kind") == "message" and source_id == message_id:
            continue
        title = str(source.get("title") or NOUNS.get(str(source.get("kind")), "Source"))
        fields = []
        for field in source.get("fields", ()):
            text = str(field.get("text", ""))
            marks = marks_for(quotes_of(evidence, str(source.get("kind")), source_id, field.get("name")), text)
            label = str(field.get("label") or "")
            fields.append(SourceField("" if label == title else label, paragraphs(text, marks), bool(marks)))
        quoted = any(field.quoted for field in fields)
        found.append((quoted, Source(str(source.get("kind")), noun_of(source), title, fields, _page_of(source))))
    return [source for quoted, source in sorted(found, key=lambda pair: not pair[0])]
