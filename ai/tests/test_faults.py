"""Whatever the vendor does, on every purpose: a repair, a fallback or a person, a reason that is kept, and in time."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest

from ai.errors import NeedsPerson, Retryable
from ai.models import BudgetCounter, Call, CallOutcome, Reservation
from ai.purposes import PURPOSES
from ai.routes import ROUTES, Hop, Route
from ai.services import Answer, ask
from ai.tests.conftest import draft_input, recommend_input, understand_input
from tests.vendor import Vendor

pytestmark = pytest.mark.usefixtures("in_acacia")

INPUTS: dict[str, Any] = {"understand": understand_input(), "recommend": recommend_input(), "draft": draft_input()}
MODELS = ("claude-haiku-5-5", "claude-sonnet-5-5")
TIMEOUT = 0.3
SLACK = 60.0  # seconds that a loaded machine may take on top; the stand-in would hold on for 300
NEVER_ANSWERED = ("stall", "trickle")
PASSING = (
    *NEVER_ANSWERED, "rate_limit", "rate_limit_wait", "rate_limit_hour", "server_error", "overloaded", "empty_body",
    "html", "no_usage", "disconnect",
)  # fmt: skip
OF_THE_MODEL = ("forbidden", "no_such_model", "too_large")
OF_THE_ACCOUNT = ("spend_limit", "bad_key", "no_credit", "context_window")
REPAIRABLE = ("truncated_json", "wrong_shape", "not_json", "empty_answer", "max_tokens")
BAD = (*REPAIRABLE, "huge")
EVERY = (*PASSING, *OF_THE_MODEL, *OF_THE_ACCOUNT, *BAD, "refusal")


@pytest.fixture(autouse=True)
def with_vendor(vendor: Vendor, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    """A key for the stand-in, and a route of two models."""
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    for name in PURPOSES:
        monkeypatch.setitem(ROUTES, name, Route(tuple(Hop(model, "low") for model in MODELS)))
    return vendor


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PURPOSES:
        monkeypatch.setitem(ROUTES, name, Route(tuple(Hop(model, "low", TIMEOUT) for model in MODELS)))


def asked(name: str, *, last_attempt: bool) -> Answer[Any]:
    return ask(
        purpose=name, inputs=INPUTS[name], run_id=str(uuid4()), step=name, last_attempt=last_attempt,
    )  # fmt: skip


def models(vendor: Vendor) -> list[str]:
    return [request["model"] for request in vendor.requests]


@pytest.mark.parametrize("name", PURPOSES)
@pytest.mark.parametrize("scenario", [scenario for scenario in EVERY if scenario not in NEVER_ANSWERED])
def test_on_the_last_attempt_every_fault_ends_in_a_fallback_or_with_a_person(
    with_vendor: Vendor, scenario: str, name: str
) -> None:
    _ends_well(with_vendor, scenario, name)


@pytest.mark.usefixtures("in_a_hurry")
@pytest.mark.parametrize("name", PURPOSES)
@pytest.mark.parametrize("scenario", NEVER_ANSWERED)
def test_nobody_waits_longer_than_the_timeouts_for_an_answer_that_never_comes(
    with_vendor: Vendor, scenario: str, name: str
) -> None:
    """A trickle sends a byte again and again: no pause of it is long."""
    began = time.monotonic()
    _ends_well(with_vendor, scenario, name)
    assert time.monotonic() - began < len(MODELS) * TIMEOUT + SLACK
    # On a machine that stands still the time is over before there is a connection.
    assert set(Call.objects.filter(provider="anthropic").values_list("error", flat=True)) <= {"timeout", "connection"}


def _ends_well(with_vendor: Vendor, scenario: str, name: str) -> None:
    with_vendor.play(scenario)
    if scenario == "refusal":
        with pytest.raises(NeedsPerson):
            asked(name, last_attempt=True)
        assert models(with_vendor) == ["claude-haiku-5-5"]
        return
    answer = asked(name, last_attempt=True)
    assert (answer.provenance.provider, answer.provenance.model_requested) == ("local", "claude-haiku-5-5")
    assert answer.provenance.fallback_reason
    PURPOSES[name].read(INPUTS[name], answer.result.model_dump_json())
    requests = 1 if scenario in OF_THE_ACCOUNT else 4 if scenario in REPAIRABLE else 2
    assert len(with_vendor.requests) == requests
    *failed, used = Call.objects.order_by("id")
    assert (used.outcome, used.provider, len(failed)) == (CallOutcome.SUCCEEDED, "local", requests)
    assert all(call.outcome == CallOutcome.FAILED and call.error and call.finding for call in failed)
    assert not Reservation.objects.exists()
    assert not BudgetCounter.objects.exclude(reserved_usd=0).exists()


@pytest.mark.parametrize("name", PURPOSES)
@pytest.mark.parametrize("scenario", [scenario for scenario in PASSING if scenario not in NEVER_ANSWERED])
def test_a_fault_that_may_pass_is_the_steps_to_try_again(with_vendor: Vendor, scenario: str, name: str) -> None:
    with_vendor.play(scenario)
    with pytest.raises(Retryable):
        asked(name, last_attempt=False)
    assert models(with_vendor) == ["claude-haiku-5-5"]


@pytest.mark.parametrize("name", PURPOSES)
@pytest.mark.parametrize("scenario", [*OF_THE_MODEL, "huge"])
def test_a_fault_of_one_model_is_answered_by_the_next_which_is_named(
    with_vendor: Vendor, scenario: str, name: str
) -> None:
    with_vendor.play(scenario, times=1)
    answer = asked(name, last_attempt=False)
    assert models(with_vendor) == ["claude-haiku-5-5", "claude-sonnet-5-5"]
    told = answer.provenance
    assert (told.provider, told.model_requested, told.model_served) == (
        "anthropic", "claude-haiku-5-5", "claude-sonnet-5-5",
    )  # fmt: skip
    assert told.fallback_reason


@pytest.mark.parametrize("name", PURPOSES)
@pytest.mark.parametrize("scenario", REPAIRABLE)
def test_a_bad_answer_is_repaired_by_the_same_model(with_vendor: Vendor, scenario: str, name: str) -> None:
    with_vendor.play(scenario, times=1)
    answer = asked(name, last_attempt=False)
    assert models(with_vendor) == ["claude-haiku-5-5"] * 2
    assert answer.provenance.fallback_reason is None


def test_the_faults_are_as_many_as_were_asked_for() -> None:
    assert len(EVERY) == len(set(EVERY)) >= 14
