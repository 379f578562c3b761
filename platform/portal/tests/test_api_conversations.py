"""Conversations through the API."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.services import person_add
from audit.services import Actor
from conftest import PASSWORD, Cast, Person
from gateway.services import token_create
from mail.selectors import outbox
from portal.tests.test_api import Api
from tenants.selectors import tenant_context
from tests.story import Asked, receive
from tests.story import mail as a_mail


def test_a_conversation_is_taken_over_answered_noted_assigned_and_given_back(asked: Asked, cast: Cast) -> None:
    api = Api(cast.bob)
    path = f"conversations/{asked.run.thread}"
    listed = api.get("conversations", state="unanswered").json()["results"]
    assert [each["id"] for each in listed] == [asked.run.thread]
    assert (listed[0]["taken_over_by"], listed[0]["assignee"]) == (None, None)

    taken = api.post(f"{path}/take-over").json()
    assert taken["taken_over_by"] == {"id": str(cast.bob.id), "name": "Bob"}
    assert api.get(f"approvals/{asked.approval.id}").json()["status"] == "withdrawn"

    noted = api.post(f"{path}/notes", {"text": "She called."})
    assert noted.status_code == 201
    assert [note["text"] for note in noted.json()["notes"]] == ["She called."]

    assigned = api.post(f"{path}/assign", {"assignee": str(cast.alice.id)}).json()
    assert assigned["assignee"]["name"] == "Alice"
    assert len(api.get("conversations", assignee=str(cast.alice.id)).json()["results"]) == 1

    reply = api.post(f"{path}/reply", {"text": "Come at ten."})
    assert (reply.status_code, reply.json()["status"]) == (201, "held")
    second = api.post(f"{path}/reply", {"text": "Or at eleven."})
    assert (second.status_code, second.json()["type"]) == (409, "urn:countersign:problem:reply-held")

    assert api.post(f"{path}/give-back", {"answer": False}).json()["taken_over_by"] is None
    again = api.post(f"{path}/give-back", {})
    assert (again.status_code, again.json()["type"]) == (422, "urn:countersign:problem:not-possible")


def test_the_same_reply_posted_twice_with_one_key_is_one_reply(asked: Asked, cast: Cast) -> None:
    api = Api(cast.bob)
    api.headers["idempotency-key"] = "a-reply"
    path = f"conversations/{asked.run.thread}/reply"
    first, second = api.post(path, {"text": "Come at ten."}), api.post(path, {"text": "Come at ten."})
    assert first.json()["id"] == second.json()["id"]
    with tenant_context("acacia"):
        assert len(outbox().items) == 1


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "Hi", "cc": ["eve@example.org"]}, {"text": 5, "cc": "x"}])
def test_a_reply_that_cannot_be_sent_is_refused_and_ends_nothing(asked: Asked, cast: Cast, body: Any) -> None:
    answer = Api(cast.bob).post(f"conversations/{asked.run.thread}/reply", body)
    assert answer.status_code in (400, 422)
    assert Api(cast.bob).get(f"approvals/{asked.approval.id}").json()["status"] == "pending"


def test_conversations_go_on_on_further_pages(asked: Asked, cast: Cast, work: Any) -> None:
    with tenant_context("acacia"):
        for number in range(4):
            receive(a_mail(f"Number {number}", sender=f"c{number}@example.org", subject=f"Matter {number}"))
    work()
    api, seen, cursor = Api(cast.bob), [], ""
    while True:
        answer = api.get("conversations", page_size="2", **({"cursor": cursor} if cursor else {})).json()
        seen += [each["id"] for each in answer["results"]]
        if not answer["next"]:
            break
        cursor = answer["next"].partition("cursor=")[2].partition("&")[0]
    assert len(seen) == len(set(seen)) == 5
    assert api.get("conversations", cursor="b3g").status_code in (400, 422)


def test_others_find_no_conversation_and_viewers_change_none(asked: Asked, cast: Cast) -> None:
    path = f"conversations/{asked.run.thread}"
    stranger = Api(cast.charlie, "harbour")
    assert stranger.get(path).status_code == 404
    for tail, body in (("reply", {"text": "x"}), ("take-over", {}), ("give-back", {}), ("notes", {"text": "x"}),
                       ("assign", {"assignee": None})):  # fmt: skip
        assert stranger.post(f"{path}/{tail}", body).status_code == 404, tail
    tests = Actor.system("tests")
    with tenant_context("acacia"):
        vera = person_add(email=f"{uuid4()}@example.com", name="Vera", role="viewer", password=PASSWORD, actor=tests)
        token = token_create(person=vera, name="tests", scopes={"messages:read", "messages:write"}, actor=tests)
    viewer = Api(Person(vera, "", "Vera", token))
    assert viewer.get(path).status_code == 200
    for tail in ("reply", "take-over", "give-back", "notes", "assign"):
        assert viewer.post(f"{path}/{tail}", {"text": "x"}).status_code == 403
