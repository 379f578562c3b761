"""`python -m tests.drafts [--half …] [--list]`: what becomes of lies and truths, by class.

The checks were built on `build` and `free`: what these say flatters. `blind` and `fresh` measure.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from tests.drafts.judging import HALVES, OUTCOMES, Rate, drafts, judged, rates


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.drafts")
    parser.add_argument("--half", choices=HALVES, help="one part only")
    parser.add_argument("--list", action="store_true", help="name each draft that went wrong")
    given = parser.parse_args()
    for half in [given.half] if given.half else HALVES:
        found = [judged(draft) for draft in drafts(half)]
        lies = [one for one in found if not one.truthful]
        print(f"\n{half}: {len(found)} drafts, with 95 % Wilson bounds")
        for group in ([one for one in found if one.truthful], [replace(one, kind="all lies") for one in lies], lies):
            for kind in sorted({one.kind for one in group}):
                of_kind = [one for one in group if one.kind == kind]
                told = "   ".join(f"{name} {rates(of_kind, name)[kind]}" for name in OUTCOMES)
                print(f"  {kind:14} {told}")
        said = [outcome for one in found if one.truthful for outcome in one.sentences]
        told = "   ".join(f"{name} {Rate(said.count(name), len(said))}" for name in OUTCOMES)
        print(f"  {'sentences of truths':14} {told}")
        for one in found if given.list else ():
            if not one.right:
                print(f"  {one.id} ({one.language}): {one.told}")


if __name__ == "__main__":
    main()
