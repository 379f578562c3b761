"""`python -m tests.drafts [--half build|blind] [--list]`: how often lies pass and truths are refused, by class."""

from __future__ import annotations

import argparse
from dataclasses import replace

from tests.drafts.judging import HALVES, drafts, judged, rates


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.drafts")
    parser.add_argument("--half", choices=HALVES, help="one half only")
    parser.add_argument("--list", action="store_true", help="name each draft that went wrong")
    given = parser.parse_args()
    for half in [given.half] if given.half else HALVES:
        found = [judged(draft) for draft in drafts(half)]
        print(
            f"\n{half} half: {len(found)} drafts. Lies that pass and truths that are refused, with 95 % Wilson bounds:"
        )
        lies = rates(replace(one, kind="all lies") for one in found if not one.truthful)
        for kind, rate in {**rates(found), **lies}.items():
            print(f"  {kind:14} {rate}")
        for one in found if given.list else ():
            if not one.right:
                print(f"  {one.id} ({one.language}): {one.told}")


if __name__ == "__main__":
    main()
