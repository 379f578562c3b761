"""PostgreSQL refuses to run as root: as root it runs as a system user of its own."""

import os
import pwd
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

NAME = "countersign"
_ATTEMPTS = 20


@dataclass(frozen=True)
class SystemUser:
    """Whom a process runs as, and who owns its files."""

    uid: int
    gid: int


def unprivileged() -> SystemUser | None:
    """The system user to run PostgreSQL as (made when it is missing), or None when we are not root.

    Raises StackError when the user cannot be made.
    """
    if os.geteuid() != 0:
        return None
    if sys.platform != "linux":
        raise StackError("As root the embedded PostgreSQL runs on Linux only: start as a plain user")
    reason = ""
    for _ in range(_ATTEMPTS):
        try:
            entry = pwd.getpwnam(NAME)
        except KeyError:
            reason = _make()
            if reason:
                time.sleep(0.2)  # another useradd may hold the lock on /etc/passwd
        else:
            return SystemUser(uid=entry.pw_uid, gid=entry.pw_gid)
    raise StackError(f"Cannot make the system user {NAME} to run PostgreSQL as: {reason}")


def _make() -> str:
    """Add the system user; an empty text, or why it did not work."""
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        return "useradd is not installed"
    shell = "/usr/sbin/nologin"
    made = subprocess.run(
        [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
         "--shell", shell, NAME],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return "" if made.returncode == 0 else made.stderr.strip() or f"useradd ended with {made.returncode}"


def may_read(user: SystemUser, path: Path) -> bool:
    """Whether `user` reaches `path` (absolute) and may read and, for a folder, list it."""
    for folder in path.parents:
        if not _allowed(user, folder, 0o1):
            return False
    return _allowed(user, path, 0o5 if path.is_dir() else 0o4)


def _allowed(user: SystemUser, path: Path, bits: int) -> bool:
    found = path.stat()
    if found.st_uid == user.uid:
        granted = found.st_mode >> 6
    elif found.st_gid == user.gid:
        granted = found.st_mode >> 3
    else:
        granted = found.st_mode
    return granted & bits == bits
