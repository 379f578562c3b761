"""The customer's questions, and the field of a source that answers each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ai.grounding.figures import agree, figures
from ai.grounding.lexicon import LANGUAGES, concepts_of
from ai.grounding.sentences import sentences
from ai.grounding.tokens import stem, tokens
from ai.language import primary
from ai.purposes import QuestionAnswer
from ai.sources import Source

MOST = 20
LONGEST = 500
PROSE = 80  # characters from which a field is a text about many things, whose label says little
_OPENERS = (
    "what|how|is|are|does|do|did|when|where|who|which|can|could|would|will|has|have|was|wie|was|wann|wo|wer|gibt|ist"
    "|sind|hat|kann|können|könnten|quel|quelle|quels|quelles|combien|quand|où|est-ce|y a-t-il|peut-on|pouvez|les|cuánto"
    "|cuándo|cuál|dónde|hay|se puede|puedo|están|está|quanto|quando|quale|dove|c'è|ci sono|è|sono|si può"
    "|qual|há|são|posso"
)
JOINT = re.compile(rf"\s*(?:,|;)?\s+(?:and|und|et|y|e|sowie)\s+(?=(?:{_OPENERS})\b)", re.IGNORECASE)
LEAD = re.compile(r"^[^:：?？]{0,40}[:：]\s*")
SALUTATION = re.compile(
    r"^(?:hi|hello|dear|hallo|guten tag|bonjour|hola|buenos días|buongiorno|salve|olá|bom dia|boa tarde|您好|你好)"
    r"[^,，!！.:]{0,30}[,，!！:]\s*",
    re.IGNORECASE,
)
CONJUNCTION = re.compile(r"^(?:and|und|et|y|e|also|so)\s+", re.IGNORECASE)
OPENER = re.compile(rf"^(?:{_OPENERS})\b", re.IGNORECASE)
LISTED = re.compile(rf",\s+(?=(?:{_OPENERS})\b)", re.IGNORECASE)
IDLE = re.compile(
    r"^(?:how are you|can you help(?: me| us)?|could you help(?: me| us)?|is that (?:ok|okay|all right|possible)"
    r"|is it possible|would that be (?:ok|okay|possible)|können sie (?:mir|uns) helfen|geht das|ist das möglich"
    r"|est-ce possible|pouvez-vous m'aider|es posible|me pueden ayudar|è possibile|potete aiutarmi|é possível"
    r"|可以吗|请问方便吗|好吗)[\s?？.!]*$",
    re.IGNORECASE,
)
HOW_MUCH = re.compile(
    r"how much|what(?:'s| is) the price|wie viel|was kostet|combien|cuánto (?:cuesta|vale)|quanto (?:costa|custa)"
    r"|多少钱",
    re.IGNORECASE,
)
# What a field about the right thing answers in its own words, whether yes or no.
OPEN_ENDED = frozenset({"allowed", "available", "included", "required", "status", "time", "date"})
# Words that only carry a question.
CARRIERS = frozenset(
    """
    a-t-il sont-ils est-il est-elle peut-on cuánto cuanto 养 请问 多 大 久
    many long large big far high old much amount amounts number come comes fit come run runs there possible ok
    okay exactly roughly approximately kind type sort hoch groß lang viele viel alt weit betragen möglich
    montant élevé grande     quanti quante tanto cuántos cuántas cuánta quantos quantas ammontano ammonta
    valor
    """.split()  # noqa: SIM905
)


def questions_in(text: str) -> list[str]:
    """The customer's questions in their own words, each a literal part of `text`."""
    found: list[str] = []
    for span in sentences(text[:20_000]):
        if not span.text.rstrip("\"'”’)").endswith(("?", "？")):
            continue
        bare = span.text
        for lead in (SALUTATION, LEAD, CONJUNCTION):
            bare = lead.sub("", bare) or bare
        for piece in _pieces(bare):
            question = piece.strip(" ,;")
            if 3 <= len(question) <= LONGEST and not IDLE.match(question) and question not in found:
                found.append(question)
    return found[:MOST]


def _pieces(asked: str) -> list[str]:
    """The questions that one sentence joins with "and", or lists with commas."""
    pieces = []
    for piece in JOINT.split(asked):
        pieces += LISTED.split(piece) if OPENER.match(piece) else [piece]
    return pieces


def answers(questions: Sequence[str], sources: Sequence[Source], language: str) -> list[QuestionAnswer]:
    """For each question the one field that speaks about everything it asks for, or none."""
    return [_answer(question, sources, primary(language)) for question in questions]


def about_coming(question: str, language: str) -> bool:
    """Whether a question asks for a time to come and see, and nothing else."""
    wanted = _wanted(question, primary(language))
    timed = any(figure.kind in ("date", "weekday", "time") for figure in figures(question, primary(language)))
    coming = [meanings for meanings in wanted if "=open" in meanings]
    return bool(coming) or (timed and len(wanted) <= 2)


def best_part(question: str, text: str, language: str) -> str:
    """The sentence of a long text that speaks most about the question."""
    wanted = _wanted(question, primary(language))
    spans = sentences(text)
    if not spans:
        return text
    return max(spans, key=lambda span: sum(bool(meanings & _meanings(span.text)) for meanings in wanted)).text


def _answer(question: str, sources: Sequence[Source], language: str) -> QuestionAnswer:
    wanted = _wanted(question, language)
    when = [figure for figure in figures(question, language) if figure.kind in ("date", "weekday", "time")]
    best: tuple[int, Source, str] | None = None
    for source in sources:
        if source.kind in ("message", "contact"):
            continue
        about = _meanings(source.title)
        for field in source.fields:
            label = _meanings(f"{field.label} {field.name.replace('_', ' ').replace('.', ' ')}")
            text = label | _meanings(field.text)
            hits = [bool(meanings & text) for meanings in wanted]
            named = sum(bool(meanings & label) for meanings in wanted)
            covered = all(hit or meanings & about for hit, meanings in zip(hits, wanted, strict=True))
            speaks = named > 0 or (any(hits) and len(field.text) >= PROSE)
            in_time = all(any(agree(said, known) for known in figures(field.text)) for said in when)
            if wanted and covered and speaks and in_time and (best is None or named > best[0]):
                best = (named, source, field.name)
    if best is None:
        return QuestionAnswer(question=question, answered=False)
    _, source, name = best
    return QuestionAnswer(question=question, answered=True, source_kind=source.kind, source_id=source.id, field=name)


def _wanted(question: str, language: str) -> list[frozenset[str]]:
    """What each telling word of a question means; words that a fitting field need not repeat are left out."""
    words = LANGUAGES.get(language, LANGUAGES["en"])
    idle = words.known | words.negation | words.breaking | words.follow_up | CARRIERS
    telling = []
    for token in tokens(question, language):
        if not token.word or token.word in idle or stem(token.word) in idle:
            continue
        meanings = _meaning(token.word)
        if not concepts_of(token.word) or not concepts_of(token.word) <= OPEN_ENDED:
            telling.append(meanings)
    if not telling and HOW_MUCH.search(question):
        telling.append(frozenset({"=price"}))
    return telling


def _meaning(word: str) -> frozenset[str]:
    named = concepts_of(word) | concepts_of(stem(word))
    return frozenset({stem(word), *(f"={concept}" for concept in named)})


def _meanings(text: str) -> frozenset[str]:
    return frozenset[str]().union(*(_meaning(token.word) for token in tokens(text, None) if token.word))
