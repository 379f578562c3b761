"""Pages of records: what each role sees and may do, in the tenant's zone, without a word lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services import person_add
from audit.services import Actor
from conftest import Cast, Person
from crm import selectors, services
from tenants.selectors import tenant_context
from tests.pages import signed_in

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")
LISTS = ("/customers/", "/listings/", "/enquiries/", "/tasks/", "/tasks/?tab=all", "/tasks/?tab=done", "/calendar/")
NEW = ("/customers/new/", "/listings/new/", "/enquiries/new/", "/tasks/new/", "/calendar/new/")


class Browser:
    """A person of acacia (or of another tenant) at the portal; back in acacia after each request."""

    def __init__(self, who: Any, slug: str = "acacia") -> None:
        self.client = signed_in(who, slug)

    def get(self, path: str, expect: int = 200) -> str:
        return self._text(self.client.get(path), expect)

    def post(self, path: str, expect: int = 200, **data: Any) -> str:
        return self._text(self.client.post(path, data, follow=True), expect)

    def _text(self, answer: Any, expect: int) -> str:
        assert answer.status_code == expect, (answer.status_code, answer.content.decode()[:2000])
        return str(answer.content.decode())


@pytest.fixture(autouse=True)
def _stay_in_acacia(in_acacia: None) -> Iterator[None]:
    with tenant_context("acacia"):
        yield


@pytest.fixture
def browse() -> Callable[..., Browser]:
    def as_person(who: Any, slug: str = "acacia") -> Browser:
        browser = Browser(who, slug)
        for verb in ("get", "post"):
            asks = getattr(browser.client, verb)

            def within(*args: Any, asks: Any = asks, **more: Any) -> Any:
                with tenant_context(slug):
                    return asks(*args, **more)

            setattr(browser.client, verb, within)
        return browser

    return as_person


@pytest.fixture
def viewer(cast: Cast) -> Person:
    ident = person_add(
        email="vera@example.com", name="Vera", role="viewer", password="a-long-test-password", actor=TESTS
    )
    return Person(ident, "vera@example.com", "Vera", "")


@pytest.fixture
def auditor(cast: Cast) -> Person:
    ident = person_add(
        email="ada@example.com", name="Ada", role="auditor", password="a-long-test-password", actor=TESTS
    )
    return Person(ident, "ada@example.com", "Ada", "")


@pytest.fixture
def georgia() -> selectors.ContactView:
    return services.contact_create(
        actor=TESTS, name="Georgia Papadopoulos", email="georgia@example.com", phone="0491 570 156"
    )


@pytest.fixture
def wattle() -> selectors.ListingView:
    return services.listing_create(actor=TESTS, address="14 Wattle Street", suburb="Marrickville")


@pytest.fixture
def records(cast: Cast, georgia: selectors.ContactView, wattle: selectors.ListingView) -> dict[str, str]:
    """One record of each kind, by the path of its page."""
    enquiry = services.enquiry_create(
        actor=TESTS, contact=georgia.id, listing=wattle.id, summary="Asks for the rates.", budget=None
    )
    task = services.task_create(actor=TESTS, title="Call Georgia", enquiry=enquiry.id, assignee=cast.bob.id)
    starts_at = timezone.now() + timedelta(hours=2)
    appointment = services.appointment_create(
        actor=TESTS,
        listing=wattle.id,
        contact=georgia.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
    )
    return {
        "contact": f"/customers/{georgia.id}/",
        "listing": f"/listings/{wattle.id}/",
        "enquiry": f"/enquiries/{enquiry.id}/",
        "task": f"/tasks/{task.id}/",
        "appointment": f"/calendar/{appointment.id}/",
    }


def test_an_agent_sees_every_page_and_may_add_and_change(browse: Any, cast: Cast, records: dict[str, str]) -> None:
    bob = browse(cast.bob)
    for path in (*LISTS, *NEW):
        bob.get(path)
    for path in records.values():
        shown = bob.get(path)
        assert f"{path}edit/" in shown
        assert f"{path}delete/" not in shown, "agents do not delete"
        bob.get(f"{path}edit/")
        bob.post(f"{path}delete/", 403)


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_only_looks_sees_everything_and_no_button_that_would_be_refused(
    browse: Any, records: dict[str, str], role: str, request: pytest.FixtureRequest
) -> None:
    person = browse(request.getfixturevalue(role))
    for path in LISTS:
        shown = person.get(path)
        assert "/new/" not in shown
        assert "/tick/" not in shown
    for path in records.values():
        shown = person.get(path)
        assert "/edit/" not in shown
        assert "/delete/" not in shown
        assert "/new/" not in shown
        assert "/tick/" not in shown
        person.get(f"{path}edit/", 403)
        person.post(f"{path}edit/", 403)
        person.post(f"{path}delete/", 403)
    for path in NEW:
        person.get(path, 403)
    person.post(f"{records['task']}tick/", 403, done="yes")


def test_the_history_is_for_those_who_may_read_the_ledger(
    browse: Any, viewer: Person, auditor: Person, records: dict[str, str]
) -> None:
    assert "added this" in browse(auditor).get(records["contact"])
    assert "added this" not in browse(viewer).get(records["contact"])


def test_another_tenant_sees_nothing(browse: Any, cast: Cast, records: dict[str, str]) -> None:
    charlie = browse(cast.charlie, "harbour")
    for path in records.values():
        charlie.get(path, 404)
        charlie.get(f"{path}edit/", 404)
        charlie.post(f"{path}delete/", 404)
    charlie.post(f"{records['task']}tick/", 404, done="yes")
    for path in (*LISTS, "/search/?q=Georgia"):
        shown = charlie.get(path)
        assert "Papadopoulos" not in shown
        assert "Wattle" not in shown


def test_a_customer_is_added_changed_and_their_history_tells_it(browse: Any, cast: Cast) -> None:
    bob = browse(cast.bob)
    shown = bob.post("/customers/new/", name="Hugh Lin", phone="0491 570 110", email="")
    assert "Hugh Lin" in shown
    assert "Bob added this" in " ".join(shown.split())
    hugh = selectors.contact_list(search="Hugh").items[0]
    shown = bob.post(f"/customers/{hugh.id}/edit/", version=1, name="Hugh Lin", phone="0491 570 111", email="")
    assert "Bob changed Phone" in " ".join(shown.split())
    assert "0491 570 110" not in shown, "the ledger holds no values"


def test_bad_input_is_told_at_its_field_and_everything_typed_stays(browse: Any, cast: Cast) -> None:
    shown = browse(cast.bob).post("/customers/new/", 422, name="Hugh <b>Lin</b>", email="no address", phone="0491")
    assert 'id="field-email-error"' in shown
    assert "This is not an email address." in shown
    assert "Hugh &lt;b&gt;Lin&lt;/b&gt;" in shown
    assert 'value="0491"' in shown
    shown = browse(cast.bob).post("/customers/new/", 422, name="", email="", phone="")
    assert "A customer needs a name" in shown


def test_an_address_that_another_customer_has_is_refused_in_words(
    browse: Any, cast: Cast, georgia: selectors.ContactView
) -> None:
    shown = browse(cast.bob).post("/customers/new/", 409, name="G", email="GEORGIA@example.com", phone="")
    assert "Another contact has this email address." in shown
    assert 'value="GEORGIA@example.com"' in shown


def test_a_save_over_someone_elses_change_is_refused_and_loses_nothing(
    browse: Any, cast: Cast, georgia: selectors.ContactView
) -> None:
    alice = Actor("person", str(cast.alice.id), "Alice", person=cast.alice.id)
    services.contact_update(contact=georgia.id, actor=alice, phone="0491 570 111", name="Georgia Hill")
    bob = browse(cast.bob)
    mine = {"version": 1, "name": "Georgia Papadopoulos", "email": "georgia@example.com", "phone": "0491 570 999"}
    shown = bob.post(f"/customers/{georgia.id}/edit/", 409, **mine)
    assert "others changed this while you were writing" in shown
    assert 'value="0491 570 999"' in shown, "what was typed stays"
    assert "Alice changed this to ‘0491 570 111’" in shown
    assert 'value="Georgia Hill"' in shown, "what was left alone shows what Alice wrote"
    assert 'name="version" value="2"' in shown
    assert selectors.contact_view(georgia.id).phone == "0491 570 111"  # type: ignore[union-attr]
    bob.post(f"/customers/{georgia.id}/edit/", **{**mine, "version": 2, "name": "Georgia Hill"})
    saved = selectors.contact_view(georgia.id)
    assert saved is not None
    assert (saved.name, saved.phone) == ("Georgia Hill", "0491 570 999")


def test_a_form_without_the_version_that_was_seen_saves_nothing(
    browse: Any, cast: Cast, georgia: selectors.ContactView
) -> None:
    for version in ("", "x", "99999999999999999999"):
        browse(cast.bob).post(f"/customers/{georgia.id}/edit/", 409, version=version, name="X", email="", phone="")
    assert selectors.contact_view(georgia.id) == georgia


def test_a_manager_deletes_what_nothing_refers_to(browse: Any, cast: Cast, records: dict[str, str]) -> None:
    alice = browse(cast.alice)
    assert f"{records['contact']}delete/" in alice.get(records["contact"])
    shown = alice.post(f"{records['contact']}delete/", 409)
    assert "1 enquiry and 1 appointment refer to it" in shown
    for kind in ("task", "appointment", "enquiry", "contact"):
        assert "Deleted" in alice.post(f"{records[kind]}delete/")
    alice.get(records["contact"], 404)


def test_open_times_are_entered_and_shown_in_the_tenants_zone(browse: Any, cast: Cast) -> None:
    bob = browse(cast.bob)
    shown = bob.post(
        "/listings/new/",
        address="8 Jacaranda Crescent",
        suburb="Petersham",
        status="available",
        price_guide="",
        **{
            "open_times-0-day": "2030-10-05",
            "open_times-0-from": "10:30",
            "open_times-0-to": "11:00",
            "open_times-1-day": "2030-10-12",  # after the clocks went forward
            "open_times-1-from": "10:30",
            "open_times-1-to": "11:00",
            "facts-0-name": "Council rates",
            "facts-0-text": "$512.40",
        },
    )
    assert "Sat 5 Oct 2030, 10:30 to 11:00 am" in shown
    assert "Sat 12 Oct 2030, 10:30 to 11:00 am" in shown
    listing = selectors.listing_list().items[0]
    assert [each.starts_at.hour for each in listing.open_times] == [0, 23]
    assert listing.facts == {"council_rates": "$512.40"}
    more = bob.post(
        f"/listings/{listing.id}/edit/", version=1, address="Typed", more="facts", **{"facts-0-name": "Pets"}
    )
    assert 'value="Typed"' in more
    assert 'name="facts-4-name"' in more
    assert selectors.listing_view(listing.id) == listing


def test_tasks_are_mine_all_or_done_and_ticked_in_the_row(browse: Any, cast: Cast) -> None:
    now = timezone.now()
    mine = services.task_create(actor=TESTS, title="Mine, late", assignee=cast.bob.id, due_at=now - timedelta(days=2))
    services.task_create(actor=TESTS, title="Of Alice", assignee=cast.alice.id)
    bob = browse(cast.bob)
    shown = bob.get("/tasks/")
    assert "Mine, late" in shown
    assert "Of Alice" not in shown
    assert "is-warn" in shown
    assert "Overdue" in shown
    assert "Of Alice" in bob.get("/tasks/?tab=all")
    shown = bob.post(f"/tasks/{mine.id}/tick/", done="yes", next="/tasks/?tab=all")
    assert "Done: Mine, late" in shown
    assert "Of Alice" in shown, "it leads back to the list it was ticked in"
    assert "Mine, late" in bob.get("/tasks/?tab=done")
    bob.post(f"/tasks/{mine.id}/tick/", done="no", next="//evil.example/")
    task = selectors.task_view(mine.id)
    assert task is not None
    assert not task.done


def test_an_appointment_is_moved_and_cancelled(
    browse: Any, cast: Cast, records: dict[str, str], viewer: Person
) -> None:
    bob, page = browse(cast.bob), records["appointment"]
    browse(viewer).post(f"{page}cancel/", 403)
    edit = {"listing": "14 Wattle Street, Marrickville", "contact": "Georgia Papadopoulos", "status": "confirmed"}
    shown = bob.post(f"{page}edit/", 422, version=1, starts_at="2030-03-02T11:00", ends_at="2030-03-02T10:00", **edit)
    assert "An appointment ends after it starts." in shown
    shown = bob.post(f"{page}edit/", version=1, starts_at="2030-03-02T10:00", ends_at="2030-03-02T10:45", **edit)
    assert "Sat 2 Mar 2030, 10:00 to 10:45 am" in shown
    assert "Georgia" in bob.get("/calendar/?week=2030-02-25")
    assert "Cancelled" in bob.post(f"{page}cancel/")
    assert "Georgia" not in bob.get("/calendar/?week=2030-02-25")


def test_open_tasks_are_paged_soonest_first_and_back(browse: Any, cast: Cast) -> None:
    now = timezone.now()
    for number in range(7):
        due = None if number == 3 else now + timedelta(days=7 - number)
        services.task_create(actor=TESTS, title=f"Task {number}", due_at=due)
    first = selectors.task_agenda(limit=3)
    assert [task.title for task in first.items] == ["Task 6", "Task 5", "Task 4"]
    second = selectors.task_agenda(limit=3, older_than=first.older)
    third = selectors.task_agenda(limit=3, older_than=second.older)
    assert [task.title for task in (*second.items, *third.items)] == ["Task 2", "Task 1", "Task 0", "Task 3"]
    assert third.older is None
    assert selectors.task_agenda(limit=3, newer_than=third.newer).items == second.items
    assert selectors.task_agenda(limit=3, newer_than=second.newer).newer is None


def test_lists_are_filtered_and_counted_and_say_what_to_do_when_empty(
    browse: Any, cast: Cast, georgia: selectors.ContactView, wattle: selectors.ListingView
) -> None:
    bob = browse(cast.bob)
    assert "1 customer<" in bob.get("/customers/")
    assert "Georgia" in bob.get("/customers/?q=papadop")
    shown = bob.get("/customers/?q=<b>Nobody")
    assert "No customer called ‘&lt;b&gt;Nobody’." in shown
    assert "Search all records" in shown
    assert "Wattle" in bob.get("/listings/?status=available")
    assert "Wattle" not in bob.get("/listings/?status=sold")
    assert "Wattle" in bob.get("/listings/?status=no-such")
    assert "No enquiries yet." in bob.get("/enquiries/")


def test_what_cannot_be_a_page_or_a_word_is_no_fault_of_ours(browse: Any, cast: Cast) -> None:
    bob = browse(cast.bob)
    bob.get("/customers/?cursor=xyz", 404)
    bob.get("/calendar/?week=soon", 404)
    bob.get("/calendar/?week=9999-12-31", 404)
    for query in ("%25", "'", "a" * 5000, "%F0%9F%8F%A0"):
        bob.get(f"/customers/?q={query}")
        bob.get(f"/search/?q={query}")
    bob.get("/enquiries/new/?contact=xyz&listing=1")
    bob.get("/calendar/new/?at=never")


def test_search_groups_what_was_found_and_respects_rights(
    browse: Any, cast: Cast, viewer: Person, records: dict[str, str]
) -> None:
    shown = browse(cast.bob).get("/search/?q=georgia")
    for path in (records["contact"], records["enquiry"], records["task"]):
        assert path in shown
    assert "/tick/" not in browse(viewer).get("/search/?q=georgia")
    assert "Nothing fits ‘zzz’." in browse(cast.bob).get("/search/?q=zzz")


@pytest.mark.parametrize("path", ["/customers/", "/enquiries/", "/tasks/?tab=all", "/search/?q=many"])
def test_queries_do_not_grow_with_the_rows(browse: Any, cast: Cast, wattle: selectors.ListingView, path: str) -> None:
    bob = browse(cast.bob)

    def add(number: int) -> None:
        contact_of, enquiry_of, task_of = (apps.get_model("crm", name) for name in ("Contact", "Enquiry", "Task"))
        contacts = contact_of.objects.bulk_create(contact_of(name=f"Many {each}") for each in range(number))
        enquiries = enquiry_of.objects.bulk_create(
            enquiry_of(contact=contact, listing_id=wattle.id, summary="Many words") for contact in contacts
        )
        task_of.objects.bulk_create(
            task_of(title="Many", contact=enquiry.contact, enquiry=enquiry, assignee_id=cast.bob.id)
            for enquiry in enquiries
        )

    def queries() -> int:
        bob.get(path)
        with CaptureQueriesContext(connection) as asked:
            bob.get(path)
        return len(asked) - 1  # `browse` enters the tenant around each request

    add(10)
    few = queries()
    add(990)
    assert queries() == few
    assert few < 20
