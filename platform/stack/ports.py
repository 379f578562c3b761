"""TCP ports on this machine."""

import errno
import os
import socket
from itertools import count
from pathlib import Path

HOST = "127.0.0.1"
# Below those that the system gives out by itself, to whoever asks for any; a process has some of its own to try first,
# so that two that ask at the same time, and listen a while later, do not get the same.
FIRST, LAST, EACH = 20_000, 31_999, 16
_tried = count()


def obstacle(port: int) -> str:
    """Why no server could listen on 127.0.0.1:`port` now; empty when one could."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return "is in use by another program"
            return f"cannot be listened on ({error.strerror})"
    return ""


def free() -> int:
    """A port that nobody listens on now, and that nobody else is soon given."""
    first = FIRST + os.getpid() * EACH % (LAST + 1 - FIRST)
    for _ in range(EACH):
        port = first + next(_tried) % EACH
        if not obstacle(port):
            return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def remembered(path: Path) -> int:
    """The port written in `path` when it is still free, else another, which is written there."""
    try:
        port = int(path.read_text())
    except (FileNotFoundError, ValueError):
        port = 0
    if not port or obstacle(port):
        port = free()
        path.write_text(f"{port}\n")
    return port
