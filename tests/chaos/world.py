"""A platform of its own to break: PostgreSQL, Valkey, a mail server and real workers, each of which can be killed.

Nothing of Django is imported here: the settings come from the environment that this makes.
"""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg import sql

from stack import keys, leftovers, ports, postgres, valkey
from stack.children import Child, Launcher
from stack.embedded import postgres_start, valkey_start
from stack.guard import Guard
from stack.processes import Process
from tests.sink import Sink, sink

ROOT = Path(__file__).resolve().parents[2]
TENANT = "chaos"
T = TypeVar("T")


class World:
    """The services, the programs that are kept alive, and the mail server that replies go to."""

    def __init__(self, folder: Path, mails: Sink, **settings: str) -> None:
        self.folder = folder
        self.mails = mails
        self.orders = folder / "orders"
        self.log: deque[str] = deque(maxlen=20_000)
        self.programs: dict[str, Child] = {}
        self.environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            leftovers.MARK: secrets.token_hex(8),
            "AI_PROVIDER": "local",
            "SMTP_OUT_URL": f"smtp://127.0.0.1:{mails.port}",
            "SMTP_PORT": str(ports.free()),
            "REDIS_URL": valkey.url(folder),
            "DATA_DIR": str(folder / "data"),
            "CRASH_POINTS": str(self.orders),
            "DEBUG": "true",
            **settings,
        }
        self._guard = Guard(mark=self.environment[leftovers.MARK])
        self._guard.remove(folder)
        self._launcher = Launcher(self._guard, say=self._say, log=self._say)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stopping = False
        self._valkey: Child | None = None
        self._postgres: Child | None = None
        self._port = ports.free()
        self._superuser = keys.password()

    def open(self) -> None:
        """Start the services, and make the database and its tenant."""
        self._thread.start()
        for name in ("secrets", "data", "orders"):
            (self.folder / name).mkdir(mode=0o700)
        self.environment |= keys.environment(self.folder / "secrets", {})
        self.valkey_start()
        owner, app = keys.password(), keys.password()
        cluster = self.postgres_start()
        postgres.establish(cluster, owner_password=owner, app_password=app)
        self.environment["DATABASE_URL"] = cluster.url(postgres.APP, app)
        self.environment["DATABASE_OWNER_URL"] = cluster.url(postgres.OWNER, owner)
        self.manage("migrate_schemas", "--verbosity", "0")
        self.tenant(TENANT)

    def close(self) -> None:
        """End all that was started."""
        self._stopping = True
        self._do(self._close())
        self._guard.finish()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def manage(self, *words: str) -> None:
        """Run one of our commands beside it."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"

    def tenant(self, slug: str) -> None:
        """Make a tenant with its pack and its owner."""
        self.manage("create_tenant", slug, "--name", f"{slug.title()} Realty", "--owner-email", f"owner@{slug}.example")

    def order(self, point: str, sign: str = "") -> None:
        """Have the next process that reaches `point` die, or be sent another signal."""
        draft = self.folder / "order"
        draft.write_text(sign)
        draft.rename(self.orders / point)

    def withdraw(self, point: str) -> bool:
        """Take an order back; False where it was carried out already."""
        try:
            (self.orders / point).unlink()
        except FileNotFoundError:
            return False
        return True

    def carried_out(self) -> list[tuple[str, int]]:
        """The orders that were carried out since this was asked last, and which process each met."""
        found = []
        for used in self.orders.glob("*.[0-9]*"):
            point, _, pid = used.name.rpartition(".")
            found.append((point, int(pid)))
            used.unlink()
        return found

    # --- services ----------------------------------------------------------------------------------

    def valkey_start(self) -> None:
        """Start Valkey, empty."""
        self._valkey = self._do(
            valkey_start(
                self._launcher,
                data=self.folder / "valkey",
                folder=self.folder,
                environment=self._plain(),
                durable=False,
            )
        )

    def valkey_stop(self) -> None:
        """Kill Valkey: what it held is lost."""
        assert self._valkey is not None
        self._do(self._valkey.stop(signal.SIGKILL))

    def postgres_start(self) -> postgres.Cluster:
        """Start PostgreSQL on the data there is; all it has committed is on the disk."""
        self._cluster, self._postgres = self._do(
            postgres_start(
                self._launcher,
                self._guard,
                data=self.folder / "postgres",
                scratch=self.folder,
                password=self._superuser,
                port=lambda: self._port,
                environment=self._plain(),
            )
        )
        return self._cluster

    def idle_in_transaction(self, longest: str) -> None:
        """Have PostgreSQL end sessions of the app that do nothing in an open transaction sooner than it does."""
        url = self._cluster.url(postgres.SUPERUSER, self._superuser, "postgres")
        with psycopg.connect(url, autocommit=True) as server:
            role, value = sql.Identifier(postgres.APP), sql.Literal(longest)
            server.execute(sql.SQL("ALTER ROLE {} SET idle_in_transaction_session_timeout = {}").format(role, value))

    def postgres_restart(self) -> None:
        """Stop PostgreSQL in immediate mode, as a power cut would, and start it again."""
        assert self._postgres is not None
        self._do(self._postgres.stop(signal.SIGQUIT))
        self.postgres_start()

    # --- programs ----------------------------------------------------------------------------------

    def program(self, name: str, command: str) -> None:
        """Start a program of Python's, and start it again whenever it ends, as the stack does."""
        started: threading.Event = threading.Event()
        asyncio.run_coroutine_threadsafe(self._keep(name, command, started), self._loop)
        assert started.wait(30)

    def workers(
        self, name: str, queues: str, concurrency: int, *, pool: str = "prefork", app: str = "config.celery"
    ) -> None:
        """Start workers as the stack does; their pool is made of processes or threads."""
        self.program(
            name,
            f"-W ignore:You're -m celery --quiet --app {app} worker --without-gossip --without-mingle"
            f" --queues {queues} --hostname {name}@%h --pool {pool} --concurrency {concurrency}",
        )

    def pool(self, *names: str) -> list[int]:
        """The processes of the pools of these workers."""
        return [pid for name in names for pid in children(self.programs[name].pid)]

    async def _keep(self, name: str, command: str, started: threading.Event) -> None:
        process = Process(name, (sys.executable, *command.split()), self.environment, ROOT)
        while not self._stopping:
            child = self.programs[name] = await self._launcher.start(process)
            started.set()
            code = await child.wait()
            if not self._stopping:
                self._say("world", f"{name} ended with {code}, and is started again")
                await asyncio.sleep(0.5)

    def _plain(self) -> dict[str, str]:
        return {name: self.environment[name] for name in ("PATH", leftovers.MARK)}

    async def _close(self) -> None:
        await asyncio.gather(*(child.stop(signal.SIGKILL) for child in self.programs.values()))
        for service in (self._valkey, self._postgres):
            if service is not None:
                await service.stop(signal.SIGQUIT)

    def _say(self, name: str, line: str) -> None:
        self.log.append(f"{time.strftime('%H:%M:%S')} {name}: {line}")

    def _do(self, act: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(act, self._loop).result(120)


def children(pid: int) -> list[int]:
    """The processes whose parent is `pid`."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def until(holds: Callable[[], bool], seconds: float, *, every: float = 0.1) -> bool:
    """Whether it came to hold within so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(every)
    return holds()


@contextmanager
def world(**settings: str) -> Iterator[World]:
    """A world of one's own; this process then has Django set up for it."""
    with ExitStack() as stack:
        mails = stack.enter_context(sink())
        found = World(Path(tempfile.mkdtemp(prefix="cs-")), mails, **settings)
        stack.callback(shutil.rmtree, found.folder, ignore_errors=True)
        stack.callback(found.close)
        found.open()
        os.environ.update(found.environment, DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        yield found
