"""`account`: every sentence of a draft gets a verdict, and everything it rests on gets a number."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ai.grounding.evidence import Backing, ClaimLike, backing_of, cut
from ai.grounding.judgement import Judgement, judge
from ai.grounding.lexicon import LANGUAGES, concepts_of, likenesses, root
from ai.grounding.manner import Known
from ai.grounding.material import Material
from ai.grounding.normal import places, plain
from ai.grounding.own_words import Comparison
from ai.grounding.phrases import is_phrase, known_phrases
from ai.grounding.promises import ActionLike, keeper
from ai.grounding.results import Account, Evidence, EvidenceSource, Sentence, Verdict
from ai.grounding.sentences import Span, sentences
from ai.grounding.tokens import stem, tokens
from ai.language import language_of, primary
from ai.names import first_name, person_name
from ai.phrasebook import PHRASEBOOKS, phrasebook_for
from ai.sources import Source

PLACES = frozenset({"address", "suburb"})
SHORT = 60  # characters below which a text does not show its language well
LONGEST_QUOTE = 300  # characters of a quote that a finding repeats
COURTESY = known_phrases((phrase for book in PHRASEBOOKS.values() for phrase in book.courtesy if "{" not in phrase), {})
COURTESY_WITH_NAMES = tuple(phrase for book in PHRASEBOOKS.values() for phrase in book.courtesy if "{" in phrase)
PLACEHOLDER = re.compile(r"\{(?:name|agency|signer)\}")  # of the tenant's phrases
LONGEST_TOPIC = 20_000  # characters of a mail whose words a promise may take up


@dataclass(frozen=True)
class Names:
    """Who writes to whom. They fill the placeholders of phrases; a `name` that cannot be a person's is ignored."""

    name: str = ""
    agency: str = ""
    signer: str = ""


@dataclass(frozen=True)
class PersonSpan:
    """`text[start:end]` was written by this person."""

    start: int
    end: int
    person_id: str
    person: str = ""


@dataclass
class _Noted:
    """Evidence before it has its number."""

    place: int
    claim: str
    label: str
    source: EvidenceSource
    quote: str
    supported: bool


def account(
    *,
    text: str,
    claims: Sequence[ClaimLike],
    sources: Sequence[Source],
    phrases: Iterable[str] = (),
    actions: Sequence[ActionLike] = (),
    names: Names | None = None,
    written_by: Sequence[PersonSpan] = (),
    questions: Sequence[str] = (),
    language: str | None = None,
) -> Account:
    """Accounts for each sentence of `text`.

    `sources` are those of this enquiry, the customer's mails among them and the main listing first; `phrases`
    the tenant's, beside our own; `actions` those of the same proposal, whose promises may be made;
    `written_by` the spans that a person wrote; `questions` the customer's, for suggested repairs; `language`
    the BCP 47 tag that the reply should have, for texts too short to tell.
    """
    names = names or Names()
    name = person_name(names.name)
    tag = _language(text, language)
    material = _material(tag, sources, actions, replace(names, name=name))
    templates = [*phrases, *COURTESY_WITH_NAMES]
    known = COURTESY.union(
        *(
            known_phrases(templates, {"name": called, "agency": names.agency, "signer": names.signer})
            for called in {name, first_name(name)}
        )
    )
    backings = [backing_of(claim, text, sources) for claim in claims]
    noted: list[_Noted] = []
    judged: list[tuple[Span, Verdict, list[_Noted], Judgement]] = []
    for span in sentences(text):
        here = [b for b in backings if any(span.overlaps(start, end) for start, end in b.spans)]
        author = next((person for person in written_by if span.overlaps(person.start, person.end)), None)
        phrase = author is None and is_phrase(span.text, known)
        judgement = Judgement() if phrase else judge(span, here, material)
        if unfilled := PLACEHOLDER.search(span.text):
            judgement = Judgement(findings=[f"“{unfilled[0]}” is not filled in."])
        verdict: Verdict = "phrase" if phrase else _verdict(judgement, author)
        own = _evidence(span, here, judgement, verdict, author)
        noted.extend(item for item in own if not any(item is other for other in noted))
        judged.append((span, verdict, own, judgement))
    return _numbered(judged, noted, questions, material)


def edited_spans(*, before: str, after: str, person_id: str, person: str = "") -> tuple[PersonSpan, ...]:
    """The sentences of `after` that do not stand in `before`: what a person wrote when they edited a draft."""
    old = {" ".join(plain(span.text).split()) for span in sentences(before)}
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False) if len(after) < 5_000 else None
    kept = matcher.get_matching_blocks() if matcher else []
    new = []
    for span in sentences(after):
        if " ".join(plain(span.text).split()) in old:
            continue
        untouched = any(block.b <= span.start and span.end <= block.b + block.size for block in kept)
        if not untouched:
            new.append(PersonSpan(span.start, span.end, person_id, person))
    return tuple(new)


def _language(text: str, hint: str | None) -> str:
    """The language that the text is really in; the hint decides where it is short or not one of ours."""
    told = language_of(text)
    if told in LANGUAGES and (len(text) >= SHORT or hint is None):
        return told
    return primary(hint) if hint and primary(hint) in LANGUAGES else "en"


def _material(tag: str, sources: Sequence[Source], actions: Sequence[ActionLike], names: Names) -> Material:
    return Material(
        language=tag,
        words=LANGUAGES.get(tag, LANGUAGES["en"]),
        sources=tuple(sources),
        actions=tuple(actions),
        names=_words_of(names.agency) | _words_of(names.signer),
        customer=_words_of(names.name),
        topics=frozenset().union(*(_stems(text) for source in sources for text in _texts(source))),
        known=_known(sources),
    )


def _texts(source: Source) -> tuple[str, ...]:
    return (source.title, *(f"{field.label}\n{field.text[:LONGEST_TOPIC]}" for field in source.fields))


@lru_cache(maxsize=1024)
def _stems(text: str) -> frozenset[str]:
    words = {token.word for token in cut(text) if token.word}
    return frozenset(map(stem, words)).union(*map(concepts_of, words))


@lru_cache(maxsize=1024)
def _near(text: str) -> frozenset[str]:
    return frozenset(name for token in cut(text) if token.word for name in likenesses(token.word))


def _known(sources: Sequence[Source]) -> Known:
    """The main listing's title and place, and what the customer wrote."""
    main = next((source for source in sources if source.kind == "listing"), None)
    places_ = [field.text for field in main.fields if field.name in PLACES] if main else []
    named = [token for value in ([main.title, *places_] if main else []) for token in cut(value)]
    texts = [(text, source.kind == "message") for source in sources for text in _texts(source)]
    theirs = [token for text, told in texts if told for token in cut(text)]
    return Known(
        named=frozenset(root(token.word) for token in named if token.word),
        named_figures=tuple(token.figure for token in named if token.figure),
        written=frozenset(root(token.word) for token in theirs if token.word),
        written_figures=tuple(token.figure for token in theirs if token.figure),
        near=frozenset().union(*(_near(text) for text, told in texts if told)),
        topics=frozenset().union(*(_near(text) for text, _ in texts)),
    )


def _words_of(name: str) -> frozenset[str]:
    return frozenset(token.word for token in tokens(name, None) if token.word)


def _verdict(judgement: Judgement, author: PersonSpan | None) -> Verdict:
    if author is not None:
        return "person"
    if judgement.compared:
        judgement.findings = [_comparison(judgement.compared.backings), *_where(judgement.compared)]
        return "own_words"
    if judgement.manner:
        judgement.findings = [_manner(judgement)] if judgement.manner == "shown" else []
        return "own_words" if judgement.manner == "shown" else "phrase"
    if judgement.findings:
        return "unsupported"
    if judgement.hearsay and judgement.content:
        judgement.findings = ["Only the customer's own email says this: read whether it is theirs to say."]
        return "own_words"
    if judgement.cut_off:
        judgement.findings = [_comparison(judgement.cut_off)]
        return "own_words"
    if judgement.content == 0:
        if judgement.courteous:
            return "phrase"
        judgement.findings.append("It states something, and nothing stands behind it.")
        return "unsupported"
    return "supported"


def _comparison(backings: Sequence[Backing]) -> str:
    quotes = " ".join(dict.fromkeys(f"“{_shortened(backing.context)}”" for backing in backings))
    return f"This is said in the model's own words. Compare it with: {quotes}"


def _where(compared: Comparison) -> list[str]:
    """Where to look: what none of the quotes says."""
    found = []
    if compared.unsaid:
        found.append(f"No quote says {', '.join(f'“{word}”' for word in compared.unsaid)}.")
    if compared.beside:
        said = " ".join(f"“{part}”" for part in compared.beside)
        found.append(f"Nothing stands behind {said}: read whether it states no fact.")
    return found


def _manner(judgement: Judgement) -> str:
    if judgement.kept:
        done = " ".join(f"“{action.summary or action.label or action.name}”" for _, action in judgement.kept)
        return f"This is promised in the model's own words. Compare it with what will be done: {done}"
    return "This is said in the model's own words. It seems to state no fact: read whether it fits."


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else words[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"


def _evidence(
    span: Span, backings: Sequence[Backing], judgement: Judgement, verdict: Verdict, author: PersonSpan | None
) -> list[_Noted]:
    if author is not None:
        source = EvidenceSource(kind="person", id=author.person_id)
        return [_Noted(span.start, span.text, author.person or "Written by a person", source, span.text, True)]
    if verdict == "phrase":
        return []
    own = [_of_claim(span, backing) for backing in backings]
    for quotation in judgement.quotations:
        source = EvidenceSource(
            kind=quotation.source.kind,
            id=quotation.source.id,
            version=quotation.source.version,
            field=quotation.field,
        )
        own.append(_Noted(quotation.start, quotation.text, "Their words", source, quotation.text, True))
    for _, action in judgement.kept:
        source = EvidenceSource(kind="action", id=action.step or action.name)
        quote = action.summary or action.label or action.name
        own.append(_Noted(span.end, span.text, "Promise kept", source, quote, True))
    if verdict == "unsupported" and all(item.supported for item in own):
        label = ", ".join(dict.fromkeys(judgement.missing))[:80] or "No source"
        own.append(_Noted(span.start, span.text, label, EvidenceSource(kind="none"), "", False))
    return own


def _of_claim(span: Span, backing: Backing) -> _Noted:
    place = next(start for start, end in backing.spans if span.overlaps(start, end))
    claim = backing.claim
    version = backing.source.version if backing.source else ""
    source = EvidenceSource(kind=claim.source_kind, id=claim.source_id, version=version, field=claim.field)
    return _Noted(place, claim.claim, claim.label or claim.field, source, claim.quote, not backing.problem)


def _numbered(
    judged: list[tuple[Span, Verdict, list[_Noted], Judgement]],
    noted: list[_Noted],
    questions: Sequence[str],
    material: Material,
) -> Account:
    """One number for each different piece of evidence, in the order of the text."""
    numbers: dict[tuple[str, EvidenceSource, str], int] = {}
    evidence: list[Evidence] = []
    for item in sorted(noted, key=lambda item: item.place):
        key = (item.claim, item.source, item.quote)
        if key not in numbers:
            numbers[key] = len(evidence) + 1
            evidence.append(
                Evidence(
                    n=numbers[key], claim=item.claim, label=item.label, source=item.source, quote=item.quote,
                    supported=item.supported,
                )
            )  # fmt: skip
    told = []
    for span, verdict, own, judgement in judged:
        warned = verdict in ("own_words", "unsupported", "person")
        told.append(
            Sentence(
                start=span.start,
                end=span.end,
                text=span.text,
                verdict=verdict,
                evidence=tuple(sorted({numbers[(item.claim, item.source, item.quote)] for item in own})),
                finding=" ".join(dict.fromkeys(judgement.findings)) if warned else "",
                suggestion=_suggestion(span, questions, material) if verdict == "unsupported" else "",
            )
        )
    return Account(sentences=tuple(told), evidence=tuple(evidence))


def _suggestion(span: Span, questions: Sequence[str], material: Material) -> str:
    """Asking back instead of stating: possible only where an action of the proposal keeps that promise."""
    if keeper("follow_up", material.actions) is None:
        return ""
    book = phrasebook_for(material.language)
    said = _content(span.text, material)
    messages = [source for source in material.sources if source.kind == "message"]
    for question in questions:
        written = any(places(question, field.text) for source in messages for field in source.fields)
        if written and said & _content(question, material):
            return f"{book.asked_back(question)} {book.will_check}"
    return book.will_check


def _content(text: str, material: Material) -> set[str]:
    words = material.words
    return {
        stem(token.word)
        for token in tokens(text, material.language)
        if token.word and token.word not in words.known and token.word not in words.breaking
    }
