"""What people type, and what is stored of it; what others wrote meanwhile."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from audit.services import Actor
from crm import forms, selectors, services
from crm.forms import ContactForm, EnquiryForm, ListingForm, Pick, TaskForm, fact_key, moment_of

pytestmark = pytest.mark.usefixtures("in_acacia")
ACTOR = Actor.system("tests")
SYDNEY = ZoneInfo("Australia/Sydney")


def typed(**values):
    data = QueryDict(mutable=True)
    data.update({name: str(value) for name, value in values.items()})
    return data


def shown(form):
    return {field.name: field.value for field in form.shown()}


def as_posted(form):
    """What a browser sends of a form that nobody touched."""
    data = QueryDict(mutable=True)
    for field in form.shown():
        form.fields[field.name].write(data, field.name, form.initial.get(field.name))
    data["version"] = str(form.record.version)
    return data


def listing(**more):
    return services.listing_create(actor=ACTOR, address="14 Wattle Street", suburb="Marrickville", **more)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-21T10:30", datetime(2026, 11, 20, 23, 30, tzinfo=UTC)),  # daylight saving, +11
        ("2026-07-04T10:30", datetime(2026, 7, 4, 0, 30, tzinfo=UTC)),  # +10
        ("2026-10-04T03:00", datetime(2026, 10, 3, 16, 0, tzinfo=UTC)),  # the first minute after the clocks go forward
        ("2026-04-05T02:30", datetime(2026, 4, 4, 15, 30, tzinfo=UTC)),  # shown twice: the first of them
    ],
)
def test_a_clock_of_the_tenants_zone_is_stored_as_the_moment_it_shows(text, utc):
    assert moment_of(text, SYDNEY) == utc


@pytest.mark.parametrize("text", ["2026-10-04T02:30", "soon", "", "0001-01-01T00:00", "2026-11-21T10:30+01:00"])
def test_what_no_clock_of_the_zone_shows_is_refused(text):
    with pytest.raises(ValidationError):
        moment_of(text, SYDNEY)


def test_open_times_are_typed_and_shown_in_the_tenants_zone():
    form = ListingForm(
        typed(
            address="8 Jacaranda Crescent",
            status="available",
            **{"open_times-0-day": "2099-11-21", "open_times-0-from": "10:30", "open_times-0-to": "11:00"},
        ),
        given={},
    )
    assert form.is_valid(), form.errors
    made = services.listing_create(actor=ACTOR, **form.written())
    assert made.open_times[0].text == "Sat 21 Nov 2099, 10:30 to 11:00 am"
    again = shown(ListingForm(record=made))
    assert again["open_times"] == [{"day": "2099-11-21", "from": "10:30", "to": "11:00"}]


def test_an_open_time_in_the_hour_that_comes_twice_stays_the_second_when_nobody_touches_it():
    second = datetime(2026, 4, 4, 16, 30, tzinfo=UTC)  # 2:30 am again, after the clocks went back
    made = listing(open_times=[{"starts_at": second, "ends_at": datetime(2026, 4, 4, 16, 45, tzinfo=UTC)}])
    data = as_posted(ListingForm(record=made))
    data["open_times-1-day"], data["open_times-1-from"], data["open_times-1-to"] = "2026-04-11", "10:00", "10:30"
    form = ListingForm(data, record=made)
    assert form.is_valid(), form.errors
    changed = services.listing_update(listing=made.id, actor=ACTOR, **form.written())
    assert changed.open_times[0].starts_at == second
    assert len(changed.open_times) == 2


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"day": "2026-11-21", "from": "10:30", "to": ""}, "Row 1 needs a day"),
        ({"day": "2026-11-21", "from": "10:30", "to": "10:00"}, "Row 1 ends before it starts"),
        ({"day": "2026-10-04", "from": "02:10", "to": "02:40"}, "The clocks skip this time"),
    ],
)
def test_an_open_time_that_cannot_be_is_told_by_its_row_and_kept_as_typed(row, says):
    data = typed(address="A", status="available", **{f"open_times-0-{part}": text for part, text in row.items()})
    form = ListingForm(data, given={})
    assert not form.is_valid()
    assert says in form.errors["open_times"][0]
    assert shown(form)["open_times"] == [row]


def test_facts_are_written_in_words_and_stored_under_their_names():
    made = listing(facts={"council_rates": "$512.40 per quarter", "GST": "none"})
    data = as_posted(ListingForm(record=made))
    rows = shown(ListingForm(record=made))["facts"]
    assert rows == [{"name": "Council rates", "text": "$512.40 per quarter"}, {"name": "GST", "text": "none"}]
    assert ListingForm(data, record=made).is_valid()
    assert ListingForm(data, record=made).changed_data == []
    data["facts-2-name"], data["facts-2-text"] = "Land size", "278 square metres"
    form = ListingForm(data, record=made)
    assert form.is_valid(), form.errors
    assert form.written() == {"facts": {**made.facts, "land_size": "278 square metres"}}


@pytest.mark.parametrize(
    ("words", "key"), [("Council rates", "council_rates"), ("GST", "GST"), ("No. of rooms", "no_of_rooms"), (" ", "")]
)
def test_the_name_of_a_fact_reads_again_as_it_was_written(words, key):
    assert fact_key(words) == key


def test_a_row_is_added_and_removed_without_anything_being_written():
    data = typed(address="", more="open_times", **{"facts-0-name": "Pets", "facts-0-text": "A cat"})
    form = ListingForm(data, given={})
    assert form.asks_rows
    assert {field.name: field.errors for field in form.shown()}["address"] == [], "asking for a row is no mistake"
    dropped = ListingForm(typed(drop="facts-0", **{"facts-0-name": "Pets", "facts-1-name": "Bond"}), given={})
    assert shown(dropped)["facts"] == [{"name": "Bond", "text": ""}]


def test_a_customer_is_found_by_part_of_the_name_and_offered_where_several_fit():
    georgia = services.contact_create(actor=ACTOR, name="Georgia Papadopoulos", email="georgia@example.com")
    other = services.contact_create(actor=ACTOR, name="Georgia Hill", phone="0491 570 156")
    form = EnquiryForm(typed(contact="papadop", status="new"), given={})
    assert form.is_valid(), form.errors
    assert form.written()["contact"] == georgia.id
    form = EnquiryForm(typed(contact="Georgia", status="new"), given={})
    assert not form.is_valid()
    contact = form.fields["contact"]
    assert isinstance(contact, Pick)
    assert {ident for ident, _ in contact.candidates} == {georgia.id, other.id}
    form = EnquiryForm(typed(contact="Georgia", contact_choice=other.id, status="new"), given={})
    assert form.is_valid(), form.errors
    assert form.written()["contact"] == other.id
    form = EnquiryForm(typed(contact="Nobody", status="new"), given={})
    assert form.errors["contact"] == ["No customer called ‘Nobody’."]


def test_a_number_is_found_with_and_without_its_spaces():
    made = services.contact_create(actor=ACTOR, name="Tom", phone="0491 570 006")
    for words in ("0491570006", "0491 570", "570 006"):
        assert [each.id for each in selectors.contact_list(search=words).items] == [made.id]
    assert selectors.contact_list(search="100%").items == (), "no word is a pattern"


def test_a_budget_is_read_as_people_write_it():
    contact = services.contact_create(actor=ACTOR, name="Tom")
    form = EnquiryForm(
        typed(contact="Tom", contact_known=contact.id, status="new", budget="$1,550,000", currency="aud"), given={}
    )
    assert form.is_valid(), form.errors
    made = services.enquiry_create(actor=ACTOR, **form.written())
    assert (str(made.budget), made.currency) == ("1550000.00", "AUD")
    assert "amount" in str(EnquiryForm(typed(contact="Tom", status="new", budget="a lot"), given={}).errors["budget"])


def test_a_task_goes_to_somebody_of_the_tenant_only(cast):
    assert TaskForm(typed(title="Call", assignee=cast.bob.id), given={}).is_valid()
    assert "assignee" in TaskForm(typed(title="Call", assignee=cast.charlie.id), given={}).errors


def test_a_form_that_nobody_touched_writes_nothing():
    made = listing(facts={"pets": "A cat"}, price_guide="$1")
    form = ListingForm(as_posted(ListingForm(record=made)), record=made)
    assert form.is_valid(), form.errors
    assert form.written() == {}


def test_what_was_typed_stays_and_what_was_left_alone_shows_what_others_wrote(cast):
    seen = services.contact_create(actor=ACTOR, name="Georgia", email="georgia@example.com", phone="0491 570 156")
    data = as_posted(ContactForm(record=seen))
    data["phone"] = "0491 570 999"
    mei = Actor("person", str(cast.bob.id), "Mei", person=cast.bob.id)
    now = services.contact_update(contact=seen.id, actor=mei, name="Georgia Papadopoulos", phone="0491 570 111")
    form = ContactForm(data, record=now)
    assert form.is_valid()
    assert form.seen != now.version
    met = form.meet()
    assert shown(met) == {
        "name": "Georgia Papadopoulos",
        "email": "georgia@example.com",
        "phone": "0491 570 999",
    }
    assert "Mei changed this to ‘0491 570 111’" in met.notes["phone"]
    assert met.notes["name"].startswith("Mei changed this,")
    assert "email" not in met.notes


def test_each_kind_has_a_form_of_its_own_fields():
    assert set(forms.FORMS) == {"contact", "listing", "enquiry", "task", "appointment"}
