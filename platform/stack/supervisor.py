"""The one supervisor: starts everything in its order, keeps it up, and stops it in the reverse order."""

import asyncio
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from stack import external, keys, leftovers, ports, postgres, state, valkey
from stack.children import Child, Launcher, Say
from stack.embedded import postgres_start, valkey_start
from stack.environment import StackSettings
from stack.errors import StackError
from stack.guard import Guard
from stack.layout import Layout
from stack.output import Output
from stack.parent import Parent
from stack.processes import Process, signal_group
from stack.programs import Program, Programs
from stack.readiness import Readiness
from stack.upkeep import Upkeep, describe

_POLL_SECONDS = 0.5


class Supervisor:
    """Runs `programs` and the services they need until it is asked to stop.

    `ready` is called once, when the readiness page answers 200 and the seeding has ended.
    `parent` is a process whose end stops the stack, as when `make run` is killed.
    """

    def __init__(
        self,
        settings: StackSettings,
        programs: Programs,
        output: Output,
        *,
        ready: Callable[[], None] = lambda: None,
        parent: Parent | None = None,
    ) -> None:
        self._settings = settings
        self._layout = Layout(settings.data_dir)
        self._programs = programs
        self._output = output
        self._ready = ready
        self._parent = parent
        self._mark = secrets.token_hex(8)
        self._phase = "starting"
        self._database_url = settings.database_url
        self._owner_url = settings.database_owner_url
        self._redis_url = settings.redis_url
        self._keys: dict[str, str] = {}
        self._services: list[Upkeep] = []
        self._served: list[Upkeep] = []
        self._passing: list[Child] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._stop_asked = asyncio.Event()
        self._failure: BaseException | None = None

    async def run(self) -> None:
        """Start, serve, stop. Returns after it was asked to stop; raises StackError if it cannot go on."""
        self._layout.make()
        with state.sole_supervisor(self._layout):
            self._recover()
            self._ports_check()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self._signalled, number)
            self._layout.services_log.write_text("")
            self._runtime = Path(tempfile.mkdtemp(prefix="cs-"))
            self._guard = Guard(mark=self._mark, lock=self._layout.sentinel_lock)
            self._guard.remove(self._runtime)
            self._launcher = Launcher(self._guard, say=self._output.line, log=self._log)
            self._write_state()
            try:
                self._watch(self._serve())
                self._watch(self._guard_watched())
                if self._parent:
                    self._watch(self._parent_watched(self._parent))
                await self._stop_asked.wait()
            finally:
                await self._stop()
        if self._failure:
            raise self._failure

    # --- start ---------------------------------------------------------------------------------

    async def _serve(self) -> None:
        self._keys = keys.environment(self._layout.secrets, self._settings.inherited)
        await asyncio.gather(self._postgres(), self._valkey())
        for service in self._services:
            self._follow(service)
        self._write_state()
        for program in self._programs.before:
            await self._run_once(program)
        for program in self._programs.served:
            upkeep = self._upkeep(self._process(program))
            self._served.append(upkeep)
            self._follow(upkeep)
        told: list[tuple[str, str]] = []
        try:
            await asyncio.gather(self._seed(lambda name, line: told.append((name, line))), self._wait_until_ready())
        except StackError:
            self._retell(told)
            raise
        self._phase = "ready"
        self._write_state()
        self._say(f"ready at {self._settings.http_url}/, mail on port {self._settings.smtp_port}; Ctrl-C stops it")
        self._retell(told)
        self._ready()
        for program in self._programs.shown:
            try:
                await self._run_once(program)
            except StackError as error:
                self._say(str(error))

    async def _postgres(self) -> None:
        if self._settings.database_url:
            await asyncio.to_thread(external.databases_check, self._settings)
            return
        secret = self._layout.secrets
        cluster, child = await postgres_start(
            self._launcher,
            self._guard,
            data=self._layout.postgres,
            scratch=self._runtime,
            password=keys.kept(secret / "postgres_superuser", keys.password),
            port=partial(ports.remembered, self._layout.postgres_port),
            environment=self._service_environment(),
        )
        self._services.append(self._upkeep(child.process, child))
        owner = keys.kept(secret / "postgres_owner", keys.password)
        app = keys.kept(secret / "postgres_app", keys.password)
        await asyncio.to_thread(postgres.establish, cluster, owner_password=owner, app_password=app)
        self._database_url = cluster.url(postgres.APP, app)
        self._owner_url = cluster.url(postgres.OWNER, owner)

    async def _valkey(self) -> None:
        if self._settings.redis_url:
            await asyncio.to_thread(external.broker_check, self._settings)
            return
        child = await valkey_start(
            self._launcher,
            data=self._layout.valkey,
            folder=self._runtime,
            environment=self._service_environment(),
        )
        self._services.append(self._upkeep(child.process, child))
        self._redis_url = valkey.url(self._runtime)

    async def _seed(self, say: Say) -> None:
        for program in self._programs.seeding:
            await self._run_once(program, say)

    async def _wait_until_ready(self) -> None:
        settings = self._settings
        readiness = Readiness(port=settings.http_port, host=settings.base_domain, path=self._programs.ready_path)
        try:
            await asyncio.wait_for(readiness.wait(), self._programs.ready_seconds)
        except TimeoutError:
            raise StackError(
                f"Not ready after {self._programs.ready_seconds:.0f} seconds: {readiness.missing}"
            ) from None

    async def _run_once(self, program: Program, say: Say | None = None) -> None:
        """Run a program to its end. Raises StackError when that is not a success."""
        child = await self._launcher.start(self._process(program), say=say)
        self._passing.append(child)
        code = await child.wait()
        self._passing.remove(child)
        if code != 0:
            last = child.last_lines[-1] if child.last_lines else "it said nothing"
            raise StackError(f"{program.name} failed with {describe(code)}: {last}")

    # --- while it runs -------------------------------------------------------------------------

    def _watch(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` beside the rest; should it fail, the stack stops and says why."""
        task = asyncio.create_task(work)
        self._tasks.append(task)
        task.add_done_callback(self._note_failure)

    def _follow(self, upkeep: Upkeep) -> None:
        upkeep.begin().add_done_callback(self._note_failure)

    def _note_failure(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self._failure = self._failure or error
            self._stop_asked.set()

    def _signalled(self, number: signal.Signals) -> None:
        if self._stop_asked.is_set():  # asked twice: whatever still runs of ours gets no more time
            for pid in self._program_pids():
                signal_group(pid, signal.SIGKILL)
            return
        self._say(f"{number.name}: stopping")
        self._stop_asked.set()

    async def _guard_watched(self) -> None:
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            if self._guard.renew():
                self._say("the sentinel ended; started another")

    async def _parent_watched(self, parent: Parent) -> None:
        while not parent.leaves():
            await asyncio.sleep(_POLL_SECONDS)
        self._say("whoever started the stack has ended: stopping")
        self._stop_asked.set()

    # --- stop ----------------------------------------------------------------------------------

    async def _stop(self) -> None:
        """End the programs, then the services they use; the sentinel ends what is still there."""
        self._stop_asked.set()
        self._phase = "stopping"
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._write_state()
        programs = [upkeep.stop() for upkeep in self._served] + [child.stop() for child in self._passing]
        await asyncio.gather(*programs)
        await asyncio.gather(*(service.stop() for service in self._services))
        await asyncio.to_thread(self._guard.finish)
        self._layout.state.unlink(missing_ok=True)
        self._say("stopped")

    def _program_pids(self) -> list[int]:
        served = [upkeep.state.pid for upkeep in self._served]
        return [pid for pid in served if pid] + [child.pid for child in self._passing if child.running]

    # --- what processes and others are told ------------------------------------------------------

    def _ports_check(self) -> None:
        for name, port in (("HTTP_PORT", self._settings.http_port), ("SMTP_PORT", self._settings.smtp_port)):
            if obstacle := ports.obstacle(port):
                raise StackError(f"{name} {port} {obstacle}: set {name} to a free port")

    def _recover(self) -> None:
        """End what is left of a stack whose supervisor and sentinel were both killed."""
        last = state.read(self._layout.state)
        if last and last.get("mark"):
            leftovers.sweep(lambda: leftovers.marked(last["mark"]) - leftovers.at_home(self._layout.postgres))
            shutil.rmtree(last["runtime"], ignore_errors=True)

    def _upkeep(self, process: Process, service: Child | None = None) -> Upkeep:
        return Upkeep(
            process,
            self._launcher,
            self._programs.restarts,
            say=self._say,
            changed=self._write_state,
            service=service,
        )

    def _service_environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), leftovers.MARK: self._mark}

    def _process(self, program: Program) -> Process:
        environment = {
            **self._settings.inherited,
            **self._keys,
            "PYTHONUNBUFFERED": "1",
            "DATA_DIR": str(self._layout.root),
            "DATABASE_URL": self._database_url,
            "DATABASE_OWNER_URL": self._owner_url,
            "REDIS_URL": self._redis_url,
            leftovers.MARK: self._mark,
        }
        if not program.owner:
            del environment["DATABASE_OWNER_URL"]
        return Process(
            program.name,
            program.command,
            environment,
            self._settings.root,
            stop_seconds=program.stop_seconds,
        )

    def _write_state(self) -> None:
        state.write(
            self._layout.state,
            state.StackState(
                pid=os.getpid(),
                mark=self._mark,
                runtime=str(self._runtime),
                phase=self._phase,
                http_url=self._settings.http_url,
                smtp_port=self._settings.smtp_port,
                database_url=self._database_url,
                database_owner_url=self._owner_url,
                redis_url=self._redis_url,
                processes=[upkeep.state for upkeep in (*self._services, *self._served)],
            ),
        )

    def _log(self, name: str, line: str) -> None:
        with self._layout.services_log.open("a") as stream:
            stream.write(f"{name}: {line}\n")

    def _retell(self, told: list[tuple[str, str]]) -> None:
        """Print what was kept back, such as the logins, where it is not lost between other lines."""
        for name, line in told:
            self._output.line(name, line)

    def _say(self, text: str) -> None:
        self._output.line("stack", text)
