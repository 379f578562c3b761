"""Starts the embedded services and waits until they answer."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from stack import postgres, valkey
from stack.children import Child, Launcher
from stack.errors import StackError
from stack.guard import Guard
from stack.system_user import unprivileged

_START_SECONDS = 60.0
_ATTEMPTS = 3


async def valkey_start(
    launcher: Launcher, *, data: Path, folder: Path, environment: Mapping[str, str], durable: bool = True
) -> Child:
    """Start Valkey on `data`, its socket in `folder`. Raises StackError when it does not answer in time."""
    process = valkey.process(data=data, folder=folder, environment=environment, durable=durable)
    child = await launcher.start(process, service=True)
    if not await child.until(partial(asyncio.to_thread, valkey.answers, folder), _START_SECONDS):
        raise await _failed(child)
    return child


async def postgres_start(
    launcher: Launcher,
    guard: Guard,
    *,
    data: Path,
    scratch: Path,
    password: str,
    port: Callable[[], int],
    environment: Mapping[str, str],
    durable: bool = True,
    settings: Mapping[str, str] | None = None,
) -> tuple[postgres.Cluster, Child]:
    """Start PostgreSQL on `data`, which is made when it is missing; `scratch` is a temporary folder.

    `settings` are the server's, beside those it always has.
    `port` names a free port, again and again, since another program may be quicker to take it.
    Raises StackError when it does not answer in time.
    """
    user = await asyncio.to_thread(unprivileged)
    binaries = await asyncio.to_thread(postgres.binaries_find, user, scratch)
    guard.home(data)
    attempts = _ATTEMPTS
    while True:
        attempts -= 1
        cluster = postgres.Cluster(
            binaries=binaries,
            data=data,
            port=port(),
            password=password,
            user=user,
            durable=durable,
            settings=settings or {},
        )
        await asyncio.to_thread(postgres.initialise, cluster, environment)
        child = await launcher.start(postgres.process(cluster, environment), service=True)
        if await child.until(partial(asyncio.to_thread, postgres.answers, cluster), _START_SECONDS):
            return cluster, child
        failure = await _failed(child)
        if not attempts or "Address already in use" not in str(failure):
            raise failure


async def _failed(child: Child) -> StackError:
    state = "does not answer" if child.running else "ended at once"
    await child.stop()
    return StackError(f"{child.process.name} {state}: {' · '.join(child.last_lines) or 'it said nothing'}")
