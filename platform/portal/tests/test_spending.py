"""What models may cost: set in the settings and through the API, told on Today and by webhook."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from ai.budgets.selectors import Given, budgets
from ai.budgets.services import budgets_set
from ai.services import ask
from ai.tests.conftest import understand_input
from audit.services import Actor
from conftest import Cast, Person
from notify.selectors import deliveries
from notify.services import endpoint_add
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.vendor import Vendor

pytestmark = pytest.mark.usefixtures("db")
TESTS = Actor.system("tests")
PAGE, API, USAGE = "/settings/spending/", "/api/v1/ai/budgets", "/api/v1/ai/usage"
DAY = {"scope": "tenant", "key": "", "window": "day", "soft_usd": "1.5000", "hard_usd": "5.0000"}
DRAFTS = {"scope": "purpose", "key": "draft", "window": "month", "soft_usd": None, "hard_usd": "20.0000"}
NOTHING = {"spent_usd": "0.0000000000", "reserved_usd": "0.0000000000"}


def call(who: Person, method: str, path: str = API, body: Any = None, slug: str = "acacia") -> Any:
    client = Client(HTTP_HOST=f"{slug}.localhost", headers={"authorization": f"Bearer {who.token}"})
    more = {} if body is None else {"data": body, "content_type": "application/json"}
    return getattr(client, method)(path, **more)


def put(who: Person, *given: dict[str, Any]) -> Any:
    return call(who, "put", body={"budgets": list(given)})


def faults(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.content
    return {fault["path"]: fault["message"] for fault in answer.json()["errors"]}


def spend(vendor: Vendor, settings: Any) -> None:
    """Have a model of the stand-in asked once in acacia."""
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    with tenant_context("acacia"):
        ask(purpose="understand", inputs=understand_input(), run_id=str(uuid4()), step="understand")


@pytest.fixture
def vendor() -> Any:
    with Vendor() as running:
        yield running


def test_the_list_of_budgets_is_replaced_and_given_back_as_it_stands(cast: Cast) -> None:
    assert call(cast.alice, "get").json() == {"budgets": [], "currency": "USD"}
    assert put(cast.alice, DAY, DRAFTS).json() == {"budgets": [DAY | NOTHING, DRAFTS | NOTHING], "currency": "USD"}
    assert put(cast.alice, DRAFTS).json()["budgets"] == [DRAFTS | NOTHING]
    assert put(cast.alice, {**DRAFTS, "spent_usd": "7"}).json()["budgets"] == [DRAFTS | NOTHING], "that is read-only"
    assert call(cast.alice, "get").json()["budgets"] == [DRAFTS | NOTHING]
    assert call(cast.charlie, "get", slug="harbour").json()["budgets"] == []


def test_a_scope_of_which_there_is_one_needs_no_key(cast: Cast) -> None:
    each_run = {"scope": "run", "key": None, "window": "run", "hard_usd": "0.5"}
    told = put(cast.alice, {**DAY, "key": "acacia"}, each_run).json()["budgets"]
    assert [budget["key"] for budget in told] == ["", ""]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"scope": "planet"}, "budgets.1.scope"),
        ({"window": "year"}, "budgets.1.window"),
        ({"window": "run"}, "budgets.1.window"),
        ({"scope": "workflow", "key": "no-such-workflow"}, "budgets.1.key"),
        ({"scope": "purpose", "key": "sing"}, "budgets.1.key"),
        ({"scope": "purpose"}, "budgets.1.key"),
        ({"soft_usd": None, "hard_usd": None}, "budgets.1.hard_usd"),
        ({"hard_usd": "-1"}, "budgets.1.hard_usd"),
        ({"hard_usd": "much"}, "budgets.1.hard_usd"),
        ({"hard_usd": "0.00001"}, "budgets.1.hard_usd"),
    ],
)
def test_what_cannot_be_a_budget_is_refused_with_its_place_and_nothing_changes(
    cast: Cast, change: dict[str, Any], path: str
) -> None:
    put(cast.alice, DRAFTS)
    answer = call(cast.alice, "put", body={"budgets": [DRAFTS, {**DAY, **change}]})
    assert answer.status_code in (400, 422)
    assert path in [fault["path"] for fault in answer.json()["errors"]]
    assert call(cast.alice, "get").json()["budgets"] == [DRAFTS | NOTHING]


def test_two_budgets_of_the_same_kind_are_refused(cast: Cast) -> None:
    assert "budgets.1.window" in faults(put(cast.alice, DAY, DAY))


def test_usage_is_told_by_group_with_what_it_cost(cast: Cast, vendor: Vendor, settings: Any) -> None:
    spend(vendor, settings)
    told = call(cast.alice, "get", USAGE + "?group_by=purpose").json()
    (row,) = told["results"]
    assert (row["key"], row["calls"], row["offline"], told["currency"]) == ("understand", 1, 0, "USD")
    assert Decimal(told["cost_usd"]) == Decimal(row["cost_usd"]) > 0
    assert call(cast.alice, "get", USAGE + "?group_by=day").json()["cost_usd"] == told["cost_usd"]
    assert call(cast.alice, "get", USAGE + "?group_by=model").json()["results"][0]["key"] == "claude-haiku-5-5"
    assert (
        call(cast.alice, "get", USAGE + "?since=2020-01-01T00:00:00Z&until=2020-02-01T00:00:00Z").json()["results"]
        == []
    )
    assert call(cast.alice, "get", USAGE + "?group_by=planet").status_code == 400
    assert call(cast.charlie, "get", USAGE, slug="harbour").json()["results"] == []


def test_a_manager_sets_changes_and_removes_a_budget_on_the_page(cast: Cast) -> None:
    alice = signed_in(cast.alice)
    given = {"about": "tenant/", "window": "day", "soft": "1.50", "hard": "5"}
    assert alice.post(PAGE, given).status_code == 302
    shown = alice.get(PAGE + "?budget=tenant//day").content.decode()
    for expected in ("US$1.50", "US$5.00", "0 % of US$5.00 spent", 'value="1.5"', "Change the budget"):
        assert expected in shown
    alice.post(PAGE, {**given, "hard": "6"})
    with tenant_context("acacia"):
        assert [budget.hard_usd for budget in budgets()] == [6]
    alice.post(PAGE, {"remove": "tenant//day"})
    assert alice.post(PAGE, {"remove": "nonsense\0"}).status_code == 302
    assert "No budget is set" in alice.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"soft": "", "hard": ""}, "Give a soft limit, a hard limit or both."),
        ({"window": "run"}, "What counts this has the window hour or day or month."),
        ({"hard": "a lot"}, "Enter a number."),
        ({"about": "workflow/none"}, "Choose what it counts."),
    ],
)
def test_what_the_page_refuses_it_says_at_the_field_and_keeps_what_was_typed(
    cast: Cast, change: dict[str, str], words: str
) -> None:
    answer = signed_in(cast.alice).post(
        PAGE, {"about": "tenant/", "window": "day", "soft": "1.23", "hard": "5", **change}
    )
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert words in shown
    assert 'aria-invalid="true"' in shown
    assert change.get("hard", "5") in shown


def test_who_may_not_read_costs_does_not(cast: Cast) -> None:
    bob = signed_in(cast.bob)
    assert bob.get(PAGE).status_code == 403
    assert "AI spending" not in bob.get("/settings/account/").content.decode()


def test_a_limit_that_is_reached_is_told_on_today_and_by_webhook(cast: Cast, vendor: Vendor, settings: Any) -> None:
    with tenant_context("acacia"):
        endpoint = endpoint_add(
            url=f"https://{uuid4().hex}.example/", types=["budget.soft", "budget.hard"], actor=TESTS
        ).id
        budgets_set(budgets=[Given("tenant", "", "month", Decimal("0.0001"), Decimal("0.0001"))], actor=TESTS)
    spend(vendor, settings)
    with tenant_context("acacia"):
        budgets_set(budgets=[Given("tenant", "", "month", Decimal("0.0001"), Decimal("9"))], actor=TESTS)
    spend(vendor, settings)
    assert "past the soft limit" in signed_in(cast.alice).get(PAGE).content.decode()
    today = signed_in(cast.alice).get("/").content.decode()
    assert "Everything, a month" in today
    assert "Everything, a month" not in signed_in(cast.bob).get("/").content.decode()
    with tenant_context("acacia"):
        sent = {row.type: json.loads(row.body)["data"] for row in deliveries(endpoint=endpoint)}
    assert set(sent) == {"budget.soft", "budget.hard"}
    assert (sent["budget.hard"]["status"], sent["budget.hard"]["limit_usd"]) == ("hard", "0.0001")
    assert (sent["budget.soft"]["scope"], sent["budget.soft"]["window"]) == ("tenant", "month")
    assert Decimal(sent["budget.soft"]["spent_usd"]) > Decimal("0.0001")
