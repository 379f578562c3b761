from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from audit.services import Actor
from crm import records, selectors, services, wording

pytestmark = pytest.mark.usefixtures("in_acacia")
ACTOR = Actor.system("tests")
SYDNEY = ZoneInfo("Australia/Sydney")
SATURDAY = datetime(2026, 11, 21, 10, 30, tzinfo=SYDNEY)
HALF_AN_HOUR = timedelta(minutes=30)
NOW = datetime(2026, 11, 17, 8, 0, tzinfo=SYDNEY)


def wattle(**more):
    return services.listing_create(
        actor=ACTOR,
        address="14 Wattle Street",
        suburb="Marrickville",
        price_guide="$1,480,000 to $1,560,000",
        open_times=[
            {
                "starts_at": SATURDAY - timedelta(weeks=1),
                "ends_at": SATURDAY - timedelta(weeks=1) + HALF_AN_HOUR,
            },
            {"starts_at": SATURDAY, "ends_at": SATURDAY + HALF_AN_HOUR},
        ],
        facts={"council_rates": "$512.40 per quarter", "studio": "", "GST": "none"},
        **more,
    )


def test_a_listing_reads_as_people_see_it():
    listing = selectors.listing_view(wattle().id, now=NOW)
    assert listing is not None
    assert listing.title == "14 Wattle Street, Marrickville"
    assert {field.label: field.text for field in listing.display} == {
        "Address": "14 Wattle Street",
        "Suburb": "Marrickville",
        "Status": "Available",
        "Price guide": "$1,480,000 to $1,560,000",
        "Open home": "Sat 21 Nov, 10:30 to 11:00 am",
        "Council rates": "$512.40 per quarter",
        "GST": "none",
    }


def test_past_open_times_are_known_but_not_told():
    listing = selectors.listing_view(wattle().id, now=NOW)
    assert listing is not None
    assert len(listing.open_times) == 2
    assert [each.starts_at for each in listing.open_times_after(NOW)] == [SATURDAY]


def test_what_a_listing_shows_is_found_again_by_its_name():
    listing = selectors.listing_view(wattle().id, now=NOW)
    assert listing is not None
    stored = records.fields("listing", listing.id)
    for field in listing.display:
        assert records.pick(stored, field.name) == field.value


@pytest.mark.parametrize(
    ("start", "minutes", "text"),
    [
        (SATURDAY, 30, "Sat 21 Nov, 10:30 to 11:00 am"),
        (datetime(2026, 11, 21, 11, 45, tzinfo=SYDNEY), 30, "Sat 21 Nov, 11:45 am to 12:15 pm"),
        (datetime(2026, 11, 21, 0, 5, tzinfo=SYDNEY), 10, "Sat 21 Nov, 12:05 to 12:15 am"),
        (datetime(2027, 1, 2, 12, 0, tzinfo=SYDNEY), 60, "Sat 2 Jan 2027, 12:00 to 1:00 pm"),
        (datetime(2026, 11, 20, 23, 30, tzinfo=SYDNEY), 60, "Fri 20 Nov, 11:30 pm to Sat 21 Nov, 12:30 am"),
        (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), 30, "Sat 21 Nov, 10:30 to 11:00 am"),
    ],
)
def test_times_read_in_the_tenants_zone(start, minutes, text):
    assert wording.span(start, start + timedelta(minutes=minutes), SYDNEY, NOW) == text


def test_a_contact_is_found_by_address_whatever_its_case():
    contact = services.contact_create(actor=ACTOR, name="Georgia", email="Georgia@Example.com")
    services.contact_create(actor=ACTOR, name="Nobody")
    assert selectors.contact_by_email(" georgia@example.COM ") == contact
    assert selectors.contact_by_email("other@example.com") is None
    assert selectors.contact_by_email("") is None


def test_appointments_between_two_times():
    listing, contact = wattle(), services.contact_create(actor=ACTOR, name="Georgia")
    other = services.contact_create(actor=ACTOR, name="Tom")

    def book(who, start):
        return services.appointment_create(
            actor=ACTOR, listing=listing.id, contact=who.id, starts_at=start, ends_at=start + HALF_AN_HOUR
        )

    late, early = book(other, SATURDAY + HALF_AN_HOUR), book(contact, SATURDAY)
    gone = book(contact, SATURDAY + timedelta(minutes=15))
    services.appointment_update(appointment=gone.id, actor=ACTOR, status="cancelled")
    found = selectors.appointments_between(SATURDAY, SATURDAY + 2 * HALF_AN_HOUR)
    assert found == (early, late)
    assert found[0].text.startswith("Sat 21 Nov")
    assert selectors.appointments_between(SATURDAY - HALF_AN_HOUR, SATURDAY) == ()
    assert selectors.appointments_between(SATURDAY, SATURDAY + HALF_AN_HOUR, contact=other.id) == ()
    assert selectors.appointments_between(SATURDAY, SATURDAY + timedelta(days=1), listing=listing.id) == found


def test_a_list_is_read_page_by_page_in_both_directions():
    made = [services.contact_create(actor=ACTOR, name=f"Contact {n}").id for n in range(5)][::-1]
    first = selectors.contact_list(limit=2)
    second = selectors.contact_list(limit=2, older_than=first.older)
    third = selectors.contact_list(limit=2, older_than=second.older)
    assert [contact.id for page in (first, second, third) for contact in page.items] == made
    assert first.newer is None
    assert third.older is None
    assert selectors.contact_list(limit=2, newer_than=third.newer) == second
    assert selectors.contact_list(limit=2, newer_than=second.newer).items == first.items
    assert selectors.contact_list(limit=2, newer_than=second.newer).newer is None


def test_lists_are_filtered():
    georgia = services.contact_create(actor=ACTOR, name="Georgia", email="georgia@example.com")
    tom = services.contact_create(actor=ACTOR, name="Tom", phone="0491 570 156")
    listing = wattle()
    sold = services.listing_create(actor=ACTOR, address="9 Corella Street", status="sold")
    asked = services.enquiry_create(actor=ACTOR, contact=georgia.id, listing=listing.id, thread_id="t1")
    services.enquiry_create(actor=ACTOR, contact=tom.id, status="closed")
    call = services.task_create(actor=ACTOR, title="Call", contact=tom.id, due_at=SATURDAY)
    done = services.task_create(actor=ACTOR, title="Write", done=True)

    assert selectors.contact_list(search="570 tom").items == (tom,)
    assert selectors.contact_list(email="GEORGIA@example.com").items == (georgia,)
    assert [found.id for found in selectors.listing_list(status="sold").items] == [sold.id]
    assert [found.id for found in selectors.listing_list(search="wattle", suburb="marrickville").items] == [listing.id]
    assert selectors.enquiry_list(thread_id="t1").items == (asked,)
    assert selectors.enquiry_list(contact=georgia.id, listing=listing.id, status="new").items == (asked,)
    assert selectors.task_list(done=False, due_before=SATURDAY + HALF_AN_HOUR).items == (call,)
    assert selectors.task_list(done=True).items == (done,)
    assert selectors.appointment_list(contact=georgia.id).items == ()


def test_a_page_of_listings_costs_one_query(django_assert_num_queries):
    for number in range(3):
        services.listing_create(actor=ACTOR, address=f"{number} Wattle Street")
    with django_assert_num_queries(1):
        assert len(selectors.listing_list().items) == 3
