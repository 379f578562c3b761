"""Forbidding topics: what is kept, what is refused and why, who said so, and that it stays in its tenant."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import pytest

from ai.errors import NoSuchTopic, TopicChanged, TopicRefused
from ai.models import Call, CallOutcome
from ai.selectors import call_view, calls
from ai.services import Answer, ask
from ai.tests.conftest import draft_input, mail
from ai.topics.selectors import MOST_PHRASES, MOST_TOPICS, forbidden, topic_get, topics, tried
from ai.topics.services import topic_add, topic_change, topic_remove
from audit.selectors import entries, views
from audit.services import Actor
from tests.vendor import Vendor

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")
RUN = str(uuid4())
ZONES: dict[str, Any] = {
    "name": "School zones",
    "phrases": ["school zone*", "catchment area"],
    "words": "School zones change each year: send the department's page.",
}
RATES: dict[str, Any] = {"name": "Rates", "phrases": ["council rates"], "words": "We leave rates to the council."}


def refused(**fields: Any) -> dict[str, str]:
    with pytest.raises(TopicRefused) as error:
        topic_add(actor=TESTS, **{**ZONES, **fields})
    assert topics() == []
    return dict(error.value.faults)


def told(topic: Any) -> list[str]:
    return [entry.event for entry in views(entries(target=f"topic:{topic}"))][::-1]


def test_a_topic_is_added_changed_switched_off_and_removed_each_with_its_entry() -> None:
    made = topic_add(actor=TESTS, **ZONES)
    assert (made.name, made.phrases, made.in_use, made.version) == ("School zones", tuple(ZONES["phrases"]), True, 1)
    assert [(topic.key, topic.words) for topic in forbidden()] == [(str(made.id), ZONES["words"])]
    changed = topic_change(topic=made.id, actor=TESTS, seen=1, phrases=["  school   zone "])
    assert (changed.phrases, changed.version, changed.updated_by) == (("school zone",), 2, TESTS.key)
    assert topic_change(topic=made.id, actor=TESTS, phrases=["school zone"]) == changed, "it says so already"
    off = topic_change(topic=made.id, actor=TESTS, in_use=False)
    assert (off.in_use, off.version, forbidden()) == (False, 3, ())
    assert topic_change(topic=made.id, actor=TESTS, in_use=True, name="Schools").in_use
    topic_remove(topic=made.id, actor=TESTS)
    assert topic_get(made.id) is None
    assert told(made.id) == [
        "topic.added", "topic.changed", "topic.switched_off", "topic.changed", "topic.switched_on", "topic.removed",
    ]  # fmt: skip


def test_the_ledger_holds_no_word_of_a_topic() -> None:
    made = topic_add(actor=TESTS, **{**ZONES, "phrases": ["Rosa Lim"]})
    topic_change(topic=made.id, actor=TESTS, words="Rosa asked us not to.")
    written = str([entry.data for entry in views(entries(target=f"topic:{made.id}"))])
    assert not any(word in written for word in ("Rosa", "School"))


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("", "A phrase is empty"),
        (" \u200b ", "has no letters"),
        ("a", "would find almost everything: write 2 letters"),
        ("学", "would find almost everything"),
        ("…!?", "has no letters"),
        ("*", "has no letters"),
        ("ab*", "write 3 letters before a star"),
        ("sch*l zone", "a star stands for the ending"),
        ("x" * 10_000, "has 10,000 characters"),
        ("School-Zones", "finds the same as “school zones”"),
        ("school zones", "stands here twice"),
    ],
)
def test_a_phrase_that_would_find_nothing_or_everything_is_refused_by_its_place(phrase: str, why: str) -> None:
    faults = refused(phrases=["school zones", phrase])
    assert list(faults) == ["phrases.1"]
    assert why in faults["phrases.1"]
    assert len(faults["phrases.1"]) < 200


def test_everything_that_is_wrong_is_told_at_once() -> None:
    faults = refused(name=" ", words="w" * 301, phrases=[])
    assert set(faults) == {"name", "words", "phrases"}
    assert "300" in faults["words"]
    assert set(refused(phrases=["a", "school", "!"])) == {"phrases.0", "phrases.2"}
    assert set(refused(phrases=[f"phrase {number}" for number in range(MOST_PHRASES + 1)])) == {"phrases"}


def test_a_name_is_used_once_whatever_its_capitals() -> None:
    made = topic_add(actor=TESTS, **ZONES)
    other = topic_add(actor=TESTS, **RATES)
    with pytest.raises(TopicRefused, match="There is a topic of this name"):
        topic_add(actor=TESTS, **{**ZONES, "name": "SCHOOL zones"})
    with pytest.raises(TopicRefused):
        topic_change(topic=other.id, actor=TESTS, name="school Zones")
    assert topic_change(topic=made.id, actor=TESTS, name="school Zones").name == "school Zones"


def test_characters_that_no_database_holds_are_left_out() -> None:
    made = topic_add(actor=TESTS, name="School\0 zones", phrases=["school\ud800 zone", "Zone\0n"], words="Why\0.")
    assert (made.name, made.words, made.phrases[1]) == ("School zones", "Why.", "Zonen")


def test_there_is_an_end_of_topics() -> None:
    for number in range(MOST_TOPICS):
        topic_add(actor=TESTS, **{**ZONES, "name": f"Topic {number}"})
    with pytest.raises(TopicRefused, match=f"There are {MOST_TOPICS} topics already"):
        topic_add(actor=TESTS, **ZONES)
    assert len(topics()) == MOST_TOPICS


def test_who_has_read_an_older_version_changes_and_removes_nothing() -> None:
    made = topic_add(actor=TESTS, **ZONES)
    topic_change(topic=made.id, actor=TESTS, words="Other words.")
    with pytest.raises(TopicChanged) as error:
        topic_change(topic=made.id, actor=TESTS, seen=1, words="Mine.")
    assert error.value.found == 2
    with pytest.raises(TopicChanged):
        topic_remove(topic=made.id, actor=TESTS, seen=1)
    for act in (topic_change, topic_remove):
        with pytest.raises(NoSuchTopic):
            act(topic=uuid4(), actor=TESTS)
    assert [topic.words for topic in topics()] == ["Other words."]


def test_charlies_topics_never_touch_acacia(enter: Callable[[str], AbstractContextManager[None]]) -> None:
    with enter("harbour"):
        theirs = topic_add(actor=TESTS, **RATES)
        assert [found.words for found in tried("The council rates are due.")] == [RATES["words"]]
    assert (topics(), forbidden(), topic_get(theirs.id)) == ([], (), None)
    assert tried("The council rates are due.") == []
    with pytest.raises(NoSuchTopic):
        topic_remove(topic=theirs.id, actor=TESTS)


def test_a_text_is_tried_against_own_and_built_in_topics() -> None:
    topic_add(actor=TESTS, **ZONES)
    found = tried("It is in a school zone. You could sue the vendor. It has three bedrooms.")
    assert [(each.text, each.words) for each in found] == [
        ("You could sue the vendor.", "It gives legal advice."),
        ("It is in a school zone.", ZONES["words"]),
    ]


@pytest.fixture
def with_vendor(vendor: Vendor, settings: Any) -> Vendor:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    return vendor


def drafted() -> Answer[Any]:
    return ask(purpose="draft", inputs=draft_input(mail("What are the rates per quarter?")), run_id=RUN, step="draft")


def test_a_models_draft_about_it_is_sent_back_with_the_words_and_then_written_offline(with_vendor: Vendor) -> None:
    topic_add(actor=TESTS, **RATES)
    answer = drafted()
    assert answer.provenance.provider == "local"
    assert "could not be trusted" in (answer.provenance.fallback_reason or "")
    first, again = with_vendor.requests[0], with_vendor.requests[1]
    assert RATES["words"] not in str(first), "the prompt is the same for all"
    assert RATES["words"] in str(again["messages"][-1])
    kept = [check for row in calls(run_id=RUN) for check in call_view(row).checks if check["name"] == "topics"]
    assert {check["verdict"] for check in kept} == {"refuse"}
    assert {words for check in kept for words in check["findings"]} == {RATES["words"]}


def test_an_answer_that_was_checked_stands_and_is_paid_once_whatever_is_forbidden_since(with_vendor: Vendor) -> None:
    first = drafted()
    topic_add(actor=TESTS, **RATES)
    assert drafted().call_id == first.call_id
    assert len(with_vendor.requests) == 1


def test_an_answer_that_was_stored_and_not_checked_is_checked_by_what_is_forbidden_now(with_vendor: Vendor) -> None:
    first = drafted()
    Call.objects.update(outcome=CallOutcome.ANSWERED, checks=[])
    topic_add(actor=TESTS, **RATES)
    assert drafted().call_id != first.call_id
    assert Call.objects.get(pk=first.call_id).error == "not_trusted"
