"""The calendar: weeks of the tenant's zone, slots shared by guests, and crowds that stay legible."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from audit.services import Actor
from conftest import Cast
from crm import services
from portal.views.records.calendar import Slot, _days, _hours, _placed
from tenants.selectors import tenant_context
from tests.pages import signed_in

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")
SYDNEY = ZoneInfo("Australia/Sydney")
HALF = timedelta(minutes=30)


@pytest.fixture
def shown(cast: Cast) -> Any:
    client = signed_in(cast.bob)

    def get(query: str) -> str:
        with tenant_context("acacia"):
            answer = client.get(f"/calendar/?{query}")
        assert answer.status_code == 200
        return str(answer.content.decode())

    return get


def listing(address: str, *open_at: datetime) -> Any:
    times = [{"starts_at": at, "ends_at": at + HALF} for at in open_at]
    return services.listing_create(actor=TESTS, address=address, open_times=times)


def guest(name: str, where: Any, at: datetime, **more: Any) -> Any:
    contact = services.contact_create(actor=TESTS, name=name)
    return services.appointment_create(
        actor=TESTS, listing=where.id, contact=contact.id, starts_at=at, ends_at=at + HALF, **more
    )


def test_guests_of_an_open_home_share_its_slot(shown: Any) -> None:
    at = datetime(2030, 3, 2, 10, 30, tzinfo=SYDNEY)
    home = listing("14 Wattle Street", at)
    for name in ("Georgia", "Hugh", "Sofia", "Tom"):
        guest(name, home, at)
    guest("Cancelled", home, at, status="cancelled")
    page = shown("week=2030-02-25")
    assert page.count('class="slot') == 1
    assert "Georgia, Hugh, 2 more" in page
    assert "Cancelled" not in page
    assert "Tom" in shown("day=2030-03-02"), "the day lists everybody"


def test_a_week_begins_on_monday_in_the_tenants_zone(shown: Any) -> None:
    late_on_sunday = datetime(2030, 3, 3, 23, 0, tzinfo=SYDNEY)
    assert late_on_sunday.astimezone(UTC).date() == date(2030, 3, 3)
    guest("Early on Monday", listing("1 A Street"), datetime(2030, 3, 4, 0, 15, tzinfo=SYDNEY))
    guest("Late on Sunday", listing("2 A Street"), late_on_sunday)
    assert "Late on Sunday" in shown("week=2030-02-27")
    assert "Early on Monday" not in shown("week=2030-02-27")
    assert "Early on Monday" in shown("week=2030-03-04")
    assert "25 Feb to 3 Mar 2030" in shown("week=2030-03-03")
    assert "?week=2030-02-18" in shown("week=2030-02-27")
    assert "?week=2030-03-04" in shown("week=2030-02-27")


@pytest.mark.parametrize("day", [date(2030, 10, 6), date(2030, 4, 7)])
def test_when_the_clocks_change_everything_stands_at_the_hour_that_a_clock_shows(day: date) -> None:
    at = datetime(day.year, day.month, day.day, 10, 0, tzinfo=SYDNEY)
    guest("Georgia", listing("14 Wattle Street"), at)
    days = _days(day - timedelta(days=6), 7, day, may_add=False)
    first, _ = _hours(days)
    (slot,) = days[6].drawn
    assert slot.hours == "10:00 to 10:30 am"
    assert (slot.row - 1) / 4 + first == 10


def slot(begins: int, length: int) -> Slot:
    now = datetime(2030, 3, 2, tzinfo=UTC)
    return Slot(uuid7(), "A", "A", now, now, row=begins, rows=length)


def test_overlapping_slots_stand_side_by_side_and_a_crowd_ends_in_a_number() -> None:
    two = _placed([slot(40, 4), slot(42, 4), slot(60, 2)])
    assert [(each.lane, each.lanes) for each in two] == [(1, 2), (2, 2), (1, 1)]
    crowd = _placed([slot(40, 4) for _ in range(9)])
    assert [(each.lane, each.lanes, each.more) for each in crowd] == [(1, 3, 0), (2, 3, 0), (3, 3, 7)]
    for one in crowd:
        for other in crowd:
            apart = one.row + one.rows <= other.row or other.row + other.rows <= one.row
            assert one is other or one.lane != other.lane or apart


def test_an_appointment_at_night_widens_the_hours_and_one_over_midnight_ends_with_its_day(shown: Any) -> None:
    home = listing("14 Wattle Street")
    guest("Owl", home, datetime(2030, 3, 2, 23, 45, tzinfo=SYDNEY))
    page = shown("week=2030-02-25")
    assert "11 pm" in page
    assert "Owl" in page


def test_queries_do_not_grow_with_the_appointments(shown: Any) -> None:
    at = datetime(2030, 3, 2, 10, 0, tzinfo=SYDNEY)
    guest("One", listing("1 A Street", at), at)
    shown("week=2030-02-25")
    with CaptureQueriesContext(connection) as few:
        shown("week=2030-02-25")
    for number in range(20):
        guest(f"Guest {number}", listing(f"{number} B Street", at), at + number * HALF)
    with CaptureQueriesContext(connection) as many:
        shown("week=2030-02-25")
    assert len(many) == len(few) < 20
