"""`python -m stack.services [--durable] [-c NAME=VALUE] -- CMD…`: runs CMD with a PostgreSQL and a Valkey of its own.

Both live in a temporary directory and, unless `--durable`, give up durability for speed. `-c` is a setting
of PostgreSQL. CMD gets DATABASE_URL, DATABASE_OWNER_URL (may make databases), DATABASE_SUPERUSER_URL,
REDIS_URL, DATA_DIR, SECRET_KEY, MASTER_KEY and AUDIT_SIGNING_KEY_FILE. Its exit code is passed on, and
however it ends both services are stopped.
"""

import argparse
import asyncio
import os
import secrets
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from stack import keys, leftovers, ports, postgres, valkey
from stack.children import Child, Launcher
from stack.embedded import postgres_start, valkey_start
from stack.errors import StackError
from stack.guard import Guard


class Services:
    """PostgreSQL and Valkey in `folder`, which is removed at the end.

    `durable` keeps them as safe from crashes as they are in production. `settings` are PostgreSQL's.
    """

    def __init__(self, folder: Path, *, durable: bool = False, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._durable = durable
        self._settings = settings
        self.mark = secrets.token_hex(8)
        self.guard = Guard(mark=self.mark)
        self.guard.remove(folder)
        self._launcher = Launcher(self.guard, say=_ignore, log=_ignore)
        self._children: list[Child] = []

    async def start(self) -> dict[str, str]:
        """Start both; the environment variables that lead to them.

        Raises StackError when one does not start.
        """
        made, data = self.folder / "secrets", self.folder / "data"
        for folder in (made, data):
            folder.mkdir(mode=0o700)
        plain = {"PATH": os.environ.get("PATH", os.defpath), leftovers.MARK: self.mark}
        _, database = await asyncio.gather(self._valkey(plain), self._postgres(plain))
        return {
            **database,
            **keys.environment(made, {}),
            "REDIS_URL": valkey.url(self.folder),
            "DATA_DIR": str(data),
            leftovers.MARK: self.mark,
        }

    async def stop(self) -> None:
        """Stop both, end whatever the command left running, and remove the folder."""
        await asyncio.gather(*(child.stop(signal.SIGQUIT) for child in self._children))
        await asyncio.to_thread(self.guard.finish)

    async def _valkey(self, environment: dict[str, str]) -> None:
        self._children.append(
            await valkey_start(
                self._launcher,
                data=self.folder / "valkey",
                folder=self.folder,
                environment=environment,
                durable=self._durable,
            )
        )

    async def _postgres(self, environment: dict[str, str]) -> dict[str, str]:
        cluster, child = await postgres_start(
            self._launcher,
            self.guard,
            data=self.folder / "postgres",
            scratch=self.folder,
            password=keys.password(),
            port=ports.free,
            environment=environment,
            durable=self._durable,
            settings=self._settings,
        )
        self._children.append(child)
        owner, app = keys.password(), keys.password()
        await asyncio.to_thread(postgres.establish, cluster, owner_password=owner, app_password=app, owner_creates=True)
        return {
            "DATABASE_URL": cluster.url(postgres.APP, app),
            "DATABASE_OWNER_URL": cluster.url(postgres.OWNER, owner),
            "DATABASE_SUPERUSER_URL": cluster.url(postgres.SUPERUSER, cluster.password),
        }


async def run(command: list[str], *, durable: bool, settings: Mapping[str, str]) -> int:
    """Run `command` with services; its exit code (128 + n when signal n ended it)."""
    services = Services(Path(tempfile.mkdtemp(prefix="cs-")), durable=durable, settings=settings)
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # a terminal's Ctrl-C reaches the command too
    try:
        environment = os.environ | await services.start()
        child = await asyncio.create_subprocess_exec(*command, env=environment)
        ended, asking = asyncio.create_task(child.wait()), asyncio.create_task(asked.wait())
        await asyncio.wait([ended, asking], return_when=asyncio.FIRST_COMPLETED)
        asking.cancel()
        if not ended.done():
            child.terminate()
        code = await ended
        return code if code >= 0 else 128 - code
    finally:
        await services.stop()


def _ignore(name: str, line: str) -> None:
    """What a service says counts only when it does not start: its child keeps the last lines."""


def main(arguments: list[str]) -> int:
    """The command line; 1 when the services or the command do not start. Exits with 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m stack.services", usage="%(prog)s [--durable] [-c NAME=VALUE]… -- COMMAND…"
    )
    parser.add_argument("--durable", action="store_true", help="as safe from crashes as in production")
    parser.add_argument("-c", dest="settings", action="append", default=[], metavar="NAME=VALUE")
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options, command = parser.parse_args(arguments[:end]), arguments[end + 1 :]
    if not command:
        parser.error("say what to run, after --")
    settings = dict(setting.partition("=")[::2] for setting in options.settings)
    try:
        return asyncio.run(run(command, durable=options.durable, settings=settings))
    except (StackError, OSError) as error:
        print(f"stack.services: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
