"""Where things stand in DATA_DIR."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """Paths below one data directory (absolute)."""

    root: Path

    @property
    def secrets(self) -> Path:
        """Folder of generated keys and passwords, mode 0700."""
        return self.root / "secrets"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        """Valkey's append-only file."""
        return self.root / "valkey"

    @property
    def stack(self) -> Path:
        """Folder of the supervisor's own files, mode 0700."""
        return self.root / "stack"

    @property
    def state(self) -> Path:
        """What runs now, as JSON, mode 0600."""
        return self.stack / "state.json"

    @property
    def lock(self) -> Path:
        """Locked while a supervisor lives; holds its pid."""
        return self.stack / "lock"

    @property
    def sentinel_lock(self) -> Path:
        """Locked while a sentinel lives, so also while it cleans up after a killed supervisor."""
        return self.stack / "sentinel.lock"

    @property
    def postgres_port(self) -> Path:
        """The port PostgreSQL had last time, kept when it is still free."""
        return self.stack / "postgres.port"

    @property
    def services_log(self) -> Path:
        """What the embedded services said since the last start."""
        return self.stack / "services.log"

    @property
    def log(self) -> Path:
        """Output of a detached stack."""
        return self.stack / "log"

    def make(self) -> None:
        """Make the folders that are missing."""
        self.root.mkdir(parents=True, exist_ok=True)
        for private in (self.secrets, self.stack):
            private.mkdir(mode=0o700, exist_ok=True)
