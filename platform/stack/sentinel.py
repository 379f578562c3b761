"""A small process that outlives the supervisor by a moment, to leave nothing running and nothing lying about.

It holds the reading end of a pipe whose only writer is the supervisor. However the supervisor ends,
kill -9 included, the pipe closes, and the sentinel ends every process it was told of.
Needs the standard library only, so that it is small and starts at once.

One JSON object a line: {"watch": pid, "signal": n, "seconds": s}, {"forget": pid},
{"home": folder of a PostgreSQL}, {"remove": temporary folder}.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

from stack import leftovers


class Watch:
    """The processes to end, and the folders to remove, once the supervisor is gone."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.groups: dict[int, tuple[signal.Signals, float]] = {}
        self.homes: list[Path] = []
        self.folders: list[Path] = []

    def take(self, order: dict[str, Any]) -> None:
        """Carry out one line of the supervisor."""
        if "watch" in order:
            self.groups[order["watch"]] = (signal.Signals(order["signal"]), order["seconds"])
        elif "forget" in order:
            self.groups.pop(order["forget"], None)
        elif "home" in order:
            self.homes.append(Path(order["home"]))
        elif "remove" in order:
            self.folders.append(Path(order["remove"]))

    def clean_up(self) -> None:
        """End every process, programs before the services they use, then remove the folders."""
        services = {pid for pid, (number, _) in self.groups.items() if number != signal.SIGKILL}
        for pid in self.groups.keys() - services:
            _signal_group(pid, signal.SIGKILL)
        leftovers.sweep(lambda: leftovers.marked(self.mark) - services)
        for pid in services:
            _signal_group(pid, self.groups[pid][0])
        for pid in services:
            leftovers.wait_until_gone([pid], self.groups[pid][1])
            _signal_group(pid, signal.SIGKILL)
        for home in self.homes:
            leftovers.sweep(partial(leftovers.at_home, home))
        leftovers.sweep(lambda: leftovers.marked(self.mark))
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def main(mark: str, lock: str) -> None:
    """Read orders from standard input until it closes; hold `lock` (a path, or empty) all the while."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if lock:
        fcntl.flock(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600), fcntl.LOCK_EX)
    watch = Watch(mark)
    for line in sys.stdin:
        if not line.endswith("\n"):
            break  # the supervisor was killed in the middle of a line
        watch.take(json.loads(line))
    watch.clean_up()


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
