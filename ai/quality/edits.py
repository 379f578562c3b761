"""How much of a text a person has changed."""

from __future__ import annotations

import difflib

# A reply is shorter; what lies beyond does not make a decision slow.
MOST_WORDS = 1_500


def words_changed(before: str, after: str) -> float:
    """The share of words that were changed, from 0 (none) to 1 (no word is left): those taken out and put in, of the
    words of both. Spaces and line ends do not count.
    """
    old, new = before.split()[:MOST_WORDS], after.split()[:MOST_WORDS]
    if old == new:
        return 0.0
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return 1 - 2 * sum(block.size for block in blocks) / (len(old) + len(new))
