"""`stack up`, `stack status`, `stack down`."""

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import environ

from stack import programs, state
from stack.detach import run_detached
from stack.environment import ROOT, StackSettings, read
from stack.errors import StackError
from stack.layout import Layout
from stack.output import Output
from stack.parent import Parent
from stack.programs import Programs
from stack.supervisor import Supervisor

Declare = Callable[[StackSettings], Programs]
"""Names the programs to run."""

_STOP_SECONDS = 60.0
_POLL_SECONDS = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True)
    up = actions.add_parser("up", help="start everything and stay until Ctrl-C")
    up.add_argument("--detach", action="store_true", help="return once it is ready; output goes to DATA_DIR/stack/log")
    up.add_argument("--no-demo", action="store_true", help="make no demo tenants and send no sample email")
    up.add_argument("--with-parent", action="store_true", help="stop when the process that started this one ends")
    status = actions.add_parser("status", help="what runs, and where")
    status.add_argument("--json", action="store_true")
    actions.add_parser("down", help="stop the stack that runs on DATA_DIR")


def main(arguments: Sequence[str] | None = None, declare: Declare = programs.countersign) -> int:
    """Run one command; its exit code. Errors are one line on standard error."""
    parser = argparse.ArgumentParser(prog="stack", description="The embedded stack.")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    environ.Env.read_env(str(ROOT / ".env"))
    try:
        settings = read(os.environ)
        if options.action == "up":
            _up(settings, declare(settings), options)
        elif options.action == "status":
            _status(settings, as_json=options.json)
        else:
            _down(settings)
    except (StackError, PermissionError) as error:
        print(f"stack: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before the supervisor listened to signals, so before it started anything
        return 130
    return 0


def _up(settings: StackSettings, declared: Programs, options: argparse.Namespace) -> None:
    if options.no_demo:
        declared = replace(declared, seeding=(), shown=())

    def start(ready: Callable[[], None]) -> None:
        output = Output()
        parent = Parent() if options.with_parent else None
        try:
            asyncio.run(Supervisor(settings, declared, output, ready=ready, parent=parent).run())
        finally:
            output.close()

    if options.detach:
        run_detached(Layout(settings.data_dir), start)
        print(f"ready at {settings.http_url}/, mail on port {settings.smtp_port}")
    else:
        start(lambda: None)


def _status(settings: StackSettings, *, as_json: bool) -> None:
    layout = Layout(settings.data_dir)
    found = state.read(layout.state)
    if not state.supervisor_pid(layout) or not found:
        raise StackError(f"No stack runs on {layout.root}")
    if as_json:
        print(json.dumps(found, indent=1))
        return
    print(f"{found['phase']} at {found['http_url']}/, mail on port {found['smtp_port']}")
    for process in found["processes"]:
        print(f"{process['name']:<12}{process['state']:<12}{process['pid'] or ''}")


def _down(settings: StackSettings) -> None:
    layout = Layout(settings.data_dir)
    pid = state.supervisor_pid(layout)
    if not pid:
        print(f"No stack runs on {layout.root}")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while state.supervisor_pid(layout) == pid:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)  # the sentinel ends the rest
            break
        time.sleep(_POLL_SECONDS)
    state.sentinel_awaited(layout, seconds=_STOP_SECONDS)
    print("stopped")
