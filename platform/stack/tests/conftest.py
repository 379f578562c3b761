"""A real small stack in a folder and on ports of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from stack import leftovers, ports, state
from stack.layout import Layout

T = TypeVar("T")
PATIENCE = 120.0


class SmallStack:
    """Starts, asks and kills a stack with tiny programs; see small_stack.py."""

    def __init__(self, folder: Path) -> None:
        self.layout = Layout(folder)
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "HTTP_PORT": str(ports.free()),
            "SMTP_PORT": str(ports.free()),
            "DATABASE_URL": "",
            "DATABASE_OWNER_URL": "",
            "REDIS_URL": "",
        }
        self.supervisor: subprocess.Popen[str] | None = None
        self.homes = [self.layout.postgres]
        self.marks: set[str] = set()

    def on_given_services(self) -> None:
        """Use the services of the test run instead of embedded ones, which takes less time to start."""
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
            self.environment[name] = os.environ[name]

    def programs(self, **kinds: list[dict[str, Any]]) -> None:
        """Declare the programs of the kinds named; the rest are as small_stack.py has them."""
        self.environment["SMALL_STACK"] = json.dumps(kinds)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "stack.tests.small_stack", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self, *arguments: str) -> None:
        """Start the supervisor in the foreground, without waiting."""
        self.supervisor = subprocess.Popen(
            [sys.executable, "-m", "stack.tests.small_stack", "up", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def up(self) -> dict[str, Any]:
        """Start and wait until it is ready; its state."""
        self.start()
        assert self.supervisor is not None
        pid = self.supervisor.pid
        return self.until(lambda found: found["phase"] == "ready" and found["pid"] == pid)

    def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until the state file fulfils `holds`."""

        def look() -> dict[str, Any] | None:
            found = state.read(self.layout.state)
            if found:
                self.marks.add(found["mark"])
            return found if found and holds(found) else None

        return awaited(look)

    def output(self) -> str:
        """What the supervisor printed until its end, which is awaited."""
        assert self.supervisor is not None
        return self.supervisor.communicate(timeout=PATIENCE)[0]

    def left(self) -> set[int]:
        """Every process of this stack that still lives, supervisor and sentinel included."""
        found = {pid for home in self.homes for pid in leftovers.at_home(home)}
        for mark in self.marks:
            found |= leftovers.marked(mark) | mentioning(mark)
        if self.supervisor and self.supervisor.poll() is None:
            found.add(self.supervisor.pid)
        return {pid for pid in found if leftovers.alive(pid)}

    def end(self) -> None:
        """Leave nothing behind, however the test went."""
        pid = state.supervisor_pid(self.layout)
        if pid:
            os.kill(pid, signal.SIGKILL)
        if self.supervisor:
            self.supervisor.kill()
            self.supervisor.communicate()
        if self.layout.stack.exists():
            state.sentinel_awaited(self.layout, seconds=PATIENCE)
        leftovers.end(self.left(), signal.SIGKILL, 1.0)


def mentioning(text: str) -> set[int]:
    """The processes with `text` in their command line."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (folder / "cmdline").read_bytes():
                found.add(int(folder.name))
        except OSError:
            continue
    return found


def awaited(look: Callable[[], T | None]) -> T:
    """Look again and again until there is something (that is true)."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
    return found


@pytest.fixture
def small_stack(tmp_path: Path) -> Iterator[SmallStack]:
    """A stack that is not started yet."""
    stack = SmallStack(tmp_path / "data")
    yield stack
    stack.end()
