"""Running processes: started, listened to, waited for, stopped with all that is left of their group."""

import asyncio
import os
import signal
from collections import deque
from collections.abc import Awaitable, Callable

from stack.guard import Guard
from stack.processes import Process, signal_group, spawn

Say = Callable[[str, str], None]
"""Takes the name of a process and one line of what it printed."""

_LONGEST_LINE = 64 * 1024
_DRAIN_SECONDS = 1.0
_POLL_SECONDS = 0.02


class Child:
    """One running process."""

    def __init__(self, process: Process, handle: asyncio.subprocess.Process, guard: Guard) -> None:
        self.process = process
        self.pid = handle.pid
        self.last_lines: deque[str] = deque(maxlen=5)
        self._handle = handle
        self._guard = guard
        self._listening: asyncio.Task[None] | None = None
        self._pipe: asyncio.ReadTransport | None = None

    @property
    def running(self) -> bool:
        """Whether the process itself (not what it started) still runs."""
        return self._handle.returncode is None

    async def wait(self) -> int:
        """Wait for its end; the exit code, negative when a signal ended it. Nothing of its group is left."""
        code = await self._handle.wait()
        signal_group(self.pid, signal.SIGKILL)
        if self._listening:
            await asyncio.wait([self._listening], timeout=_DRAIN_SECONDS)
            self._listening.cancel()
        if self._pipe:
            self._pipe.close()
        self._guard.forget(self.pid)
        return code

    async def stop(self, first: signal.Signals | None = None) -> None:
        """Ask it to end (with its own signal, or `first`), kill it when it takes too long."""
        if self.running:
            self._handle.send_signal(first or self.process.stop_signal)
        try:
            await asyncio.wait_for(self.wait(), self.process.stop_seconds)
        except TimeoutError:
            signal_group(self.pid, signal.SIGKILL)
            await self.wait()

    async def until(self, answers: Callable[[], Awaitable[bool]], seconds: float) -> bool:
        """Wait until it answers; False when it ended or `seconds` passed."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self.running and loop.time() < deadline:
            if await answers():
                return True
            await asyncio.sleep(_POLL_SECONDS)
        return False

    async def listen(self, read_end: int, say: Say) -> None:
        """Hand each line that arrives at the pipe `read_end` to `say`, from now on."""
        reader = asyncio.StreamReader(limit=_LONGEST_LINE)
        stream = os.fdopen(read_end, "rb", 0)
        loop = asyncio.get_running_loop()
        self._pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stream)
        self._listening = asyncio.create_task(self._pass_on(reader, say))

    async def _pass_on(self, reader: asyncio.StreamReader, say: Say) -> None:
        rest = b""
        while part := await reader.read(_LONGEST_LINE):
            *lines, rest = (rest + part).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._line(line, say)
        if rest:
            self._line(rest, say)

    def _line(self, line: bytes, say: Say) -> None:
        text = line.decode(errors="replace").rstrip("\r")
        self.last_lines.append(text)
        say(self.process.name, text)


class Launcher:
    """Starts processes so that a guard knows of them.

    `say` gets what programs print, `log` what services do, who talk of themselves to operators only.
    """

    def __init__(self, guard: Guard, *, say: Say, log: Say) -> None:
        self._guard = guard
        self._say = say
        self._log = log

    async def start(self, process: Process, *, service: bool = False, say: Say | None = None) -> Child:
        """Start `process`; a `service` is ended gently and last, even by the sentinel.

        What it prints goes to `say` when that is given.
        Raises StackError when it cannot be started.
        """
        # A pipe of our own: asyncio's would keep wait() waiting for whoever inherited it.
        read_end, write_end = os.pipe()
        try:
            handle = await spawn(process, write_end)
        except BaseException:
            os.close(read_end)
            raise
        finally:
            os.close(write_end)
        self._guard.watch(process, handle.pid, service=service)
        child = Child(process, handle, self._guard)
        await child.listen(read_end, say or (self._log if service else self._say))
        return child
