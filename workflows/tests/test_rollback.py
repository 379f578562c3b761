"""Versions in and out of force, while runs are under way and replies are held."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from approvals.selectors import approval_get
from approvals.services import approval_decide
from audit.selectors import entries
from audit.services import Actor
from conftest import Cast
from crm.selectors import contact_by_email, task_list
from dispatch.worker import run_next
from mail.selectors import outbox
from tenants.selectors import public_context, tenant_context
from tests.story import CUSTOMER, Asked, due_now, mail, person, receive, samples, waiting
from workflows.engine import bundles
from workflows.errors import NoFormerVersion, NotInForce
from workflows.selectors import run_get, runs, version_former, version_get, version_list, workflow_get
from workflows.services import (
    event_receive,
    version_activate,
    version_publish,
    version_rollback,
    workflow_switch_off,
    workflow_switch_on,
)

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")
SLUG = "property-enquiry"


@pytest.fixture
def two_versions(in_committed_acacia: None, owner: Any) -> Iterator[None]:
    """The second version, which asks after 12 hours instead of 24, is in force."""
    first = version_get(SLUG, 1)
    assert first is not None
    version_publish(source=first.source.replace("expires: 24h", "expires: 12h"), actor=TESTS)
    version_activate(slug=SLUG, number=2, actor=TESTS)
    yield
    owner.execute("TRUNCATE acacia.workflows_run CASCADE")
    owner.execute("DELETE FROM acacia.workflows_workflowversion WHERE number > 1")
    owner.execute("UPDATE acacia.workflows_workflowversion SET status = 'active' WHERE number = 1")


@pytest.fixture
def proposed(two_versions: None, work: Work) -> Asked:
    """The second version has made a proposal."""
    samples()
    receive(mail())
    work()
    return waiting()


def approve(asked: Asked, cast: Cast) -> None:
    approval_decide(
        approval_id=asked.approval.id, decision="approve", digest=asked.approval.digest, actor=person(cast.bob)
    )


def in_force() -> int | None:
    found = workflow_get(SLUG)
    assert found is not None
    return found.active_version


def told(event: str) -> list[dict[str, Any]]:
    return [row.body["data"] for row in entries(event=event)]


def test_a_rollback_puts_the_former_version_back_and_stops_what_is_held(
    proposed: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    approve(proposed, cast)
    work()
    (held,) = outbox().items
    assert held.status == "held"
    done = version_rollback(slug=SLUG, number=2, actor=person(cast.alice))
    assert (done.number, done.stopped, done.leaving) == (1, [proposed.run.id], [])
    assert in_force() == 1
    assert outbox().items[0].status == "stopped", "at once, before any worker has a turn"
    run = run_get(proposed.run.id)
    assert run is not None
    assert (run.status, run.error) == ("cancelled", "Its version was rolled back before its reply left.")
    due_now(owner)
    work()
    assert outbox().items[0].status == "stopped"
    assert contact_by_email(CUSTOMER) is not None, "what it has done already stays"
    assert f"Answer by hand: “Inspection at 14 Wattle Street” from {CUSTOMER}" in [t.title for t in task_list().items]
    (entry,) = told("version.rolled_back")
    assert (entry["number"], entry["former"], entry["stopped"]) == (2, 1, [str(proposed.run.id)])


def test_what_people_approved_and_no_worker_has_begun_is_stopped_too(proposed: Asked, cast: Cast, work: Work) -> None:
    approve(proposed, cast)
    assert version_rollback(slug=SLUG, number=2, actor=TESTS).stopped == [proposed.run.id]
    work()
    assert outbox().items == ()
    assert approval_get(proposed.approval.id).status == "withdrawn"


def test_a_reply_that_is_being_written_just_now_is_waited_for_and_stopped(
    proposed: Asked, cast: Cast, at_once: Callable[..., list[Any]], monkeypatch: Any
) -> None:
    """The worker holds the run while it carries out; the rollback comes meanwhile."""
    approve(proposed, cast)
    apply_plans, begun = bundles._apply_plans, []

    def slowly(*args: Any) -> None:
        begun.append(True)
        apply_plans(*args)

    monkeypatch.setattr(bundles, "_apply_plans", slowly)

    def worker() -> None:
        with public_context():
            while run_next("ai") or run_next("runs"):
                pass

    def manager() -> Any:
        with tenant_context("acacia"):
            return version_rollback(slug=SLUG, number=2, actor=TESTS)

    _, done = at_once(worker, manager)
    assert done.stopped == [proposed.run.id]
    assert [message.status for message in outbox().items] in ([], ["stopped"])


def test_what_only_waits_stays_to_be_decided(proposed: Asked, cast: Cast, work: Work) -> None:
    done = version_rollback(slug=SLUG, number=2, actor=TESTS)
    assert (done.stopped, done.leaving) == ([], [])
    approve(proposed, cast)
    work()
    assert outbox().items[0].status == "held", "a person has looked at it, and decided"


def test_held_replies_of_another_version_are_left_alone(
    asked: Asked, cast: Cast, work: Work, request: pytest.FixtureRequest
) -> None:
    approve(asked, cast)
    work()
    request.getfixturevalue("two_versions")
    assert version_rollback(slug=SLUG, number=2, actor=TESTS).stopped == []
    assert outbox().items[0].status == "held"


def test_only_the_version_in_force_is_rolled_back_and_only_to_one_that_was(two_versions: None) -> None:
    with pytest.raises(NotInForce):
        version_rollback(slug=SLUG, number=1, actor=TESTS)
    version_rollback(slug=SLUG, number=2, actor=TESTS)
    assert version_former(SLUG) is None
    with pytest.raises(NoFormerVersion):
        version_rollback(slug=SLUG, number=1, actor=TESTS)
    assert in_force() == 1


def test_two_rollbacks_at_once_roll_back_once(two_versions: None, at_once: Callable[..., list[Any]]) -> None:
    def manager() -> Any:
        with tenant_context("acacia"):
            return version_rollback(slug=SLUG, number=2, actor=TESTS)

    answers = at_once(manager, manager)
    assert sorted(type(answer).__name__ for answer in answers) == ["NotInForce", "RolledBack"]
    assert in_force() == 1


def test_off_starts_nothing_and_lets_what_has_begun_go_on(proposed: Asked, cast: Cast, work: Work) -> None:
    workflow_switch_off(slug=SLUG, actor=person(cast.alice))
    workflow_switch_off(slug=SLUG, actor=person(cast.alice))
    assert in_force() is None
    assert event_receive(type="email.received", data={"auto_generated": False}, actor=TESTS).runs == []
    approve(proposed, cast)
    work()
    assert outbox().items[0].status == "held"
    workflow_switch_on(slug=SLUG, actor=person(cast.alice))
    workflow_switch_on(slug=SLUG, actor=person(cast.alice))
    assert in_force() == 2
    assert [entry["number"] for entry in told("version.retired")] == [2, 1]
    assert [entry["number"] for entry in told("version.active")] == [2, 2]
    assert runs().count() == 1


def test_on_after_a_rollback_is_the_version_that_was_in_force_last(two_versions: None) -> None:
    version_rollback(slug=SLUG, number=2, actor=TESTS)
    workflow_switch_off(slug=SLUG, actor=TESTS)
    workflow_switch_on(slug=SLUG, actor=TESTS)
    assert in_force() == 1
    assert [(version.number, version.status) for version in version_list(SLUG)] == [(2, "retired"), (1, "active")]
