"""Reading the bodies of requests: JSON that can be stored, or an answer that says what is wrong with it."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError

# Deeper is no data of ours, and would exhaust the stack of whoever walks it.
DEEPEST = 64


class JSONParser(parsers.JSONParser):
    """DRF's, but numbers with a fraction stay exact (Decimal), and what PostgreSQL cannot hold is refused:
    NUL and half surrogates in texts, and nesting without end."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            found = json.loads(stream.read().decode(), parse_float=Decimal, parse_constant=_refuse)
        except RecursionError:
            raise ParseError(f"JSON parse error - nested deeper than {DEEPEST}") from None
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from None
        _check(found)
        return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _check(found: object) -> None:
    """Refuse what cannot be stored. It goes without recursion, since it is what limits the depth."""
    waiting = [(found, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise ParseError(f"JSON parse error - nested deeper than {DEEPEST}")
        if isinstance(value, dict):
            waiting += [(item, depth + 1) for pair in value.items() for item in pair]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]
        elif isinstance(value, str) and not _storable(value):
            raise ParseError("JSON parse error - a text holds NUL or half a surrogate pair")


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
