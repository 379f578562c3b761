"""The processes of Countersign, one line each. The supervisor knows no more of them than this."""

import sys
from dataclasses import dataclass, field

from stack.environment import StackSettings
from stack.ports import HOST


@dataclass(frozen=True)
class Program:
    """One program of the house. Only an `owner` is given DATABASE_OWNER_URL.

    Asked to end, it has `stop_seconds` for that.
    """

    name: str
    command: tuple[str, ...]
    owner: bool = False
    stop_seconds: float = 10.0


@dataclass(frozen=True)
class RestartPolicy:
    """A process that ends `limit` times within `window` seconds is given up.

    The wait before a restart is `first_wait` seconds, doubled each time up to `longest_wait`.
    """

    limit: int = 5
    window: float = 60.0
    first_wait: float = 0.5
    longest_wait: float = 8.0

    def wait_after(self, ends: int) -> float:
        """Seconds to wait after the `ends`th end within the window."""
        return min(self.first_wait * 2.0 ** (ends - 1), self.longest_wait)


@dataclass(frozen=True)
class Programs:
    """What runs, in this order: `before` one by one, then `served` together and for as long as the stack.

    `seeding` runs beside the start of `served` and ends before the stack counts as ready, what it
    prints follows then; `shown` runs once it is ready. `ready_path` answers 200 when all of `served` does its work.
    """

    before: tuple[Program, ...]
    served: tuple[Program, ...]
    seeding: tuple[Program, ...]
    shown: tuple[Program, ...]
    ready_path: str = "/readyz"
    ready_seconds: float = 180.0
    restarts: RestartPolicy = field(default_factory=RestartPolicy)


def countersign(settings: StackSettings) -> Programs:
    """The programs of Countersign."""
    # As root, in a sandbox, Celery would complain at length each time.
    worker = "-W ignore:You're -m celery --quiet --app config.celery worker --without-gossip --without-mingle"
    web = f"--bind {HOST}:{settings.http_port} --worker-class gthread --workers 2 --threads 8 --preload"
    return Programs(
        before=(Program("migrate", _python("manage.py migrate_schemas --verbosity 0"), owner=True),),
        served=(
            Program(
                "web",
                _python(
                    f"-m gunicorn config.wsgi:application --config python:config.serving --no-control-socket {web}"
                ),
            ),
            Program("runs", _python(f"{worker} --queues runs --hostname runs@%h --concurrency 2")),
            Program("ai", _python(f"{worker} --queues ai --hostname ai@%h --pool threads --concurrency 4")),
            Program("notify", _python(f"{worker} --queues notify --hostname notify@%h --pool threads --concurrency 4")),
            Program("scheduler", _python("manage.py scheduler")),
            Program("provisioner", _python("manage.py provisioner"), owner=True),
            Program("smtp", _python("manage.py smtp")),
        ),
        seeding=(Program("seed", _python("manage.py seed_demo"), owner=True),),
        shown=(Program("demo", _python("manage.py demo")),),
    )


def _python(arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments.split())
