"""`python -m stack.services -- CMD…`: runs CMD with a PostgreSQL and a Valkey of its own.

Both live in a temporary directory and give up durability for speed. CMD gets DATABASE_URL,
DATABASE_OWNER_URL (may make databases), REDIS_URL, DATA_DIR, SECRET_KEY, MASTER_KEY and
AUDIT_SIGNING_KEY_FILE. Its exit code is passed on, and however it ends both services are stopped.
"""

import asyncio
import os
import secrets
import signal
import sys
import tempfile
from pathlib import Path

from stack import keys, leftovers, ports, postgres, valkey
from stack.children import Child, Launcher
from stack.embedded import postgres_start, valkey_start
from stack.errors import StackError
from stack.guard import Guard


class Services:
    """PostgreSQL and Valkey in `folder`, which is removed at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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
                durable=False,
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
            durable=False,
        )
        self._children.append(child)
        owner, app = keys.password(), keys.password()
        await asyncio.to_thread(postgres.establish, cluster, owner_password=owner, app_password=app, owner_creates=True)
        return {
            "DATABASE_URL": cluster.url(postgres.APP, app),
            "DATABASE_OWNER_URL": cluster.url(postgres.OWNER, owner),
        }


async def run(command: list[str]) -> int:
    """Run `command` with services; its exit code (128 + n when signal n ended it)."""
    services = Services(Path(tempfile.mkdtemp(prefix="cs-")))
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
    """The command line; 2 when it is wrong, 1 when the services or the command do not start."""
    if arguments[:1] != ["--"] or len(arguments) < 2:
        print("usage: python -m stack.services -- COMMAND [ARGUMENT…]", file=sys.stderr)
        return 2
    try:
        return asyncio.run(run(arguments[1:]))
    except (StackError, OSError) as error:
        print(f"stack.services: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
