"""What the environment says about the stack, and what is true when it is silent."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class StackSettings:
    """How to start. A service whose URL is set is not started.

    `inherited` is the environment that the processes get, before the stack's own variables.
    """

    root: Path
    data_dir: Path
    http_port: int
    smtp_port: int
    base_domain: str
    database_url: str
    database_owner_url: str
    redis_url: str
    inherited: Mapping[str, str]

    @property
    def http_url(self) -> str:
        """The public host as a person reaches it."""
        return f"http://{self.base_domain}:{self.http_port}"


def read(given: Mapping[str, str], root: Path = ROOT) -> StackSettings:
    """The settings in `given`. Raises StackError that names what is malformed or missing."""
    database_url, owner_url = given.get("DATABASE_URL", ""), given.get("DATABASE_OWNER_URL", "")
    if bool(database_url) != bool(owner_url):
        there, missing = sorted(("DATABASE_URL", "DATABASE_OWNER_URL"), key=lambda name: not given.get(name))
        raise StackError(f"{there} is set and {missing} is not: set both, or none for the embedded PostgreSQL")
    settings = StackSettings(
        root=root,
        data_dir=Path(given.get("DATA_DIR") or root / ".data").absolute(),
        http_port=_port(given, "HTTP_PORT", 8000),
        smtp_port=_port(given, "SMTP_PORT", 2525),
        base_domain=given.get("BASE_DOMAIN") or "localhost",
        database_url=database_url,
        database_owner_url=owner_url,
        redis_url=given.get("REDIS_URL", ""),
        inherited=given,
    )
    if settings.http_port == settings.smtp_port:
        raise StackError(f"HTTP_PORT and SMTP_PORT are both {settings.http_port}: set one of them to another port")
    return settings


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name) or str(default)
    try:
        port = int(text)
    except ValueError:
        port = 0
    if not 1 <= port <= 65535:
        raise StackError(f"{name} must be a port number from 1 to 65535, not {text!r}")
    return port
