"""What a process of the stack is, and how one is started: in a session of its own."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from stack.errors import StackError
from stack.system_user import SystemUser


@dataclass(frozen=True)
class Process:
    """One program to run.

    `environment` is the whole of it, nothing is inherited. `stop_signal` asks it to end, and after
    `stop_seconds` it is killed with all that is left of its process group.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    user: SystemUser | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0


async def spawn(process: Process, output: int | IO[bytes]) -> asyncio.subprocess.Process:
    """Start `process` as the leader of a new session; its process group has its pid as number.

    `output` takes both streams (a file, or `asyncio.subprocess.PIPE`).
    Raises StackError when the program cannot be started at all.
    """
    user = process.user
    try:
        return await asyncio.create_subprocess_exec(
            *process.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            cwd=process.directory,
            env=dict(process.environment),
            start_new_session=True,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )
    except OSError as error:
        raise StackError(f"{process.name} cannot be started: {process.command[0]}: {error.strerror}") from error


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to the process group `pid`, if any of it is left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)
