"""The switch in the settings and in the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ai.catalog.services import switch_set
from audit.services import Actor
from conftest import Cast, Person
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.selectors import public_context, tenant_context
from tests.pages import signed_in
from workflows.selectors import automation, automation_history
from workflows.services import automation_set

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
PAGE = "/settings/automation/"
API = "/api/v1/automation"


def mode() -> str:
    with tenant_context("acacia"):
        return automation().mode


def call(who: Person, slug: str = "acacia") -> Callable[..., Any]:
    client = Client(HTTP_HOST=f"{slug}.localhost", headers={"authorization": f"Bearer {who.token}"})
    return lambda method, **given: getattr(client, method)(API, given or None, content_type="application/json")


def test_a_manager_sends_everything_to_people_and_every_page_says_so(cast: Cast) -> None:
    alice = signed_in(cast.alice)
    reason = "Odd drafts <b>since</b> noon."
    answer = alice.post(PAGE, {"mode": "people_only", "reason": reason})
    assert (answer.status_code, answer.headers["Location"], mode()) == (302, PAGE, "people_only")
    for path in ("/inbox/", "/runs/", "/ledger/", PAGE):
        shown = signed_in(cast.bob).get(path).content.decode()
        assert "everything goes to people" in shown
        assert "Odd drafts &lt;b&gt;since&lt;/b&gt; noon." in shown
    assert "everything goes to people" not in signed_in(cast.charlie, "harbour").get("/inbox/").content.decode()
    alice.post(PAGE, {"mode": "policy"})
    assert mode() == "policy"
    shown = signed_in(cast.bob).get(PAGE).content.decode()
    assert "The AI is on" in shown
    assert "always" in shown, "what the policy is today is said"


def test_without_a_reason_nothing_is_switched_and_the_field_says_so(cast: Cast) -> None:
    answer = signed_in(cast.alice).post(PAGE, {"mode": "people_only", "reason": " "})
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    long = "x" * 501
    answer = signed_in(cast.alice).post(PAGE, {"mode": "people_only", "reason": long})
    assert long in answer.content.decode(), "what was typed stays"
    assert signed_in(cast.alice).post(PAGE, {"mode": "faster"}).status_code == 422
    assert mode() == "policy"


def test_an_agent_reads_it_and_cannot_switch(cast: Cast) -> None:
    bob = signed_in(cast.bob)
    shown = bob.get(PAGE).content.decode()
    assert "Managers and owners can switch this." in shown
    assert 'name="mode"' not in shown
    assert bob.post(PAGE, {"mode": "people_only", "reason": "Mine."}).status_code == 403
    assert call(cast.bob)("put", mode="people_only", reason="Mine.").status_code == 403
    assert mode() == "policy"


def test_the_api_tells_and_switches(cast: Cast) -> None:
    alice = call(cast.alice)
    untouched = {"mode": "policy", "reason": "", "changed_by": "", "changed_at": None, "everywhere": None}
    assert alice("get").json() == untouched
    answer = alice("put", mode="people_only", reason="The office moves.")
    assert (answer.status_code, answer.json()["mode"]) == (200, "people_only")
    assert call(cast.bob)("get").json()["reason"] == "The office moves."
    assert call(cast.charlie, "harbour")("get").json()["mode"] == "policy"
    assert alice("put", mode="policy").json()["mode"] == "policy"


@pytest.mark.parametrize(("given", "path"), [({"mode": "people_only"}, "reason"), ({"mode": "off"}, "mode")])
def test_the_api_says_what_is_wrong(cast: Cast, given: dict[str, str], path: str) -> None:
    answer = call(cast.alice)("put", **given)
    assert answer.status_code in (400, 422)
    assert [fault["path"] for fault in answer.json()["errors"]] == [path]
    with tenant_context("acacia"):
        assert not automation_history().exists()


def test_the_page_costs_the_same_after_many_changes(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        automation_set(mode="people_only", reason=f"Reason {number}.", actor=Actor.system("tests"))
    client = signed_in(cast.alice)
    with django_assert_max_num_queries(19):
        assert client.get(PAGE).status_code == 200


def test_the_changes_are_paged_and_what_is_in_force_stands_on_each_page(cast: Cast) -> None:
    for number in range(60):
        automation_set(mode="people_only", reason=f"Reason {number}.", actor=Actor.system("tests"))
    client = signed_in(cast.alice)
    newest = client.get(PAGE)
    oldest = client.get(PAGE, {"cursor": newest.context["older"]})
    shown = [change.reason for page in (newest, oldest) for change in page.context["history"]]
    assert shown == [f"Reason {number}." for number in reversed(range(60))]
    assert oldest.context["now"].reason == "Reason 59."
    assert client.get(PAGE, {"cursor": "nonsense"}).status_code == 404


def test_where_the_operators_have_stopped_the_ai_every_page_says_so_and_why(cast: Cast) -> None:
    with public_context(PublicAs(operator_role())):
        switch_set(mode="people_only", reason="A model <b>answers</b> nonsense.", actor=Actor("operator", "0"))
    for who, slug in ((cast.bob, "acacia"), (cast.charlie, "harbour")):
        for path in ("/inbox/", PAGE):
            shown = signed_in(who, slug).get(path).content.decode()
            assert "The AI of every workspace is off" in shown
            assert "A model &lt;b&gt;answers&lt;/b&gt; nonsense." in shown
    told = call(cast.bob)("get").json()
    assert (told["mode"], told["everywhere"]["reason"]) == ("policy", "A model <b>answers</b> nonsense.")
    alice = signed_in(cast.alice)
    alice.post(PAGE, {"mode": "people_only", "reason": "Here too."})
    assert "Here too." in alice.get(PAGE).content.decode()
    after = alice.post(PAGE, {"mode": "policy"}, follow=True).content.decode()
    assert "goes on as soon as the operators switch" in after
