"""The list of runs, a run's page, and its way to an early end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.selectors import approval_get
from approvals.services import approval_decide
from conftest import Cast, Person
from mail.selectors import outbox
from portal.timeline import LETTER, WIDTH, Axis, Interval
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import Asked, due_now, mail, person, receive, waiting
from workflows.selectors import run_get
from workflows.services import event_receive

Work = Callable[[], None]
committed = pytest.mark.usefixtures("in_committed_acacia")


def shown(who: Person, path: str) -> str:
    return str(signed_in(who).get(path).content.decode())


def approve(asked: Asked, who: Any, work: Work) -> None:
    digest = asked.approval.digest
    with tenant_context("acacia"):
        approval_decide(approval_id=asked.approval.id, decision="approve", digest=digest, actor=person(who))
    work()


@committed
def test_runs_are_found_by_customer_subject_id_state_and_day(asked: Asked, cast: Cast, work: Work) -> None:
    receive(mail("What is it worth?", subject="What is our home worth?", sender="Wei Zhang <wei@example.com>"))
    work()
    worth = waiting()
    first, last = (run.created_at.astimezone(ZoneInfo("Australia/Sydney")).date() for run in (asked.run, worth.run))
    for query, georgia, wei in (
        ("", True, True),
        ("q=papadopoulos", True, False),
        ("q=wei@example.com", False, True),
        ("q=home worth", False, True),
        (f"q={str(worth.run.id)[:18]}", False, True),
        (f"q={asked.run.id}", True, False),
        ("status=person", True, True),
        ("status=failed", False, False),
        (f"from={first}&to={last}", True, True),
        (f"to={first - timedelta(days=1)}", False, False),
        ("workflow=property-enquiry", True, True),
        ("workflow=nothing", False, False),
    ):
        page = shown(cast.bob, f"/runs/?{query}")
        table = page[page.index('id="runs"') :]
        assert ("Georgia Papadopoulos" in table, "Wei Zhang" in table) == (georgia, wei), query
    assert "No run fits." in shown(cast.bob, "/runs/?status=failed")
    assert "is no date" in shown(cast.bob, "/runs/?from=yesterday")
    assert "ends before it begins" in shown(cast.bob, "/runs/?from=2026-02-02&to=2026-02-01")


@committed
def test_the_list_tells_what_a_run_waits_for(asked: Asked, cast: Cast, work: Work, owner: Any) -> None:
    waits = shown(cast.bob, "/runs/")
    assert "Waits for a person" in waits
    assert f'href="/approvals/{asked.approval.id}/"' in waits
    approve(asked, cast.bob, work)
    assert "Reply leaves in" in shown(cast.bob, "/runs/")
    due_now(owner)
    work()
    assert "Done" in shown(cast.bob, "/runs/")


@committed
def test_a_thousand_runs_cost_as_many_queries_as_ten(asked: Asked, cast: Cast, owner: Any) -> None:
    client = signed_in(cast.bob)

    def more(count: int) -> None:
        """Runs of the same email that wait."""
        owner.execute(
            "WITH first AS (SELECT e.type, e.data, r.version_id FROM acacia.workflows_run r"
            " JOIN acacia.workflows_event e ON e.id = r.event_id WHERE r.id = %s), told AS ("
            " INSERT INTO acacia.workflows_event (id, type, data, created_at)"
            " SELECT gen_random_uuid(), first.type, first.data, now() FROM first, generate_series(1, %s)"
            " RETURNING id) INSERT INTO acacia.workflows_run"
            " (id, version_id, event_id, status, thread, error, cost_usd, created_at, ran)"
            " SELECT gen_random_uuid(), first.version_id, told.id, 'waiting', '', '', 0, now(), '0' FROM first, told",
            [asked.run.id, count],
        )

    def queries() -> int:
        client.get("/runs/")
        with CaptureQueriesContext(connection) as asked_of:
            assert client.get("/runs/").status_code == 200
        return len(asked_of)

    more(9)
    few = queries()
    more(990)
    assert queries() == few < 20


@committed
def test_a_runs_page_tells_steps_decision_effects_and_entries(asked: Asked, cast: Cast, work: Work, owner: Any) -> None:
    approve(asked, cast.bob, work)
    path = f"/runs/{asked.run.id}/"
    held = shown(cast.alice, path)
    assert "Bob decided" in held
    assert f'href="/approvals/{asked.approval.id}/"' in held
    assert "Reply to Georgia Papadopoulos" in held
    assert 'value="take_back"' in held
    assert "wf-held" in held
    assert "1 call and 1 check" in held, "a manager may see what the model was asked"
    assert "1 call" not in shown(cast.bob, path), "an agent may not"
    client = signed_in(cast.alice)
    client.get(path)
    with CaptureQueriesContext(connection) as asked_of:
        client.get(path)
    assert len(asked_of) < 20
    due_now(owner)
    work()
    assert 'value="take_back"' not in shown(cast.bob, path)


@committed
def test_a_manager_cancels_a_run_and_its_reply_does_not_leave(asked: Asked, cast: Cast, work: Work, owner: Any) -> None:
    approve(asked, cast.bob, work)
    path = f"/runs/{asked.run.id}/"
    assert "Cancel run" not in shown(cast.bob, path)
    assert signed_in(cast.bob).post(f"{path}cancel/").status_code == 403
    assert signed_in(cast.charlie, "harbour").post(f"{path}cancel/").status_code == 404
    alice = signed_in(cast.alice)
    assert alice.get(f"{path}cancel/").status_code == 405
    done = alice.post(f"{path}cancel/", follow=True).content.decode()
    assert "A person cancelled it." in done
    again = alice.post(f"{path}cancel/")
    assert (again.status_code, "Nothing was cancelled." in again.content.decode()) == (409, True)
    due_now(owner)
    work()
    with tenant_context("acacia"):
        run = run_get(asked.run.id)
        assert run is not None
        assert (run.status, approval_get(asked.approval.id).status) == ("cancelled", "withdrawn")
        assert outbox().items[0].status == "stopped"


@committed
def test_a_run_that_failed_says_why_in_the_list_and_on_its_page(cast: Cast, work: Work) -> None:
    event = {"message": "019a8f31-7c02-7000-8000-000000000000", "auto_generated": False}
    received = event_receive(type="email.received", data=event, actor=person(cast.alice))
    work()
    with tenant_context("acacia"):
        run = run_get(received.runs[0])
    assert run is not None
    assert run.status == "failed"
    assert run.error
    for path in ("/runs/?status=failed", f"/runs/{run.id}/"):
        assert run.error[:60] in shown(cast.bob, path).replace("&#x27;", "'").replace("&quot;", '"')


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_the_axis_gives_seconds_of_work_more_room_than_hours_of_waiting() -> None:
    axis = Axis(
        [
            Interval("work", at(0), at(2)),
            Interval("work", at(2), at(10)),
            Interval("person", at(10), at(5650)),
            Interval("work", at(5650), at(5650.2)),
            Interval("held", at(5650.2), at(6250)),
        ]
    )
    work, person_, held = axis.bar(Interval("work", at(2), at(10))), axis.waits[0], axis.stretches[-1]
    assert work.width > person_.width
    assert axis.x(at(0)) == 0
    assert axis.x(at(6250)) == pytest.approx(WIDTH, abs=0.5)
    assert held.kind == "held"
    assert "1 h 34 min" in [tick.text for tick in axis.ticks]


def test_moments_keep_their_order_on_the_axis() -> None:
    axis = Axis([Interval("work", at(0), at(1)), Interval("person", at(1), at(90)), Interval("work", at(90), at(91))])
    places = [axis.x(at(second)) for second in (0, 0.5, 1, 40, 90, 90.5, 91)]
    assert places == sorted(places)
    assert all(0 <= place <= WIDTH for place in places)


def test_what_happened_at_one_moment_is_still_seen() -> None:
    axis = Axis([Interval("work", at(0), at(0))])
    assert axis.bar(Interval("work", at(0), at(0))).width >= 3


@pytest.mark.parametrize("words", ["4 actions", "8 Jacaranda Crescent, Petersham", "words " * 40])
def test_a_label_is_never_written_over_a_wait(words: str) -> None:
    axis = Axis([Interval("work", at(0), at(10)), Interval("person", at(10), at(90)), Interval("work", at(90), at(99))])
    (wait,) = axis.waits
    for begins, ends in ((7, 8), (9, 10), (90, 91), (98, 99)):
        label = axis.label([axis.bar(Interval("work", at(begins), at(ends)))], words)
        assert label is not None
        width = len(label.text) * LETTER
        first = label.x - (width if label.anchor == "end" else 0)
        assert first + width <= wait.x or first >= wait.x + wait.width


def test_a_label_stands_where_there_is_room_and_is_cut_where_there_is_none() -> None:
    axis = Axis([Interval("work", at(0), at(1)), Interval("work", at(99), at(100))])
    early, late = axis.bar(Interval("work", at(0), at(1))), axis.bar(Interval("work", at(99), at(100)))
    first, last = axis.label([early], "by its address"), axis.label([late], "to a customer")
    assert first is not None
    assert last is not None
    assert (first.anchor, last.anchor) == ("start", "end")
    long = axis.label([early], "x" * 500)
    assert long is not None
    assert long.text.endswith("…")
    assert len(long.text) < 90
