"""The API's gate over HTTP: who comes in, what they may do, and errors in one format whatever went wrong."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.services import person_add, person_change, person_role_set
from audit.services import Actor
from conftest import Cast
from gateway.models import ApiToken
from gateway.scopes import SCOPES
from gateway.services import token_create, token_find, token_revoke
from tenants.selectors import tenant_context

pytestmark = pytest.mark.usefixtures("db", "cast")
ACTOR = Actor.system("tests")
Call = Callable[..., Any]


@pytest.fixture
def call(cast: Cast) -> Call:
    """One request to acacia's API: `call("GET", "me", token=…)`; Alice's token unless another is given."""

    def one(method: str, path: str, body: Any = None, *, token: str | None = cast.alice.token, **more: Any) -> Any:
        host = more.pop("host", "acacia.localhost")
        headers = {"host": host} | ({"authorization": f"Bearer {token}"} if token is not None else {})
        client = Client(headers=headers | more.pop("headers", {}), raise_request_exception=False)
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(client, method.lower())(f"/api/v1/{path}", **(sent | more))

    return one


def problem(answered: Any, status: int, name: str) -> dict[str, Any]:
    """The problem that was answered, whose frame is checked."""
    assert answered.status_code == status, answered.content
    assert answered["content-type"] == "application/problem+json"
    body: dict[str, Any] = answered.json()
    assert body["type"] == f"urn:countersign:problem:{name}"
    assert body["status"] == status
    assert body["title"] and "{" not in body["title"]
    assert body["detail"]
    return body


def person(role: str, scopes: Any = SCOPES) -> str:
    """A new person of acacia with that role; their token."""
    with tenant_context("acacia"):
        new = person_add(email=f"{role}@acacia.example", name=role, role=role, password=None, actor=ACTOR)
        return token_create(person=new, name=role, scopes=scopes, actor=ACTOR)


# --- who comes in ------------------------------------------------------------------------------


def test_me_names_the_tenant_the_token_and_the_person(call: Call, cast: Cast) -> None:
    answered = call("GET", "me")
    assert answered.status_code == 200
    assert answered.json() == {
        "tenant": {"slug": "acacia", "name": "Acacia Realty"},
        "token": {"name": "tests", "scopes": sorted(SCOPES)},
        "person": {"id": str(cast.alice.id), "name": "Alice", "role": "manager"},
    }


def test_without_a_token_nobody_comes_in(call: Call) -> None:
    for path in ("me", "contacts", "runs", "approvals", "audit", f"messages/{uuid7()}"):
        answered = call("GET", path, token=None)
        problem(answered, 401, "not-authenticated")
        assert answered["www-authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Bearer csk_123",
        "Basic Ym9iOmJvYg==",
        "Token csk_x",
        "bearer",
        "\x00",
        "Bearer ü",
    ],
)
def test_a_malformed_header_is_answered_401(call: Call, header: str) -> None:
    answered = call("GET", "me", token=None, headers={"authorization": header})
    assert answered.status_code == 401
    assert answered["content-type"] == "application/problem+json"


def test_another_tenants_token_is_told_what_no_token_is_told(call: Call, cast: Cast) -> None:
    made_up = "csk_" + "0" * 40
    theirs = problem(call("GET", "me", token=cast.charlie.token), 401, "authentication-failed")
    nobodys = problem(call("GET", "me", token=made_up), 401, "authentication-failed")
    assert theirs == nobodys
    assert call("GET", "me", token=cast.charlie.token, host="harbour.localhost").status_code == 200


@pytest.mark.parametrize("how", ["revoked", "expired", "left"])
def test_a_token_that_stopped_working_is_answered_401(call: Call, cast: Cast, how: str) -> None:
    with tenant_context("acacia"):
        row = token_find(cast.bob.token)
        assert row is not None
        if how == "revoked":
            token_revoke(token=row.pk, actor=ACTOR)
        elif how == "expired":
            ApiToken.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        else:
            person_change(person=cast.bob.id, fields={"is_active": False}, actor=ACTOR)
    problem(call("GET", "me", token=cast.bob.token), 401, "authentication-failed")


def test_a_session_opens_the_portal_not_the_api(cast: Cast) -> None:
    browser = Client(headers={"host": "acacia.localhost"})
    browser.post("/sign-in/", {"username": cast.alice.email, "password": cast.alice.password})
    assert browser.get("/inbox/").status_code == 200
    problem(browser.get("/api/v1/me"), 401, "not-authenticated")


# --- what they may do --------------------------------------------------------------------------


def test_a_token_without_the_scope_is_refused_by_name(call: Call) -> None:
    token = person("manager", ["contacts:read"])
    assert call("GET", "contacts", token=token).status_code == 200
    assert call("GET", "me", token=token).status_code == 200
    body = problem(call("POST", "contacts", {"name": "x"}, token=token), 403, "permission-denied")
    assert body["detail"] == "This token lacks the scope contacts:write."
    assert problem(call("GET", "runs", token=token), 403, "permission-denied")["detail"].endswith("runs:read.")


def test_a_scope_is_no_right_that_its_person_lacks(call: Call) -> None:
    viewer = person("viewer")
    assert call("GET", "contacts", token=viewer).status_code == 200
    body = problem(call("POST", "contacts", {"name": "x"}, token=viewer), 403, "permission-denied")
    assert body["detail"] == "viewer lacks the right crm.add_contact."
    problem(call("GET", "audit", token=viewer), 403, "permission-denied")


def test_a_right_taken_away_is_gone_with_the_next_request(call: Call, cast: Cast) -> None:
    assert call("POST", "contacts", {"name": "x"}, token=cast.bob.token).status_code == 201
    with tenant_context("acacia"):
        person_role_set(person=cast.bob.id, role="viewer", actor=ACTOR)
    problem(call("POST", "contacts", {"name": "x"}, token=cast.bob.token), 403, "permission-denied")


def test_what_another_tenant_has_is_not_found(call: Call, cast: Cast) -> None:
    made = call("POST", "contacts", {"name": "Georgia"}).json()
    path = f"contacts/{made['id']}"
    assert call("GET", path).status_code == 200
    there = problem(call("GET", path, token=cast.charlie.token, host="harbour.localhost"), 404, "not-found")
    nowhere = problem(call("GET", f"contacts/{uuid7()}"), 404, "not-found")
    assert there == nowhere


# --- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["nothing", "contacts/not-an-id", "contacts/", "me/", "runs/1", "../v2/me", "workflows/%00"]
)
def test_a_path_that_nothing_answers_is_a_problem_too(call: Call, path: str) -> None:
    problem(call("GET", path), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "me"), ("POST", "me"), ("PUT", "contacts"), ("DELETE", "audit")]
)
def test_a_method_that_a_path_lacks_is_named(call: Call, method: str, path: str) -> None:
    answered = call(method, path, {})
    body = problem(answered, 405, "method-not-allowed")
    assert method in body["detail"]
    assert "GET" in answered["allow"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"]
)
def test_a_body_that_is_not_json_is_not_taken(call: Call, kind: str) -> None:
    problem(call("POST", "contacts", "name=x", content_type=kind), 415, "unsupported-media-type")


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"\xff", b"nonsense", b'{"name":NaN}', b'{"name":Infinity}', b'{"name":"a\\u0000b"}', b'{"a\\u0000":1}',
     b'{"name":"\\ud83d"}', b"[" * 5000 + b"]" * 5000, b'{"name":' + b"[" * 100 + b"]" * 100 + b"}", b"9" * 5000],
)  # fmt: skip
@pytest.mark.parametrize("path", ["events", "contacts"])
def test_a_malformed_body_is_answered_400(call: Call, path: str, body: bytes) -> None:
    if body == b"":
        assert call("POST", path, body).status_code in (400, 422)
        return
    problem(call("POST", path, body), 400, "parse-error")


@pytest.mark.parametrize("body", [[], "text", None, 1, True])
def test_json_that_is_no_object_says_where(call: Call, body: Any) -> None:
    answered = problem(call("POST", "events", json.dumps(body)), 400, "invalid")
    assert answered["errors"]


def test_a_field_that_is_wrong_is_named_by_its_path(call: Call) -> None:
    answered = problem(call("POST", "events", {"type": "Not A Type", "data": []}), 400, "invalid")
    assert {error["path"] for error in answered["errors"]} == {"type", "data"}
    assert all(error["message"] for error in answered["errors"])


def test_numbers_with_a_fraction_arrive_exactly(call: Call) -> None:
    body = b'{"type":"offer.made","data":{"price":1480000.10,"share":0.1,"far":1e400}}'
    answered = call("POST", "events", body)
    assert answered.status_code == 202
    assert answered.json()["data"] == {"price": "1480000.10", "share": "0.1", "far": "1E+400"}


def test_texts_of_any_script_arrive_whole(call: Call) -> None:
    text = "Zoë — 你好 😀 \u202e \ufeff \x7f"
    answered = call("POST", "events", {"type": "note.made", "data": {text: text}})
    assert answered.json()["data"] == {text: text}


def test_a_body_that_is_too_large_is_said_so(call: Call) -> None:
    body = b'{"type":"a.b","data":{"x":"' + b"y" * 2_700_000 + b'"}}'
    problem(call("POST", "events", body), 413, "too-large")


@pytest.mark.parametrize(
    "path", ["events?type=%00", "runs?status=%00", "audit?target=a%00b", "contacts?search=%00", "me?%00=x"]
)
def test_a_query_with_nul_finds_nothing_and_breaks_nothing(call: Call, path: str) -> None:
    problem(call("GET", path), 400, "bad-request")


def test_times_are_told_in_utc(call: Call) -> None:
    before = timezone.now()
    told = call("POST", "contacts", {"name": "Georgia"}).json()
    assert told["created_at"].endswith("Z")
    assert before < datetime.fromisoformat(told["created_at"]) < timezone.now()


# --- pages -------------------------------------------------------------------------------------


def names(answered: Any) -> list[str]:
    assert answered.status_code == 200, answered.content
    return [row["name"] for row in answered.json()["results"]]


def follow(call: Call, link: str | None) -> Any:
    assert link is not None
    start = "http://acacia.localhost/api/v1/"
    assert link.startswith(start)
    return call("GET", link.removeprefix(start))


def add(call: Call, *new: str) -> None:
    for name in new:
        assert call("POST", "contacts", {"name": name}).status_code == 201


@pytest.mark.parametrize("size", [1, 3, 4, 7, 10, 11, 200])
def test_pages_show_every_row_once_there_and_back_whatever_arrives(call: Call, size: int) -> None:
    rows = [f"c{number:02}" for number in range(10)]
    add(call, *rows)
    answered = call("GET", f"contacts?page_size={size}")
    seen = names(answered)
    assert answered.json()["previous"] is None
    while answered.json()["next"]:
        add(call, f"late {len(seen)}")  # newer rows shift no page
        answered = follow(call, answered.json()["next"])
        assert 1 <= len(names(answered)) <= size
        seen += names(answered)
    assert seen == rows[::-1]

    late = len(seen) > size
    back = names(answered)[::-1]
    while answered.json()["previous"]:
        answered = follow(call, answered.json()["previous"])
        back += names(answered)[::-1]
    assert [name for name in back if name in rows] == rows
    assert len(back) == len(set(back))
    assert any(name.startswith("late") for name in back) == late


def test_a_filter_stays_in_the_links(call: Call) -> None:
    add(call, "Georgia One", "Theo", "Georgia Two", "Georgia Three")
    answered = call("GET", "contacts?search=georgia&page_size=2")
    assert names(answered) == ["Georgia Three", "Georgia Two"]
    assert names(follow(call, answered.json()["next"])) == ["Georgia One"]


def test_an_empty_list_is_a_page_too(call: Call) -> None:
    assert call("GET", "contacts?search=nobody").json() == {"next": None, "previous": None, "results": []}


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=%FF", "cursor=====", f"cursor={cursor('o')}", f"cursor={cursor('onot-an-id')}",
     f"cursor={cursor('x' + str(UUID(int=7)))}", "page_size=0", "page_size=-1", "page_size=201", "page_size=x", "page_size=1.5", "page_size="],
)  # fmt: skip
@pytest.mark.parametrize("path", ["contacts", "events", "audit"])
def test_a_cursor_or_size_that_is_none_of_ours_is_refused(call: Call, path: str, query: str) -> None:
    answered = problem(call("GET", f"{path}?{query}"), 400, "invalid")
    assert answered["errors"][0]["path"] == query.split("=")[0]


def test_a_caller_who_takes_no_json_is_told_so(call: Call) -> None:
    problem(call("GET", "me", headers={"accept": "text/html"}), 406, "not-acceptable")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("runs?status=asleep", "status"),
        ("runs?workflow=a/b", "workflow"),
        ("approvals?run=1", "run"),
        ("approvals?status=perhaps", "status"),
        ("messages?direction=up", "direction"),
        ("messages?status=lost", "status"),
        ("messages?thread=x", "thread"),
        ("messages?flag=purple", "flag"),
        ("messages?run=x", "run"),
        ("events?type=No", "type"),
        ("tasks?assignee=me", "assignee"),
        ("tasks?done=perhaps", "done"),
        ("listings?status=gone", "status"),
        ("audit?target=everything", "target"),
        ("audit?actor=me", "actor"),
        ("audit?event=x", "event"),
        ("audit?run=x", "run"),
        ("ai/calls?purpose=world-peace", "purpose"),
    ],
)
def test_a_filter_with_a_value_that_cannot_be_is_named(call: Call, query: str, field: str) -> None:
    answered = problem(call("GET", query), 400, "invalid")
    assert [error["path"] for error in answered["errors"]] == [field]


def test_a_host_or_a_tenant_that_does_not_answer_is_a_problem_too(call: Call) -> None:
    problem(call("GET", "me", host="nobody.localhost"), 404, "unknown-host")
