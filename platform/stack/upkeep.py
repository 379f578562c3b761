"""Keeps one process running: restarts it when it ends, later each time, and gives up in the end."""

import asyncio
import signal
from collections import deque
from collections.abc import Callable

from stack.children import Child, Launcher
from stack.errors import StackError
from stack.processes import Process
from stack.programs import RestartPolicy
from stack.state import ProcessState


class Upkeep:
    """One process and its restarts; `service` is one that was started already and others need."""

    def __init__(
        self,
        process: Process,
        launcher: Launcher,
        policy: RestartPolicy,
        *,
        say: Callable[[str], None],
        changed: Callable[[], None],
        service: Child | None = None,
    ) -> None:
        self.process = process
        self._launcher = launcher
        self._policy = policy
        self._say = say
        self._changed = changed
        self._is_service = service is not None
        self._child = service
        self._status = "running" if service else "starting"
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> ProcessState:
        """What the state file says of it."""
        pid = self._child.pid if self._child and self._child.running else None
        return ProcessState(name=self.process.name, pid=pid, state=self._status)

    def begin(self) -> asyncio.Task[None]:
        """Start it and keep it up. The task raises StackError when it is given up."""
        self._task = asyncio.create_task(self._keep(), name=self.process.name)
        return self._task

    async def stop(self, first: signal.Signals | None = None) -> None:
        """End it, and the restarts."""
        self._stopping.set()
        if self._child:
            await self._child.stop(first)
        if self._task:
            await asyncio.wait([self._task])
        self._turn("stopped")

    async def _keep(self) -> None:
        ends: deque[float] = deque()
        clock = asyncio.get_running_loop().time
        while not self._stopping.is_set():
            if self._child is None:
                self._child = await self._launcher.start(self.process, service=self._is_service)
                self._turn("running")
                if self._stopping.is_set():
                    await self._child.stop()
                    return
            child = self._child
            code = await child.wait()
            if self._stopping.is_set():
                return
            self._child = None
            if self._is_service:
                for line in child.last_lines:
                    self._say(f"{self.process.name}: {line}")
            ends.append(clock())
            while ends[0] < clock() - self._policy.window:
                ends.popleft()
            if len(ends) >= self._policy.limit:
                raise StackError(
                    f"{self.process.name} ended {len(ends)} times within {self._policy.window:.0f} seconds, "
                    f"the last time with {describe(code)}"
                )
            self._turn("restarting")
            wait = self._policy.wait_after(len(ends))
            self._say(f"{self.process.name} ended with {describe(code)}; starting it again in {wait:g} s")
            try:
                await asyncio.wait_for(self._stopping.wait(), wait)
            except TimeoutError:
                continue

    def _turn(self, status: str) -> None:
        self._status = status
        self._changed()


def describe(code: int) -> str:
    """An exit code of a child process in words."""
    if code >= 0:
        return f"exit code {code}"
    return f"signal {signal.Signals(-code).name}"
