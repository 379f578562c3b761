"""Parts of a sentence that rest on nothing and need not: they talk to the reader and state nothing of the world.

Code looks first for what may never stand so: figures, names, what is attached, promises, permissions and prices. What
is left is told by its meaning (`gist.py`), and a person reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from ai.grounding.evidence import NO, Backing
from ai.grounding.figures import agree
from ai.grounding.gist import chances
from ai.grounding.lexicon import ORDINARY_ROOTS, SENSITIVE, Words, likenesses, root
from ai.grounding.lexicon.limits import GRAVE, IDIOMS, STRONG_WORDS
from ai.grounding.lexicon.manners import ATTACHED, CONDITIONALS, INTERROGATIVES, TITLES
from ai.grounding.manner import DAYS, FEW, promises
from ai.grounding.material import Material
from ai.grounding.said import clauses_of
from ai.grounding.sentences import Span
from ai.grounding.tokens import Token

LIKELY = 0.5
SURE = 0.6  # where a word is grave
FACT = 0.9
FEWEST = 5  # words and figures of a sentence that asserts or denies: "that is fine" answers something
SHORT = 2  # words of no weight that join what a claim covers to the rest
RISKY = SENSITIVE | GRAVE
_WELCOMING = "welcome willkommen bienvenue bienvenido bienvenida benvenuto benvenuta bem-vindo bem-vinda"
WELCOMING = frozenset(_WELCOMING.split())
ABLE = frozenset({"~able", "~welcome", "allowed"})
ALLOWING = frozenset({"~welcome", "allowed", "~bring"})
PREPOSITIONS = frozenset({"nach", "bei"})


def beside(
    cut: Sequence[Token], span: Span, sound: Sequence[Backing], words: Words
) -> tuple[list[tuple[list[Token], list[Backing]]], list[list[Token]]]:
    """What each claim of the sentence covers, up to the ends of its clauses, and the clauses that none does.

    Claims that share a clause are taken together.
    """
    marks = [mark for backing in sound for mark in backing.spans if span.overlaps(*mark)]
    clauses: list[list[Token]] = [[]]
    for token in cut:
        inside = any(start <= token.start < end for start, end in marks)
        if token.word in words.breaking and not inside:
            clauses.append([])
        else:
            clauses[-1].append(token)
    covered: list[tuple[list[Token], list[Backing]]] = []
    rest: list[list[Token]] = []
    goes_on = False
    for clause in clauses:
        held = [b for b in sound if any(s <= token.start < e for token in clause for s, e in b.spans)]
        if held:
            joined = [part for part in covered if any(b is other for b in held for other in part[1])]
            covered = [part for part in covered if part not in joined]
            tokens = [token for part in joined for token in part[0]] + clause
            behind = [b for part in joined for b in part[1]]
            covered.append((tokens, behind + [b for b in held if not any(b is other for other in behind)]))
            goes_on = False
        elif goes_on:
            rest[-1].extend(clause)
        elif len(clause) > SHORT or not all(_small(token, words) for token in clause):
            rest.append(clause)
            goes_on = True
    return covered, rest


def is_talk(part: Sequence[Token], text: str, material: Material, free: frozenset[int], *, keeps: bool) -> bool:
    """Whether a person may read this part of a sentence and let it stand. `keeps`: an action does what it promises."""
    said = {token.word for token in part if token.word}
    if not any(word.isalpha() for word in said) or said & ATTACHED or part[0].word in material.words.affirmation:
        return False
    spoken = sum(token.figure is not None or token.word[0].isalpha() for token in part)
    if spoken < FEWEST and said & (material.words.asserting | NO):
        return False
    grave = not keeps and promises(said, material.words, material.language)
    for index, token in enumerate(part):
        if token.start in free:
            continue
        if token.figure is not None:
            if not _known_figure(token, material):
                return False
        elif _unknown_name(part, index, material) or _soon(part, index, said, material, keeps=keeps):
            return False
        grave = grave or (token.word in STRONG_WORDS and not _idiom(part, index))
        grave = grave or (not _ordinary(token, material) and not likenesses(token.word).isdisjoint(RISKY))
    meant = chances(text)
    return meant["talk"] + (meant["promise"] if keeps else 0.0) >= (SURE if grave else LIKELY)


def permits(cut: Sequence[Token]) -> bool:
    """Whether it says that an animal may come, that somebody may move in or is to pay: that is no courtesy."""
    near = frozenset(name for token in cut for name in likenesses(token.word))
    words = {token.word for token in cut}
    if words & (INTERROGATIVES | CONDITIONALS):
        return False
    if "~pay" in near:
        return True
    allows = "~pets" in near and not near.isdisjoint(ALLOWING)
    return not words & NO and (allows or (("~move_in" in near or "move" in words) and not near.isdisjoint(ABLE)))


def carries_fact(cut: Sequence[Token], text: str, start: int, words: Words) -> bool:
    """Whether one clause of several states a fact: "I'll check that, but it was approved"."""
    clauses = clauses_of(cut, words)
    return len(clauses) > 1 and any(
        asserts(text[clause[0].start - start : clause[-1].end - start].strip(",;: "))
        for clause in clauses
        if len(clause) >= FEWEST - 1 and not any(token.word in words.whether for token in clause)
    )


def asserts(text: str) -> bool:
    """Whether a part of a sentence that no claim covers states a fact all the same."""
    return chances(text)["fact"] >= FACT


def _small(token: Token, words: Words) -> bool:
    return token.word in words.known and token.word not in STRONG_WORDS and token.word not in NO


def _soon(part: Sequence[Token], index: int, said: set[str], material: Material, *, keeps: bool) -> bool:
    """Whether something is said of today or tomorrow, of which the customer did not write, and which is not denied."""
    near = likenesses(part[index].word)
    morning = part[index].word == "mañana" and index > 0 and part[index - 1].word == "la"
    if not near & DAYS or morning:
        return False
    return keeps or not (said & NO or near & material.known.near)


def _ordinary(token: Token, material: Material) -> bool:
    ordinary = ORDINARY_ROOTS.get(material.language, frozenset())
    return token.word in material.words.known or token.word in NO or root(token.word) in ordinary


def _known_figure(token: Token, material: Material) -> bool:
    """The customer wrote it, the property is called so, or it counts a few things."""
    figure, known = token.figure, material.known
    if figure is None or any(agree(figure, other) for other in (*known.named_figures, *known.written_figures)):
        return True
    return figure.kind == "number" and all(isinstance(v, Decimal) and v <= FEW for v in figure.values)


def _idiom(part: Sequence[Token], index: int) -> bool:
    return any((a.word, b.word) in IDIOMS for a, b in pairwise(part[max(0, index - 1) : index + 2]))


def _unknown_name(part: Sequence[Token], index: int, material: Material) -> bool:
    """Whether it is written like a name, and nobody knows it; in German behind a title or a bare preposition."""
    token, known, words = part[index], material.known, material.words
    if token.plain or not token.word or any(other.word in WELCOMING for other in part):
        return False
    if token.word in material.names | material.customer | words.known:
        return False
    if root(token.word) in known.named | known.written:
        return False
    before = part[index - 1].word if index else ""
    if material.language in ("de", "zh"):
        unheard = likenesses(token.word).isdisjoint(known.topics)
        return before in TITLES or (before in PREPOSITIONS and unheard and not _small(token, words))
    return index > 0
