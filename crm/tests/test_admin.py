"""Each write of the admin goes through the records, with its entry and its checks."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from audit.selectors import entries
from audit.services import Actor
from crm import records, selectors, services
from tenants.selectors import tenant_context

pytestmark = pytest.mark.usefixtures("in_acacia")
ACTOR = Actor.system("tests")
HOST = f"acacia.{settings.COUNTERSIGN.base_domain}"


class Admin:
    """A person of acacia at the tenant's admin."""

    def __init__(self, person: Any) -> None:
        self.client = Client(headers={"host": HOST})
        self.client.force_login(person)

    def get(self, page: str, *args: object, **query: str) -> Any:
        # A request leaves the tenant when it ends; the context enters it again.
        with tenant_context("acacia"):
            return self.client.get(self._url(page, *args), query)

    def post(self, page: str, *args: object, **data: object) -> Any:
        with tenant_context("acacia"):
            return self.client.post(self._url(page, *args), data, follow=True)

    def form(self, page: str, *args: object) -> dict[str, object]:
        """What the form's page would send back unchanged."""
        form = self.get(page, *args).context["adminform"].form
        return {name: form[name].value() or "" for name in form.fields}

    def _url(self, page: str, *args: object) -> str:
        return reverse(f"admin:crm_{page}", urlconf=settings.ROOT_URLCONF, args=args)


@pytest.fixture
def admin(cast: Any) -> Admin:
    people = get_user_model().objects
    people.filter(pk=cast.alice.id).update(is_superuser=True)
    return Admin(people.get(pk=cast.alice.id))


def told(target: str) -> list[dict[str, Any]]:
    return [row.body for row in entries(target=target)]


def test_adding_leaves_an_entry_of_the_person(admin, cast):
    admin.post("contact_add", name="Georgia", email="georgia@example.com")
    (contact,) = selectors.contact_list(email="georgia@example.com").items
    (entry,) = told(f"contact:{contact.id}")
    assert (entry["event"], entry["actor"]) == ("crm.record_created", f"person:{cast.alice.id}")


def test_changing_writes_what_was_changed(admin):
    contact = services.contact_create(actor=ACTOR, name="Georgia", phone="1")
    form = admin.form("contact_change", contact.id) | {"phone": "2"}
    admin.post("contact_change", contact.id, **form)
    assert records.pick(records.fields("contact", contact.id), "phone") == "2"
    assert told(f"contact:{contact.id}")[0]["data"]["fields"] == ["phone"]


def test_a_form_that_someone_overtook_is_refused(admin):
    contact = services.contact_create(actor=ACTOR, name="Georgia", phone="1")
    form = admin.form("contact_change", contact.id) | {"phone": "2"}
    services.contact_update(contact=contact.id, actor=ACTOR, phone="3")
    page = admin.post("contact_change", contact.id, **form)
    assert "Someone changed this meanwhile" in page.content.decode()
    assert records.pick(records.fields("contact", contact.id), "phone") == "3"


def test_saving_without_a_change_leaves_no_entry(admin):
    contact = services.contact_create(actor=ACTOR, name="Georgia")
    admin.post("contact_change", contact.id, **admin.form("contact_change", contact.id))
    assert len(told(f"contact:{contact.id}")) == 1


def test_what_the_records_refuse_is_told_at_its_field(admin):
    page = admin.post("contact_add", name="Georgia", email="Georgia <g@example.com>")
    assert page.context["adminform"].form.errors == {"email": ["This is not an email address."]}
    services.contact_create(actor=ACTOR, email="georgia@example.com")
    page = admin.post("contact_add", name="Georgia", email="GEORGIA@example.com")
    assert "Another contact has this email address." in page.content.decode()


def test_a_listing_with_open_times_can_be_changed(admin):
    span = {"starts_at": "2026-11-20T23:30:00.000000Z", "ends_at": "2026-11-21T00:00:00.000000Z"}
    listing = services.listing_create(actor=ACTOR, address="14 Wattle Street", open_times=[span])
    form = admin.form("listing_change", listing.id) | {"status": "sold"}
    admin.post("listing_change", listing.id, **form)
    stored = records.fields("listing", listing.id)
    assert (records.pick(stored, "status"), records.pick(stored, "open_times")) == ("sold", [span])
    assert told(f"listing:{listing.id}")[0]["data"]["fields"] == ["status"]
    wrong = admin.form("listing_change", listing.id) | {"open_times": '[{"starts_at": "x", "ends_at": "y"}]'}
    page = admin.post("listing_change", listing.id, **wrong)
    assert set(page.context["adminform"].form.errors) == {"open_times"}


def test_what_refers_to_others_can_be_added_and_changed(admin, cast):
    contact, listing = (
        services.contact_create(actor=ACTOR, name="Georgia"),
        services.listing_create(actor=ACTOR, address="14 Wattle Street"),
    )
    admin.post("enquiry_add", contact=contact.id, listing=listing.id, status="new", budget="1550000")
    (enquiry,) = selectors.enquiry_list().items
    admin.post(
        "task_add", title="Call", assignee=cast.bob.id, due_at_0="2026-11-21", due_at_1="10:00", enquiry=enquiry.id
    )
    (task,) = selectors.task_list().items
    assert (task.assignee, task.enquiry) == (cast.bob.id, enquiry.id)
    when = {"starts_at_0": "2026-11-21", "starts_at_1": "10:00", "ends_at_0": "2026-11-21", "ends_at_1": "10:30"}
    admin.post("appointment_add", contact=contact.id, listing=listing.id, status="booked", **when)
    (appointment,) = selectors.appointment_list().items
    page = admin.post(
        "appointment_add", contact=contact.id, listing=listing.id, status="booked", **when | {"ends_at_1": "09:00"}
    )
    assert "ends after it starts" in page.content.decode()
    for record in (f"enquiry:{enquiry.id}", f"task:{task.id}", f"appointment:{appointment.id}"):
        assert [entry["event"] for entry in told(record)] == ["crm.record_created"]


def test_deleting_leaves_an_entry(admin):
    contact = services.contact_create(actor=ACTOR, name="Georgia")
    admin.post("contact_delete", contact.id, post="yes")
    assert selectors.contact_view(contact.id) is None
    assert told(f"contact:{contact.id}")[0]["event"] == "crm.record_deleted"


def test_deleting_the_ticked_leaves_an_entry_for_each(admin):
    made = [services.contact_create(actor=ACTOR, name=name).id for name in ("Georgia", "Tom")]
    admin.post("contact_changelist", action="delete_selected", _selected_action=made, post="yes")
    assert selectors.contact_list().items == ()
    assert all(told(f"contact:{each}")[0]["event"] == "crm.record_deleted" for each in made)


def test_what_others_refer_to_is_not_deleted(admin):
    contact = services.contact_create(actor=ACTOR, name="Georgia")
    services.enquiry_create(actor=ACTOR, contact=contact.id)
    admin.post("contact_delete", contact.id, post="yes")
    admin.post("contact_changelist", action="delete_selected", _selected_action=[contact.id], post="yes")
    assert selectors.contact_view(contact.id) is not None


@pytest.mark.parametrize("kind", ["contact", "listing", "enquiry", "task", "appointment"])
def test_each_list_and_search_answers(admin, kind):
    assert admin.get(f"{kind}_changelist").status_code == 200
    assert admin.get(f"{kind}_changelist", q="wattle").status_code == 200
