"""The gate: what does worse by the examples, or was not measured, is not set unless an owner says why."""

from __future__ import annotations

import pytest

from ai.evaluation.comparing import compared, scores_in
from ai.evaluation.errors import GateClosed
from ai.evaluation.gate import LEAST
from ai.evaluation.models import GateOverride
from ai.evaluation.selectors import cases, overrides
from ai.evaluation.services import golden_retire
from ai.evaluation.tests.examples import OPUS, TESTS, examples, measured
from ai.routes import ROUTES, Hop
from ai.routing import route_of, route_set
from audit.selectors import entries, views
from tests.vendor import Vendor

pytestmark = pytest.mark.usefixtures("in_acacia", "with_vendor")
PRODUCT = ROUTES["understand"].hops


def in_force() -> tuple[Hop, ...]:
    return route_of("understand").hops


def test_with_few_examples_the_gate_is_open() -> None:
    examples(LEAST - 1)
    route_set(purpose="understand", hops=[OPUS], actor=TESTS)
    assert in_force() == (OPUS,)


def test_what_was_not_measured_is_not_set() -> None:
    examples()
    with pytest.raises(GateClosed, match="It was not measured by the 12 examples"):
        route_set(purpose="understand", hops=[OPUS], actor=TESTS)
    measured(OPUS)
    with pytest.raises(GateClosed, match="What is in force was not measured"):
        route_set(purpose="understand", hops=[OPUS], actor=TESTS)
    assert in_force() == PRODUCT


def test_what_does_as_well_is_set_and_what_is_in_force_may_be_set_again() -> None:
    examples()
    measured(*PRODUCT)
    measured(OPUS)
    assert route_set(purpose="understand", hops=[OPUS], actor=TESTS) == 1
    assert route_set(purpose="understand", hops=[OPUS], actor=TESTS) == 1
    assert GateOverride.objects.count() == 0


def test_what_does_worse_is_not_set_be_it_by_one_example(with_vendor: Vendor) -> None:
    examples()
    before = measured(*PRODUCT)
    with_vendor.play("wrong_shape", times=2)  # one answer and its repair
    after = measured(OPUS)
    with pytest.raises(GateClosed) as closed:
        route_set(purpose="understand", hops=[OPUS], actor=TESTS)
    assert in_force() == PRODUCT
    assert "Intent right: 100.0 % to 91.7 % of 12 examples, 1 worse and 0 better" in closed.value.sentence
    assert "p = 1.000 by McNemar, exact: not significant" in closed.value.sentence
    assert closed.value.standing.lowered == ["intent"]
    assert (closed.value.standing.baseline, closed.value.standing.candidate) == (before, after)


def test_what_falls_far_is_told_as_significant(with_vendor: Vendor) -> None:
    examples()
    before = measured(*PRODUCT)
    with_vendor.play("refusal")
    after = measured(OPUS)
    (intent, _) = compared("understand", scores_in(before), scores_in(after)).lines
    assert (intent.before, intent.after, intent.worse, intent.significant) == (1.0, 0.0, 12, True)


def test_a_metric_that_the_gate_does_not_look_at_may_fall(with_vendor: Vendor) -> None:
    examples(language="en")
    measured(*PRODUCT)
    with_vendor.play("refusal")
    measured(OPUS)
    assert route_set(purpose="understand", hops=[OPUS], actor=TESTS) == 1


def test_an_owner_sets_it_all_the_same_and_the_reason_is_kept(with_vendor: Vendor) -> None:
    examples()
    before = measured(*PRODUCT)
    with_vendor.play("refusal")
    after = measured(OPUS)
    with pytest.raises(GateClosed):
        route_set(purpose="understand", hops=[OPUS], actor=TESTS, override="  ")
    route_set(purpose="understand", hops=[OPUS], actor=TESTS, override="Haiku goes away on Monday.")
    assert in_force() == (OPUS,)
    kept = GateOverride.objects.get()
    assert (kept.why, kept.lowered, kept.baseline, kept.candidate) == ("lowered", ["intent"], before, after)
    (told,) = overrides()
    assert (told.number, told.reason, told.sentence) == (1, "Haiku goes away on Monday.", "It does worse")
    (entry,) = views(entries(event="route.overridden"))
    assert (entry.data["number"], entry.data["lowered"]) == (1, ["intent"])
    assert "Monday" not in str(entry.data)


def test_a_reason_that_was_not_needed_overrides_nothing() -> None:
    route_set(purpose="understand", hops=[OPUS], actor=TESTS, override="To be sure.")
    assert overrides() == []
    assert views(entries(event="route.overridden")) == []


def test_going_back_to_the_product_passes_the_gate_too(with_vendor: Vendor) -> None:
    route_set(purpose="understand", hops=[OPUS], actor=TESTS)
    examples()
    measured(OPUS)
    with_vendor.play("refusal")
    measured(*PRODUCT)
    with pytest.raises(GateClosed):
        route_set(purpose="understand", hops=[], actor=TESTS)
    assert in_force() == (OPUS,)


def test_when_more_than_a_tenth_of_the_examples_came_later_both_are_measured_again() -> None:
    examples(10)
    measured(*PRODUCT)
    measured(OPUS)
    examples(2, begin=10)
    with pytest.raises(GateClosed, match="was not measured by the 12 examples"):
        route_set(purpose="understand", hops=[OPUS], actor=TESTS)
    golden_retire(case=cases(purpose="understand")[0].pk, actor=TESTS)
    assert route_set(purpose="understand", hops=[OPUS], actor=TESTS) == 1
