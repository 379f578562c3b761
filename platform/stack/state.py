"""What a stack says of itself to other processes: a lock while it lives, and a file that tells what runs."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stack.errors import StackError
from stack.layout import Layout

_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class ProcessState:
    """One process: starting, running (only then with a pid), restarting or stopped."""

    name: str
    pid: int | None
    state: str


@dataclass(frozen=True)
class StackState:
    """What runs now; `phase` is starting, ready or stopping.

    Each process has `mark` in its environment, so that those of a killed stack can be found;
    `runtime` is its temporary folder.
    """

    pid: int
    mark: str
    runtime: str
    phase: str
    http_url: str
    smtp_port: int
    database_url: str
    database_owner_url: str
    redis_url: str
    processes: list[ProcessState]


def write(path: Path, state: StackState) -> None:
    """Replace the file at once, readable by us alone."""
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump(asdict(state), stream, indent=1)
    draft.replace(path)


def read(path: Path) -> dict[str, Any] | None:
    """What the file says, or None when there is none or it is damaged."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


@contextmanager
def sole_supervisor(layout: Layout) -> Iterator[None]:
    """Be the only stack on this data directory.

    Raises StackError when another runs there, or still cleans up and does not come to an end.
    The lock goes with the process, so a stack that was killed leaves none.
    """
    stream = layout.lock.open("a+")
    try:
        # A second chance or two: `stack status` holds the lock for a moment to see if it is free.
        if not _taken(stream.fileno(), seconds=0.5):
            raise StackError(f"A stack already runs on {layout.root} (process {supervisor_pid(layout)})")
        sentinel_awaited(layout, seconds=45.0)
        stream.truncate(0)
        stream.write(f"{os.getpid()}\n")
        stream.flush()
        yield
        stream.truncate(0)
    finally:
        stream.close()


def supervisor_pid(layout: Layout) -> int | None:
    """The process id of the stack that runs on this data directory, or None."""
    try:
        stream = layout.lock.open("r+")
    except FileNotFoundError:
        return None
    with stream:
        if _taken(stream.fileno()):
            return None
        return int(stream.read().strip() or 0) or None


def sentinel_awaited(layout: Layout, *, seconds: float) -> None:
    """Wait until the sentinel of a stack that was killed has cleaned up. Raises StackError past `seconds`."""
    with layout.sentinel_lock.open("a+") as stream:
        if not _taken(stream.fileno(), seconds=seconds):
            raise StackError(f"The stack that last ran on {layout.root} has not come to its end yet")


def _taken(descriptor: int, *, seconds: float = 0.0) -> bool:
    """Take the lock within `seconds`; whether that worked."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS)
        else:
            return True
