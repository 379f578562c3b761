"""The story while the model's vendor fails: a proposal that says who answered, or a failed run that says why."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from ai.purposes import PURPOSES
from ai.routes import ROUTES, Hop, Route
from approvals.selectors import approvals
from tests.looking import seen
from tests.story import due_now, mail, receive, samples, waiting
from tests.vendor import Vendor
from workflows.selectors import RunView, runs

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
FALLBACKS = ["A fallback drafted it", "A fallback read the email", "A fallback recommended it"]


@pytest.fixture(scope="module")
def running_vendor() -> Iterator[Vendor]:
    with Vendor() as running:
        yield running


@pytest.fixture
def vendor(running_vendor: Vendor, settings: Any) -> Vendor:
    cache.clear()  # no breaker knows of former faults
    running_vendor.play("answer")
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": running_vendor.url}
    )
    return running_vendor


@pytest.fixture
def comes_to_rest(work: Work, owner: Any) -> Callable[[], RunView]:
    """The customer's email arrives, and every retry's time comes."""

    def go() -> RunView:
        samples()
        receive(mail())
        for _ in range(30):
            work()
            run = seen(runs().first())
            if run.status == "failed" or approvals(run=run.id, status="pending").exists():
                return run
            due_now(owner)
            owner.execute("UPDATE acacia.workflows_step SET due_at = now() - interval '1 second'")
        raise AssertionError(f"the run never comes to rest: {run}")

    return go


@pytest.mark.parametrize("scenario", ["overloaded", "disconnect", "spend_limit", "wrong_shape", "stall"])
def test_a_vendor_that_fails_is_replaced_and_the_proposal_says_so(
    vendor: Vendor, comes_to_rest: Callable[[], RunView], scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if scenario == "stall":
        for name in PURPOSES:
            monkeypatch.setitem(ROUTES, name, Route((Hop("claude-haiku-5-5", "low", 0.2),)))
    vendor.play(scenario)
    run = comes_to_rest()
    assert (run.status, run.effects) == ("waiting", ())
    told = waiting().approval.document
    assert told["provenance"]["provider"] == "local"
    assert told["provenance"]["fallback_reason"]
    assert set(FALLBACKS) <= set(told["reasons"])


def test_a_model_that_refuses_leaves_a_failed_run_that_asks_for_a_person(
    vendor: Vendor, comes_to_rest: Callable[[], RunView]
) -> None:
    vendor.play("refusal")
    run = comes_to_rest()
    assert (run.status, run.effects) == ("failed", ())
    assert "A person has to answer this one." in run.error


def test_a_vendor_that_is_well_again_answers_and_nothing_is_said_of_fallbacks(
    vendor: Vendor, comes_to_rest: Callable[[], RunView]
) -> None:
    vendor.play("overloaded", times=2)
    comes_to_rest()
    told = waiting().approval.document
    assert told["provenance"]["provider"] == "anthropic"
    assert not set(FALLBACKS) & set(told["reasons"])


def test_a_step_is_not_tried_again_before_the_vendor_wants_it(vendor: Vendor, work: Work, owner: Any) -> None:
    samples()
    receive(mail())
    vendor.play("rate_limit_hour")  # asks for an hour; a minute is granted
    work()
    (wait,) = owner.execute(
        "SELECT extract(epoch FROM due_at - tried_at) FROM acacia.workflows_step WHERE status = 'retrying'"
    ).fetchall()
    assert 59 < wait[0] < 300
