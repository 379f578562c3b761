"""The reply as it would leave: which words rest on which source, what is new, what must be mended."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.proposals.diff import changed
from portal.proposals.evidence import NOUNS, noun_of
from portal.proposals.marks import Mark, Paragraph, paragraphs, places
from portal.wording import span, span_words, words_of


@dataclass(frozen=True)
class Claim:
    """A row of the list of claims; `number` is empty where no source stands behind it."""

    number: int | None
    label: str
    noun: str
    origin: str
    kind: str
    quote: str
    supported: bool


@dataclass(frozen=True)
class Fix:
    """A sentence that should not leave with its repair: whole texts, ready to be sent as an edit.

    `blocks`: it has to be mended; otherwise it is to be compared with its quote, and may stay.
    """

    blocks: bool
    sentence: str
    finding: str
    suggestion: str
    text_with_suggestion: str
    text_without: str


@dataclass(frozen=True)
class Reply:
    """The outgoing mail of a proposal; `sender` and `answers_to` are empty where its document does not say them."""

    step: str
    sender: str
    answers_to: str
    to: str
    cc: str
    subject: str
    text: str
    held: str
    hold_words: str
    paragraphs: list[Paragraph]
    fixes: list[Fix]
    edited: bool


def reply_of(document: Mapping[str, Any], drafted: str | None) -> Reply | None:
    """The reply with its marks; where a person changed the drafted text, with what they changed."""
    reply = document.get("reply") or {}
    if not reply:
        return None
    text = str(reply.get("text", ""))
    changes = changed(drafted, text) if drafted and drafted != text else []
    customer = document.get("customer") or {}
    hold = reply.get("hold_seconds")
    sender = reply.get("sender") or {}  # documents from before it was stored have none
    return Reply(
        step=str(reply.get("step", "reply")),
        sender=f"{sender['from_name']} <{sender['from_email']}>".strip() if sender else "",
        answers_to=", ".join(str(address["email"]) for address in sender.get("reply_to", ())),
        to=", ".join(_named(str(address), customer) for address in reply.get("to", ())),
        cc=", ".join(map(str, reply.get("cc", ()))),
        subject=str(reply.get("subject", "")),
        text=text,
        held=span(float(hold)) if hold else "",
        hold_words=span_words(float(hold)) if hold else "",
        paragraphs=paragraphs(text, marks_of(document, text), changes),
        fixes=fixes_of(document, text),
        edited=bool(changes),
    )


def _named(address: str, customer: Mapping[str, Any]) -> str:
    name = customer.get("name")
    if name and name != address and address.lower() == str(customer.get("email", "")).lower():
        return f"{name} <{address}>"
    return address


def marks_of(document: Mapping[str, Any], text: str) -> list[Mark]:
    """A mark over each claim's own words, over its whole sentence where those are not in it literally."""
    claims = {int(item["n"]): str(item.get("claim", "")) for item in document.get("evidence", ())}
    marks = []
    for sentence in document.get("sentences", ()):
        start, end = int(sentence["start"]), int(sentence["end"])
        said = text[start:end]
        if (verdict := sentence.get("verdict")) in ("unsupported", "own_words"):
            marks.append(Mark(start, end, tuple(sentence.get("evidence", ())), verdict))
            continue
        for number in sentence.get("evidence", ()):
            found = places(claims.get(int(number), ""), said)
            first, last = found[0] if found else (0, len(said.rstrip(".!?。 ")))
            marks.append(Mark(start + first, start + last, (int(number),)))
    marks += [Mark(int(f["start"]), int(f["end"]), (), "unsupported") for f in _at_sentences(document)]
    return marks


def _at_sentences(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What the checks beside grounding found at a sentence of the reply."""
    return [f for f in (document.get("trust") or {}).get("findings", ()) if f.get("start") is not None]


def fixes_of(document: Mapping[str, Any], text: str) -> list[Fix]:
    """For each sentence that no source supports, or another check found something at, then each to be compared."""
    fixes = []
    unsupported = [s for s in document.get("sentences", ()) if s.get("verdict") == "unsupported"]
    found = [{**finding, "finding": finding["words"]} for finding in _at_sentences(document)]
    compared = [s for s in document.get("sentences", ()) if s.get("verdict") == "own_words"]
    for sentence in [*unsupported, *found, *compared]:
        start, end = int(sentence["start"]), int(sentence["end"])
        suggestion = str(sentence.get("suggestion") or "")
        fixes.append(
            Fix(
                blocks=sentence.get("verdict") != "own_words",
                sentence=text[start:end],
                finding=str(sentence.get("finding") or "No source says this."),
                suggestion=suggestion,
                text_with_suggestion=text[:start] + suggestion + text[end:] if suggestion else "",
                text_without=_without(text, start, end),
            )
        )
    return fixes


def _without(text: str, start: int, end: int) -> str:
    before, after = text[:start].rstrip(" \t"), text[end:]
    begins = before.endswith("\n") or not before
    joined = before + ("" if begins else " ") + after.lstrip(" \t")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", joined)).strip()


def claims_of(document: Mapping[str, Any]) -> list[Claim]:
    """Every claim in the order of its number, then what has no source."""
    supported: list[Claim] = []
    unsupported: list[Claim] = []
    for item in sorted(document.get("evidence", ()), key=lambda e: int(e["n"])):
        source = item.get("source") or {}
        kind = str(source.get("kind", ""))
        holds = bool(item.get("supported"))
        claim = Claim(
            number=int(item["n"]),
            label=str(item.get("label") or item.get("claim") or ""),
            noun=NOUNS.get(kind, words_of(kind).lower()) if holds else "no source",
            origin=noun_of(_snapshot(document, source)),
            kind=kind,
            quote=str(item.get("quote", "")),
            supported=holds,
        )
        (supported if holds else unsupported).append(claim)
    named = {claim.number for claim in unsupported}
    nameless = [
        Claim(None, str(sentence.get("text", "")), "no source", "", "", "", False)
        for sentence in document.get("sentences", ())
        if sentence.get("verdict") == "unsupported" and not named & set(sentence.get("evidence", ()))
    ]
    return supported + unsupported + nameless


def _snapshot(document: Mapping[str, Any], source: Mapping[str, Any]) -> Mapping[str, Any]:
    for known in document.get("sources", ()):
        if known.get("kind") == source.get("kind") and str(known.get("id")) == str(source.get("id")):
            return {**known, "kind": source.get("kind")}
    return source
