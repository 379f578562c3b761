"""Documents as people edit them in the portal, and as programs do by the API."""

import re
from html import unescape
from typing import Any

import pytest

from audit.services import Actor
from conftest import Cast
from knowledge.selectors import DocumentView, document_get
from knowledge.services import document_add, document_change, document_retire
from portal.tests.test_api_etags import Call
from tenants.selectors import tenant_context
from tests.pages import signed_in

pytestmark = pytest.mark.usefixtures("committed")
TESTS = Actor.system("tests")
TYPED = {"title": "Opening hours", "text": "We open at 9 am.", "language": "en", "audience": "customers"}


@pytest.fixture
def hours(committed: None) -> DocumentView:
    with tenant_context("acacia"):
        return document_add(actor=TESTS, title="Opening hours", text="We open at 9 am on weekdays.")


def now(document: DocumentView) -> DocumentView:
    with tenant_context("acacia"):
        found = document_get(document.id)
    assert found is not None
    return found


def words(answer: Any) -> str:
    """The page's words, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_a_workspace_without_documents_says_what_they_are_for(cast: Cast) -> None:
    assert "Write down what customers ask most" in words(signed_in(cast.alice).get("/knowledge/"))
    assert "Managers and owners can write down" in words(signed_in(cast.bob).get("/knowledge/"))


def test_a_manager_writes_a_document_and_an_agent_reads_it(cast: Cast) -> None:
    alice, bob = signed_in(cast.alice), signed_in(cast.bob)
    answer = alice.post("/knowledge/new/", TYPED)
    assert answer.status_code == 302
    page = words(bob.get(answer["Location"]))
    assert "We open at 9 am." in page
    assert "Replies may quote it" in page
    assert "written by Alice" in page
    assert "Retire" not in page
    assert "Opening hours" in words(bob.get("/knowledge/?q=opening"))
    assert "No document says that." in words(bob.get("/knowledge/?q=elephants"))
    assert answer["Location"] in bob.get("/search/?q=hours").content.decode()
    assert bob.post("/knowledge/new/", TYPED).status_code == 403


def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(cast: Cast) -> None:
    answer = signed_in(cast.alice).post("/knowledge/new/", {**TYPED, "title": " ", "text": "Kept as typed."})
    assert answer.status_code == 422
    assert "Say what this is about" in words(answer)
    assert "Kept as typed." in answer.content.decode()


def test_each_version_is_read_with_what_it_changed(cast: Cast, hours: DocumentView) -> None:
    with tenant_context("acacia"):
        document_change(document=hours.id, actor=TESTS, text="We open at 8 am on weekdays.", audience="staff")
    bob = signed_in(cast.bob)
    page = bob.get(f"/knowledge/{hours.id}/").content.decode()
    assert re.search(r"<ins><span[^>]*>Added: </span>8</ins>", page)
    assert re.search(r"<del><span[^>]*>Removed: </span>9</del>", page)
    assert "Customers and staff" in page
    first = words(bob.get(f"/knowledge/{hours.id}/?version=1"))
    assert "This is version 1. Replies quote version 2" in first
    assert "We open at 9 am on weekdays." in first
    for version in ("3", "0", "x", "9" * 30):
        assert bob.get(f"/knowledge/{hours.id}/?version={version}").status_code == 404


def test_a_save_over_somebody_elses_is_refused_and_keeps_what_was_typed(cast: Cast, hours: DocumentView) -> None:
    alice, edit = signed_in(cast.alice), f"/knowledge/{hours.id}/edit/"
    assert f'name="seen" value="{hours.revision}"' in alice.get(edit).content.decode()
    with tenant_context("acacia"):
        document_change(document=hours.id, actor=TESTS, text="We open at 7 am.")
    answer = alice.post(edit, {**TYPED, "seen": hours.revision})
    assert answer.status_code == 409
    assert "We open at 9 am." in answer.content.decode()
    assert now(hours).text == "We open at 7 am."
    assert alice.post(edit, {**TYPED, "seen": now(hours).revision}).status_code == 302
    assert (now(hours).text, now(hours).number) == ("We open at 9 am.", 3)


def test_a_document_is_retired_and_put_in_use_again(cast: Cast, hours: DocumentView) -> None:
    alice, page = signed_in(cast.alice), f"/knowledge/{hours.id}/"
    assert alice.post(f"{page}retire/", {"to": "retired"}).status_code == 302
    assert now(hours).retired
    assert "Opening hours" not in words(alice.get("/knowledge/"))
    assert "Opening hours" in words(alice.get("/knowledge/?status=retired"))
    assert "Put in use again" in words(alice.get(page))
    assert alice.post(f"{page}retire/", {"to": "in_use"}).status_code == 302
    assert now(hours).quotable


@pytest.fixture
def call(cast: Cast) -> Call:
    return Call(cast.alice)


def test_a_program_writes_changes_and_retires_a_document(call: Call) -> None:
    made = call.post("knowledge", {"title": "Fees", "text": "Viewing is free."})
    assert made.status_code == 201
    shown = made.json()
    assert (shown["version"], shown["status"], shown["language"], shown["audience"]) == (1, "in_use", "en", "customers")
    path = f"knowledge/{shown['id']}"
    changed = call.send("patch", path, {"text": "Viewing costs nothing."}, if_match=made["etag"])
    assert (changed.status_code, changed.json()["version"], changed.json()["title"]) == (200, 2, "Fees")
    late = call.send("patch", path, {"text": "Viewing costs 5 dollars."}, if_match=made["etag"])
    assert (late.status_code, late["etag"]) == (412, changed["etag"])
    retired = call.send("patch", path, {"status": "retired"}, if_match=changed["etag"])
    assert (retired.json()["status"], retired.json()["version"]) == ("retired", 2)
    assert retired["etag"] != changed["etag"], "who has read it in use does not know that it is not"
    assert [row["text"] for row in call.get(f"{path}/versions").json()["results"]] == [
        "Viewing costs nothing.",
        "Viewing is free.",
    ]


def test_a_program_finds_documents_by_what_they_are(call: Call, hours: DocumentView) -> None:
    with tenant_context("acacia"):
        document_add(actor=TESTS, title="Provision", text="Drei Prozent.", language="de", audience="staff")
        gone = document_add(actor=TESTS, title="Parties", text="No parties.")
        document_retire(document=gone.id, actor=TESTS)

    def titles(**query: str) -> list[str]:
        return [row["title"] for row in call.get("knowledge", **query).json()["results"]]

    assert titles() == ["Parties", "Provision", "Opening hours"]
    assert titles(status="retired") == ["Parties"]
    assert titles(audience="staff") == titles(language="de") == titles(search="prozent") == ["Provision"]
    assert call.get("knowledge", audience="nobody").status_code == 400


def test_a_fault_is_told_with_its_path(call: Call) -> None:
    answer = call.post("knowledge", {"title": "Fees", "text": "x" * 2_000})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "text"
    assert "divide it by an empty line" in answer.json()["errors"][0]["message"]


def test_an_agents_token_reads_and_another_tenants_finds_nothing(cast: Cast, hours: DocumentView) -> None:
    bob = Call(cast.bob)
    assert bob.get(f"knowledge/{hours.id}").json()["title"] == "Opening hours"
    assert bob.post("knowledge", {"title": "Fees", "text": "None."}).status_code == 403
    stranger = Call(cast.charlie, "harbour")
    for path in (f"knowledge/{hours.id}", f"knowledge/{hours.id}/versions"):
        assert stranger.get(path).status_code == 404
    assert stranger.patch(f"knowledge/{hours.id}", {"title": "Ours"}).status_code == 404
