"""Reading the bodies of requests: JSON that can be stored, or an answer that says what is wrong with it."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError

# Deeper is no data of ours, and would exhaust the stack of whoever walks it.
DEEPEST = 64
# Written out, a number like 1e999999999 fills the memory.
LONGEST_NUMBER = 400
TOO_DEEP = f"nested deeper than {DEEPEST}"


class JSONParser(parsers.JSONParser):
    """DRF's, but numbers with a fraction stay exact (Decimal), and what PostgreSQL cannot hold is refused:
    NUL and half surrogates in texts, and nesting without end."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return json_read(stream.read().decode())
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from None


def json_read(text: str) -> Any:
    """The value of a JSON text that can be stored; raises ValueError, which says what is wrong."""
    try:
        found = json.loads(text, parse_float=_number, parse_constant=_refuse)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    _check(found)
    return found


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError("a number is out of range") from None
    if abs(found.adjusted()) > LONGEST_NUMBER:
        raise ValueError("a number is out of range")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _check(found: object) -> None:
    """Refuse what cannot be stored. It goes without recursion, since it is what limits the depth."""
    waiting = [(found, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise ValueError(TOO_DEEP)
        if isinstance(value, dict):
            waiting += [(item, depth + 1) for pair in value.items() for item in pair]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]
        elif isinstance(value, str) and not _storable(value):
            raise ValueError("a text holds NUL or half a surrogate pair")


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
