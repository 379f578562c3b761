"""The child process: a raw message on standard input, options as JSON in the first argument, frames out."""

from __future__ import annotations

import gc
import json
import resource
import sys
from dataclasses import asdict
from datetime import datetime


def limits_set(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Limits that the kernel holds, whatever the message makes us do: memory, processor, files written."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    # What is loaded stays, and one message leaves little garbage.
    gc.set_threshold(50_000)
    given = json.loads(sys.argv[1])
    limits_set(memory_bytes=given.pop("memory_bytes"), cpu_seconds=given.pop("cpu_seconds"))
    # Only now: everything below runs within the limits.
    from .limits import OutOfTime, time_limit
    from .stages import Options, stages

    nameserver = given.pop("nameserver")
    wall_seconds = given.pop("wall_seconds")
    options = Options(**given, nameserver=(nameserver[0], nameserver[1]) if nameserver else None)
    try:
        # The parent kills us at its own limit; this one is for a child whose parent was killed.
        with time_limit(wall_seconds):
            for frame in stages(sys.stdin.buffer.read(), options):
                sys.stdout.write(json.dumps(asdict(frame), default=_plain) + "\n")
                sys.stdout.flush()
    except OutOfTime:
        sys.exit("out of time")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    main()
