"""Undo in the workspace and over the API: planned, read, started, and what becomes of a sent reply."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.selectors import approval_get
from approvals.services import approval_decide
from conftest import Cast, Person
from crm.records import record_set
from crm.selectors import contact_by_email, listing_list, task_list
from crm.services import listing_update
from mail.selectors import outbox
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import CUSTOMER, Asked, due_now, person
from workflows.selectors import run_get

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]


@pytest.fixture
def held(asked: Asked, cast: Cast, work: Work) -> Asked:
    """Everything is recorded, the reply is held."""
    shown = approval_get(asked.approval.id)
    approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(cast.bob))
    work()
    return asked


@pytest.fixture
def done(held: Asked, work: Work, owner: Any) -> Asked:
    """And the reply has left."""
    due_now(owner)
    work()
    assert status(held) == "succeeded"
    return held


def here(act: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Work inside acacia: a request leaves the connection outside of any tenant."""
    with tenant_context("acacia"):
        return act(*args, **more)


def status(asked: Asked) -> str:
    return str(here(run_get, asked.run.id).status)


def text(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def digest_in(page: Any) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page.content.decode())
    assert found is not None
    return found[1]


def api(who: Person, path: str, body: Any = None, slug: str = "acacia") -> Any:
    headers = {"host": f"{slug}.localhost", "authorization": f"Bearer {who.token}"}
    client, path = Client(), f"/api/v1/{path}"
    if body is None:
        return client.get(path, headers=headers)
    return client.post(path, body, content_type="application/json", headers=headers)


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit(":", 1)[1]


def test_a_manager_reads_what_undoing_would_do_starts_it_and_reads_what_became(
    done: Asked, cast: Cast, work: Work
) -> None:
    alice = signed_in(cast.alice)
    assert "Undo what this run did" in text(alice.get(f"/runs/{done.run.id}/"))
    plan = alice.post(f"/runs/{done.run.id}/undo/", follow=True)
    path = plan.redirect_chain[-1][0]
    told = text(plan)
    assert "Taken back 3" in told
    assert "Cannot be undone 1" in told
    assert "A sent reply cannot be undone. A correction is drafted for a person to send." in told
    assert "Appointment is removed" in told
    assert "4 things, newest first" in told
    with CaptureQueriesContext(connection) as asked_of:
        alice.get(path)
    assert len(asked_of) <= 19
    assert here(contact_by_email, CUSTOMER) is not None, "reading changes nothing"
    refused = alice.post(f"{path}start/", {"digest": "0" * 64})
    assert (refused.status_code, "another plan than the one you read" in text(refused)) == (409, True)
    started = alice.post(f"{path}start/", {"digest": digest_in(plan)}, follow=True)
    assert "Being undone" in text(started)
    assert "data-follow" in started.content.decode(), "the page follows it"
    assert "0 of 4 done. Started by Alice" in text(started)
    work()
    ended = text(alice.get(path))
    assert "Undone as planned" in ended
    assert "4 of 4 done" in ended
    assert here(contact_by_email, CUSTOMER) is None
    again = alice.post(f"{path}start/", {"digest": digest_in(plan)})
    assert (again.status_code, "Nothing is done twice" in text(again)) == (409, True)
    run = text(alice.get(f"/runs/{done.run.id}/"))
    assert "Undone in part" in run
    assert "It was undone as planned : 4 of 4" in run
    assert "Undone in part" in text(alice.get("/runs/?status=undo_incomplete"))


def test_who_may_not_undo_reads_the_plan_and_is_offered_nothing(done: Asked, cast: Cast) -> None:
    bob, alice = signed_in(cast.bob), signed_in(cast.alice)
    plan = alice.post(f"/runs/{done.run.id}/undo/")["Location"]
    assert "Undo" not in text(bob.get(f"/runs/{done.run.id}/"))
    shown = bob.get(plan)
    assert "Managers and owners start an undo." in text(shown)
    assert "/start/" not in shown.content.decode()
    assert bob.post(f"{plan}start/", {"digest": "0" * 64}).status_code == 403
    assert signed_in(cast.charlie, "harbour").get(plan).status_code == 404


def test_a_sent_reply_yields_a_draft_that_a_person_sends_as_theirs(done: Asked, cast: Cast, work: Work) -> None:
    alice = signed_in(cast.alice)
    plan = alice.post(f"/runs/{done.run.id}/undo/", follow=True)
    path = plan.redirect_chain[-1][0]
    assert "Open the drafted correction" not in text(plan)
    alice.post(f"{path}start/", {"digest": digest_in(plan)})
    work()
    page = alice.get(path).content.decode()
    link = re.search(r'href="(/conversations/[^"]+\?correct=[^"]+)#reply"', page)
    assert link is not None
    conversation = link[1].split("?")[0]
    shown = text(alice.get(conversation))
    assert "A correction of the sent reply was drafted nothing was sent" in shown
    assert len(here(outbox).items) == 1
    composer = alice.get(link[1]).content.decode()
    box = composer[composer.index('id="text"') :]
    assert "should not have left as it was" in box[: box.index("</textarea>")]
    fields = dict(re.findall(r'name="(key|in_reply_to)" value="([^"]+)"', composer))
    for _ in range(2):
        alice.post(f"{conversation}reply/", {"text": "Hello Georgia,\n\nplease do not come.\n", **fields})
    assert [message.author is not None for message in here(outbox).items] == [True, False], "once, however often"
    assert "A correction of the sent reply was drafted" not in text(alice.get(conversation))


def test_what_somebody_changed_since_stays_unless_two_people_want_it_back(done: Asked, cast: Cast, work: Work) -> None:
    task = next(task for task in here(task_list).items if task.contact is not None)
    here(record_set, kind="task", id=task.id, fields={"title": "Call her back"}, actor=person(cast.bob))
    alice = signed_in(cast.alice)
    plan = alice.post(f"/runs/{done.run.id}/undo/", follow=True)
    told = text(plan)
    assert "Changed since 2" in told
    assert "Task stays: somebody changed it" in told
    assert "Customer stays: others refer to it" in told
    [choice] = re.findall(r'name="put_back" value="([^"]+)"', plan.content.decode())
    chosen = alice.post(f"{plan.redirect_chain[-1][0]}again/", {"put_back": [choice]}, follow=True)
    assert "Two people are needed. It puts back fields that somebody has changed since." in text(chosen)
    assert "/start/" in chosen.content.decode()
    assert 'aria-disabled="true"' in chosen.content.decode()
    refused = alice.post(f"{chosen.redirect_chain[-1][0]}start/", {"digest": digest_in(chosen)})
    assert (refused.status_code, status(done)) == (409, "succeeded")
    assert alice.post(f"{plan.redirect_chain[-1][0]}again/", {"put_back": ["nothing"]}, follow=True).status_code == 200


def test_a_stale_reply_is_stopped_and_the_way_back_is_offered(held: Asked, cast: Cast, work: Work, owner: Any) -> None:
    """Compared once more when it leaves: the listing has changed, so it does not."""
    listing = next(item for item in here(listing_list).items if item.address == "14 Wattle Street")
    facts = {**listing.facts, "council_rates": "$600.00 per quarter"}
    here(listing_update, listing=listing.id, facts=facts, actor=person(cast.alice))
    due_now(owner)
    work()
    assert (here(approval_get, held.approval.id).status, here(outbox).items[0].status) == ("stale", "stopped")
    assert here(contact_by_email, CUSTOMER) is not None
    page = f"/approvals/{held.approval.id}/"
    assert "A manager can cancel the run and undo it." in text(signed_in(cast.bob).get(page))
    alice = signed_in(cast.alice)
    assert "Cancel the run and plan its undo" in text(alice.get(page))
    plan = alice.post(f"/runs/{held.run.id}/undo/", {"cancel": "1"}, follow=True)
    assert (status(held), here(approval_get, held.approval.id).status) == ("cancelled", "withdrawn")
    assert "It was stopped before it left." in text(plan)
    alice.post(f"{plan.redirect_chain[-1][0]}start/", {"digest": digest_in(plan)})
    work()
    assert (status(held), here(contact_by_email, CUSTOMER)) == ("undone", None), (
        "nothing of it is in the world any more"
    )


def test_a_run_under_way_is_refused_with_what_to_do(asked: Asked, cast: Cast) -> None:
    alice = signed_in(cast.alice)
    assert "Undo what this run did" not in text(alice.get(f"/runs/{asked.run.id}/"))
    refused = text(alice.post(f"/runs/{asked.run.id}/undo/", follow=True))
    assert "This run has not ended. Cancel it first, then undo what it did." in refused


def test_one_effect_is_undone_from_today_and_from_the_run(done: Asked, cast: Cast, work: Work) -> None:
    alice = signed_in(cast.alice)
    run = here(run_get, done.run.id)
    book = next(effect.id for effect in run.effects if effect.step == "book")
    for path in ("/", f"/runs/{done.run.id}/"):
        page = alice.get(path).content.decode()
        assert f'action="/effects/{book}/undo/"' in page
        assert 'icons.svg#calendar-check"' in page, "what was booked is told from what was recorded"
    plan = alice.post(f"/effects/{book}/undo/", follow=True)
    assert "Undo one thing" in text(plan)
    alice.post(f"{plan.redirect_chain[-1][0]}start/", {"digest": digest_in(plan)})
    work()
    for path in ("/", f"/runs/{done.run.id}/"):
        page = alice.get(path).content.decode()
        assert f'action="/effects/{book}/undo/"' not in page
        assert "Undone" in page
    assert here(contact_by_email, CUSTOMER) is not None


def test_the_api_plans_starts_and_tells_how_far_it_is(done: Asked, cast: Cast, work: Work) -> None:
    made = api(cast.alice, f"runs/{done.run.id}/undo-plan", {})
    assert made.status_code == 201
    plan = made.json()
    assert [(each["step"], each["can"], each["why"]) for each in plan["effects"]] == [
        ("reply", "no", "sent"),
        ("book", "yes", ""),
        ("follow_up", "yes", ""),
        ("record", "yes", ""),
    ]
    assert plan["effects"][0]["sentence"].startswith("A sent reply cannot be undone.")
    assert plan["effects"][1]["records"][0]["fields"][0].keys() == {"field", "before", "wrote", "now", "fate", "choice"}
    assert (plan["status"], plan["done"], plan["total"], plan["second_person"]) == ("draft", 0, 4, "")
    path = f"undo-plans/{plan['id']}"
    assert problem(api(cast.alice, f"runs/{done.run.id}/undo-plan", {"put_back": ["x"]})) == (422, "invalid")
    assert problem(api(cast.alice, f"{path}/start", {"digest": "0" * 64})) == (409, "wrong-digest")
    assert problem(api(cast.alice, f"{path}/pause", {})) == (409, "not-possible")
    assert problem(api(cast.bob, f"{path}/start", {"digest": plan["digest"]})) == (403, "permission-denied")
    assert problem(api(cast.charlie, path, slug="harbour")) == (404, "not-found")
    assert problem(api(cast.charlie, f"{path}/start", {"digest": plan["digest"]}, "harbour")) == (404, "not-found")
    task = next(task for task in here(task_list).items if task.contact is not None)
    here(record_set, kind="task", id=task.id, fields={"title": "Call her back"}, actor=person(cast.bob))
    stale = api(cast.alice, f"{path}/start", {"digest": plan["digest"]})
    assert problem(stale) == (409, "stale")
    assert {"record": f"task:{task.id}", "field": "title", "was": task.title, "is": "Call her back"} in stale.json()[
        "stale"
    ]
    here(record_set, kind="task", id=task.id, fields={"title": task.title}, actor=person(cast.bob))
    started = api(cast.alice, f"{path}/start", {"digest": plan["digest"]})
    assert (started.status_code, started.json()["status"]) == (202, "running")
    assert api(cast.alice, f"{path}/pause", {}).json()["status"] == "paused"
    assert api(cast.alice, f"{path}/resume", {}).json()["status"] == "running"
    work()
    ended = api(cast.bob, path).json()
    assert (ended["status"], ended["done"], ended["stayed"]) == ("done", 4, [])
    assert [draft["effect"] for draft in ended["corrections"]] == [ended["effects"][0]["id"]]
    assert problem(api(cast.alice, f"{path}/start", {"digest": plan["digest"]})) == (409, "already-started")
    effects = api(cast.alice, f"runs/{done.run.id}").json()["effects"]
    assert [effect["undone_at"] is not None for effect in effects] == [True, True, True, False]


def test_the_api_undoes_one_effect_and_says_when_there_is_nothing(done: Asked, cast: Cast, work: Work) -> None:
    book = next(e["id"] for e in api(cast.alice, f"runs/{done.run.id}").json()["effects"] if e["step"] == "book")
    assert problem(api(cast.bob, f"effects/{book}/undo", {})) == (403, "permission-denied")
    assert problem(api(cast.charlie, f"effects/{book}/undo", {}, "harbour")) == (404, "not-found")
    started = api(cast.alice, f"effects/{book}/undo", {})
    assert (started.status_code, started.json()["total"]) == (202, 1)
    assert problem(api(cast.alice, f"effects/{book}/undo", {})) == (409, "run-under-way")
    work()
    assert api(cast.alice, f"undo-plans/{started.json()['id']}").json()["status"] == "done"
    assert problem(api(cast.alice, f"effects/{book}/undo", {})) == (409, "nothing-to-undo")
