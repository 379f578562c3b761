from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import canonical
from crm.values import Amount, Choice, Facts, Flag, Moment, OpenTimes, Reference, Text, currency, email

ALL = [
    Text(50),
    Text(50, lines=True),
    email(),
    currency(),
    Choice(("a", "b")),
    Flag(),
    Moment(),
    Moment(required=False),
    Amount(),
    Reference(),
    Reference(required=False),
    OpenTimes(),
    Facts(),
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 2),
    max_value=datetime(9000, 12, 30),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=11)), timezone(timedelta(hours=-9, minutes=-30))]),
)


@pytest.mark.parametrize("value", ALL, ids=repr)
@given(given_value=JSON_VALUES)
def test_whatever_comes_is_either_refused_or_has_one_canonical_form(value, given_value):
    try:
        parsed = value.parse(given_value)
    except ValueError:
        return
    dumped = value.dump(parsed)
    canonical(dumped)
    assert value.dump(value.parse(dumped)) == dumped


@given(moment=MOMENTS)
def test_a_time_is_the_same_in_every_zone_and_spelling(moment):
    written = Moment().dump(Moment().parse(moment))
    assert Moment().dump(Moment().parse(moment.isoformat())) == written
    assert str(written).endswith("Z")


@given(amount=st.decimals(min_value=0, max_value=999_999_999_999, places=2))
def test_an_amount_is_the_same_however_it_is_spelled(amount):
    spellings = {amount, str(amount), f"{amount}00", amount.normalize()}
    assert {Amount().dump(Amount().parse(each)) for each in spellings} == {str(amount)}


@pytest.mark.parametrize("wrong", [1.5, True, "-1", "1,000", "1e3", "", "٣", Decimal("NaN"), Decimal(-1), "1.555"])
def test_what_is_no_amount_is_refused(wrong):
    with pytest.raises(ValueError, match="amount"):
        Amount().parse(wrong)


@pytest.mark.parametrize("wrong", ["2026-11-21", "2026-11-21T10:00:00", "tomorrow", 5, None, datetime(2026, 1, 1)])
def test_a_time_without_its_zone_is_refused(wrong):
    with pytest.raises(ValueError, match="with its zone"):
        Moment().parse(wrong)


def test_a_time_at_the_edge_of_the_calendar_is_refused_and_not_a_crash():
    with pytest.raises(ValueError, match="with its zone"):
        Moment().parse("0001-01-01T00:00:00+14:00")


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "9999-12-31T23:59:59Z"])
def test_a_time_that_not_every_zone_could_tell_is_refused(edge):
    with pytest.raises(ValueError, match="in a year from 1900 to 9000"):
        Moment().parse(edge)


@pytest.mark.parametrize("written", ["Jörg@Müller.example", "o'brien+x@example.com", "a@b"])
def test_addresses_that_really_occur_are_taken_as_written(written):
    assert email().parse(f" {written} ") == written


@pytest.mark.parametrize(
    "wrong", ["a b@c.d", "a@b@c", "@b", "Georgia <g@example.com>", "a@b\nBcc: c@d", "x" * 320 + "@y"]
)
def test_what_is_no_address_is_refused(wrong):
    with pytest.raises(ValueError):
        email().parse(wrong)


@pytest.mark.parametrize("written", ["a\x00b", "a\r\nb", "a\x1b\x07b", "\ta\u2028b\n", "a\x85b"])
def test_control_characters_in_a_line_become_spaces(written):
    assert Text(50).parse(written) == "a b"


def test_half_a_character_can_be_stored():
    Text(50).parse("a\ud800b").encode()


def test_several_lines_are_kept_with_one_kind_of_line_end():
    assert Text(50, lines=True).parse(" a\r\nb\rc \n") == "a\nb\nc"


def test_no_text_is_empty_text():
    assert Text(50).parse(None) == ""
    with pytest.raises(ValueError, match="empty"):
        Text(50, required=True).parse(None)


def test_open_times_are_put_in_order_and_counted_once():
    early = {"starts_at": "2026-11-21T10:30:00+11:00", "ends_at": "2026-11-21T11:00:00+11:00"}
    late = {"starts_at": "2026-11-28T10:30:00+11:00", "ends_at": "2026-11-28T11:00:00+11:00"}
    assert OpenTimes().parse([late, early, dict(early)]) == [
        {"starts_at": "2026-11-20T23:30:00.000000Z", "ends_at": "2026-11-21T00:00:00.000000Z"},
        {"starts_at": "2026-11-27T23:30:00.000000Z", "ends_at": "2026-11-28T00:00:00.000000Z"},
    ]


def test_an_open_time_ends_after_it_starts():
    with pytest.raises(ValueError, match="ends after"):
        OpenTimes().parse([{"starts_at": "2026-11-21T10:30:00Z", "ends_at": "2026-11-21T10:30:00Z"}])


def test_facts_are_names_and_texts():
    assert Facts().parse({" council_rates ": "$512.40"}) == {"council_rates": "$512.40"}
    for wrong in ({"a.b": "x"}, {"": "x"}, {"a": 1}, ["a"], {str(n): "" for n in range(201)}):
        with pytest.raises(ValueError):
            Facts().parse(wrong)


def test_a_reference_is_an_id():
    ident = uuid4()
    assert Reference().parse(str(ident).upper()) == ident
    assert Reference(required=False).parse(None) is None
    for wrong in (None, "x", 5):
        with pytest.raises(ValueError, match="id of a record"):
            Reference().parse(wrong)
    assert Reference().dump(UUID(int=1)) == "00000000-0000-0000-0000-000000000001"
