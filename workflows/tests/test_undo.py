"""Undoing what runs did: planned, read, started by a person, and done exactly as planned."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from approvals.selectors import approval_get
from approvals.services import approval_decide
from audit.selectors import entries
from audit.services import Actor
from conftest import Cast
from crm.records import fields, record_set
from crm.selectors import appointment_list, contact_by_email, enquiry_list, task_list
from dispatch.worker import run_next
from mail.selectors import outbox
from notify.selectors import deliveries, delivery_view
from notify.services import endpoint_add
from tenants.selectors import public_context, tenant_context
from tests.story import CUSTOMER, Asked, person
from workflows.errors import (
    AlreadyStarted,
    NoSuchChoice,
    NoSuchRun,
    NotAllowed,
    NothingToUndo,
    PlanStale,
    RunUnderWay,
    SecondPersonNeeded,
    WrongDigest,
)
from workflows.models import Correction, Effect, UndoPlan
from workflows.selectors import run_get
from workflows.services import (
    effect_undo,
    run_cancel,
    undo_plan_start,
)
from workflows.tests.deeds import Deeds
from workflows.tests.undoing import begin, effects, made, status, told

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]


def kept(effect: str, run: Any) -> list[tuple[str, str]]:
    found = run_get(run)
    assert found is not None
    outcome = next(each.outcome for each in found.effects if each.step == effect)
    return [(each["field"], each["why"]) for each in outcome["undo"]["kept"]]


def test_a_plan_tells_what_would_be_undone_newest_first_and_changes_nothing(done: Asked, cast: Cast) -> None:
    before = entries(event="crm.record_reverted").count()
    plan = made([done.run.id], cast.alice)
    assert list(told(plan).items()) == [
        ("reply", ("correct", "sent")),
        ("book", ("undo", "")),
        ("follow_up", ("undo", "")),
        ("record", ("undo", "")),
    ]
    records = [record["record"] for effect in plan.document["effects"] for record in effect["records"]]
    assert [name.split(":")[0] for name in records] == ["appointment", "task", "enquiry", "contact"]
    assert all(record["removed"] for effect in plan.document["effects"] for record in effect["records"])
    assert (plan.status, plan.total, plan.document["second_person"]) == ("draft", 4, "")
    assert (status(done.run.id), entries(event="crm.record_reverted").count()) == ("succeeded", before)
    assert made([done.run.id], cast.alice).digest == plan.digest, "the same facts give the same digest"


def test_what_a_run_did_is_undone_and_its_reply_gets_a_drafted_correction(done: Asked, cast: Cast, work: Work) -> None:
    contact = contact_by_email(CUSTOMER)
    assert contact is not None
    plan = made([done.run.id], cast.alice)
    begin(plan, cast.alice)
    assert status(done.run.id) == "undoing"
    work()
    assert contact_by_email(CUSTOMER) is None
    assert fields("contact", contact.id) is None
    assert not [enquiry for enquiry in enquiry_list().items if enquiry.contact == contact.id]
    assert effects(done.run.id) == {"record": "undone", "follow_up": "undone", "book": "undone", "reply": "done"}
    assert status(done.run.id) == "undo_incomplete", "a sent reply stays sent"
    plan.refresh_from_db()
    assert (plan.status, plan.position, plan.results) == ("done", 4, [])
    correction = Correction.objects.get()
    assert "Re: Inspection at 14 Wattle Street" in correction.text
    assert "This no longer stands: Sat " in correction.text
    assert "{" not in correction.text
    assert len(outbox().items) == 1, "nothing sends it"
    names = [
        entry.body["event"]
        for entry in entries(run=str(done.run.id))
        if entry.body["event"].startswith(("run.und", "undo."))
    ]
    assert sorted(names) == ["run.undo_incomplete", "run.undoing", "undo.done", "undo.planned", "undo.started"]
    [undone] = entries(event="effect.undone", target=f"effect:{Effect.objects.get(step__key='book').pk}")
    assert undone.body["actor"] == f"person:{cast.alice.id}"


def test_a_second_start_and_a_second_plan_do_nothing_more(done: Asked, cast: Cast, work: Work) -> None:
    plan = made([done.run.id], cast.alice)
    begin(plan, cast.alice)
    with pytest.raises(AlreadyStarted, match="it is running"):
        begin(plan, cast.alice)
    with pytest.raises(RunUnderWay, match="undone already"):
        made([done.run.id], cast.alice)
    work()
    entries_before = entries().count()
    with pytest.raises(AlreadyStarted, match="it is done"):
        begin(plan, cast.alice)
    second = made([done.run.id], cast.alice)
    assert set(told(second).values()) == {("nothing", "undone"), ("nothing", "corrected")}
    with pytest.raises(NothingToUndo):
        begin(second, cast.alice)
    work()
    assert entries().count() == entries_before + 1, "but that it was planned"
    assert Correction.objects.count() == 1


def test_what_people_changed_since_stays_and_is_reported(done: Asked, cast: Cast, work: Work) -> None:
    task = next(task for task in task_list().items if task.contact is not None)
    record_set(kind="task", id=task.id, fields={"title": "Call her back"}, actor=person(cast.bob))
    plan = made([done.run.id], cast.alice)
    assert told(plan)["follow_up"] == ("nothing", "changed")
    assert told(plan)["record"] == ("nothing", "changed"), "the task still refers to both"
    assert told(plan)["book"] == ("undo", "")
    begin(plan, cast.alice)
    work()
    plan.refresh_from_db()
    assert (plan.status, plan.results) == ("done", [])
    assert (fields("task", task.id) or {})["title"] == "Call her back"
    assert effects(done.run.id) == {"record": "done", "follow_up": "done", "book": "undone", "reply": "done"}
    assert appointment_list().items == ()
    again = made([done.run.id], cast.alice)
    with pytest.raises(NothingToUndo):
        begin(again, cast.alice)


def test_what_people_changed_since_is_given_up_only_by_two(done: Asked, cast: Cast, dora: Actor, work: Work) -> None:
    task = next(task for task in task_list().items if task.contact is not None)
    record_set(kind="task", id=task.id, fields={"title": "Call her back"}, actor=person(cast.bob))
    plan = made([done.run.id], cast.alice)
    [choice] = [record["choice"] for each in plan.document["effects"] for record in each["records"] if record["choice"]]
    with pytest.raises(NoSuchChoice):
        made([done.run.id], cast.alice, put_back=[f"{choice}/title"])
    chosen = made([done.run.id], cast.alice, put_back=[choice])
    assert chosen.digest != plan.digest
    assert chosen.document["second_person"] == "It puts back fields that somebody has changed since."
    with pytest.raises(SecondPersonNeeded, match="Somebody else has to start it"):
        begin(chosen, cast.alice)
    assert status(done.run.id) == "succeeded"
    begin(chosen, dora)
    work()
    assert fields("task", task.id) is None
    assert contact_by_email(CUSTOMER) is None
    assert effects(done.run.id)["follow_up"] == "undone"


def test_what_was_given_up_is_overwritten_only_as_it_was_seen(done: Asked, cast: Cast, dora: Actor, work: Work) -> None:
    task = next(task for task in task_list().items if task.contact is not None)
    record_set(kind="task", id=task.id, fields={"title": "Call her back"}, actor=person(cast.bob))
    plan = made([done.run.id], cast.alice)
    [choice] = [record["choice"] for each in plan.document["effects"] for record in each["records"] if record["choice"]]
    chosen = made([done.run.id], cast.alice, put_back=[choice])
    begin(chosen, dora)
    record_set(kind="task", id=task.id, fields={"title": "Called: she comes"}, actor=person(cast.bob))
    work()
    chosen.refresh_from_db()
    assert ((fields("task", task.id) or {})["title"], chosen.status) == ("Called: she comes", "incomplete")


def test_what_a_run_still_holds_when_it_has_ended_is_stopped_first(
    asked: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    """No run ends like this by itself; whatever brought it there, the reply must not leave."""
    shown = approval_get(asked.approval.id)
    approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(cast.bob))
    work()
    owner.execute("UPDATE acacia.workflows_run SET status = 'cancelled' WHERE id = %s", [asked.run.id])
    plan = made([asked.run.id], cast.alice)
    assert next(iter(told(plan).items())) == ("reply", ("stop", ""))
    begin(plan, cast.alice)
    work()
    assert [message.status for message in outbox().items] == ["stopped"]
    assert effects(asked.run.id)["reply"] == "stopped"
    assert (status(asked.run.id), contact_by_email(CUSTOMER)) == ("undone", None)


def test_what_was_written_after_the_start_stays_and_the_undo_says_so(done: Asked, cast: Cast, work: Work) -> None:
    """Between the comparison at the start and the worker nobody holds the records."""
    task = next(task for task in task_list().items if task.contact is not None)
    plan = made([done.run.id], cast.alice)
    begin(plan, cast.alice)
    record_set(kind="task", id=task.id, fields={"title": "Call her back"}, actor=person(cast.bob))
    work()
    plan.refresh_from_db()
    assert plan.status == "incomplete"
    assert ("title", "changed") in [(each["field"], each["why"]) for each in plan.results]
    assert (fields("task", task.id) or {})["title"] == "Call her back"
    assert kept("follow_up", done.run.id) == [("title", "changed")]
    assert effects(done.run.id)["follow_up"] == "undo_failed"
    [entry] = entries(event="undo.incomplete")
    assert entry.body["data"]["stayed"] == len(plan.results)


def test_a_plan_whose_facts_have_changed_is_not_started(done: Asked, cast: Cast, work: Work) -> None:
    plan = made([done.run.id], cast.alice)
    with pytest.raises(WrongDigest):
        undo_plan_start(plan=plan.pk, digest="0" * 64, actor=person(cast.alice))
    task = next(task for task in task_list().items if task.contact is not None)
    record_set(kind="task", id=task.id, fields={"title": "Call her back"}, actor=person(cast.bob))
    with pytest.raises(PlanStale) as refused:
        begin(plan, cast.alice)
    assert {
        "record": f"task:{task.id}",
        "field": "title",
        "was": task.title,
        "is": "Call her back",
    } in refused.value.stale
    work()
    assert (status(done.run.id), appointment_list().items != ()) == ("succeeded", True)


def test_two_who_start_at_once_start_it_once(
    done: Asked, cast: Cast, dora: Actor, work: Work, at_once: Callable[..., list[Any]]
) -> None:
    plans = [made([done.run.id], cast.alice), made([done.run.id], dora)]

    def starts(plan: UndoPlan, who: Any) -> Callable[[], None]:
        def start() -> None:
            with tenant_context("acacia"):
                begin(plan, who)

        return start

    answers = at_once(starts(plans[0], cast.alice), starts(plans[0], dora), starts(plans[1], dora))
    assert sorted(type(answer).__name__ for answer in answers).count("NoneType") == 1
    work()
    assert entries(event="run.undoing").count() == 1
    assert contact_by_email(CUSTOMER) is None


def test_only_who_may_change_runs_starts_and_only_what_has_ended(asked: Asked, cast: Cast, work: Work) -> None:
    with pytest.raises(RunUnderWay, match="Cancel it first"):
        made([asked.run.id], cast.alice)
    with pytest.raises(NoSuchRun):
        made([uuid4()], cast.alice)
    with transaction.atomic():
        run_cancel(run=asked.run.id, reason="person", actor=person(cast.alice))
    plan = made([asked.run.id], cast.alice)
    with pytest.raises(NotAllowed):
        begin(plan, cast.bob)
    with pytest.raises(NotAllowed):
        undo_plan_start(plan=plan.pk, digest=plan.digest, actor=Actor.system("tests"))
    with pytest.raises(NothingToUndo):
        begin(plan, cast.alice)


def test_of_two_runs_that_wrote_one_field_both_are_put_back(deeds: Deeds, cast: Cast, work: Work) -> None:
    first = deeds.run(deeds.enquiry("one@example.com", summary="First", thread="t"))
    contact = contact_by_email("one@example.com")
    assert contact is not None
    enquiry = enquiry_list(contact=contact.id).items[0].id
    second = deeds.run(deeds.enquiry("one@example.com", summary="Second", thread="t"))
    third = deeds.run(deeds.enquiry("one@example.com", summary="Third", thread="t"))
    plan = made([second, third], cast.alice)
    begin(plan, cast.alice)
    work()
    plan.refresh_from_db()
    assert (plan.status, plan.results) == ("done", [])
    assert (fields("enquiry", enquiry) or {})["summary"] == "First"
    assert [status(run) for run in (first, second, third)] == ["succeeded", "undone", "undone"]


def test_of_a_record_only_the_fields_that_nobody_changed_are_put_back(
    deeds: Deeds, cast: Cast, dora: Actor, work: Work
) -> None:
    deeds.run(deeds.enquiry("one@example.com", summary="First", thread="t", budget="1.00"))
    contact = contact_by_email("one@example.com")
    assert contact is not None
    enquiry = enquiry_list(contact=contact.id).items[0].id
    run = deeds.run(deeds.enquiry("one@example.com", summary="Second", thread="t", budget="2.00"))
    record_set(kind="enquiry", id=enquiry, fields={"summary": "Bob's"}, actor=person(cast.bob))
    plan = made([run], cast.alice)
    [record] = [each for each in plan.document["effects"][0]["records"] if each["record"] == f"enquiry:{enquiry}"]
    shown = {each["field"]: (each["before"], each["wrote"], each["now"], each["fate"]) for each in record["fields"]}
    assert shown["summary"] == ("First", "Second", "Bob's", "changed")
    assert shown["budget"] == ("1.00", "2.00", "2.00", "back")
    begin(plan, cast.alice)
    work()
    now = fields("enquiry", enquiry) or {}
    assert (now["summary"], now["budget"], status(run)) == ("Bob's", "1.00", "undo_incomplete")
    assert kept("do_0", run) == [("summary", "changed")]
    [choice] = [each["choice"] for each in record["fields"] if each["choice"]]
    chosen = made([run], cast.alice, put_back=[choice])
    begin(chosen, dora)
    work()
    assert ((fields("enquiry", enquiry) or {})["summary"], status(run)) == ("First", "undone")


def test_one_effect_is_undone_alone(deeds: Deeds, cast: Cast, work: Work) -> None:
    run = deeds.run(deeds.enquiry("one@example.com"), deeds.task("Ring"))
    ring = Effect.objects.get(run=run, step__key="do_1").pk
    with pytest.raises(NotAllowed):
        effect_undo(effect=ring, actor=person(cast.bob))
    assert UndoPlan.objects.count() == 0, "no plan is left of what was refused"
    effect_undo(effect=ring, actor=person(cast.alice))
    work()
    assert effects(run) == {"do_0": "done", "do_1": "undone"}
    assert status(run) == "undo_incomplete"
    with pytest.raises(NothingToUndo):
        effect_undo(effect=ring, actor=person(cast.alice))
    effect_undo(effect=Effect.objects.get(run=run, step__key="do_0").pk, actor=person(cast.alice))
    work()
    assert (status(run), contact_by_email("one@example.com")) == ("undone", None)


def test_integrators_hear_of_what_was_undone(deeds: Deeds, cast: Cast, work: Work) -> None:
    endpoint = endpoint_add(url="https://example.com/", types=["effect.undone"], actor=person(cast.alice)).id
    run = deeds.run(deeds.task("Ring"))
    begin(made([run], cast.alice), cast.alice)
    with public_context():
        run_next("runs")
    told = [delivery_view(row) for row in deliveries(endpoint=endpoint)]
    assert [(each.type, each.status) for each in told] == [("effect.undone", "pending")]


def test_more_records_than_one_person_may_undo_alone_need_another(
    deeds: Deeds, cast: Cast, dora: Actor, work: Work
) -> None:
    runs = [deeds.run(*(deeds.task(f"Task {number}") for number in range(7))) for _ in range(3)]
    plan = made(runs, cast.alice)
    assert plan.document["second_person"] == "It changes 21 records: more than 20."
    with pytest.raises(SecondPersonNeeded):
        begin(plan, cast.alice)
    begin(plan, dora)
    work()
    assert {status(run) for run in runs} == {"undone"}


def test_undo_of_200_runs_does_what_its_plan_says_and_a_second_call_does_nothing(
    deeds: Deeds, cast: Cast, dora: Actor, work: Work
) -> None:
    customers = [f"customer{number}@example.com" for number in range(200)]
    runs = [deeds.run(deeds.enquiry(email, thread=email), deeds.task(f"Ring {email}")) for email in customers]
    runs += [deeds.run(deeds.enquiry(email, summary="Wrote again", thread=email)) for email in customers[:40]]
    for email in customers[100:120]:
        task = next(task for task in task_list(limit=200).items if task.title == f"Ring {email}")
        record_set(kind="task", id=task.id, fields={"title": f"{email} is called"}, actor=person(cast.bob))
    for email in customers[30:60]:
        contact = contact_by_email(email)
        assert contact is not None
        record_set(kind="contact", id=contact.id, fields={"phone": "0491 570 156"}, actor=person(cast.bob))
    with CaptureQueriesContext(
        connection,
    ) as read:
        plan = made(runs, cast.alice)
    assert len(read) <= 25, "a few queries, however many runs"
    people = {name: values for name in _records(plan) if (values := fields(*name.split(":"))) is not None}
    begin(plan, dora)
    work()
    plan.refresh_from_db()
    assert (plan.status, plan.results, plan.position) == ("done", [], plan.total)
    for effect in plan.document["effects"]:
        for record in effect["records"]:
            now = fields(*record["record"].split(":"))
            if record["removed"]:
                assert now is None, record
            elif record["created"]:
                assert now is None or now == people[record["record"]] or now["summary"] == "Asked", record
            for field in record["fields"]:
                if field["fate"] == "changed":
                    assert now is not None
                    assert now[field["field"]] == people[record["record"]][field["field"]]
    for email in customers[30:60]:
        contact = contact_by_email(email)
        assert contact is not None
        assert contact.phone == "0491 570 156"
    assert all(contact_by_email(email) is None for email in (*customers[:30], *customers[60:100], *customers[120:]))
    assert sum("is called" in task.title for task in task_list(limit=200).items) == 20
    again = made(runs, cast.alice)
    assert again.total == 0
    with pytest.raises(NothingToUndo):
        begin(again, dora)


def _records(plan: UndoPlan) -> set[str]:
    return {record["record"] for effect in plan.document["effects"] for record in effect["records"]}
