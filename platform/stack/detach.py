"""Runs the stack in the background: the caller returns once it is ready, or with the reason why it is not."""

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from stack.errors import StackError
from stack.layout import Layout

Start = Callable[[Callable[[], None]], None]
"""Runs the stack; calls its argument when it is ready; returns when it has stopped, raises StackError."""

_TAIL_LINES = 25


def run_detached(layout: Layout, start: Start) -> None:
    """Run `start` in a process of its own whose output goes to the log, and wait until it is ready.

    Raises StackError with the reason and the end of the log when it does not get there.
    """
    layout.make()
    read_end, write_end = os.pipe()
    first = os.fork()
    if first == 0:
        os.close(read_end)
        _become_daemon(layout.log, write_end, start)
    os.close(write_end)
    os.waitpid(first, 0)
    with os.fdopen(read_end) as messages:
        daemon = int(messages.readline() or 0)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: os.kill(daemon, signal.SIGTERM) if daemon else None)
        verdict = messages.readline().strip()
    if verdict != "ready":
        tail = layout.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
        reason = verdict.removeprefix("failed ") or "it ended before it was ready"
        raise StackError("\n".join([reason, f"The end of {layout.log}:", *tail]))


def _become_daemon(log: Path, write_end: int, start: Start) -> None:
    """Never returns."""
    os.setsid()
    if os.fork():
        os._exit(0)  # so that the daemon can never get a terminal again
    code = 1
    try:
        _redirect(log)
        os.write(write_end, f"{os.getpid()}\n".encode())
        start(lambda: _tell(write_end, "ready"))
        code = 0
    except StackError as error:
        print(f"stack: {error}", file=sys.stderr, flush=True)
        _tell(write_end, f"failed {error}")
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _redirect(log: Path) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    for source, target in ((null, 0), (stream, 1), (stream, 2)):
        os.dup2(source, target)
    os.close(null)
    os.close(stream)


def _tell(write_end: int, verdict: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # whoever waited has gone; the stack stays
        os.write(write_end, verdict.replace("\n", " ").encode() + b"\n")
