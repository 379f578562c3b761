"""The switch that sends everything to people, thrown in the middle of things."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ai.catalog.services import RESTING, switch_set
from ai.catalog.services import ReasonMissing as SwitchReasonMissing
from approvals.selectors import approval_get
from approvals.services import approval_decide
from audit.selectors import entries
from audit.services import Actor
from conftest import Cast
from crm.selectors import task_list
from dispatch.services import work_add
from dispatch.worker import run_next
from mail.selectors import message_list, outbox
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.selectors import public_context, tenant_context
from tests.story import CUSTOMER, Asked, due_now, mail, person, receive, samples, waiting
from workflows.engine import steps
from workflows.errors import ReasonMissing
from workflows.selectors import (
    RunView,
    Stop,
    automation,
    automation_history,
    automation_views,
    people_only,
    run_get,
    runs,
    switch,
)
from workflows.services import automation_set, event_receive
from workflows.steps.understand import Understand

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")


def off(reason: str = "The office moves today.") -> None:
    automation_set(mode="people_only", reason=reason, actor=TESTS)


def on() -> None:
    automation_set(mode="policy", reason="", actor=TESTS)


def the_run() -> RunView:
    row = runs().first()
    assert row is not None
    found = run_get(row.pk)
    assert found is not None
    return found


def statuses(run: RunView) -> dict[str, str]:
    return {step.key: step.status for step in run.steps}


def titles() -> list[str]:
    return [task.title for task in task_list().items]


def test_nobody_has_changed_it_means_that_versions_and_policy_decide() -> None:
    now = automation()
    assert (now.mode, now.reason, now.changed_by, now.changed_at) == ("policy", "", "", None)


def test_the_newest_change_is_in_force_and_the_ledger_keeps_each_without_the_reason(cast: Cast) -> None:
    automation_set(mode="people_only", reason="Odd drafts about 14 Wattle Street.", actor=person(cast.alice))
    automation_set(mode="policy", reason="", actor=person(cast.alice))
    assert [(change.mode, change.changed_by) for change in automation_views(automation_history())] == [
        ("policy", "Alice"),
        ("people_only", "Alice"),
    ]
    told = list(entries(event="automation.changed"))
    assert [row.body["data"] for row in told] == [
        {"mode": "policy", "former": "people_only"},
        {"mode": "people_only", "former": "policy"},
    ]
    assert not any("Wattle" in row.text for row in told)


def test_people_are_told_why_the_ai_stops(cast: Cast) -> None:
    with pytest.raises(ReasonMissing):
        automation_set(mode="people_only", reason="  ", actor=person(cast.alice))
    assert not automation_history().exists()


def test_switching_on_what_is_on_changes_nothing() -> None:
    on()
    assert not automation_history().exists()


def test_mail_is_kept_and_a_person_is_asked_instead_of_a_model(work: Work) -> None:
    samples()
    off()
    receive(mail())
    work()
    assert not runs().exists()
    (message,) = message_list(direction="in").items
    assert message.thread is not None, "it is read and threaded as ever"
    assert titles() == [f"Answer by hand: “Inspection at 14 Wattle Street” from {CUSTOMER}"]
    on()
    work()
    assert not runs().exists(), "what people were asked for is theirs"


def test_another_event_is_kept_for_people_too_and_one_that_starts_nothing_asks_nobody() -> None:
    off()
    received = event_receive(type="email.received", data={"auto_generated": False}, actor=TESTS)
    event_receive(type="nobody.waits", data={}, actor=TESTS)
    assert received.runs == []
    assert titles() == [f"Handle by hand: email.received (event {received.event})"]


def test_a_run_under_way_stops_before_its_next_ai_step_and_goes_on(work: Work, monkeypatch: Any) -> None:
    samples()
    understand = Understand.run

    def and_meanwhile(self: Any, *args: Any) -> Any:
        off()
        return understand(self, *args)

    monkeypatch.setattr(Understand, "run", and_meanwhile)
    receive(mail())
    work()
    run = the_run()
    assert run.status == "waiting"
    assert statuses(run) | {"understand": "succeeded", "match": "succeeded", "recommend": "pending"} == statuses(run)
    on()
    work()
    assert waiting().run.id == run.id


def test_a_run_that_has_read_the_switch_when_it_is_thrown_back_does_not_rest_for_ever(
    work: Work, monkeypatch: Any
) -> None:
    samples()
    receive(mail())
    with public_context():
        assert run_next("runs")
    off()

    def thrown_back_once_read() -> Stop:
        read = people_only()
        on()
        return read

    monkeypatch.setattr(steps, "people_only", thrown_back_once_read)
    work()
    assert waiting().run.id == the_run().id


def test_what_waits_stays_decidable_and_an_approved_reply_still_leaves(
    asked: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    off()
    approval_decide(
        approval_id=asked.approval.id, decision="approve", digest=asked.approval.digest, actor=person(cast.bob)
    )
    work()
    assert outbox().items[0].status == "held"
    due_now(owner)
    work()
    assert the_run().status == "succeeded"
    assert outbox().items[0].status == "kept"


def test_a_newer_mail_withdraws_the_proposal_and_asks_a_person(asked: Asked, work: Work) -> None:
    off()
    came = message_list(direction="in").items[0]
    receive(mail("Sunday would do as well.", subject="Re: Inspection", In_Reply_To=f"<{came.message_id.strip('<>')}>"))
    work()
    assert approval_get(asked.approval.id).status == "withdrawn"
    assert len(titles()) == 1
    assert runs().count() == 1


OLGA = Actor("operator", "0")


def everywhere(mode: str, reason: str = "") -> None:
    with public_context(PublicAs(operator_role())):
        switch_set(mode=mode, reason=reason, actor=OLGA)


def test_the_operators_send_everything_of_every_workspace_to_people_and_back(cast: Cast, work: Work) -> None:
    samples()
    everywhere("people_only", "A model answers nonsense.")
    for slug in ("acacia", "harbour"):
        with tenant_context(slug):
            assert people_only() == Stop.EVERYWHERE
            now = switch()
            assert (now.mode, now.off) == ("policy", True)
            assert now.everywhere is not None
            assert now.everywhere.reason == "A model answers nonsense."
    receive(mail())
    work()
    assert not runs().exists()
    assert titles() == [f"Answer by hand: “Inspection at 14 Wattle Street” from {CUSTOMER}"]
    everywhere("policy")
    assert people_only() == Stop.NO
    receive(mail("Is Sunday possible?", subject="Sunday"))
    work()
    assert runs().count() == 1


def test_a_run_that_rests_for_the_operators_goes_on_when_they_say_so(
    work: Work, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples()
    understand = Understand.run

    def and_meanwhile(self: Any, *args: Any) -> Any:
        everywhere("people_only", "A model answers nonsense.")
        return understand(self, *args)

    monkeypatch.setattr(Understand, "run", and_meanwhile)
    receive(mail())
    work()
    run = the_run()
    assert run.status == "waiting"
    assert statuses(run)["recommend"] == "pending"
    due_now(owner)  # it looks by itself, and rests on
    work()
    assert the_run().status == "waiting"
    everywhere("policy")
    work()
    assert waiting().run.id == run.id


def test_a_run_that_both_have_stopped_goes_on_only_when_both_say_so(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples()
    understand = Understand.run

    def and_meanwhile(self: Any, *args: Any) -> Any:
        everywhere("people_only", "A model answers nonsense.")
        off()
        return understand(self, *args)

    monkeypatch.setattr(Understand, "run", and_meanwhile)
    receive(mail())
    work()
    on()
    work()
    assert the_run().status == "waiting"
    off()
    everywhere("policy")
    work()
    assert the_run().status == "waiting"
    on()
    work()
    assert waiting().run.id == the_run().id


def test_switching_on_wakes_with_as_many_statements_for_any_number_of_workspaces(
    owner: Any,
) -> None:
    def statements(works: int) -> int:
        everywhere("people_only", "A drill.")
        for slug in ("acacia", "harbour"):
            with tenant_context(slug):
                for number in range(works):
                    work_add(handler=RESTING, subject=str(number), due_at=timezone.now() + timedelta(hours=1))
        with CaptureQueriesContext(connection) as captured:
            everywhere("policy")
        due = owner.execute("SELECT count(*) FROM public.dispatch_work WHERE due_at <= now()").fetchone()
        assert due == (2 * works,)
        owner.execute("DELETE FROM public.dispatch_work")
        return len(captured)

    assert statements(1) == statements(20)


def test_the_operators_switch_is_told_in_their_ledger_without_its_reason_and_asks_for_one() -> None:
    with pytest.raises(SwitchReasonMissing):
        everywhere("people_only", "  ")
    everywhere("policy")
    everywhere("people_only", "A model answers nonsense.")
    with public_context(PublicAs(operator_role())):
        (told,) = entries(event="automation.changed_for_all")
    assert told.body["data"] | {"mode": "people_only", "former": "policy"} == told.body["data"]
    assert "nonsense" not in told.text


def test_a_workspace_cannot_touch_the_operators_switch() -> None:
    with pytest.raises(ProgrammingError):
        switch_set(mode="people_only", reason="Mine.", actor=TESTS)
    assert people_only() == Stop.NO
