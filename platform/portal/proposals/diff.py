"""Which words of a reply are new since it was drafted, and which went."""

import difflib
import re

from portal.proposals.marks import Changed

TOKEN = re.compile(r"\w+(?:[.,'’]\w+)*|\s+|[^\w\s]")
# Fewer unchanged words than this between two changes read as noise: the changes become one.
FEWEST_KEPT_WORDS = 4


def changed(former: str, text: str) -> list[Changed]:
    """What differs, by words, in the order of `text`; empty where nothing does."""
    old, new = TOKEN.findall(former), TOKEN.findall(text)
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    joined: list[list[int]] = []
    for index, (kind, old_from, old_to, new_from, new_to) in enumerate(blocks):
        if kind != "equal":
            if joined and joined[-1][1] == old_from and joined[-1][3] == new_from:
                joined[-1][1], joined[-1][3] = old_to, new_to
            else:
                joined.append([old_from, old_to, new_from, new_to])
        elif joined and index + 1 < len(blocks) and _is_noise(old[old_from:old_to]):
            joined[-1][1], joined[-1][3] = old_to, new_to
    for change in joined:
        # A sentence that was exchanged is exchanged with its full stop.
        if (
            change[0] < change[1] < len(old)
            and change[2] < change[3] < len(new)
            and old[change[1]] == new[change[3]] in ".!?"
        ):
            change[1] += 1
            change[3] += 1
    offsets = [0]
    for token in new:
        offsets.append(offsets[-1] + len(token))
    return [
        Changed(offsets[new_from], offsets[new_to], "".join(old[old_from:old_to]))
        for old_from, old_to, new_from, new_to in joined
    ]


def _is_noise(kept: list[str]) -> bool:
    if any("\n" in token for token in kept):
        return False
    return sum(1 for token in kept if token[0].isalnum()) < FEWEST_KEPT_WORDS
