"""Odd, huge and hostile input to the API: each a clear answer, never a fault of ours."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache

from accounts.services import person_add
from audit.services import Actor
from conftest import Cast, Person
from gateway.scopes import SCOPES
from gateway.services import token_create
from portal.tests.test_api import Api
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import Asked

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "path",
    [
        "runs?status=%00",
        "runs?workflow=%00",
        "runs?status=unknown",
        "runs?page_size=" + "9" * 5000,
        "runs?cursor=%00",
        "approvals?status=%00",
        "approvals?run=nothing",
        "approvals?status=unknown",
        "events?type=%00",
        "messages?direction=%00",
        "messages?intent=%00",
        "messages?run=%00",
        "messages?thread=nothing",
        "ai/calls?run=%00",
        "ai/calls?purpose=%00",
        "audit?target=%00",
        "audit?actor=%00&run=%00",
        "audit?event=%ED%A0%80",
        "contacts?email=%00",
        "contacts?search=%00",
        "enquiries?contact=nothing",
        "tasks?done=perhaps",
        "workflows/property-enquiry/versions/99999999999999999999",
    ],
)
def test_an_odd_filter_is_no_fault_of_ours(committed: None, cast: Cast, path: str) -> None:
    answer = Api(cast.alice).get(path)
    assert answer.status_code in (200, 400, 404), answer.content
    if answer.status_code != 200:
        assert answer["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "edits",
    [
        {"record": {"name": "x" * 5000}},
        {"record": {"phone": "x" * 5000}},
        {"record": {"summary": "x" * 50_000}},
        {"record": {"budget": "-5"}},
        {"record": {"budget": "1E+99999"}},
        {"record": {"budget": "1E+999999999"}},
        {"record": {"name": {"first": ["x"]}}},
        {"follow_up": {"due_at": "0001-01-01T00:00:00+14:00"}},
        {"follow_up": {"due_at": "9999-12-31T23:59:59-12:00"}},
        {"follow_up": {"title": "  "}},
        {"book": {"starts_at": "9999-12-31T23:00:00Z"}},
        {"reply": {"text": "  \n "}},
        {"reply": {"text": "\u0007\u0007"}},
        {"reply": {"text": ["x"]}},
        {"reply": {"text": 10**4000}},
        {"reply": {"text": "x" * 1_000_000}},
        {"reply": {"subject": "  "}},
    ],
)
def test_an_edit_that_cannot_be_is_refused_before_anybody_decides(asked: Asked, cast: Cast, edits: Any) -> None:
    path = f"approvals/{asked.approval.id}"
    answer = Api(cast.bob).post(f"{path}/edit", {"digest": asked.approval.digest, "edits": edits})
    assert answer.status_code in (400, 422), answer.content
    assert Api(cast.bob).get(path).json()["digest"] == asked.approval.digest


@pytest.mark.parametrize(
    "item",
    [
        {"action": "crm.create_task", "input": "title"},
        {"action": "crm.create_task", "input": ["title"]},
        {"action": "crm.create_task", "input": {"title": "x", "contact": "nobody"}},
        {"action": "crm.create_task", "input": {"title": "x", "contact": {"$step": "nobody", "field": "id"}}},
        {"action": "crm.create_task", "input": {"title": "x", "contact": {"$step": "record", "field": "colour"}}},
        {"action": "crm.create_task", "input": {"title": "x", "contact": {"$step": ["record"], "field": 1}}},
        {"action": "crm.create_task", "input": {"title": "x", "contact": {"$step": "reply", "field": "message"}}},
        {"action": "crm.create_task", "input": {"title": "x", "enquiry": NOBODY + "0"}},
        {"action": "crm.create_task", "input": {"title": "x", "promises": [1]}},
        {"action": "crm.book_appointment", "input": {"slot": {}, "listing": "x", "contact": "y"}},
        {"action": "crm.book_appointment", "input": {"slot": {"starts_at": 1, "ends_at": 2}, "listing": "x"}},
        {"action": ["crm.create_task"], "input": {}},
        {"input": {"title": "x"}},
    ],
)
def test_an_addition_that_cannot_be_is_refused_before_anybody_decides(asked: Asked, cast: Cast, item: Any) -> None:
    path = f"approvals/{asked.approval.id}"
    answer = Api(cast.bob).post(f"{path}/edit", {"digest": asked.approval.digest, "add": [item]})
    assert answer.status_code in (400, 422), answer.content
    assert Api(cast.bob).get(path).json()["digest"] == asked.approval.digest


def test_what_a_person_adds_is_text_and_no_expression(asked: Asked, cast: Cast) -> None:
    for title in ("Pay ${1 + 1} dollars", "${", "${steps.draft.text", "${nonsense(}"):
        shown = Api(cast.bob).get(f"approvals/{asked.approval.id}").json()
        item = {"action": "crm.create_task", "input": {"title": title}}
        answer = Api(cast.bob).post(f"approvals/{asked.approval.id}/edit", {"digest": shown["digest"], "add": [item]})
        assert answer.status_code == 200, answer.content
        assert title in [action["input"].get("title") for action in answer.json()["actions"]]


@pytest.mark.parametrize(
    "data",
    [
        {"message": 7},
        {"message": {"id": "x"}},
        {"message": "x" * 100_000},
        {"message": NOBODY, "auto_generated": "perhaps"},
        {"n": 10**4000, "f": 1.5, "auto_generated": False},
        {"n": 2**64, "auto_generated": False},
    ],
)
def test_an_odd_event_is_taken_or_refused(committed: None, cast: Cast, data: Any) -> None:
    answer = Api(cast.alice).post("events", {"type": "email.received", "data": data})
    assert answer.status_code in (202, 400), answer.content


@pytest.mark.parametrize(
    "step",
    [
        "{key: a, do: crm.match, with: {x: 1.5}}",
        "{key: a, do: crm.match, with: {x: .nan}}",
        "{key: a, do: crm.match, with: {x: {null: 1}}}",
        '{key: a, do: crm.match, with: {x: "\\0"}}',
        '{key: a, do: crm.match, with: {x: "\\ud800"}}',
        "{key: a, do: crm.match, with: {x: !!binary aGk=}}",
        "{key: a, do: crm.match, with: {x: !!set {a, b}}}",
        "{key: a, do: crm.match, with: {x: 2026-01-01}}",
        "{key: a, do: crm.match, with: {x: &x [*x]}}",
    ],
)
def test_an_odd_definition_is_stored_or_refused_with_its_faults(committed: None, cast: Cast, step: str) -> None:
    text = f"name: property-enquiry\non: {{event: never.happens}}\nsteps:\n  - {step}\n"
    answer = Api(cast.alice).post("workflows/property-enquiry/versions", {"definition": text})
    assert answer.status_code in (201, 422), answer.content


@pytest.fixture
def vera(committed: None) -> Person:
    """A viewer with a token of all scopes."""
    with tenant_context("acacia"):
        tests = Actor.system("tests")
        email = f"vera-{uuid4()}@example.com"  # people stay in the database after a test that commits
        made = person_add(email=email, name="Vera", role="viewer", password="a-long-test-password", actor=tests)
        token = token_create(person=made, name="tests", scopes=SCOPES, actor=tests)
    return Person(made, email, "Vera", token)


def test_a_viewer_changes_nothing_whatever_the_token_may(asked: Asked, vera: Person) -> None:
    cache.clear()
    api, digest = Api(vera), asked.approval.digest
    for path, body in (
        (f"approvals/{asked.approval.id}/edit", {"digest": digest, "edits": {}}),
        (f"approvals/{asked.approval.id}/decide", {"digest": digest, "decision": "approve"}),
        (f"approvals/{asked.approval.id}/decide", {"digest": digest, "decision": "reject"}),
        (f"approvals/{asked.approval.id}/renew", {}),
        (f"runs/{asked.run.id}/cancel", {}),
        ("events", {"type": "email.received", "data": {"auto_generated": False}}),
        ("contacts", {"name": "x"}),
        ("workflows/property-enquiry/versions", {"definition": {}}),
    ):
        assert api.post(path, body).status_code == 403, path
    assert api.get(f"approvals/{asked.approval.id}").json()["digest"] == digest


def test_a_token_decides_only_with_the_scope_for_it(asked: Asked, cast: Cast) -> None:
    with tenant_context("acacia"):
        scopes = SCOPES - {"approvals:decide"}
        token = token_create(person=cast.bob.id, name="no decisions", scopes=scopes, actor=Actor.system("tests"))
    api = Api(Person(cast.bob.id, cast.bob.email, "Bob", token))
    body = {"digest": asked.approval.digest, "decision": "approve"}
    assert api.post(f"approvals/{asked.approval.id}/decide", body).status_code == 403


def test_a_time_at_the_end_of_the_calendar_is_refused_and_the_pages_still_open(committed: None, cast: Cast) -> None:
    answer = Api(cast.alice).post("tasks", {"title": "For ever", "due_at": "9999-12-31T23:59:59Z"})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "due_at")
    pages = signed_in(cast.alice)
    assert pages.get("/tasks/?tab=all").status_code == 200
    assert pages.get("/calendar/new/?at=9999-12-31T23:50").status_code == 200
