"""Steps that ask a model wait for it beside each other, and what needs them all is done once."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

from audit.selectors import entries
from audit.services import Actor
from dispatch.worker import run_next
from tenants.selectors import public_context
from workflows.errors import NotRetryable, Retryable
from workflows.models import Run, Step
from workflows.services import (
    automation_set,
    event_receive,
    run_cancel,
    run_retry,
)
from workflows.steps import STEP_KINDS

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
TESTS = Actor.system("tests")
ASKING = ("one", "two", "three")
FAN = "\n".join(
    [
        "name: fan",
        "on: {event: fan.asked}",
        "steps:",
        # The pause is longer than any machine is slow: a test says when it has passed.
        *(
            f"  - {{key: {key}, do: ai.understand, needs: [], with: {{message: {key}}}, retry: {{first_pause: 5m}}}}"
            for key in ASKING
        ),
        "  - {key: all, do: crm.match, needs: [one, two, three], with: {facts: {}}}",
    ]
)
UNDERSTOOD: dict[str, Any] = {
    "intent": "other",
    "language": "en",
    "summary": "A question",
    "provenance": {
        "provider": "local",
        "model_requested": "local",
        "model_served": "local",
        "prompt_version": "1",
        "fallback_reason": None,
        "cost_usd": "0",
        "latency_ms": 1,
        "input_tokens": 0,
        "output_tokens": 0,
    },
}
Asked = Callable[[str], dict[str, Any]]


@pytest.fixture
def asks(monkeypatch: pytest.MonkeyPatch) -> Callable[[Asked], None]:
    """Have steps that ask a model do this instead; it gets the step's key."""

    def instead(asked: Asked) -> None:
        monkeypatch.setitem(vars(STEP_KINDS["ai.understand"]), "run", lambda given, world: asked(world.step))

    return instead


@pytest.fixture
def start(publish: Callable[[str], None]) -> Callable[[], Any]:
    publish(FAN)
    return lambda: event_receive(type="fan.asked", data={}, actor=TESTS).runs[0]


def worker(rounds: int = 1) -> None:
    """Work on the `ai` queue until nothing is due, some times over."""
    with public_context():
        for _ in range(rounds):
            while run_next("ai"):
                pass


def states(run: Any) -> dict[str, str]:
    return dict(Step.objects.filter(run=run).values_list("key", "status"))


def started(run: Any) -> list[str]:
    return sorted(entry.body["data"]["step"] for entry in entries(event="step.started", run=str(run)))


def test_three_workers_ask_at_the_same_time_and_what_needs_all_is_done_once(
    start: Any, asks: Any, at_once: Any
) -> None:
    together = threading.Barrier(3, timeout=30)

    def asked(step: str) -> dict[str, Any]:
        together.wait()  # passes only where three ask at once
        return UNDERSTOOD

    asks(asked)
    for _ in range(40):
        run = start()
        with public_context():
            assert worked_by_three(at_once)
        assert states(run) == dict.fromkeys([*ASKING, "all"], "succeeded")
        assert started(run) == sorted([*ASKING, "all"])
        assert Run.objects.get(pk=run).status == "succeeded"


def worked_by_three(at_once: Any) -> bool:
    """Three workers, of which those that find nothing yet look again until the run has ended."""
    done = threading.Event()

    def work() -> bool:
        with public_context():
            while not done.is_set():
                run_next("ai")
                if not under_way():
                    done.set()
        return True

    return all(found is True for found in at_once(work, work, work))


def under_way() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM public.dispatch_work WHERE handler LIKE 'workflows.%'")
        return cursor.fetchone() is not None


def test_a_branch_that_fails_fails_the_run_and_can_be_retried(start: Any, asks: Any) -> None:
    def asked(step: str) -> dict[str, Any]:
        if step == "three":
            raise NotRetryable("The model refused.")
        return UNDERSTOOD

    asks(asked)
    run = start()
    worker()
    assert states(run) == {"one": "succeeded", "two": "succeeded", "three": "failed", "all": "pending"}
    failed = Run.objects.get(pk=run)
    assert (failed.status, failed.error, failed.cause) == ("failed", "The model refused.", "ai.understand:NotRetryable")
    asks(lambda step: UNDERSTOOD)
    run_retry(run=run, actor=TESTS)
    worker()
    assert states(run) == dict.fromkeys([*ASKING, "all"], "succeeded")
    assert Run.objects.get(pk=run).status == "succeeded"


class Died(BaseException):
    """A worker that is no more."""


def test_a_worker_that_dies_over_a_branch_is_followed_by_another(start: Any, asks: Any, owner: Any) -> None:
    dying = {"one", "two", "three"}

    def asked(step: str) -> dict[str, Any]:
        if step in dying:
            dying.discard(step)
            raise Died
        return UNDERSTOOD

    asks(asked)
    run = start()
    for _ in range(4):
        with suppress(Died):
            worker()
        owner.execute("UPDATE public.dispatch_work SET leased_until = NULL, due_at = now() - interval '1 second'")
    worker()
    assert states(run) == dict.fromkeys([*ASKING, "all"], "succeeded")
    tries = Step.objects.filter(run=run, tries__outcome="lost").values_list("key", flat=True)
    assert sorted(tries) == sorted(ASKING)


def test_a_branch_is_tried_again_when_its_time_has_come(start: Any, asks: Any, owner: Any) -> None:
    failing = {"two"}

    def asked(step: str) -> dict[str, Any]:
        if step in failing:
            failing.discard(step)
            raise Retryable("Overloaded.")
        return UNDERSTOOD

    asks(asked)
    run = start()
    worker()
    assert states(run)["two"] == "retrying"
    assert Run.objects.get(pk=run).status == "waiting", "the pause is no time at work"
    owner.execute("UPDATE public.dispatch_work SET due_at = now() - interval '1 second' WHERE leased_until IS NULL")
    owner.execute("UPDATE acacia.workflows_step SET due_at = now() - interval '1 second' WHERE status = 'retrying'")
    worker()
    assert states(run) == dict.fromkeys([*ASKING, "all"], "succeeded")
    assert Run.objects.get(pk=run).status == "succeeded"


def test_a_cancelled_run_takes_nothing_from_its_branches(start: Any, asks: Any) -> None:
    from django.db import transaction

    def asked(step: str) -> dict[str, Any]:
        if step == "one":
            with transaction.atomic():
                run_cancel(run=Run.objects.latest("pk").pk, reason="person", actor=TESTS)
        return UNDERSTOOD

    asks(asked)
    run = start()
    worker()
    assert Run.objects.get(pk=run).status == "cancelled"
    assert "succeeded" not in states(run).values()


def test_where_everything_goes_to_people_a_branch_waits_and_goes_on_afterwards(start: Any, asks: Any) -> None:
    def asked(step: str) -> dict[str, Any]:
        if step == "one":
            automation_set(mode="people_only", reason="A test", actor=TESTS)
        return UNDERSTOOD

    asks(asked)
    run = start()
    worker()
    assert states(run) == {"one": "succeeded", "two": "pending", "three": "pending", "all": "pending"}
    assert Run.objects.get(pk=run).status == "waiting", "what people are left to do is no time at work"
    asks(lambda step: UNDERSTOOD)
    automation_set(mode="policy", reason="", actor=TESTS)
    worker()
    assert states(run) == dict.fromkeys([*ASKING, "all"], "succeeded")
    assert Run.objects.get(pk=run).status == "succeeded"


def test_a_branch_left_from_before_a_retry_does_not_do_its_step_beside_the_run(
    start: Any, asks: Any, owner: Any
) -> None:
    """Its row may be claimed any time, and the step is the run's own again."""

    def refuses(step: str) -> dict[str, Any]:
        if step == "three":
            raise NotRetryable("The model refused.")
        return UNDERSTOOD

    asks(refuses)
    run = start()
    with public_context():
        assert run_next("ai")  # the run's own, which does the first step and hands on the others
    owner.execute("UPDATE public.dispatch_work SET due_at = now() + interval '1 hour' WHERE subject LIKE '%:two'")
    worker()
    assert Run.objects.get(pk=run).status == "failed"
    run_retry(run=run, actor=TESTS)
    asked: list[str] = []

    def tells(step: str) -> dict[str, Any]:
        asked.append(step)
        if len(asked) == 1:
            owner.execute("UPDATE public.dispatch_work SET due_at = now() WHERE subject LIKE '%:two'")
            worker()  # another, which claims all that is due meanwhile
        return UNDERSTOOD

    asks(tells)
    worker()
    assert sorted(asked) == ["three", "two"]
    assert not Step.objects.filter(run=run, tries__outcome="lost").exists()
    assert Run.objects.get(pk=run).status == "succeeded"


def test_what_a_branch_brings_from_before_a_retry_does_not_count_once_the_step_was_begun_anew(
    start: Any, asks: Any, owner: Any
) -> None:
    """Its worker was at it all the time, while the run failed and a person had it retried."""
    asked: list[str] = []

    def asks_late(step: str) -> dict[str, Any]:
        asked.append(step)
        if step == "three":
            if asked.count("three") == 1:
                raise NotRetryable("The model refused.")
        elif step == "two" and asked.count("two") == 1:
            worker()  # meanwhile: the run fails with the third step,
            assert Run.objects.get(pk=run).status == "failed"
            run_retry(run=run, actor=TESTS)  # a person has it retried,
            with suppress(Died):
                worker()  # and the step is begun anew by another, of whom nothing is heard yet
            raise NotRetryable("Broken off after long.")
        elif step == "two":
            raise Died
        return UNDERSTOOD

    asks(asks_late)
    run = start()
    with public_context():
        assert run_next("ai")
        owner.execute("UPDATE public.dispatch_work SET priority = 0 WHERE subject LIKE '%:two'")
        with suppress(Died):
            run_next("ai")
    assert states(run)["two"] == "running"
