"""`python -m tests.chaos`: break a platform of its own, and say what became of every run."""

import argparse
import sys
from pathlib import Path

from tests.chaos.world import world


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("what", choices=["matrix", "scenarios", "soak"], nargs="?", default="matrix")
    parser.add_argument("--seed", type=int, default=1, help="in which order things are broken")
    parser.add_argument("--from", type=int, default=0, dest="first", help="matrix: go on after so many kills")
    parser.add_argument("--kills", type=int, default=60, help="matrix: how many")
    parser.add_argument("--runs", type=int, default=60, help="soak: how many")
    parser.add_argument("--mails", type=int, default=2000, help="scenarios: how many a flood has")
    parser.add_argument("--minutes", type=float, default=9.0, help="begin nothing new after so many")
    parser.add_argument("--log", type=Path, help="where to keep what the workers say")
    given = parser.parse_args()
    # The soak breaks from outside, and what it measures is the lease that ships.
    settings = {"DEBUG": "", "CRASH_POINTS": ""} if given.what == "soak" else {"LEASE_SECONDS": "2"}
    with world(**settings) as found:
        from tests.chaos.matrix import matrix
        from tests.chaos.scenarios import scenarios
        from tests.chaos.soak import soak

        try:
            match given.what:
                case "matrix":
                    kept = matrix(found, seed=given.seed, first=given.first, kills=given.kills, minutes=given.minutes)
                case "soak":
                    kept = soak(found, seed=given.seed, runs=given.runs, minutes=given.minutes)
                case _:
                    kept = scenarios(found, mails=given.mails)
        finally:
            if given.log:
                given.log.write_text("\n".join(found.log))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
