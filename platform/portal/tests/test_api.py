"""The REST API as an integrator meets it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from conftest import Cast, Person
from tenants.selectors import tenant_context
from tests.story import CUSTOMER, Asked, waiting
from workflows.definition import read
from workflows.packs import pack_get

LISTS = (
    "events",
    "messages",
    "conversations",
    "runs",
    "approvals",
    "workflows",
    "contacts",
    "listings",
    "enquiries",
    "tasks",
    "appointments",
    "knowledge",
    "ai/calls",
    "audit",
)


class Api:
    """Calls as a person's token, on a tenant's host."""

    def __init__(self, person: Person, slug: str = "acacia") -> None:
        self.headers = {"host": f"{slug}.localhost", "authorization": f"Bearer {person.token}"}
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(f"/api/v1/{path}", body or {}, content_type="application/json", headers=self.headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.client.patch(f"/api/v1/{path}", body, content_type="application/json", headers=self.headers)


def test_me_tells_whose_token_it_is(committed: None, cast: Cast) -> None:
    me = Api(cast.alice).get("me").json()
    assert me["tenant"] == {"slug": "acacia", "name": "Acacia Realty"}
    assert "approvals:decide" in me["token"]["scopes"]
    assert me["person"]["role"] == "manager"


def test_every_list_has_pages_and_every_object_an_address_of_its_own(asked: Asked, cast: Cast) -> None:
    api, stranger = Api(cast.alice), Api(cast.charlie, "harbour")
    for path in LISTS:
        listed = api.get(path)
        assert listed.status_code == 200, (path, listed.content)
        assert set(listed.json()) == {"next", "previous", "results"}
        if path in ("audit", "ai/calls", "workflows"):
            continue
        for row in listed.json()["results"]:
            assert api.get(f"{path}/{row['id']}").json()["id"] == row["id"]
            assert stranger.get(f"{path}/{row['id']}").status_code == 404


def test_another_tenants_token_is_as_unknown_as_none(asked: Asked, cast: Cast) -> None:
    for path in (*LISTS, f"runs/{asked.run.id}", f"approvals/{asked.approval.id}"):
        answer = Api(cast.charlie, "acacia").get(path)
        assert (answer.status_code, answer["content-type"]) == (401, "application/problem+json")


def test_a_message_has_the_fields_of_the_contract(asked: Asked, cast: Cast) -> None:
    message = Api(cast.alice).get("messages").json()["results"][0]
    assert message["from"] == CUSTOMER
    assert message["to"][0].endswith("@in.localhost")
    assert set(message["auth"]) == {"spf", "dkim", "dmarc"}
    assert message["run"] == str(asked.run.id)
    assert message["direction"] == "in"
    for name in ("message_id", "in_reply_to", "thread", "from_name", "cc", "reply_to", "subject", "text", "new_text"):
        assert name in message


def test_a_run_tells_its_steps_and_approvals(asked: Asked, cast: Cast) -> None:
    run = Api(cast.alice).get(f"runs/{asked.run.id}").json()
    assert [step["key"] for step in run["steps"]][:4] == ["understand", "match", "recommend", "draft"]
    assert run["approvals"] == [str(asked.approval.id)]
    assert run["status"] == "waiting"
    assert [row["id"] for row in Api(cast.alice).get("runs", status="waiting").json()["results"]] == [run["id"]]
    assert Api(cast.alice).get("runs", status="failed").json()["results"] == []


def test_an_approval_is_edited_and_decided_by_its_digest(asked: Asked, cast: Cast) -> None:
    api, path = Api(cast.bob), f"approvals/{asked.approval.id}"
    shown = api.get(path).json()
    for name in ("actions", "digest", "evidence", "provenance", "reasons", "expires_at", "expires_to", "stale"):
        assert name in shown
    text = shown["actions"][-1]["input"]["text"] + "\n\nSee you soon."
    edited = api.post(f"{path}/edit", {"digest": shown["digest"], "edits": {"reply": {"text": text}}})
    assert (edited.status_code, edited.json()["status"], edited.json()["edited_by"]) == (200, "pending", "Bob")
    assert edited.json()["digest"] != shown["digest"]
    old = api.post(f"{path}/decide", {"decision": "approve", "digest": shown["digest"]})
    assert (old.status_code, old.json()["type"]) == (409, "urn:countersign:problem:wrong-digest")
    body = {"decision": "approve", "digest": edited.json()["digest"], "comment": "fine"}
    done = api.post(f"{path}/decide", body)
    assert (done.status_code, done.json()["status"]) == (200, "approved")
    assert api.post(f"{path}/decide", body).json()["type"] == "urn:countersign:problem:already-decided"


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("edit", {"digest": "{digest}", "edits": {"nobody": {"text": "x"}}}, 422),
        ("edit", {"digest": "{digest}", "edits": {"reply": {"to": ["x@example.com"]}}}, 422),
        ("edit", {"digest": "{digest}", "leave_out": ["nobody"]}, 422),
        ("edit", {"digest": "{digest}", "add": [{"action": "mail.send_reply", "input": {}}]}, 422),
        ("edit", {"edits": {}}, 400),
        ("edit", {"digest": "{digest}", "edits": {"reply": "text"}}, 400),
        ("decide", {"decision": "perhaps", "digest": "{digest}"}, 400),
        ("decide", {"decision": "approve"}, 400),
        ("renew", {}, 409),
    ],
)
def test_what_cannot_be_understood_is_refused_and_changes_nothing(
    asked: Asked, cast: Cast, action: str, body: Any, status: int
) -> None:
    api, path = Api(cast.bob), f"approvals/{asked.approval.id}"
    given = {name: asked.approval.digest if value == "{digest}" else value for name, value in body.items()}
    refused = api.post(f"{path}/{action}", given)
    assert refused.status_code == status, refused.content
    assert refused["content-type"] == "application/problem+json"
    assert api.get(path).json()["digest"] == asked.approval.digest


def test_who_caused_an_event_cannot_approve_what_came_of_it(
    asked: Asked, cast: Cast, work: Callable[[], None], owner: Any
) -> None:
    first = Api(cast.bob).get("messages").json()["results"][0]
    Api(cast.bob).post(f"runs/{asked.run.id}/cancel")
    assert Api(cast.alice).post(f"runs/{asked.run.id}/cancel").status_code == 200
    made = Api(cast.alice).post(
        "events", {"type": "email.received", "data": {"message": first["id"], "auto_generated": False}}
    )
    assert made.status_code == 202
    assert len(made.json()["runs"]) == 1
    work()
    with tenant_context("acacia"):  # a request leaves it
        shown = waiting().approval
    body = {"decision": "approve", "digest": shown.digest}
    refused = Api(cast.alice).post(f"approvals/{shown.id}/decide", body)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:countersign:problem:not-allowed")
    assert Api(cast.bob).post(f"approvals/{shown.id}/decide", body).status_code == 200


def test_an_event_without_a_message_ends_in_a_failed_run_that_says_why(
    in_committed_acacia: None, cast: Cast, work: Callable[[], None]
) -> None:
    made = Api(cast.alice).post("events", {"type": "email.received", "data": {}}).json()
    work()
    run = Api(cast.alice).get(f"runs/{made['runs'][0]}").json()
    assert run["status"] == "failed"
    assert run["error"]


def test_records_are_added_and_changed_with_their_version(committed: None, cast: Cast) -> None:
    api = Api(cast.alice)
    made = api.post("contacts", {"name": "Theo", "email": "theo@example.com"})
    assert made.status_code == 201
    changed = api.patch(f"contacts/{made.json()['id']}", {"phone": "0491 570 157"}).json()
    assert (changed["phone"], changed["version"]) == ("0491 570 157", made.json()["version"] + 1)
    twice = api.post("contacts", {"name": "Theo", "email": "THEO@example.com"})
    assert (twice.status_code, twice["content-type"]) == (409, "application/problem+json")
    assert api.post("tasks", {"due_at": "soon"}).status_code == 400


def test_versions_are_published_and_faults_told_with_paths(committed: None, cast: Cast) -> None:
    api, path = Api(cast.alice), "workflows/property-enquiry/versions"
    one = api.get(f"{path}/1").json()
    assert (one["number"], one["status"]) == (1, "active")
    wrong = {**one["definition"], "steps": [{"key": "a", "do": "nothing.known", "colour": 1}]}
    refused = api.post(path, {"definition": wrong})
    assert refused.status_code == 422
    assert {fault["path"] for fault in refused.json()["errors"]} == {"steps[0].colour"}
    at_odds = {**one["definition"], "on": {"event": "email.received", "when": "event.subject != ''"}}
    at_odds["steps"][1]["with"] = {"facts": "${steps.understand.fact}"}
    at_odds["steps"][6]["when"] = "false"
    refused = api.post(path, {"definition": at_odds})
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (422, "invalid-definition")
    assert [fault["path"] for fault in refused.json()["errors"]] == ["on.when", "steps[1].with.facts", "steps[6].when"]
    assert [version["number"] for version in api.get(path).json()["results"]] == [1]


def test_the_json_schema_fits_what_is_published_and_says_what_each_field_is(committed: None, cast: Cast) -> None:
    api = Api(cast.alice)
    schema = api.get("schemas/workflow.json").json()
    pack = pack_get("real_estate")
    assert pack is not None
    written = read(pack.definitions()[0])
    stored = api.get("workflows/property-enquiry/versions/1").json()["definition"]
    check = Draft202012Validator(schema)
    for definition in (written, stored):
        assert not list(check.iter_errors(definition))
    wrong = {**stored, "steps": [{"key": "a", "do": "nothing.known", "colour": 1}]}
    assert sorted(error.validator for error in check.iter_errors(wrong)) == ["additionalProperties", "enum"]
    for part in (schema, *schema["$defs"].values()):
        assert all("description" in about for about in part["properties"].values())


def test_what_is_not_built_answers_404(committed: None, cast: Cast) -> None:
    for path in ("autonomy", "workflows/property-enquiry/versions/1/replay"):
        assert Api(cast.alice).get(path).status_code == 404
