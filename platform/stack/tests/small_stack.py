"""The command line of the stack with programs that a test declares, as JSON in SMALL_STACK.

`python -m stack.tests.small_stack up|status|down`; the stack's own services are real.
"""

import json
import os
import sys
from typing import Any

from stack.cli import main
from stack.environment import StackSettings
from stack.programs import Program, Programs, RestartPolicy

WEB = """
import http.server, os, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        missing = os.environ.get("MISSING")
        self.send_response(503 if missing else 200)
        self.end_headers()
        self.wfile.write((missing or "{}").encode())
    def log_message(self, *said): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["HTTP_PORT"])), Page).serve_forever()
"""
# Ends only when it is killed, and has a child in its group and one in a session of its own.
STUBBORN = "trap '' TERM INT; sleep 1000 & setsid sleep 1000 & while :; do wait; done"


def declare(settings: StackSettings) -> Programs:
    """The programs that the test wrote down, or a web process and a worker."""
    told: dict[str, list[dict[str, Any]]] = json.loads(os.environ.get("SMALL_STACK", "{}"))

    def named(kind: str, default: list[dict[str, Any]]) -> tuple[Program, ...]:
        return tuple(
            Program(one["name"], tuple(one["command"]), one.get("owner", False), one.get("stop_seconds", 5.0))
            for one in told.get(kind, default)
        )

    web = {"name": "web", "command": [sys.executable, "-I", "-S", "-c", WEB]}
    worker = {"name": "worker", "command": ["bash", "-c", STUBBORN], "stop_seconds": 0.3}
    return Programs(
        before=named("before", []),
        served=named("served", [web, worker]),
        seeding=named("seeding", []),
        shown=named("shown", []),
        ready_seconds=float(os.environ.get("READY_SECONDS", "30")),
        restarts=RestartPolicy(first_wait=0.05),
    )


if __name__ == "__main__":
    sys.exit(main(declare=declare))
