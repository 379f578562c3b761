import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

import pytest
from django.db.models import TextChoices
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from audit.canonical import canonical, digest, plain, timestamp

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | TEXTS
    | st.uuids()
    | st.dates()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.datetimes(
        min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=st.timezones() | st.just(UTC)
    )
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)


class Status(TextChoices):
    HELD = "held"


class Plain(str, Enum):  # noqa: UP042 - the very kind whose str() is not its value
    HELD = "held"


class Modern(StrEnum):
    HELD = "held"


@given(VALUES)
def test_the_text_read_and_written_again_is_the_same(value: Any) -> None:
    text = canonical(value)
    assert canonical(json.loads(text)) == text
    assert plain(value) == json.loads(text)
    assert digest(json.loads(text)) == digest(value)


@given(st.dictionaries(TEXTS, LEAVES, min_size=2, max_size=6))
def test_the_order_of_keys_changes_nothing(value: dict[str, Any]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))
def test_one_moment_has_one_text_in_every_zone(moment: datetime, minutes: int) -> None:
    try:
        elsewhere = moment.astimezone(timezone(timedelta(minutes=minutes)))
    except OverflowError:  # the calendar's ends
        return
    assert timestamp(elsewhere) == timestamp(moment)
    assert datetime.fromisoformat(timestamp(moment)) == moment


def test_the_form_is_sorted_without_spaces_and_in_utf_8() -> None:
    value = {"b": [1, True, None], "a": "Zoë — “ok”", "å": {"z": "", "y": []}}
    assert canonical(value) == '{"a":"Zoë — “ok”","b":[1,true,null],"å":{"y":[],"z":""}}'


def test_times_have_six_digits_and_four_for_the_year() -> None:
    assert (
        timestamp(datetime(2026, 11, 22, 10, 30, tzinfo=timezone(timedelta(hours=11)))) == "2026-11-21T23:30:00.000000Z"
    )
    assert timestamp(datetime(7, 1, 2, tzinfo=UTC)) == "0007-01-02T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 11, 21), '"2026-11-21"'),
        (Decimal("1480000.50"), '"1480000.50"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Status.HELD, '"held"'),
        (Plain.HELD, '"held"'),
        (Modern.HELD, '"held"'),
        ({Plain.HELD: 1, UUID(int=1): 2, 3: 4}, '{"00000000-0000-0000-0000-000000000001":2,"3":4,"held":1}'),
        ((1, 2), "[1,2]"),
        ({"b", "a"}, '["a","b"]'),
        (
            frozenset({UUID(int=2), UUID(int=1)}),
            json.dumps([str(UUID(int=1)), str(UUID(int=2))], separators=(",", ":")),
        ),
        ("\x00\n\u2028", '"\\u0000\\n\u2028"'),
    ],
)
def test_each_type_has_its_text(value: Any, text: str) -> None:
    assert canonical(value) == text


def test_a_models_fields_are_its_value() -> None:
    class Offer(BaseModel):
        price: Decimal
        at: datetime

    offer = Offer(price=Decimal("1.10"), at=datetime(2026, 1, 1, tzinfo=UTC))
    assert canonical({"offer": offer}) == '{"offer":{"at":"2026-01-01T00:00:00.000000Z","price":"1.10"}}'


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("Infinity"),
        b"bytes",
        object(),
        timedelta(1),
        1j,
        iter([]),
    ],
)
def test_what_has_no_one_text_is_refused(value: Any) -> None:
    for inside in (value, [value], {"key": value}, {"key": [{"deep": value}]}):
        with pytest.raises(TypeError):
            canonical(inside)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without its zone"):
        canonical({"at": datetime(2026, 1, 1)})


@pytest.mark.parametrize("value", [{1: "a", "1": "b"}, {UUID(int=1): 1, str(UUID(int=1)): 2}])
def test_two_keys_of_the_same_text_are_refused_instead_of_losing_one(value: dict[Any, Any]) -> None:
    with pytest.raises(TypeError, match="two keys"):
        canonical(value)


@pytest.mark.parametrize("key", [None, True, 1.5, (1, 2)])
def test_a_key_that_has_no_one_text_is_refused(key: Any) -> None:
    with pytest.raises(TypeError):
        canonical({key: 1})


def test_different_values_differ() -> None:
    values: list[Any] = [None, "", "null", 0, "0", False, [], {}, [[]], {"a": None}, "[]", [""], ["", ""]]
    assert len({digest(value) for value in values}) == len(values)
    assert all(len(digest(value)) == 64 for value in values)
