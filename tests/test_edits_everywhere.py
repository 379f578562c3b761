"""One rule for all surfaces: what a person changes in a proposal and adds to it, in portal, admin and API."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from approvals.selectors import ApprovalView, approval_get
from audit.selectors import entries
from conftest import Cast
from crm.selectors import task_list
from mail.selectors import outbox
from tenants.selectors import tenant_context
from tests.story import Asked
from tests.surfaces import EDITING, Answer, Change, Editing, api

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
CUSTOMER = {"$step": "record", "field": "contact"}
ENQUIRY = {"$step": "record", "field": "enquiry"}
# Far from any change of clocks in Sydney, and from now.
MOMENT = datetime(2031, 7, 15, 23, 30, tzinfo=UTC)


@pytest.fixture(params=EDITING, ids=lambda surface: surface.__name__)
def edit(request: pytest.FixtureRequest) -> Editing:
    found: Editing = request.param
    return found


def now(asked: Asked) -> ApprovalView:
    with tenant_context("acacia"):
        return approval_get(asked.approval.id)


def action_of(shown: ApprovalView, step: str) -> dict[str, Any]:
    return next(action for action in shown.document["actions"] if action["step"] == step)


def refused(edit: Editing, asked: Asked, who: Any, change: Change, digest: str = "", **more: Any) -> Answer:
    """Nothing of the proposal has changed."""
    before = now(asked)
    answer = edit(who, asked.approval, change, digest or before.digest, **more)
    assert now(asked) == before
    assert answer.status != 200 or "This was not saved." not in answer.words
    return answer


def test_an_edit_is_planned_anew_under_a_new_digest_and_executes_nothing(
    edit: Editing, asked: Asked, cast: Cast, work: Work
) -> None:
    former = asked.approval.digest
    said = {"title": "Call Georgia", "due_at": MOMENT.isoformat()}
    assert edit(cast.bob, asked.approval, Change({"follow_up": said}, ["book"]), former).done
    work()
    shown = now(asked)
    assert (shown.status, shown.former_digest, shown.edited_by) == ("pending", former, "Bob")
    assert shown.digest != former
    task = action_of(shown, "follow_up")
    assert task["summary"] == "Call Georgia"
    assert datetime.fromisoformat(task["input"]["due_at"]) == MOMENT
    assert "book" in shown.document["left_out"]
    assert not api(cast.bob, asked.approval, "approve", former).done, "what was shown before is gone"
    with tenant_context("acacia"):
        assert outbox().items == ()
        assert task_list().items == ()
        (entry,) = entries(target=f"approval:{asked.approval.id}", event="approval.edited")
    told = entry.body["data"]
    assert (told["fields"], told["left_out"]) == (["follow_up.due_at", "follow_up.title"], ["book"])


def test_an_added_action_waits_with_the_rest_and_happens_with_it(
    edit: Editing, asked: Asked, cast: Cast, work: Work
) -> None:
    said = {"title": "Ask the council", "due_at": MOMENT.isoformat(), "contact": CUSTOMER, "enquiry": ENQUIRY}
    assert edit(cast.bob, asked.approval, Change(add=[("crm.create_task", said)]), asked.approval.digest).done
    work()
    shown = now(asked)
    assert (shown.status, shown.digest != asked.approval.digest) == ("pending", True)
    added = action_of(shown, "added_1")
    assert (added["action"], added["summary"], added["input"]["contact"]) == (
        "crm.create_task",
        "Ask the council",
        CUSTOMER,
    )
    with tenant_context("acacia"):
        assert task_list().items == ()
    assert api(cast.alice, shown, "approve", shown.digest).done
    work()
    with tenant_context("acacia"):
        (task,) = [task for task in task_list().items if task.title == "Ask the council"]
    assert task.due_at == MOMENT
    assert task.contact is not None


def test_an_appointment_is_added_by_its_times(edit: Editing, asked: Asked, cast: Cast) -> None:
    listing = next(source["id"] for source in asked.approval.document["sources"] if source["kind"] == "listing")
    said = {
        "listing": listing,
        "contact": CUSTOMER,
        "starts_at": MOMENT.isoformat(),
        "ends_at": (MOMENT + timedelta(minutes=30)).isoformat(),
    }
    assert edit(cast.bob, asked.approval, Change(add=[("crm.book_appointment", said)]), asked.approval.digest).done
    added = action_of(now(asked), "added_1")
    assert datetime.fromisoformat(added["input"]["starts_at"]) == MOMENT
    ends_first = {**said, "ends_at": MOMENT.isoformat()}
    answer = refused(edit, asked, cast.bob, Change(add=[("crm.book_appointment", ends_first)]))
    assert answer.status == 422
    assert "an appointment ends after it starts" in answer.words


def test_what_is_no_value_is_told_at_its_field_and_everything_typed_is_kept(
    edit: Editing, asked: Asked, cast: Cast
) -> None:
    change = Change(
        {"follow_up": {"title": "Call Georgia", "due_at": "soon"}},
        add=[("crm.create_task", {"title": "x" * 301, "due_at": MOMENT.isoformat()})],
    )
    answer = refused(edit, asked, cast.bob, change)
    assert answer.status == 422
    if edit is EDITING[-1]:
        assert '"edits.follow_up.due_at"' in answer.words
        only_added = refused(edit, asked, cast.bob, Change(add=change.add))
        assert '"add[0].input.title"' in only_added.words
        return
    for kept in ("Call Georgia", "soon", "x" * 301):
        assert re.search(rf'(value="|<textarea[^>]*>\n){kept}("|</textarea>)', answer.words)
    for ident in ("edit-follow_up-due_at", "add-0-title"):
        assert f'id="{ident}-error"' in answer.words


def test_nobody_adds_a_reply_or_what_the_version_does_not_do(edit: Editing, asked: Asked, cast: Cast) -> None:
    for action in ("mail.send_reply", "no.such"):
        refused(edit, asked, cast.bob, Change(add=[(action, {"title": "More"})]))


def test_what_a_proposal_does_already_is_added_no_second_time(edit: Editing, asked: Asked, cast: Cast) -> None:
    again = Change(add=[("crm.upsert_enquiry", {"summary": "Again"})])
    answer = refused(edit, asked, cast.bob, again)
    assert (answer.status, "does that already" in answer.words) == (422, True)
    instead = Change(leave_out=["record", "follow_up", "book"], add=again.add)
    assert edit(cast.bob, asked.approval, instead, asked.approval.digest).done


def test_who_may_not_edit_and_what_was_not_shown_is_refused(edit: Editing, asked: Asked, cast: Cast) -> None:
    change = Change({"follow_up": {"title": "Call Georgia"}}, add=[("crm.create_task", {"title": "More"})])
    assert "has changed since you saw it" in refused(edit, asked, cast.bob, change, digest="0" * 64).words
    answer = refused(edit, asked, cast.charlie, change, slug="harbour")
    assert answer.status == 404 or "There is no such approval" in answer.words
