"""Fitting what tells talk, promises and facts apart: `python -m ai.grounding.train` writes gist.npz anew from gist.tsv.

Half of the examples were written for it, in seven languages; the rest are sentences of `tests/drafts/build` and
`tests/drafts/free`.
"""

from __future__ import annotations

from ai.fitting import Task, store
from ai.grounding.gist import EXAMPLES, WEIGHTS


def examples() -> list[tuple[str, str]]:
    """(kind, text) of each."""
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    return [(kind, text) for kind, _, text in (line.split("\t") for line in lines)]


if __name__ == "__main__":
    store(Task(examples()), WEIGHTS)
