"""Workflows as people see and switch them, in the portal and by the API."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from audit.services import Actor
from conftest import Cast, Person
from tenants.selectors import tenant_context
from tests.pages import signed_in
from workflows.approvers import approvers_set
from workflows.selectors import version_get, workflow_get
from workflows.services import version_activate, version_publish, workflow_switch_off, workflow_switch_on

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
TESTS = Actor.system("tests")
SLUG = "property-enquiry"
PAGE = f"/workflows/{SLUG}/"


@pytest.fixture(autouse=True)
def as_it_was(in_committed_acacia: None, owner: Any) -> Iterator[None]:
    yield
    owner.execute("DELETE FROM acacia.workflows_workflowversion WHERE number > 1")
    owner.execute("UPDATE acacia.workflows_workflowversion SET status = 'active' WHERE number = 1")


def more_versions(count: int = 1) -> None:
    first = version_get(SLUG, 1)
    assert first is not None
    for number in range(count):
        version_publish(source=first.source.replace("expires: 24h", f"expires: {number + 1}h"), actor=TESTS)


def in_force() -> int | None:
    with tenant_context("acacia"):
        found = workflow_get(SLUG)
    assert found is not None
    return found.active_version


def api(who: Person, slug: str = "acacia") -> Callable[..., Any]:
    client = Client(HTTP_HOST=f"{slug}.localhost", headers={"authorization": f"Bearer {who.token}"})
    return lambda path, given=None: client.post(f"/api/v1/workflows/{path}", given, content_type="application/json")


def test_the_list_names_what_is_in_force(cast: Cast) -> None:
    bob = signed_in(cast.bob)
    assert "version 1 in force" in bob.get("/workflows/").content.decode()
    with tenant_context("acacia"):
        workflow_switch_off(slug=SLUG, actor=TESTS)
    assert "off" in bob.get("/workflows/").content.decode()
    assert "new events start nothing" in bob.get(PAGE).content.decode()


def test_whoever_may_name_its_approvers_is_led_there_and_all_read_whom_it_names(cast: Cast) -> None:
    there = f'href="/settings/approvers/{SLUG}/"'
    bob, alice = signed_in(cast.bob), signed_in(cast.alice)
    assert there in alice.get(PAGE).content.decode()
    assert there not in bob.get(PAGE).content.decode()
    try:
        with tenant_context("acacia"):
            approvers_set(slug=SLUG, people=[cast.alice.id], roles=[], actor=TESTS)
        assert "Only Alice may decide what it asks." in bob.get(PAGE).content.decode()
    finally:
        with tenant_context("acacia"):
            approvers_set(slug=SLUG, people=[], roles=[], actor=TESTS)


def test_a_version_is_told_in_words_and_in_full(cast: Cast) -> None:
    shown = signed_in(cast.bob).get(PAGE).content.decode()
    for words in ("Draft the reply", "after recommend", "in the proposal", "which today is always"):
        assert words in shown
    assert "do: ai.draft_reply" in shown
    assert "!event.auto_generated" in shown


def test_a_definition_that_came_as_data_is_shown_as_yaml(cast: Cast) -> None:
    more = version_get(SLUG, 1)
    assert more is not None
    version_publish(source={**more.definition, "limits": {"cost_usd": "0.30"}}, actor=TESTS)
    assert "cost_usd: &#x27;0.30&#x27;" in signed_in(cast.bob).get(f"{PAGE}?version=2").content.decode()


def test_a_manager_switches_off_and_on(cast: Cast) -> None:
    alice = signed_in(cast.alice)
    answer = alice.post(f"{PAGE}switch/", {"to": "off"}, follow=True)
    assert "property-enquiry is off." in answer.content.decode()
    assert in_force() is None
    alice.post(f"{PAGE}switch/", {"to": "on"})
    assert in_force() == 1


def test_a_manager_puts_a_version_in_force_and_the_former_one_back(cast: Cast) -> None:
    more_versions()
    alice = signed_in(cast.alice)
    assert "Put version 1 back" not in alice.get(PAGE).content.decode()
    alice.post(f"{PAGE}versions/2/activate/")
    assert in_force() == 2
    assert "Put version 1 back" in alice.get(PAGE).content.decode()
    answer = alice.post(f"{PAGE}versions/2/rollback/", follow=True)
    assert "Version 1 is in force again: 0 replies were stopped." in answer.content.decode()
    assert in_force() == 1
    again = alice.post(f"{PAGE}versions/2/rollback/", follow=True)
    assert "This version is not in force" in again.content.decode()


def test_an_agent_reads_and_switches_nothing(cast: Cast) -> None:
    more_versions()
    bob = signed_in(cast.bob)
    assert (
        "<form"
        not in bob.get(PAGE)
        .content.decode()
        .partition('aria-label="Versions and switches"')[2]
        .partition("</aside>")[0]
    )
    for path in ("switch/", "versions/2/activate/", "versions/1/rollback/"):
        assert bob.post(f"{PAGE}{path}").status_code == 403
        assert signed_in(cast.alice).get(f"{PAGE}{path}").status_code == 405
    for path in ("versions/2/activate", "versions/1/rollback"):
        assert api(cast.bob)(f"{SLUG}/{path}").status_code == 403
    assert in_force() == 1


def test_what_is_not_there_is_not_found(cast: Cast) -> None:
    alice = signed_in(cast.alice)
    for path in ("/workflows/none/", f"{PAGE}?version=9", f"{PAGE}?version=x", f"{PAGE}?cursor=zzz"):
        assert alice.get(path).status_code == 404
    for path in ("none/switch/", f"{SLUG}/versions/9/activate/", f"{SLUG}/versions/9/rollback/"):
        assert alice.post(f"/workflows/{path}").status_code == 404
    for path in ("none/versions/1/activate", f"{SLUG}/versions/9/rollback"):
        assert api(cast.alice)(path).status_code == 404


def test_another_tenants_versions_are_moved_by_nobody_of_this_one(cast: Cast) -> None:
    more_versions()
    assert api(cast.charlie, "harbour")(f"{SLUG}/versions/2/activate").status_code == 404
    assert in_force() == 1


def test_the_api_activates_and_rolls_back(cast: Cast) -> None:
    more_versions()
    alice = api(cast.alice)
    answer = alice(f"{SLUG}/versions/2/activate")
    assert (answer.status_code, answer.json()["status"]) == (200, "active")
    assert alice(f"{SLUG}/versions/2/rollback").json() == {"number": 1, "stopped": [], "leaving": []}
    answer = alice(f"{SLUG}/versions/2/rollback")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:countersign:problem:not-in-force")
    answer = alice(f"{SLUG}/versions/1/rollback")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:countersign:problem:no-former-version")


def test_a_canary_is_refused_rather_than_put_in_force_for_all(cast: Cast) -> None:
    more_versions()
    assert api(cast.alice)(f"{SLUG}/versions/2/activate", {"canary_percent": 10}).status_code == 422
    assert in_force() == 1


def test_many_versions_come_in_pages_and_cost_no_more_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    more_versions(60)
    bob = signed_in(cast.bob)
    for path in ("/workflows/", PAGE):
        with django_assert_max_num_queries(19):
            shown = bob.get(path).content.decode()
    assert "Version 61" in shown
    assert "Version 2<" not in shown
    older = bob.get(PAGE).context["older"]
    assert "Version 2<" in bob.get(PAGE, {"cursor": older}).content.decode()


def test_activating_and_switching_back_on_agree(cast: Cast) -> None:
    more_versions()
    version_activate(slug=SLUG, number=2, actor=TESTS)
    workflow_switch_off(slug=SLUG, actor=TESTS)
    workflow_switch_on(slug=SLUG, actor=TESTS)
    assert in_force() == 2
