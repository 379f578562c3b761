from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from pydantic import ValidationError

from audit.selectors import entries
from audit.services import Actor
from crm import selectors
from crm.services import activity_install, contact_update, listing_update, samples_install, task_update

pytestmark = pytest.mark.usefixtures("in_acacia")
DEMO = Path(__file__).parents[2] / "workflows" / "packs" / "real_estate" / "demo"
ACTOR = Actor.system("tests")
SYDNEY = ZoneInfo("Australia/Sydney")
TUESDAY = date(2026, 11, 17)
WATTLE = {
    "listings": [
        {
            "address": "14 Wattle Street",
            "suburb": "Marrickville",
            "open_times": [{"weekday": "sat", "at": "10:30", "minutes": 30}],
        }
    ],
    "contacts": [{"name": "Tom", "email": "tom@example.com"}],
}


def opens():
    (listing,) = selectors.listing_list().items
    return [each.starts_at.astimezone(SYDNEY) for each in listing.open_times]


@pytest.mark.parametrize("agency", ["acacia", "harbour"])
def test_the_demo_agencies_are_installed_once(agency):
    data = yaml.safe_load((DEMO / f"{agency}.yaml").read_text())
    zone = ZoneInfo(data["tenant"]["timezone"])
    samples_install(data, TUESDAY, zone)
    first = selectors.listing_list().items, selectors.contact_list().items
    written = entries().count()
    samples_install(data, TUESDAY + timedelta(days=1), zone)
    assert (selectors.listing_list().items, selectors.contact_list().items) == first
    assert entries().count() == written
    assert len(first[0]) == 8
    assert any(listing.open_times for listing in first[0])


@pytest.mark.parametrize("agency", ["acacia", "harbour"])
def test_each_demo_listing_is_found_by_its_own_address(agency):
    data = yaml.safe_load((DEMO / f"{agency}.yaml").read_text())
    samples_install(data, TUESDAY, ZoneInfo(data["tenant"]["timezone"]))
    for listing in selectors.listing_list().items:
        matches = selectors.listing_match(text=f"Hello, is {listing.title} still available?")
        assert matches.listing == listing.id


@pytest.mark.parametrize(
    ("mail", "title"),
    [
        ("inspection", "14 Wattle Street, Marrickville"),
        ("application", "6/110 Victoria Road, Marrickville"),
        ("besichtigung", "8 Jacaranda Crescent, Petersham"),
        ("complaint", "9 Corella Street, Dulwich Hill"),
        ("appraisal", None),
    ],
)
def test_each_demo_mail_leads_to_its_listing_or_to_none(mail, title):
    samples_install(yaml.safe_load((DEMO / "acacia.yaml").read_text()), TUESDAY, SYDNEY)
    message = message_from_bytes((DEMO / "mails" / f"{mail}.eml").read_bytes(), policy=policy.default)
    body = message.get_body()
    assert body is not None
    matches = selectors.listing_match(text=f"{message['subject']}\n{body.get_content()}")
    assert (matches.found[0].title if matches.sure else None) == title


@pytest.mark.parametrize(
    ("today", "opening"),
    [
        (TUESDAY, datetime(2026, 11, 21, 10, 30)),
        (date(2026, 11, 20), datetime(2026, 11, 21, 10, 30)),
        (date(2026, 11, 21), datetime(2026, 11, 28, 10, 30)),
        (date(2026, 10, 3), datetime(2026, 10, 10, 10, 30)),  # the clocks go forward on 4 October
    ],
)
def test_open_times_are_the_next_such_days_in_the_tenants_zone(today, opening):
    samples_install(WATTLE, today, SYDNEY)
    assert opens() == [opening.replace(tzinfo=SYDNEY)]


def test_when_all_open_times_have_passed_new_ones_are_given():
    samples_install(WATTLE, TUESDAY, SYDNEY)
    samples_install(WATTLE, TUESDAY + timedelta(days=4), SYDNEY)
    assert opens() == [datetime(2026, 11, 21, 10, 30, tzinfo=SYDNEY)]
    samples_install(WATTLE, TUESDAY + timedelta(days=5), SYDNEY)
    assert opens() == [datetime(2026, 11, 28, 10, 30, tzinfo=SYDNEY)]


def test_what_people_changed_in_samples_stays():
    samples_install(WATTLE, TUESDAY, SYDNEY)
    (listing,), (contact,) = selectors.listing_list().items, selectors.contact_list().items
    listing_update(listing=listing.id, actor=ACTOR, status="sold", price_guide="$1,600,000")
    contact_update(contact=contact.id, actor=ACTOR, name="Tom Hargreaves")
    samples_install(WATTLE, TUESDAY + timedelta(days=30), SYDNEY)
    (later,), (known,) = selectors.listing_list().items, selectors.contact_list().items
    assert (later.status, later.price_guide) == ("sold", "$1,600,000")
    assert known.name == "Tom Hargreaves"


def test_what_people_are_busy_with_is_added_once_and_goes_on_week_by_week():
    data = yaml.safe_load((DEMO / "acacia.yaml").read_text())
    samples_install(data, TUESDAY, SYDNEY)
    activity_install(data, TUESDAY, SYDNEY)
    first = selectors.enquiry_list().items, selectors.task_list().items, selectors.appointment_list().items
    assert [len(items) for items in first] == [len(data[name]) for name in ("enquiries", "tasks", "appointments")]
    task_update(task=first[1][0].id, actor=ACTOR, done=True)
    activity_install(data, TUESDAY, SYDNEY)
    assert len(selectors.task_list().items) == len(first[1])
    assert selectors.appointment_list().items == first[2]
    activity_install(data, TUESDAY + timedelta(days=8), SYDNEY)
    assert selectors.enquiry_list().items == first[0]
    assert len(selectors.appointment_list().items) == 2 * len(first[2])


def test_samples_of_another_shape_are_refused():
    for wrong in ({"listings": [{"adress": "14 Wattle Street"}]}, {"contacts": [{"name": "Tom"}]}):
        with pytest.raises(ValidationError):
            samples_install(wrong, TUESDAY, SYDNEY)
