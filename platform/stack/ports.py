"""TCP ports on this machine."""

import errno
import socket
from pathlib import Path

HOST = "127.0.0.1"


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
    """A port that nobody listens on now."""
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
