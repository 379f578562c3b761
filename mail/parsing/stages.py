"""The stages of reading one message, each a frame of JSON on its own line.

A later stage that hangs, crashes or runs out of memory takes nothing from an earlier one: the worker uses the
frames that arrived. Stages: head, parts (plain text, attachments), markup (HTML), new_text, auth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from email.message import Message
from typing import Any

from . import caps
from .body import Parts, body_read, parts_read
from .head import head_read
from .limits import OutOfTime, time_limit
from .new_text import new_text
from .results import Auth, Body, Flag, Head, NewText, Parsed, Verdict

HEADER_BYTES = 1_000_000


@dataclass(frozen=True)
class Options:
    """What the child is told. `envelope_from` None: not known. `nameserver`: instead of the system's resolver."""

    envelope_from: str | None = None
    dns_seconds: float = 4.0
    stage_seconds: float = 8.0
    nameserver: tuple[str, int] | None = None


@dataclass(frozen=True)
class Frame:
    """One stage's result, or in `error` the kind of what went wrong in it."""

    stage: str
    value: Head | Body | NewText | Auth | None = None
    error: str = ""


def stages(raw: bytes, options: Options) -> Iterator[Frame]:
    """Read `raw`, giving a frame as each stage ends."""
    header = raw[:HEADER_BYTES]
    yield _frame(
        "head",
        options,
        lambda: head_read(caps.message_read(_head_only(header))[0], envelope_from=options.envelope_from),
    )
    taken: list[Parts] = []
    parts = _frame("parts", options, lambda: _parts(raw, taken))
    yield parts
    body = parts.value
    if taken:
        markup = _frame("markup", options, lambda: body_read(taken[0]))
        yield markup
        body = markup.value or body
    if isinstance(body, Body):
        text = body.text
        yield _frame("new_text", options, lambda: new_text(text))
    yield _frame("auth", options, lambda: _auth(raw, options))


def _head_only(raw: bytes) -> bytes:
    ends = [at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0]
    return raw[: min(ends) + 2] if ends else raw


def _parts(raw: bytes, taken: list[Parts]) -> Body:
    message, meter = caps.message_read(raw)
    parts = parts_read(message)
    if meter.exceeded:
        parts.flags.add(Flag.TRUNCATED)
    if not _has_header(message):
        parts.flags.add(Flag.UNREADABLE)
    taken.append(parts)
    return parts.body()


def _has_header(message: Message[str, str]) -> bool:
    return any(value.strip() for _, value in message.raw_items())


def _auth(raw: bytes, options: Options) -> Auth:
    # Loading the DNS and DKIM libraries takes longer than all other stages together.
    from .authenticity import authenticate
    from .dns import Resolver

    resolver = Resolver(seconds=options.dns_seconds, nameserver=options.nameserver)
    return authenticate(raw, resolver.txt)


def _frame(stage: str, options: Options, work: Callable[[], Any]) -> Frame:
    try:
        with time_limit(options.stage_seconds):
            return Frame(stage, work())
    except OutOfTime:
        return Frame(stage, error="out of time")
    except Exception as error:  # whatever hostile input provokes: the stage failed, the message is kept
        return Frame(stage, error=type(error).__name__)


def parsed_of(frames: Iterable[Frame]) -> Parsed:
    """All that the frames tell; what a stage that failed would have told is flagged as missing."""
    values: dict[str, Any] = {}
    errors = []
    for frame in frames:
        if frame.error:
            errors.append(f"{frame.stage}: {frame.error}")
        else:
            values[frame.stage] = frame.value
    head: Head = values.get("head", Head())
    parts: Body = values.get("parts", Body())
    markup: Body = values.get("markup", parts)
    auth: Auth = values.get("auth", Auth())
    if head.passed_on and Verdict.PASS in (auth.dkim, auth.dmarc):
        auth = Auth()  # it is whoever passed it on that was proved
    body = replace(markup, attachments=parts.attachments)
    flags = {*head.flags, *parts.flags, *markup.flags}
    textless = not body.text and "markup" not in values
    cut_away = not (body.text or body.html or body.attachments) and Flag.TRUNCATED in flags
    if "head" not in values or "parts" not in values or textless or cut_away:
        flags.add(Flag.UNREADABLE)
    if errors:
        flags.add(Flag.INCOMPLETE)
    if Verdict.FAIL in (auth.dkim, auth.dmarc):
        flags.add(Flag.SUSPICIOUS)
    new_text = values.get("new_text", NewText(body.text))
    return Parsed(head, body, new_text, auth, tuple(sorted(flags)), "; ".join(errors)[:500])
