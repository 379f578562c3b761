"""Reading a message in a process of its own, with hard limits on time and memory.

A plain subprocess rather than multiprocessing, whose children a Celery worker's daemonic pool refuses. It gets no
environment of ours, so nothing a hostile message could take over there knows a password.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .results import Auth, Body, Flag, Head, NewText, Parsed, Verdict

_ROOT = Path(__file__).resolve().parents[2]
_STAGES: dict[str, TypeAdapter[Any]] = {
    "head": TypeAdapter(Head),
    "parts": TypeAdapter(Body),
    "markup": TypeAdapter(Body),
    "new_text": TypeAdapter(NewText),
    "auth": TypeAdapter(Auth),
}
_UNKNOWN = Auth()


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
    values, errors = _frames(*_run(raw, json.dumps(options), wall_seconds))
    return _merge(values, errors)


def _run(raw: bytes, options: str, wall_seconds: float) -> tuple[bytes, str]:
    """(what the child wrote until it ended or was killed, why it did not end by itself)."""
    with subprocess.Popen(
        [sys.executable, "-m", "mail.parsing", options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={"PYTHONUTF8": "1", "PYTHONPATH": str(_ROOT)},
    ) as child:
        try:
            written, _ = child.communicate(raw, timeout=wall_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            written, _ = child.communicate()
            return written, "out of time"
        return written, "" if child.returncode == 0 else f"reading ended with {child.returncode}"


def _frames(written: bytes, ended: str) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    errors = [ended] if ended else []
    for line in written.split(b"\n"):
        try:
            frame = json.loads(line) if line else {}
            stage = frame.get("stage", "")
            if frame.get("error"):
                errors.append(f"{stage}: {frame['error']}")
            elif stage in _STAGES:
                values[stage] = _STAGES[stage].validate_python(frame["value"])
        except (ValueError, KeyError, ValidationError):
            errors.append("a frame was cut off")
    return values, errors


def _merge(values: dict[str, Any], errors: list[str]) -> Parsed:
    head: Head = values.get("head", Head())
    parts: Body = values.get("parts", Body())
    markup: Body = values.get("markup", parts)
    body = Body(markup.text, markup.html, markup.hidden_text, parts.attachments, markup.flags)
    auth: Auth = values.get("auth", _UNKNOWN)
    flags = {*head.flags, *parts.flags, *markup.flags}
    nothing = not (body.text or body.html or body.attachments)
    if (
        "head" not in values
        or "parts" not in values
        or (errors and not body.text)
        or (nothing and Flag.TRUNCATED in flags)
    ):
        flags.add(Flag.UNREADABLE)
    if errors:
        flags.add(Flag.INCOMPLETE)
    if Verdict.FAIL in (auth.dkim, auth.dmarc):
        flags.add(Flag.SUSPICIOUS)
    new_text = values.get("new_text", NewText(body.text))
    return Parsed(head, body, new_text, auth, tuple(sorted(flags)), "; ".join(errors)[:500])
