"""Finds and ends processes that outlived whoever started them. Needs the standard library only.

Each process of a stack has the stack's mark in its environment, so on Linux even one that left its
process group is found. PostgreSQL overwrites that part of its memory; its processes are known by
their working directory, which is the data directory.
"""

import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

MARK = "COUNTERSIGN_STACK"
_PROC = Path("/proc")
_POLL = 0.02


def marked(mark: str) -> set[int]:
    """The processes that carry `mark`, without ourselves; empty where there is no /proc."""
    wanted = f"{MARK}={mark}".encode()

    def carries(folder: Path) -> bool:
        return wanted in (folder / "environ").read_bytes().split(b"\0")

    return _matching(carries)


def at_home(directory: Path) -> set[int]:
    """The processes whose working directory is `directory`; empty where there is no /proc."""
    wanted = directory.resolve()

    def lives_there(folder: Path) -> bool:
        return (folder / "cwd").readlink() == wanted

    return _matching(lives_there)


def alive(pid: int) -> bool:
    """Whether `pid` runs. One that ended and was not yet reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not _PROC.joinpath("self").exists()


def end(pids: Iterable[int], number: signal.Signals, seconds: float) -> None:
    """Send `number` to each, wait for all to end, and kill those that are still there after `seconds`."""
    waiting = set(pids)
    send(waiting, number)
    waiting = wait_until_gone(waiting, seconds)
    send(waiting, signal.SIGKILL)
    wait_until_gone(waiting, 5.0)


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each process that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def wait_until_gone(pids: Iterable[int], seconds: float) -> set[int]:
    """Wait at most `seconds`; the processes that are still alive then."""
    deadline = time.monotonic() + seconds
    waiting = {pid for pid in pids if alive(pid)}
    while waiting and time.monotonic() < deadline:
        time.sleep(_POLL)
        waiting = {pid for pid in waiting if alive(pid)}
    return waiting


def sweep(find: Callable[[], set[int]], rounds: int = 50) -> None:
    """Kill what `find` finds until it finds nothing twice: a process may be about to start another."""
    quiet = 0
    for _ in range(rounds):
        found = {pid for pid in find() if alive(pid)}
        quiet = 0 if found else quiet + 1
        if quiet == 2:
            return
        send(found, signal.SIGKILL)
        time.sleep(_POLL)


def _matching(test: Callable[[Path], bool]) -> set[int]:
    found = set()
    for folder in _PROC.glob("[0-9]*"):
        try:
            if test(folder):
                found.add(int(folder.name))
        except OSError:
            continue  # it ended meanwhile, or is another user's
    return found - {os.getpid()}
