"""Words that bound a fact. Left out, they make a lie of it; put in, they promise more than the source does."""

from __future__ import annotations

from ai.grounding.lexicon.likeness import likenesses

# Groups of `likeness.py`; a limit of the source has to be said with one of its own kind.
LIMITS = {
    "only": frozenset({"~only", "~single"}),
    "in part": frozenset({"~not_all"}),
    "except": frozenset({"~excluded"}),
    "at least": frozenset({"~minimum"}),
    "at most": frozenset({"~maximum"}),
    "about": frozenset({"~approx"}),
    "condition": frozenset({"~condition_of", "~considered", "~request", "~hedge"}),
    "hedge": frozenset({"~hedge", "~able", "~condition_of", "~recommend"}),
}
# What is not there, without a word for "no".
SOFT_NO = frozenset({"~excluded", "~unfurnished", "~free_of_charge", "~only", "~not_yet", "~lacking"})
CLOSED = frozenset("closed shut geschlossen fermé fermée cerrado cerrada chiuso chiusa fechado fechada".split())  # noqa: SIM905

_STRONG = {
    "en": "all every always never only entire entirely whole completely fully guaranteed guarantee best totally"
    " everything everyone",
    "de": "alle alles allen aller immer jederzeit nie niemals nur jede jeder jedes jeden ganz ganze ganzen garantiert"
    " alles sämtliche",
    "fr": "tout toute tous toutes toujours jamais seulement chaque uniquement garanti garantie",
    "es": "todo toda todos todas siempre nunca solo sólo cada solamente garantizado",
    "it": "tutto tutta tutti tutte sempre mai ogni solo soltanto garantito",
    "pt": "todo toda todos todas sempre nunca jamais apenas só cada garantido",
}
# These need their like in the source, small as they are.
STRONG = {language: {word: likenesses(word) | {word} for word in words.split()} for language, words in _STRONG.items()}
