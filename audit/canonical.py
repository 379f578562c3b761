"""One text for one value, so that what was hashed yesterday is found equal today.

UTF-8, sorted keys, no spaces, no floats (they have no one text), times in RFC 3339 UTC with six
digits. It is the form that digests and ledger entries are made of.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def timestamp(moment: datetime) -> str:
    """RFC 3339 UTC with microseconds, such as 2026-11-21T23:30:00.000000Z; a naive time is refused."""
    if moment.tzinfo is None:
        raise ValueError("a time without its zone has no canonical form")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def plain(value: Any) -> Any:
    """`value` as JSON types only, in the form `canonical` writes; raises TypeError for what has none."""
    if type(value) is str:  # as most are
        return value
    if type(value) is dict and all(type(key) is str for key in value):
        return {key: plain(item) for key, item in value.items()}
    match value:
        case None | bool() | int():
            return value
        case str():
            return str.__str__(value)  # a member of an enum of texts becomes its value
        case float():
            raise TypeError("floats have no canonical form: use Decimal or text")
        case datetime():
            return timestamp(value)
        case Decimal() if not value.is_finite():
            raise TypeError(f"{value} has no canonical form")
        case date() | Decimal() | UUID():
            return str(value)
        case Mapping():
            found = {_key(key): plain(item) for key, item in value.items()}
            if len(found) != len(value):
                raise TypeError("two keys have the same canonical form")
            return found
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted(plain(item) for item in value)
    if hasattr(value, "model_dump"):
        return plain(value.model_dump())
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _key(key: Any) -> str:
    match plain(key):
        case None | bool() | list() | dict():
            raise TypeError(f"a key of type {type(key).__name__} has no canonical form")
        case text:
            return str(text)


def canonical(value: Any) -> str:
    """The canonical JSON text of `value`."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def same(one: Any, other: Any) -> bool:
    """Whether two values have one canonical text: unlike with ==, 1 is neither true nor 1.0. What has none is the same
    as nothing."""
    try:
        return canonical(one) == canonical(other)
    except TypeError:
        return False


def digest(value: Any) -> str:
    """SHA-256 of the canonical text, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
