"""`make ledger`: what the ledger promises, tried at a size that no test suite bears.

    python -m benchmarks.ledger size --entries 1000000
    python -m benchmarks.ledger writers --writers 8 --events 10000 --tenants 5
    python -m benchmarks.ledger tampering --acts 1000 --entries 1000

Each says what it measured, and exits with 1 when a promise was not kept.
"""

import argparse
import sys

from benchmarks.engine.tenancy import django_start

PARTS = ("tampering", "writers", "size")


def main() -> int:
    """Do what was asked for; everything by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--entries", type=int, help="size: 1,000,000 by default; tampering: 1,000")
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--events", type=int, default=10_000, help="of each writer in each tenant")
    parser.add_argument("--tenants", type=int, default=5)
    parser.add_argument("--acts", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    django_start()
    from benchmarks.ledger import size, tampered, writers

    kept = True
    for part in given.parts or PARTS:
        if part == "size":
            kept &= size.run(entries=given.entries or 1_000_000)
        elif part == "writers":
            kept &= writers.run(writers=given.writers, events=given.events, tenants=given.tenants, seed=given.seed)
        else:
            kept &= tampered.run(acts=given.acts, entries=given.entries or 1_000, seed=given.seed)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
