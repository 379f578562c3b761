"""The checkpoint, one statement, does what the table of moves says: held against `audit.transition`."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.errors import IllegalMove, MovedMeanwhile
from audit.selectors import story
from audit.services import Actor, transition
from dispatch.leases import Lease, LeaseLost
from dispatch.services import claim
from dispatch.statements import Fragment
from notify.services import endpoint_add
from tenants.selectors import public_context, tenant_context
from workflows.engine.checkpoint import Checkpoint
from workflows.engine.segment import Segment, segment_load
from workflows.errors import RunMoved
from workflows.models import MET, RUN_MOVES, STEP_MOVES, AttemptOutcome, Run, RunStatus, Step, StepStatus
from workflows.services import event_receive, run_cancel

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
TESTS = Actor.system("tests")
DIAMOND = """
name: diamond
on: {event: diamond.asked}
steps:
  - {key: left, do: crm.match, needs: []}
  - {key: right, do: crm.match, needs: []}
  - {key: both, do: crm.match, needs: [left, right]}
"""


@pytest.fixture
def begin(owner: Any, publish: Callable[[str], None]) -> Callable[[], Segment]:
    """Start a run of the diamond, claim its work, and load it: a segment whose run is running."""
    publish(DIAMOND)

    def start() -> Segment:
        owner.execute("DELETE FROM public.dispatch_work")  # a tenant has so many rows worked on at once
        run = event_receive(type="diamond.asked", data={}, actor=TESTS).runs[0]
        return take_up(run)

    return start


def take_up(run: UUID) -> Segment:
    with public_context():
        claimed = claim(queue="runs", worker="test")
        assert claimed is not None
        assert claimed.subject == str(run)
    segment = segment_load(run, claimed.lease)
    assert segment is not None
    segment.checkpoint.move_run(RunStatus.RUNNING)
    segment.commit()
    return segment


def rows(run: UUID) -> list[dict[str, Any]]:
    """What the database holds of a run, without ids and times."""
    steps = Step.objects.filter(run=run).order_by("position")
    told = steps.values("key", "status", "attempts", "output", "error", "open_needs")
    return [dict(row) for row in (*told, *Run.objects.filter(pk=run).values("status", "error", "cause"))]


def works(owner: Any) -> list[Any]:
    found: list[Any] = owner.execute("SELECT * FROM public.dispatch_work").fetchall()
    return found


def entries(run: UUID) -> list[tuple[str, Any]]:
    return [(entry.body["event"], entry.body["data"]) for entry in story(run)]


MOVE = st.tuples(st.integers(0, 3), st.sampled_from([*StepStatus.values, *RunStatus.values]), st.booleans())


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(moves=st.lists(MOVE, max_size=8))
def test_it_leaves_the_rows_and_the_entries_that_transition_would_leave(begin: Any, moves: list[Any]) -> None:
    by_orm, by_statement = begin(), begin()  # the second one's lease stands
    for which, to, at_once in moves:
        refused: list[bool] = []
        for segment, move in ((by_statement, _by_statement), (by_orm, _by_orm)):
            try:
                move(segment, which, to)
                refused.append(False)
            except IllegalMove:
                refused.append(True)
        assert refused[0] == refused[1], (which, to)
        if at_once:
            by_statement.commit()
        if by_statement.run.status != RunStatus.RUNNING:
            break
    by_statement.commit()
    assert rows(by_statement.run.pk) == rows(by_orm.run.pk)
    assert entries(by_statement.run.pk) == entries(by_orm.run.pk)


def _by_statement(segment: Segment, which: int, to: str) -> None:
    if which == 3:
        segment.checkpoint.move_run(RunStatus(to) if to in RunStatus.values else to, error="why")  # type: ignore[arg-type]
    elif to in MET:
        segment.met(segment.steps[which], StepStatus(to), data={}, error="why")
    else:
        segment.checkpoint.move_step(segment.steps[which], to, error="why")  # type: ignore[arg-type]


def _by_orm(segment: Segment, which: int, to: str) -> None:
    run, actor = segment.run, segment.checkpoint.actor
    with transaction.atomic():
        if which == 3:
            transition(run, moves=RUN_MOVES, to=to, actor=actor, run=run.pk, changes={"error": "why"})
            return
        step = segment.steps[which]
        told = {"step": step.key, "kind": step.kind}
        changes = {"error": "why"}
        transition(step, moves=STEP_MOVES, to=to, actor=actor, run=run.pk, data=told, changes=changes)
        if to in MET and step.key != "both":
            both = Step.objects.get(run=run, key="both")
            Step.objects.filter(pk=both.pk).update(open_needs=both.open_needs - 1)


def succeed(segment: Segment, key: str) -> None:
    step = next(step for step in segment.steps if step.key == key)
    segment.checkpoint.move_step(step, StepStatus.RUNNING, attempts=1)
    segment.checkpoint.try_failed(step, AttemptOutcome.LOST, "lost", "Its worker broke off.")
    segment.met(step, StepStatus.SUCCEEDED, data={}, output={"found": [1, None, "ü\n'%s"]})


def test_what_a_step_puts_out_is_found_again_as_it_was(begin: Any) -> None:
    segment = begin()
    succeed(segment, "left")
    segment.commit()
    left, right, both = Step.objects.filter(run=segment.run.pk).order_by("position")
    assert left.output == {"found": [1, None, "ü\n'%s"]}
    assert (right.output, both.open_needs) == (None, 1)
    assert [(one.outcome, one.number) for one in left.tries.all()] == [("lost", 1)]


@pytest.mark.parametrize(
    "break_it",
    [
        "UPDATE public.dispatch_work SET fence = fence + 1",
        "UPDATE public.dispatch_work SET leased_until = now() - interval '1 second'",
        "DELETE FROM public.dispatch_work",
    ],
)
@pytest.mark.parametrize("finish", [False, True])
def test_a_worker_whose_lease_is_over_changes_nothing(begin: Any, owner: Any, break_it: str, finish: bool) -> None:
    segment = begin()
    before = rows(segment.run.pk), entries(segment.run.pk)
    owner.execute(break_it)
    work = works(owner)
    succeed(segment, "left")
    with pytest.raises(LeaseLost):
        segment.commit_last() if finish else segment.commit()
    assert (rows(segment.run.pk), entries(segment.run.pk)) == before
    assert works(owner) == work
    assert segment.lease.lost.is_set()


def test_a_run_that_was_cancelled_meanwhile_takes_nothing_more(begin: Any) -> None:
    segment = begin()
    with transaction.atomic():
        run_cancel(run=segment.run.pk, reason="person", actor=TESTS)
    before = rows(segment.run.pk), entries(segment.run.pk)
    succeed(segment, "left")
    segment.checkpoint.move_run(RunStatus.SUCCEEDED)
    with pytest.raises(RunMoved):
        segment.commit()
    assert (rows(segment.run.pk), entries(segment.run.pk)) == before


def test_a_checkpoint_is_whole_or_not_there(begin: Any) -> None:
    segment = begin()
    Step.objects.filter(run=segment.run.pk, key="right").update(status=StepStatus.SUCCEEDED)
    before = rows(segment.run.pk), entries(segment.run.pk)
    succeed(segment, "left")
    succeed(segment, "right")
    with pytest.raises(MovedMeanwhile):
        segment.commit()
    assert (rows(segment.run.pk), entries(segment.run.pk)) == before


def test_it_is_one_statement(begin: Any, owner: Any, django_assert_num_queries: Any) -> None:
    segment = begin()
    succeed(segment, "left")
    with django_assert_num_queries(1):
        segment.commit()
    succeed(segment, "right")
    with django_assert_num_queries(1):
        segment.commit_last()
    assert works(owner) == []


@pytest.mark.parametrize(("asked", "told"), [("run.succeeded", 1), ("run.failed", 0)])
def test_a_run_that_ends_well_is_told_once_to_the_webhook_that_asked(
    begin: Any, owner: Any, settings: Any, asked: str, told: int
) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"webhooks_allow_loopback": True})
    endpoint_add(url="http://127.0.0.1:9/hook", types=[asked], actor=TESTS)
    segment = begin()
    for key in ("left", "right", "both"):
        succeed(segment, key)
    segment.checkpoint.move_run(RunStatus.SUCCEEDED)
    segment.commit_last()
    assert rows(segment.run.pk)[-1]["status"] == "succeeded"
    assert [event for event, _ in entries(segment.run.pk)].count("run.succeeded") == 1
    deliveries = owner.execute("SELECT body FROM acacia.notify_delivery").fetchall()
    assert len(deliveries) == told
    assert all(str(segment.run.pk) in body and '"run.succeeded"' in body for (body,) in deliveries)


def test_a_moves_entry_that_somebody_hears_of_stands_or_falls_with_it(
    begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit import signals

    def refuse(**_: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setitem(signals._listeners, "step.succeeded", refuse)
    monkeypatch.setitem(signals._unheard, "step.succeeded", lambda events: Fragment("false", {}))
    segment = begin()
    before = rows(segment.run.pk), entries(segment.run.pk)
    succeed(segment, "left")
    with pytest.raises(RuntimeError):
        segment.commit()
    assert (rows(segment.run.pk), entries(segment.run.pk)) == before


def test_of_two_siblings_that_commit_at_once_exactly_one_opens_the_join(begin: Any, owner: Any) -> None:
    """1,000 times: two workers, each under a lease of its own, end the two steps that a third needs."""
    segment = begin()
    run, known = segment.run.pk, {step.key: step.pk for step in segment.steps}
    leases = {"left": segment.lease, "right": _second_lease(segment, owner)}
    passes, opened, faults = 1000, [0], []
    start, end = threading.Barrier(3, timeout=60), threading.Barrier(3, timeout=60)

    def sibling(key: str) -> None:
        try:
            with tenant_context("acacia"):
                connection.ensure_connection()
                for _ in range(passes):
                    start.wait()
                    mine = replace_step(known[key], key)
                    join = Step(pk=known["both"], key="both", status="pending", open_needs=2)
                    checkpoint = Checkpoint(Run(pk=run, status="running"), Actor("run", str(run)))
                    checkpoint.move_step(mine, StepStatus.SUCCEEDED)
                    checkpoint.need_met(join)
                    checkpoint.commit(leases[key])
                    if join.open_needs == 0:
                        opened[0] += 1
                    end.wait()
        except BaseException as error:
            faults.append(error)
            start.abort()
            end.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sibling, args=(key,)) for key in leases]
    for thread in threads:
        thread.start()
    try:
        for number in range(passes):
            owner.execute(
                "UPDATE acacia.workflows_step SET status = CASE key WHEN 'both' THEN 'pending' ELSE 'running' END,"
                " open_needs = CASE key WHEN 'both' THEN 2 ELSE 0 END"
            )
            owner.execute("UPDATE public.dispatch_work SET leased_until = now() + interval '1 minute'")
            start.wait()
            end.wait()
            assert opened[0] == number + 1, "the join was opened by none, or twice"
    except threading.BrokenBarrierError:
        pass
    finally:
        start.abort()
        end.abort()
        for thread in threads:
            thread.join()
    assert [error for error in faults if not isinstance(error, threading.BrokenBarrierError)] == []
    assert opened[0] == passes


def replace_step(pk: UUID, key: str) -> Step:
    return Step(pk=pk, key=key, kind="crm.match", status="running", attempts=1)


def _second_lease(segment: Segment, owner: Any) -> Lease:
    from dispatch.services import work_add

    work_add(handler="workflows.branch", subject=f"{segment.run.pk}:right")
    with public_context():
        claimed = claim(queue="runs", worker="test")
    assert claimed is not None
    return replace(claimed.lease)
