"""Names of people, which strangers choose themselves: what may be put into a greeting, and what may not."""

from __future__ import annotations

from ai.grounding.lexicon import SENSITIVE, concepts_of

LONGEST = 60
MOST_WORDS = 5
MARKS = frozenset("'’-.")
PARTICLES = frozenset("de da do dos das del della di du van von der den la le al bin ibn y e".split())  # noqa: SIM905


def person_name(text: str) -> str:
    """The name in `text` if it can be a person's, else "": no links, figures, sentences, or words about the offer.

    "Papadopoulos, Georgia" is turned round; a name in small letters gets its capitals.
    """
    bare = " ".join(text.split()).strip(" \"',;")
    if bare.count(",") == 1:
        last, _, first = bare.partition(",")
        bare = f"{first.strip()} {last.strip()}"
    words = bare.split()
    if not 1 <= len(words) <= MOST_WORDS or len(bare) > LONGEST:
        return ""
    if not all(_fits(word) for word in words) or any(concepts_of(word.casefold()) & SENSITIVE for word in words):
        return ""
    if bare.islower():
        return " ".join(word if word in PARTICLES else word[:1].upper() + word[1:] for word in words)
    return bare if all(_begins_a_name(word) for word in words) else ""


def first_name(text: str) -> str:
    """The first word of a person's name, whole where its script sets no spaces; "" for what is no name."""
    name = person_name(text)
    return name.split()[0] if name else ""


def _fits(word: str) -> bool:
    inner = word.removesuffix(".")
    letters = sum(letter.isalpha() for letter in inner)
    return letters > 0 and all(letter.isalpha() or (letter in MARKS and letter != ".") for letter in inner)


def _begins_a_name(word: str) -> bool:
    return word in PARTICLES or not word[0].islower()
