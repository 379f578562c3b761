"""`python -m tests.mails [--half build|test] [--list]`: what the offline provider understands, with 95 % bounds."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ai.providers.local.intents import chances
from tests.mails.measuring import HALVES, Share, measure, report

CORPORA = Path(os.environ.get("CORPORA_DIR", "../shared/data"))
HOMES = {"FindApartment": "search", "ScheduleVisit": "inspection"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mails")
    parser.add_argument("--half", choices=HALVES, help="one half only")
    parser.add_argument("--list", action="store_true", help="name each email of the build half that was misread")
    given = parser.parse_args()
    for half in [given.half] if given.half else HALVES:
        rows = measure(half)
        print(f"\n{half} half, {len(rows)} emails, with Wilson's 95 % bounds:")
        for name, found in report(rows).items():
            print(f"  {name:30} {found}")
        for row in rows if given.list and half == "build" else ():
            if row.intent != row.right or row.person != row.needs_person:
                person = "" if row.person == row.needs_person else f"; needs a person: {row.needs_person}"
                print(f"    {row.id} ({row.language}) {row.fine_right} -> {row.intent}{person}")
    _homes(CORPORA / "intents" / "homes_dev.tsv")


def _homes(corpus: Path) -> None:
    """Opening sentences of home seekers of a public corpus, one of all intents that were learnt."""
    if not corpus.exists():
        return
    rows = [line.split("\t") for line in corpus.read_text("utf-8").splitlines()[1:]]
    names, found = chances([text for _, text in rows])
    right = [names[best] == HOMES[label] for best, (label, _) in zip(found.argmax(axis=1), rows, strict=True)]
    print(f"\nSchema-Guided Dialogue, Homes_1:\n  {'intent, of all learnt':30} {Share(sum(right), len(right))}")


if __name__ == "__main__":
    main()
