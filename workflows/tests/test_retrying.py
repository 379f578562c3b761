"""Failed runs go on where they failed, events are worked on again, in ones and in bulk: by breaking things first."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from approvals.errors import NotAllowed
from approvals.selectors import approval_get, approvals
from approvals.services import approval_edit
from audit.selectors import entries
from audit.services import Actor
from conftest import Cast
from crm.selectors import contact_by_email, task_list
from mail.selectors import message_list, outbox
from mail.services import thread_take_over
from tenants.selectors import tenant_context
from tests.looking import approve, seen, states
from tests.sink import sink
from tests.story import CUSTOMER, Asked, due_now, mail, person, receive, waiting
from workflows.engine.giving_up import run_give_up
from workflows.errors import InputRefused, NoSuchRun, NotFailed, Refused
from workflows.selectors import RunView, runs
from workflows.services import effect_resolve, event_receive, run_again, run_cancel, run_retry, runs_retry

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")
MATCH = '  - {key: first, do: crm.match, with: {facts: {}}}\n  - {key: find, do: crm.match, with: {facts: "${event.facts}"}}\n'
TASK = "do: crm.create_task, needs: []"


def told(event: str) -> list[dict[str, Any]]:
    return [row.body["data"] for row in entries(event=event)]


def refused(run: Any, **given: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        run_retry(run=getattr(run, "id", run), actor=TESTS, **given)
    return caught.value


def tries(run: Any, key: str) -> list[tuple[int, str]]:
    return [(t.number, t.outcome) for step in seen(run).steps if step.key == key for t in step.tries]


def test_a_failed_run_goes_on_from_its_failed_step_with_changed_input(start: Any, work: Work, cast: Cast) -> None:
    run = start(MATCH, facts="none")
    assert (run.status, run.cause, states(run)) == (
        "failed",
        "crm.match:ValidationError",
        {"first": "succeeded", "find": "failed"},
    )
    done_before = seen(run).steps[0].finished_at
    done = run_retry(run=run.id, input={"facts": {}}, actor=person(cast.alice))
    assert (done.steps, done.changed) == (("find",), True)
    work()
    after = seen(run)
    assert (after.status, after.error, after.cause) == ("succeeded", "", "")
    assert after.steps[0].finished_at == done_before, "what has succeeded is not done again"
    assert after.steps[1].given == {"facts": {}}
    assert tries(run, "find") == [(1, "failed")]
    assert told("run.retried") == [{"step": "find", "changed": True}]


def test_retrying_with_the_same_input_fails_again_and_counts_anew(start: Any, work: Work) -> None:
    run = start(MATCH, facts="none")
    run_retry(run=run.id, actor=TESTS)
    assert (seen(run).status, states(run)["find"], seen(run).steps[1].attempts) == ("running", "running", 0)
    work()
    assert (seen(run).status, tries(run, "find")) == ("failed", [(1, "failed"), (1, "failed")])


@pytest.mark.parametrize(
    ("input", "path"),
    [({"facts": 7}, "input.facts"), ({"fact": {}}, "input.fact"), ({"facts": None}, "input.facts")],
)
def test_an_input_that_the_step_does_not_take_is_refused_with_its_path(
    start: Any, work: Work, input: dict[str, Any], path: str
) -> None:
    run = start(MATCH, facts="none")
    with pytest.raises(InputRefused) as caught:
        run_retry(run=run.id, input=input, actor=TESTS)
    assert [fault.path for fault in caught.value.faults] == [path]
    work()
    assert seen(run).status == "failed", "nothing was begun"


def test_only_the_failed_step_of_a_failed_run_can_be_retried(start: Any) -> None:
    run = start(MATCH, facts="none")
    assert "first is no failed step of this run: find." in refused(run, from_step="first").sentence
    with pytest.raises(NoSuchRun):
        run_retry(run="019a8f31-7c02-7000-8000-000000000000", actor=TESTS)
    with tenant_context("harbour"), pytest.raises(NoSuchRun):
        run_retry(run=run.id, actor=TESTS)
    well = start("  - {key: one, do: crm.match, with: {facts: {}}}\n")
    assert (
        refused(well).sentence
        == "Only a failed run can be retried: this one has ended well. Run it again as a new run."
    )


def test_who_changes_an_actions_input_cannot_approve_what_comes_of_it(start: Any, work: Work, cast: Cast) -> None:
    run = start(
        f"  - {{key: note, {TASK}, with: {{title: One}}}}\n"
        f"  - {{key: task, {TASK}, with: {{title: Two, due_at: '${{event.due}}'}}}}\n",
        due="soon",
    )
    assert (run.status, run.cause) == ("failed", "crm.create_task:Unplannable")
    assert states(run)["task"] == "failed", "the one at fault"
    run_retry(run=run.id, input={"due_at": "2027-03-01T10:00:00Z"}, actor=person(cast.alice))
    work()
    assert seen(run).status == "waiting"
    asked = {row.key: row.pk for row in approvals(run=run.id, status="pending")}
    assert set(asked) == {"note", "task"}
    with pytest.raises(NotAllowed, match="somebody else"):
        approve(asked["task"], cast.alice)
    for one in asked.values():
        approve(one, cast.bob)
    work()
    assert seen(run).status == "succeeded", states(run)
    due = {task.title: task.due_at for task in task_list().items}
    assert str(due["Two"]).startswith("2027-03-01"), "the other fields stay as the definition gives them"


def test_nobody_who_has_changed_an_input_approves_what_comes_of_it(start: Any, work: Work, cast: Cast) -> None:
    """However many they are: else the first could approve what comes of what they typed."""
    run = start(
        '  - {key: first, do: crm.match, with: {facts: "${event.facts}"}}\n'
        '  - {key: then, do: crm.match, needs: [first], with: {facts: "${event.facts}"}}\n'
        "  - {key: task, do: crm.create_task, needs: [then], with: {title: Call}}\n",
        facts="none",
    )
    run_retry(run=run.id, input={"facts": {}}, actor=person(cast.alice))
    work()
    assert states(run) == {"first": "succeeded", "then": "failed", "task": "pending"}
    run_retry(run=run.id, input={"facts": {}}, actor=person(cast.bob))
    work()
    asked = waiting().approval
    assert set(asked.requesters) == {cast.alice.id, cast.bob.id}
    for one in (cast.alice, cast.bob):
        with pytest.raises(NotAllowed, match="somebody else"):
            approve(asked, one)


def test_a_proposal_that_nobody_decided_in_time_is_put_forward_anew(
    asked: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    for _ in range(2):  # it goes on to the managers once
        owner.execute("UPDATE acacia.approvals_approval SET expires_at = now() - interval '1 second'")
        due_now(owner)
        work()
    assert (seen(asked.run).status, approval_get(asked.approval.id).status) == ("failed", "expired")
    assert seen(asked.run).cause.endswith(":expired")
    run_retry(run=asked.run.id, actor=person(cast.alice))
    work()
    second = waiting()
    assert second.run.id == asked.run.id
    assert second.approval.id != asked.approval.id
    assert len(second.approval.document["actions"]) == len(asked.approval.document["actions"])
    approve(second.approval, cast.bob)
    work()
    due_now(owner)
    work()
    assert (seen(asked.run).status, len(outbox().items)) == ("succeeded", 1)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A mail server that refuses what it gets, until its mood changes."""
    with sink("refuse text") as server:
        changed = settings.COUNTERSIGN.model_copy(update={"smtp_out_url": f"smtp://127.0.0.1:{server.port}"})
        monkeypatch.setattr(settings, "COUNTERSIGN", changed)
        yield server


def to_customer(server: Any) -> list[bytes]:
    """What reached the customer; colleagues get notice of what waits."""
    return [content for _, recipients, content in server.taken if CUSTOMER in recipients]


def test_a_reply_that_the_mail_server_refused_is_proposed_anew_and_the_records_stay(
    asked: Asked, cast: Cast, work: Work, owner: Any, refusing: Any
) -> None:
    approve(asked.approval, cast.bob)
    work()
    due_now(owner)
    work()
    run = seen(asked.run)
    assert (run.status, run.cause) == ("failed", "mail.send_reply:reply_failed")
    tasks = len(task_list().items)
    refusing.mood = "take"
    run_retry(run=run.id, actor=person(cast.bob))
    work()
    second = waiting()
    assert [action["action"] for action in second.approval.document["actions"]] == ["mail.send_reply"]
    approve(second.approval, cast.bob)
    work()
    due_now(owner)
    work()
    assert seen(run).status == "succeeded", states(run)
    assert (len(task_list().items), contact_by_email(CUSTOMER) is not None) == (tasks, True)
    assert sorted(message.status for message in outbox().items) == ["failed", "sent"]
    assert len(to_customer(refusing)) == 2


def test_nothing_is_retried_while_nobody_knows_whether_the_reply_has_left(
    asked: Asked, cast: Cast, work: Work, owner: Any, refusing: Any
) -> None:
    refusing.mood = "hang up after text"
    approve(asked.approval, cast.bob)
    work()
    due_now(owner)
    work()
    assert seen(asked.run).cause == "mail.send_reply:reply_unknown"
    assert refused(asked.run).name == "outcome-unknown"
    with pytest.raises(Refused, match="nothing is sent twice"):
        run_again(run=asked.run.id, actor=TESTS)
    since = timezone.now() - timedelta(hours=1)
    assert runs_retry(cause="mail.send_reply:reply_unknown", since=since, actor=TESTS).retried == ()
    due_now(owner)
    work()
    assert len(to_customer(refusing)) == 1


def test_what_people_had_edited_is_kept_when_it_is_proposed_anew(
    asked: Asked, cast: Cast, work: Work, owner: Any, refusing: Any
) -> None:
    text = "Hi Georgia,\n\nSee you there.\n\nBob"
    edited = approval_edit(
        approval_id=asked.approval.id,
        digest=asked.approval.digest,
        edits={"reply": {"text": text}},
        actor=person(cast.bob),
    )
    approve(edited, cast.bob)
    work()
    due_now(owner)
    work()
    refusing.mood = "take"
    run_retry(run=asked.run.id, actor=person(cast.alice))
    work()
    second = waiting().approval
    assert second.id != edited.id
    assert second.document["reply"]["text"] == text
    assert (second.edited_by, second.editors) == ("Bob", [str(cast.bob.id)])
    assert second.requesters == [], "who retries it as it was does not cause it"
    approve(second, cast.alice)
    work()
    due_now(owner)
    work()
    assert [message.text for message in outbox().items if message.status == "sent"] == [text]


def test_a_reply_that_a_person_says_did_not_leave_is_proposed_anew_and_leaves_once(
    asked: Asked, cast: Cast, work: Work, owner: Any, refusing: Any
) -> None:
    refusing.mood = "hang up at text"
    approve(asked.approval, cast.bob)
    work()
    due_now(owner)
    work()
    refusing.mood = "hang up after text"
    run_retry(run=asked.run.id, actor=TESTS)
    work()
    approve(waiting().approval, cast.bob)
    work()
    due_now(owner)
    work()
    assert refused(asked.run).name == "outcome-unknown"
    [unknown] = [effect for effect in seen(asked.run).effects if effect.status == "unknown"]
    effect_resolve(effect=unknown.id, outcome="failed", actor=person(cast.bob))
    assert seen(asked.run).cause == "mail.send_reply:reply_failed"
    refusing.mood = "take"
    run_retry(run=asked.run.id, actor=TESTS)
    work()
    approve(waiting().approval, cast.bob)
    work()
    due_now(owner)
    work()
    assert seen(asked.run).status == "succeeded"
    assert sorted(message.status for message in outbox().items) == ["failed", "failed", "sent"]


def test_a_retry_takes_steps_back_from_their_branches_and_leaves_no_work_behind(
    start: Any, work: Work, owner: Any
) -> None:
    beside = "do: ai.understand, needs: []"
    run = start(f"  - {{key: one, {beside}}}\n  - {{key: two, {beside}}}\n", message="x")
    for tried in (2, 3):
        run_retry(run=run.id, actor=TESTS)
        work()
        assert seen(run).status == "failed"
        assert len(tries(run, "one") + tries(run, "two")) >= tried
    left = owner.execute("SELECT handler FROM dispatch_work WHERE starts_with(handler, 'workflows.')").fetchall()
    assert left == []


def test_what_a_failing_run_withdrew_elsewhere_is_asked_again(start: Any, work: Work, cast: Cast) -> None:
    run = start(
        f"  - {{key: task, {TASK}, with: {{title: One}}}}\n"
        f"  - {{key: other, {TASK}, with: {{title: Two, contact: 01a20978-3b89-7356-ac91-6b1f935c5f1a}}}}\n"
    )
    found = {row.key: row.pk for row in approvals(run=run.id)}
    approve(found["other"], cast.bob)
    work()
    assert (seen(run).status, approval_get(found["task"]).status) == ("failed", "withdrawn")
    assert seen(run).cause == "crm.create_task:Invalid"
    run_retry(run=run.id, input={"contact": None}, actor=person(cast.alice))
    work()
    for row in approvals(run=run.id, status="pending"):
        approve(row.pk, cast.bob)
    work()
    assert seen(run).status == "succeeded", states(run)
    assert sorted(task.title for task in task_list().items) == ["One", "Two"]


def test_a_run_that_its_workers_gave_up_goes_on(asked: Asked, work: Work, cast: Cast, owner: Any) -> None:
    approve(asked.approval, cast.bob)
    work()
    run_give_up(str(asked.run.id), "died")
    assert (seen(asked.run).cause, [m.status for m in outbox().items]) == ("worker", ["stopped"])
    run_retry(run=asked.run.id, actor=TESTS)
    work()
    second = waiting()
    assert [action["step"] for action in second.approval.document["actions"]] == ["reply"]
    approve(second.approval, cast.bob)
    work()
    due_now(owner)
    work()
    assert seen(asked.run).status == "succeeded"


def test_a_run_over_its_time_begins_its_clock_anew_and_one_over_its_cost_does_not_go_on(
    asked: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    owner.execute("UPDATE acacia.workflows_run SET ran = '31 minutes'")
    approve(asked.approval, cast.bob)
    work()
    assert seen(asked.run).cause == "limit:running"
    run_retry(run=asked.run.id, actor=TESTS)
    work()
    second = waiting()
    owner.execute("UPDATE acacia.ai_call SET cost_usd = 1")
    approve(second.approval, cast.bob)
    work()
    assert seen(asked.run).cause == "limit:cost"
    refusal = refused(asked.run)
    assert refusal.name == "over-limit"
    assert "run it again as a new run" in refusal.sentence


def test_a_run_makes_no_more_attempts_than_its_limit(start: Any, work: Work) -> None:
    steps = "".join(f"  - {{key: {key}, do: crm.match, with: {{facts: {{}}}}}}\n" for key in "abc")
    run = start(steps + "limits: {steps: 2}\n")
    assert (run.status, run.cause, states(run)["c"]) == ("failed", "limit:steps", "pending")
    assert run.error == "The run has made 2 attempts at its steps, its limit is 2."
    assert refused(run).name == "over-limit"
    enough = start(steps + "limits: {steps: 3}\n")
    assert enough.status == "succeeded"


def test_of_ten_retries_at_once_one_happens(start: Any, work: Work, at_once: Callable[..., list[Any]]) -> None:
    run = start(MATCH, facts="none")

    def retry() -> Any:
        with tenant_context("acacia"):
            return run_retry(run=run.id, input={"facts": {}}, actor=TESTS)

    done = at_once(*[retry] * 10)
    assert sum(not isinstance(one, Exception) for one in done) == 1, done
    assert {type(one) for one in done if isinstance(one, Exception)} == {NotFailed}
    work()
    assert seen(run).status == "succeeded"
    assert len(told("run.retried")) == len(told("step.retried")) == 1


def test_a_retry_and_a_cancellation_at_once_leave_one_story(
    start: Any, work: Work, at_once: Callable[..., list[Any]]
) -> None:
    for _ in range(5):
        run = start(MATCH, facts="none")

        def retry() -> Any:
            with tenant_context("acacia"):
                return run_retry(run=run.id, input={"facts": {}}, actor=TESTS)  # noqa: B023

        def cancel() -> bool:
            with tenant_context("acacia"), transaction.atomic():
                return run_cancel(run=run.id, reason="person", actor=TESTS)  # noqa: B023

        retried, cancelled = at_once(retry, cancel)
        assert not isinstance(retried, Exception), retried
        work()
        assert seen(run).status == ("cancelled" if cancelled else "succeeded")


def test_fifty_runs_that_failed_alike_go_on_together_and_once(start: Any, work: Work, owner: Any) -> None:
    begun = timezone.now()
    first = start(MATCH, facts="none")
    for _ in range(49):
        event_receive(type="test.happened", data={"facts": "none"}, actor=TESTS)
    work()
    failed = list(runs(cause="crm.match:ValidationError").values_list("pk", flat=True))
    assert len(failed) == 50
    owner.execute("UPDATE acacia.workflows_event SET data = '{\"facts\": {}}'")  # what was broken is repaired
    moved = run_again(run=failed[7], actor=TESTS)
    assert runs_retry(cause="worker", since=begun, actor=TESTS).retried == ()
    assert runs_retry(cause=first.cause, since=timezone.now(), actor=TESTS).retried == ()
    assert runs_retry(cause=first.cause, since=begun, workflow="property-enquiry", actor=TESTS).retried == ()
    done = runs_retry(cause=first.cause, since=begun, workflow="under-test", actor=TESTS)
    assert (len(done.retried), [one.run for one in done.skipped], done.left) == (49, [failed[7]], 0)
    assert done.skipped[0].reason == "It was run again as a new run: go on with that one."
    again = runs_retry(cause=first.cause, since=begun, actor=TESTS)
    assert (again.retried, len(again.skipped)) == ((), 1)
    work()
    assert {run.status for run in runs() if run.pk != failed[7]} == {"succeeded"}
    assert seen(moved).status == "succeeded"


def test_two_bulk_retries_at_once_share_the_runs(start: Any, work: Work, at_once: Callable[..., list[Any]]) -> None:
    begun = timezone.now()
    cause = start(MATCH, facts="none").cause
    for _ in range(9):
        event_receive(type="test.happened", data={"facts": "none"}, actor=TESTS)
    work()

    def retry() -> Any:
        with tenant_context("acacia"):
            return runs_retry(cause=cause, since=begun, actor=TESTS)

    one, other = at_once(retry, retry)
    assert len({*one.retried, *other.retried}) == len(one.retried) + len(other.retried) == 10
    assert len(told("run.retried")) == 10


def fail(asked: Asked) -> RunView:
    run_give_up(str(asked.run.id), "died")
    return seen(asked.run)


def test_a_run_is_not_retried_once_the_customer_has_written_again(asked: Asked, work: Work) -> None:
    run = fail(asked)
    first = message_list(direction="in").items[0]
    receive(mail("Only Sunday works.\n\nGeorgia", In_Reply_To=first.message_id))
    work()
    assert refused(run).name == "conversation-moved"
    with pytest.raises(Refused, match="written again"):
        run_again(run=run.id, actor=TESTS)
    assert approvals(status="pending").count() == 1


def test_nothing_goes_on_in_a_conversation_that_a_person_has_taken_over(asked: Asked, cast: Cast) -> None:
    run = fail(asked)
    thread_take_over(thread_id=run.thread, actor=person(cast.bob))
    assert "taken over" in refused(run).sentence
    with pytest.raises(Refused, match="taken over"):
        run_again(run=run.id, actor=TESTS)


def test_an_event_is_worked_on_again_by_a_new_run_linked_to_the_old(
    asked: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    with pytest.raises(Refused, match="Cancel it first"):
        run_again(run=asked.run.id, actor=TESTS)
    run = fail(asked)
    new = run_again(run=run.id, actor=person(cast.alice))
    work()
    second = waiting()
    assert second.run.id == new
    assert (second.run.origin, seen(run).again) == (run.id, (new,))
    assert (second.run.event, second.run.version, second.run.thread) == (run.event, run.version, run.thread)
    assert [t["origin"] for t in told("run.queued") if "origin" in t] == [str(run.id)]
    assert refused(run).name == "done-again"
    with pytest.raises(Refused, match="already"):
        run_again(run=run.id, actor=TESTS)
    approve(second.approval, cast.bob)
    work()
    due_now(owner)
    work()
    assert (seen(new).status, len(outbox().items)) == ("succeeded", 1)


def test_what_is_open_in_the_conversation_ends_when_an_event_is_worked_on_again(asked: Asked, work: Work) -> None:
    run = fail(asked)
    first = run_again(run=run.id, actor=TESTS)
    work()
    with transaction.atomic():
        run_cancel(run=first, reason="person", actor=TESTS)
    second = run_again(run=run.id, actor=TESTS)
    work()
    third = run_again(run=first, actor=TESTS)
    work()
    assert (seen(second).status, seen(second).error) == (
        "cancelled",
        "It was run again: a new run takes its place.",
    )
    assert (seen(third).status, approvals(status="pending").count()) == ("waiting", 1)


def test_a_run_that_a_person_cancels_says_what_they_said(asked: Asked) -> None:
    with transaction.atomic():
        assert run_cancel(run=asked.run.id, reason="person", note=" She called. ", actor=TESTS)
    assert seen(asked.run).error == "A person cancelled it. She called."
    assert not any("She" in row.text for row in entries())
