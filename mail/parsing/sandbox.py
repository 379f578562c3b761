"""Reading a message in a process of its own, with hard limits on time and memory.

A plain subprocess rather than multiprocessing, whose children a Celery worker's daemonic pool refuses. It gets no
environment of ours, so nothing a hostile message could take over there knows a password.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .results import Auth, Body, Head, NewText, Parsed
from .stages import Frame, parsed_of

_ROOT = Path(__file__).resolve().parents[2]
_STAGES: dict[str, TypeAdapter[Any]] = {
    "head": TypeAdapter(Head),
    "parts": TypeAdapter(Body),
    "markup": TypeAdapter(Body),
    "new_text": TypeAdapter(NewText),
    "auth": TypeAdapter(Auth),
}
_KEPT = "COUNTERSIGN_STACK"  # by which the embedded stack finds what it has to end; the rest of it stays with us


def message_parse(
    raw: bytes,
    *,
    envelope_from: str | None = None,
    wall_seconds: float = 15.0,
    dns_seconds: float = 4.0,
    memory_bytes: int = 1_500_000_000,
    nameserver: tuple[str, int] | None = None,
) -> Parsed:
    """Read `raw` within the limits. Never raises for what the message holds: what could not be read is flagged.

    `envelope_from` is the MAIL FROM ("" the null return path, None not known). DNS is asked for at most
    `dns_seconds` in all, through `nameserver` (address, port) instead of the system's resolver where given.
    """
    options = {
        "envelope_from": envelope_from,
        "dns_seconds": dns_seconds,
        "stage_seconds": wall_seconds / 2,
        "wall_seconds": wall_seconds,
        "nameserver": nameserver,
        "memory_bytes": memory_bytes,
        "cpu_seconds": max(1, round(wall_seconds)),
    }
    return parsed_of(_frames(*_run(raw, json.dumps(options), wall_seconds)))


def _run(raw: bytes, options: str, wall_seconds: float) -> tuple[bytes, str]:
    """(what the child wrote until it ended or was killed, why it did not end by itself)."""
    with subprocess.Popen(
        [sys.executable, "-m", "mail.parsing", options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={"PYTHONUTF8": "1", "PYTHONPATH": str(_ROOT), _KEPT: os.environ.get(_KEPT, "")},
    ) as child:
        try:
            written, _ = child.communicate(raw, timeout=wall_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            written, _ = child.communicate()
            return written, "out of time"
        return written, "" if child.returncode == 0 else f"ended with {child.returncode}"


def _frames(written: bytes, ended: str) -> Iterator[Frame]:
    for line in filter(None, written.split(b"\n")):
        try:
            yield _frame(json.loads(line))
        except (ValueError, KeyError, ValidationError):
            yield Frame("frame", error="cut off")
    if ended:
        yield Frame("reading", error=ended)


def _frame(written: dict[str, Any]) -> Frame:
    stage, error = str(written["stage"]), str(written["error"])
    return Frame(stage, None if error else _STAGES[stage].validate_python(written["value"]), error)
