"""Fitting the intent classifier: `python -m ai.providers.local.train` writes intents.npz anew from examples.tsv and the
build half of the labelled emails (ai/tests/mails). The test half is never read here.
"""

from __future__ import annotations

import json
from pathlib import Path

from ai.fitting import Task, store
from ai.providers.local.intents import WEIGHTS, as_read

EXAMPLES = Path(__file__).with_name("examples.tsv")
MAILS = Path(__file__).resolve().parents[2] / "tests" / "mails" / "build.jsonl"


def examples() -> list[tuple[str, str, str]]:
    """(intent, language, text) of each hand-written sentence, and of each email of the build half as it is read."""
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    found = [(intent, language, text) for intent, language, text in (line.split("\t") for line in lines)]
    mails = [json.loads(line) for line in MAILS.read_text(encoding="utf-8").splitlines()]
    return found + [(mail["intent"], mail["language"], as_read(mail["subject"], mail["text"])) for mail in mails]


def task() -> Task:
    """The examples as numbers."""
    return Task([(intent, text) for intent, _, text in examples()])


if __name__ == "__main__":
    store(task(), WEIGHTS)
