"""Forbidden topics as people write them in the settings, and as programs do by the API."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from ai.topics.selectors import TopicView, topic_get, topics
from ai.topics.services import topic_add, topic_change
from audit.services import Actor
from conftest import Cast
from portal.tests.test_api_etags import Call
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import Asked

pytestmark = pytest.mark.usefixtures("committed")
TESTS = Actor.system("tests")
PAGE = "/settings/topics/"
WORDS = "School zones change each year."
TYPED = {"name": "School zones", "phrases": "school zone*\r\n\r\n catchment  area \r\n", "words": WORDS}
GIVEN: dict[str, Any] = {"name": "School zones", "phrases": ["school zone*", "catchment area"], "words": WORDS}


@pytest.fixture
def zones(committed: None) -> TopicView:
    with tenant_context("acacia"):
        return topic_add(actor=TESTS, **GIVEN)


@pytest.fixture
def call(cast: Cast) -> Call:
    return Call(cast.alice)


def now() -> list[TopicView]:
    with tenant_context("acacia"):
        return topics()


def words(answer: Any) -> str:
    """The page's words, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def faults(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.content
    return {fault["path"]: fault["message"] for fault in answer.json()["errors"]}


def test_a_workspace_without_topics_shows_what_is_forbidden_to_all(cast: Cast) -> None:
    page = words(signed_in(cast.bob).get(PAGE))
    for expected in ("Nothing is forbidden beside", "Discrimination in housing", "Legal advice", "always"):
        assert expected in page
    assert "Forbid it" not in page


def test_a_manager_adds_changes_switches_off_and_removes_a_topic(cast: Cast) -> None:
    alice, bob = signed_in(cast.alice), signed_in(cast.bob)
    assert alice.post(PAGE, TYPED).status_code == 302
    (made,) = now()
    assert made.phrases == ("school zone*", "catchment area")
    page = words(bob.get(PAGE))
    for expected in ("School zones", "school zone* · catchment area", WORDS, "forbidden"):
        assert expected in page
    edit = f"{PAGE}{made.id}/"
    assert "catchment area" in alice.get(edit).content.decode()
    assert alice.post(edit, {**TYPED, "phrases": "school zone", "seen": "1"}).status_code == 302
    assert now()[0].phrases == ("school zone",)
    assert alice.post(f"{edit}switch/", {"on": "false"}).status_code == 302
    assert not now()[0].in_use
    assert "Switch on" in words(alice.get(PAGE))
    assert alice.post(f"{edit}switch/", {"on": "true"}).status_code == 302
    assert now()[0].in_use
    assert alice.post(f"{edit}remove/").status_code == 302
    assert now() == []
    for path in (edit, f"{edit}switch/", f"{edit}remove/"):
        assert alice.post(path, TYPED).status_code == 404


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"phrases": "school zone\n…\na"}, "“…” has no letters: write words."),
        ({"phrases": "school zone\n…\na"}, "“a” would find almost everything"),
        ({"phrases": "x" * 10_000}, "has 10,000 characters"),
        ({"phrases": " \n \n"}, "Write a phrase at least"),
        ({"phrases": "\n".join(f"phrase {number}" for number in range(1_000))}, "these are 1,000"),
        ({"name": ""}, "Name what replies must not speak of."),
        ({"words": "w" * 301}, "At most 300 characters"),
        ({"name": "Zones\0"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    cast: Cast, change: dict[str, str], sentence: str
) -> None:
    answer = signed_in(cast.alice).post(PAGE, {**TYPED, **change})
    assert answer.status_code == 422
    assert sentence in words(answer)
    kept = unescape(answer.content.decode())
    typed = {**TYPED, **change}
    assert [line for line in typed["phrases"].splitlines() if line.strip() and line not in kept] == []
    assert typed["words"] in kept
    assert 'aria-invalid="true"' in kept
    assert now() == []


def test_a_save_over_somebody_elses_is_refused_and_keeps_what_was_typed(cast: Cast, zones: TopicView) -> None:
    alice, edit = signed_in(cast.alice), f"{PAGE}{zones.id}/"
    with tenant_context("acacia"):
        topic_change(topic=zones.id, actor=TESTS, words="Their words.")
    answer = alice.post(edit, {**TYPED, "words": "My words.", "seen": "1"})
    assert answer.status_code == 409
    assert "Their words." in words(answer)
    assert "My words." in answer.content.decode()
    assert now()[0].words == "Their words."
    assert alice.post(edit, {**TYPED, "words": "My words.", "seen": "2"}).status_code == 302
    assert now()[0].words == "My words."


def test_a_sentence_is_tried_against_all_topics(cast: Cast, zones: TopicView) -> None:
    bob = signed_in(cast.bob)
    found = words(bob.get(PAGE, {"try": "It is in a School-Zone. You could sue the vendor."}))
    assert WORDS in found
    assert "“You could sue the vendor.” It gives legal advice." in found
    assert "No topic is in its way." in words(bob.get(PAGE, {"try": "It has three bedrooms."}))
    assert bob.get(PAGE, {"try": "a" * 6_000}).status_code == 200


def test_what_a_topic_would_have_stopped_is_seen_before_it_is_saved(asked: Asked, cast: Cast) -> None:
    alice = signed_in(cast.alice)
    typed = {**TYPED, "name": "Rates", "phrases": "council rates", "look": "1"}
    answer = alice.post(PAGE, typed)
    assert answer.status_code == 200
    assert "1 of the last 1 drafts says it." in words(answer)
    assert "Council rates: $512.40 per quarter." in words(answer)
    assert f"/approvals/{asked.approval.id}/" in answer.content.decode()
    assert "council rates</textarea>" in answer.content.decode()
    assert "None of the last 1 drafts says it." in words(alice.post(PAGE, {**typed, "phrases": "school zone"}))
    quoted = {**typed, "phrases": "is the studio out the back council approved"}
    assert "None of the last 1" in words(alice.post(PAGE, quoted)), "it is only quoted"
    assert alice.post(PAGE, {**typed, "phrases": "!"}).status_code == 422
    assert now() == []
    assert alice.post(PAGE, {**TYPED, "name": "Rates"}).status_code == 302
    edit = f"{PAGE}{now()[0].id}/"
    answer = alice.post(edit, {**typed, "seen": "1"})
    assert "1 of the last 1 drafts says it." in words(answer)
    assert 'name="seen" value="1"' in answer.content.decode()
    assert (now()[0].phrases, now()[0].version) == (("school zone*", "catchment area"), 1)


def test_programs_read_add_change_and_remove_topics(call: Call) -> None:
    answer = call.get("ai/topics").json()
    assert [topic["name"] for topic in answer["built_in"]] == ["discrimination", "legal_advice"]
    assert answer["topics"] == []
    made = call.post("ai/topics", GIVEN)
    assert (made.status_code, made["etag"]) == (201, '"1"')
    shown = made.json()
    assert {name: shown[name] for name in (*GIVEN, "in_use", "version")} == {**GIVEN, "in_use": True, "version": 1}
    path = f"ai/topics/{shown['id']}"
    assert call.get(path).json() == shown
    assert call.send("get", path, if_none_match='"1"').status_code == 304
    off = call.send("patch", path, {"in_use": False}, if_match='"1"')
    assert (off.status_code, off.json()["in_use"], off["etag"]) == (200, False, '"2"')
    assert off.json()["phrases"] == GIVEN["phrases"]
    for method, body in (("patch", {"in_use": True}), ("delete", None)):
        late = call.send(method, path, body, if_match='"1"')
        assert (late.status_code, late["etag"]) == (412, '"2"')
    assert call.send("delete", path).status_code == 204
    assert call.get(path).status_code == 404
    assert call.get("ai/topics").json()["topics"] == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"phrases": ["school zone", ""]}, "phrases.1"),
        ({"phrases": ["school zone", "(a+)+$" * 20]}, "phrases.1"),
        ({"phrases": ["x" * 10_000]}, "phrases.0"),
        ({"phrases": []}, "phrases"),
        ({"name": " "}, "name"),
        ({"words": ""}, "words"),
    ],
)
def test_what_cannot_be_a_topic_is_refused_with_its_place(call: Call, change: dict[str, Any], path: str) -> None:
    assert list(faults(call.post("ai/topics", {**GIVEN, **change}))) == [path]
    assert now() == []


@pytest.mark.parametrize(
    "body", [{}, {"phrases": "school"}, {**GIVEN, "phrases": [{}]}, {**GIVEN, "in_use": "perhaps"}, [GIVEN], "x"]
)
def test_a_body_of_another_form_is_no_fault_of_ours(call: Call, body: Any) -> None:
    answer = call.post("ai/topics", body)
    assert answer.status_code in (400, 422)
    assert answer["content-type"] == "application/problem+json"


def test_odd_characters_break_nothing(call: Call, cast: Cast) -> None:
    made = call.post("ai/topics", {**GIVEN, "phrases": ["<b>zone</b>", "“zone”"]})
    assert made.status_code == 201
    assert "<b>zone</b>" not in signed_in(cast.alice).get(PAGE).content.decode()
    assert call.send("patch", f"ai/topics/{uuid4()}", {"in_use": False}).status_code == 404


def test_an_agents_token_reads_topics_and_changes_none(cast: Cast, zones: TopicView) -> None:
    bobs = Call(cast.bob)
    assert bobs.get("ai/topics").json()["topics"][0]["name"] == "School zones"
    assert bobs.post("ai/topics", {**GIVEN, "name": "Mine"}).status_code == 403
    assert bobs.send("delete", f"ai/topics/{zones.id}").status_code == 403
    with tenant_context("acacia"):
        assert topic_get(zones.id) == zones
