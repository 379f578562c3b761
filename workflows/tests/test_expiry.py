"""When nobody decides: passed on to as many as the version says, then skipped or failed, as it says."""

from collections.abc import Callable
from typing import Any

import pytest

from approvals.selectors import approval_get, approvals, view_of
from approvals.services import approval_decide
from audit.services import Actor
from conftest import Cast
from crm.selectors import task_list
from tests.looking import seen, states
from tests.story import due_now, person
from workflows.errors import InvalidDefinition
from workflows.services import version_publish

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")
STEPS = """
  - {key: call, do: crm.create_task, bundle: first, needs: [], with: {title: Call}}
  - {key: note, do: crm.create_task, bundle: first, with: {title: Note}}
  - {key: chase, do: crm.create_task, needs: [note], with: {title: Chase}, when: 'bundles.first == "expired"'}
bundles:
  first: {approval: {expires: 1h%s}}
"""


def asked(run: Any) -> Any:
    return next(view_of(row) for row in approvals(run=run.id, status="pending"))


def approve(view: Any, who: Any, decision: Any = "approve") -> str:
    digest = approval_get(view.id).digest
    return approval_decide(approval_id=view.id, decision=decision, digest=digest, actor=person(who)).status


def time_passes(owner: Any, work: Work) -> None:
    owner.execute(
        "UPDATE acacia.approvals_approval SET expires_at = now() - interval '1 second' WHERE status = 'pending'"
    )
    due_now(owner)
    work()


def test_what_nobody_decides_is_skipped_and_the_run_goes_on(start: Any, work: Work, owner: Any, cast: Cast) -> None:
    run = start(STEPS % ", if_expired: go_on")
    first = asked(run)
    assert first.document["if_expired"] == "go_on"
    time_passes(owner, work)
    assert approval_get(first.id).status == "expired"
    assert states(run) == {"call": "skipped", "note": "skipped", "chase": "waiting"}
    assert approve(asked(run), cast.bob) == "approved"
    work()
    assert seen(run).status == "succeeded"
    assert [task.title for task in task_list().items] == ["Chase"]


def test_what_was_decided_takes_the_other_branch(start: Any, work: Work, cast: Cast) -> None:
    run = start(STEPS % ", if_expired: go_on")
    assert approve(asked(run), cast.bob, "reject") == "rejected"
    work()
    assert (seen(run).status, set(states(run).values())) == ("succeeded", {"skipped"})


def test_else_the_run_has_failed_and_waits_to_be_retried(start: Any, work: Work, owner: Any) -> None:
    run = start(STEPS % "")
    time_passes(owner, work)
    assert (seen(run).status, states(run)["chase"]) == ("failed", "pending")


def test_it_is_passed_on_to_as_many_as_the_version_says(start: Any, work: Work, owner: Any, cast: Cast) -> None:
    run = start(STEPS % ", escalate_to: {role: agent, count: 2}, if_expired: go_on")
    first = asked(run)
    time_passes(owner, work)
    passed_on = approval_get(first.id)
    assert (passed_on.status, passed_on.required_approvers) == ("pending", 2)
    assert passed_on.digest != first.digest
    assert approve(first, cast.bob) == "pending"
    assert approve(first, cast.alice) == "approved"
    work()
    assert states(run) == {"call": "succeeded", "note": "succeeded", "chase": "skipped"}


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ('bundles.other == "expired"', "there are first"),
        ('bundles.first.status == "expired"', "what became of it is a word"),
    ],
)
def test_what_cannot_be_known_of_a_proposal_is_refused_at_publication(when: str, words: str) -> None:
    text = f"name: x\non: {{event: test.happened}}\nsteps:\n{STEPS % ''}".replace('bundles.first == "expired"', when)
    with pytest.raises(InvalidDefinition) as refused:
        version_publish(source=text, actor=TESTS)
    assert words in str(refused.value.faults)


def test_a_proposal_that_is_not_decided_by_then_cannot_be_asked_about() -> None:
    text = f"name: x\non: {{event: test.happened}}\nsteps:\n{STEPS % ''}".replace(
        "needs: [note], with: {title: Chase}", "needs: [], with: {title: Chase}"
    )
    with pytest.raises(InvalidDefinition) as refused:
        version_publish(source=text, actor=TESTS)
    assert "may not be decided by then: add call, note" in str(refused.value.faults)
