"""`python -m tests.vendor --port N [--scenario NAME]`: the stand-in by itself, until Ctrl-C."""

from __future__ import annotations

import argparse

from tests.vendor.scenarios import SCENARIOS
from tests.vendor.server import StandIn


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.vendor", description="A stand-in for the model vendor.")
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="answer")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    given = parser.parse_args()
    server = StandIn(given.port, verbose=True)
    server.state.choose(given.scenario, delay=given.delay)
    print(f"Stand-in for Anthropic's API on http://127.0.0.1:{server.server_address[1]} ({given.scenario})", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
