"""What the words of a reply do in a sentence, language by language.

The lists are closed on purpose: a word that stands in none of them says something, and needs a source.
"""

from ai.grounding.lexicon import de, en, es, fr, it, pt, zh
from ai.grounding.lexicon.concepts import CONCEPTS, SENSITIVE, concepts_of
from ai.grounding.lexicon.likeness import likenesses, root
from ai.grounding.lexicon.ordinary import ORDINARY, ORDINARY_ROOTS, SMALL_ROOTS
from ai.grounding.lexicon.words import Words

LANGUAGES: dict[str, Words] = {
    "en": en.WORDS,
    "de": de.WORDS,
    "fr": fr.WORDS,
    "es": es.WORDS,
    "it": it.WORDS,
    "pt": pt.WORDS,
    "zh": zh.WORDS,
}

__all__ = [
    "CONCEPTS",
    "LANGUAGES",
    "ORDINARY",
    "ORDINARY_ROOTS",
    "SENSITIVE",
    "SMALL_ROOTS",
    "Words",
    "concepts_of",
    "likenesses",
    "root",
]
