"""Addresses out of header values, in one linear pass: no recursion, whatever the nesting of comments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import caps
from .decode import header_text, line, text_decode
from .results import Address

_EMAIL = re.compile(r"[^\s<>()\[\],;:\"@]{1,250}@[^\s<>()\[\],;:\"@]{1,253}")
_VIA = re.compile(r"\s+(?:via|durch|por|par|tramite|przez|через)\s+\S.*$", re.IGNORECASE)


@dataclass
class _Pending:
    """What was read of the address at hand: words of its name, the text in angle brackets, comments."""

    words: list[str] = field(default_factory=list)
    angle: list[str] | None = None
    comment: list[str] = field(default_factory=list)


def addresses(value: str) -> tuple[Address, ...]:
    """The addresses of a raw header value (`To`, `Cc`, `From`), at most `caps.ADDRESSES`, without repeats."""
    if not value.isascii():
        value = text_decode(value.encode("utf-8", "surrogateescape"))
    found: dict[str, Address] = {}
    for pending in _scan(value):
        address = _address(pending)
        if address and address.email not in found:
            found[address.email] = address
        if len(found) >= caps.ADDRESSES:
            break
    return tuple(found.values())


def _scan(value: str, plain: str = "") -> list[_Pending]:
    """Split at commas and group marks outside of quotes, comments and angle brackets.

    A quote or a comment that nothing closes is none, so that it hides no address: it is read as `plain` text then.
    """
    found, at, pending, quoted, depth, in_angle = list[_Pending](), 0, _Pending(), False, 0, False
    while at < len(value):
        char, at = value[at], at + 1
        if char == "\\" and (quoted or depth) and at < len(value):
            char, at = value[at], at + 1
            _put(pending, char, depth, in_angle)
        elif quoted:
            quoted = char != '"'
            if quoted:
                _put(pending, char, depth, in_angle)
        elif char == "(" and char not in plain:
            depth += 1
        elif depth:
            depth -= char == ")"
            _put(pending, " " if char == ")" else char, 1, in_angle)
        elif char == '"' and char not in plain:
            quoted = True
        elif char == "<":
            in_angle, pending.angle = True, []
        elif char == ">":
            in_angle = False
        elif char in ",;" and not in_angle:
            found.append(pending)
            pending = _Pending()
        elif char == ":" and not in_angle and "@" not in "".join(pending.words):
            pending = _Pending()  # the name of a group, "undisclosed-recipients:"
        else:
            _put(pending, char, depth, in_angle)
    if quoted or depth:
        return _scan(value, plain + ('"' if quoted else "("))
    return [*found, pending]


def _put(pending: _Pending, char: str, depth: int, in_angle: bool) -> None:
    if depth:
        pending.comment.append(char)
    elif in_angle and pending.angle is not None:
        pending.angle.append(char)
    else:
        pending.words.append(char)


def _address(pending: _Pending) -> Address | None:
    words, comment = "".join(pending.words), "".join(pending.comment)
    if pending.angle is not None:
        email = email_clean("".join(pending.angle))
        if email:
            return Address(email, header_text(words)[: caps.NAME_CHARS])
    match = _EMAIL.search(words)
    email = email_clean(match[0]) if match else ""
    if match is None or not email:
        return None
    name = (words[: match.start()] + " " + words[match.end() :]).strip() or comment
    return Address(email, header_text(name)[: caps.NAME_CHARS])


def email_clean(text: str) -> str:
    """One address without spaces, its domain in lower case and plain ASCII; empty when it is none."""
    text = "".join(line(text).split()).removeprefix("mailto:").strip("'.")
    local, _, domain = text.rpartition("@")
    domain = _ascii(domain.strip(".")).lower()
    if not local or not domain or len(local) + len(domain) >= caps.ADDRESS_CHARS:
        return ""
    return f"{local}@{domain}"


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def same(one: str, other: str) -> bool:
    """Whether two addresses reach the same mailbox, as far as mail in practice tells: case does not matter."""
    return one.casefold() == other.casefold()


def author(from_: tuple[Address, ...], original: tuple[Address, ...], reply_to: tuple[Address, ...]) -> Address:
    """Who wrote the message, when a group stands in the From ("Jane via Sales <sales@group>").

    The group's own address would take the answer: the original sender, or the one to reply to, stands in.
    """
    if not from_:
        return reply_to[0] if reply_to else Address("")
    first = from_[0]
    for other in (*original, *reply_to):
        if not same(other.email, first.email) and (original or _VIA.search(first.name)):
            name = other.name or _VIA.sub("", first.name).strip("'\" ")
            return Address(other.email, _VIA.sub("", name).strip("'\" "))
    return first


def claims_another_address(from_: Address) -> bool:
    """Whether the name shown beside an address is itself a different address: `"boss@bank" <x@elsewhere>`."""
    match = _EMAIL.search(from_.name)
    return match is not None and not same(email_clean(match[0]), from_.email)
