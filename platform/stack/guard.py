"""The supervisor's side of the sentinel."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from stack.processes import Process

_START = "import sys; sys.path.insert(0, sys.argv[1]); from stack import sentinel; sentinel.main(*sys.argv[2:])"


class Guard:
    """Starts a sentinel and tells it what to end, should we end without doing so."""

    def __init__(self, *, mark: str, lock: Path | None = None) -> None:
        self._mark = mark
        self._lock = lock
        self._orders: dict[str, dict[str, object]] = {}
        self._sentinel, self._pipe = self._start()

    def watch(self, process: Process, pid: int, *, service: bool) -> None:
        """End the process group `pid`: a service as it likes to be ended, anything else at once."""
        order: dict[str, object] = {"watch": pid, "signal": 9, "seconds": 0}
        if service:
            order |= {"signal": int(process.stop_signal), "seconds": process.stop_seconds}
        self._give(f"watch {pid}", order)

    def forget(self, pid: int) -> None:
        """The process group `pid` has ended."""
        if self._orders.pop(f"watch {pid}", None):
            self._write({"forget": pid})

    def home(self, folder: Path) -> None:
        """Processes whose working directory is `folder` are PostgreSQL's and end with it."""
        self._give(f"home {folder}", {"home": str(folder)})

    def remove(self, folder: Path) -> None:
        """Remove the temporary `folder` at the end."""
        self._give(f"remove {folder}", {"remove": str(folder)})

    def renew(self) -> bool:
        """Start another sentinel if the first one died; True when that was so."""
        if self._sentinel.poll() is None:
            return False
        self._sentinel, self._pipe = self._start()
        for order in self._orders.values():
            self._write(order)
        return True

    def finish(self) -> None:
        """Let the sentinel clean up and wait for its end."""
        with contextlib.suppress(BrokenPipeError):
            self._pipe.close()
        self._sentinel.wait()

    def _give(self, key: str, order: dict[str, object]) -> None:
        self._orders[key] = order
        self._write(order)

    def _write(self, order: dict[str, object]) -> None:
        try:
            self._pipe.write(json.dumps(order).encode() + b"\n")
        except BrokenPipeError:
            self.renew()

    def _start(self) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
        root = str(Path(__file__).resolve().parent.parent)
        read_end, write_end = os.pipe()
        sentinel = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _START, root, self._mark, str(self._lock or "")],
            stdin=read_end,
            stdout=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        )
        os.close(read_end)
        return sentinel, os.fdopen(write_end, "wb", 0)
