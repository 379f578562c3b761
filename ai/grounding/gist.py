"""What a sentence that rests on nothing does: it talks, it promises, or it states a fact.

Told by its embedding, from examples in seven languages (`gist.tsv`). It decides nothing alone: a person reads what it
takes for talk, and code looks for figures, names, promises and permissions first.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ai.embedding import embed, head

EXAMPLES = Path(__file__).with_name("gist.tsv")
WEIGHTS = Path(__file__).with_name("gist.npz")  # written by `python -m ai.grounding.train`
LONGEST = 400  # characters that are embedded


@lru_cache(maxsize=2048)
def chances(text: str) -> dict[str, float]:
    """The chance that a sentence, or a part of one, is `talk`, a `promise` or a `fact`; they add up to 1."""
    learnt = head(WEIGHTS)
    (row,) = learnt.chances([text[:LONGEST]])
    return {name: float(chance) for name, chance in zip(learnt.names, row, strict=True)}


@lru_cache(maxsize=2048)
def likeness(one: str, other: str) -> float:
    """How near two texts are in meaning, up to 1; what has nothing in common still has about 0.8."""
    first, second = embed([one[:LONGEST], other[:LONGEST]])
    return float(first @ second)
