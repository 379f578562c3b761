"""Routes: what a tenant sets holds from the next call on; an open breaker and a soft limit change who is asked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from ai.breaker import FAILURES
from ai.budgets.services import Given, budgets_set
from ai.errors import Retryable, RouteRefused
from ai.models import Call
from ai.routes import ROUTES, Hop
from ai.routing import route_of, route_set, route_versions
from ai.selectors import fallbacks
from ai.services import Answer, ask
from ai.tests.conftest import NOW, draft_input, understand_input
from audit.selectors import entries, views
from audit.services import Actor
from tenants.selectors import tenant_context
from tests.vendor import Vendor

in_acacia = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")
INPUTS: dict[str, Any] = {"understand": understand_input(), "draft": draft_input()}
HAIKU, SONNET, OPUS = "claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5"


@pytest.fixture(autouse=True)
def with_vendor(vendor: Vendor, settings: Any) -> Vendor:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    return vendor


def asked(name: str = "understand", **more: Any) -> Answer[Any]:
    return ask(purpose=name, inputs=INPUTS[name], run_id=str(uuid4()), step=name, **more)


def models(vendor: Vendor) -> list[str]:
    return [request["model"] for request in vendor.requests]


@in_acacia
def test_a_route_that_is_set_holds_from_the_next_call_on_and_each_call_tells_its_version(with_vendor: Vendor) -> None:
    asked()
    assert route_set(purpose="understand", hops=[Hop(OPUS, "high", 20, 900)], actor=TESTS) == 1
    asked()
    assert route_set(purpose="understand", hops=[], actor=TESTS) == 2
    asked()
    assert models(with_vendor) == [HAIKU, OPUS, HAIKU]
    second = with_vendor.requests[1]
    assert (second["output_config"]["effort"], second["max_tokens"]) == ("high", 900)
    assert [call.route_version for call in Call.objects.order_by("id")] == [0, 1, 0]
    assert route_of("draft") == ROUTES["draft"]


@in_acacia
def test_setting_the_same_route_again_makes_no_version_and_each_version_is_told(with_vendor: Vendor) -> None:
    hops = [Hop(SONNET, "low"), Hop(HAIKU, "medium")]
    assert [route_set(purpose="draft", hops=hops, actor=TESTS) for _ in range(2)] == [1, 1]
    assert route_set(purpose="draft", hops=hops[:1], actor=TESTS) == 2
    assert [(row.number, len(row.hops)) for row in route_versions()] == [(2, 1), (1, 2)]
    told = [entry.data for entry in views(entries(event="route.set"))]
    assert sorted(entry["number"] for entry in told) == [1, 2]


@in_acacia
@pytest.mark.parametrize(
    ("hops", "at", "field"),
    [
        ([Hop("claude-unheard-of-9", "low")], 0, "model"),
        ([Hop(HAIKU, "low"), Hop(HAIKU, "high")], 1, "model"),
        ([Hop(HAIKU, "extreme")], 0, "effort"),  # type: ignore[arg-type]
        ([Hop(HAIKU, "low", 4)], 0, "timeout_seconds"),
        ([Hop(HAIKU, "low", 121)], 0, "timeout_seconds"),
        ([Hop(HAIKU, "low", 60, 5)], 0, "max_tokens"),
        ([Hop(HAIKU, "low", provider="local")], 0, "provider"),
        ([Hop(name, "low") for name in (HAIKU, SONNET, OPUS, "claude-sonnet-5", "claude-haiku-4-5")], 4, "model"),
    ],
)
def test_a_route_that_could_not_be_asked_is_refused(hops: list[Hop], at: int, field: str) -> None:
    with pytest.raises(RouteRefused) as refused:
        route_set(purpose="draft", hops=hops, actor=TESTS)
    assert (at, field) in [(number, name) for number, name, _ in refused.value.faults]
    assert route_of("draft") == ROUTES["draft"]


@in_acacia
def test_an_open_breaker_falls_through_at_once_also_on_the_first_attempt(
    with_vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ai.breaker.WITHIN", 3_600.0)  # however slow the machine is
    monkeypatch.setattr("ai.breaker.OPEN", 3_600.0)
    with_vendor.play("overloaded", purpose="understand", times=FAILURES)
    for _ in range(FAILURES):
        with pytest.raises(Retryable):
            asked()
    answer = asked()
    assert models(with_vendor) == [HAIKU] * FAILURES + [SONNET]
    assert (answer.provenance.model_served, answer.provenance.model_requested) == (SONNET, HAIKU)
    assert answer.provenance.fallback_reason == f"{HAIKU} has failed again and again, so it is not asked for a while."
    assert Call.objects.get(error="breaker_open").cost_usd == 0
    (told,) = fallbacks(since=NOW)
    assert (told.served, told.requested, told.count, told.share) == (SONNET, HAIKU, 1, "100 %")


@in_acacia
def test_a_failed_probe_makes_room_for_the_next_and_an_answer_has_the_model_asked_on(
    with_vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ai.breaker.WITHIN", 3_600.0)  # however slow the machine is
    monkeypatch.setattr("ai.breaker.OPEN", 0.0)
    with_vendor.play("overloaded", purpose="understand", times=FAILURES + 1)
    for _ in range(FAILURES + 1):
        with pytest.raises(Retryable):
            asked()
    assert asked().provenance.model_served == HAIKU
    monkeypatch.setattr("ai.breaker.OPEN", 3_600.0)
    assert asked().provenance.model_served == HAIKU


@in_acacia
def test_answers_that_are_no_good_say_that_the_model_is_there(with_vendor: Vendor) -> None:
    with_vendor.play("forbidden")
    for _ in range(FAILURES + 1):
        asked()
    assert models(with_vendor) == [HAIKU, SONNET] * (FAILURES + 1)


@in_acacia
def test_past_a_soft_limit_the_cheapest_model_of_the_route_is_asked_and_says_why(with_vendor: Vendor) -> None:
    budgets_set(budgets=[Given("purpose", "draft", "month", Decimal("0.0001"), None)], actor=TESTS)
    assert asked("draft").provenance.model_served == SONNET
    answer = asked("draft")
    assert (answer.provenance.model_served, answer.provenance.model_requested) == (HAIKU, SONNET)
    assert answer.provenance.fallback_reason == (
        "The limit of US$0.0001 a month for “draft” is passed, so the cheapest model of the route is asked."
    )
    assert asked("understand").provenance.fallback_reason is None


@in_acacia
def test_a_dear_model_that_a_hard_limit_refuses_makes_room_for_a_cheap_one(with_vendor: Vendor) -> None:
    budgets_set(budgets=[Given("tenant", "", "month", None, Decimal("0.02"))], actor=TESTS)
    answer = asked("draft")
    assert models(with_vendor) == [HAIKU]
    assert (
        answer.provenance.fallback_reason
        == "The limit of US$0.02 a month would be passed, so this model was not asked."
    )


@in_acacia
def test_the_route_of_one_tenant_is_no_other_tenants(with_vendor: Vendor, enter: Callable[[str], Any]) -> None:
    route_set(purpose="draft", hops=[Hop(OPUS, "low")], actor=TESTS)
    with enter("harbour"):
        assert route_of("draft") == ROUTES["draft"]
        assert route_versions() == []


@pytest.mark.usefixtures("in_committed_acacia")
def test_routes_that_are_set_at_once_get_numbers_of_their_own(at_once: Callable[..., list[Any]]) -> None:
    def set_one(seconds: int) -> Callable[[], int]:
        def act() -> int:
            with tenant_context("acacia"):
                return route_set(purpose="draft", hops=[Hop(OPUS, "low", seconds)], actor=TESTS)

        return act

    assert sorted(at_once(*map(set_one, range(10, 16)))) == [1, 2, 3, 4, 5, 6]
