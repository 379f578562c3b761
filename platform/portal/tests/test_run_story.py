"""The story of a run: every entry once and in order, told by what the reader may see, and fit to be printed."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.services import approval_decide, approval_edit
from audit.selectors import story
from conftest import Cast
from tests.pages import signed_in
from tests.story import CUSTOMER, Asked, person

pytestmark = pytest.mark.usefixtures("in_committed_acacia")


def page_of(asked: Asked, who: Any, slug: str = "acacia") -> Any:
    return signed_in(who, slug).get(f"/runs/{asked.run.id}/story/")


def told(page: Any) -> list[str]:
    """The lines of the story as plain text."""
    lines = re.findall(r'<li class="story-line.*?(?=<li class="story-line|</ol>)', page.content.decode(), re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", line)).split()) for line in lines]


def places(lines: list[str], *words: str) -> list[int]:
    """Where each of these words stand first."""
    return [next(number for number, line in enumerate(lines) if each in line) for each in words]


def test_a_story_tells_each_entry_once_from_the_email_to_who_decided_what(asked: Asked, cast: Cast) -> None:
    edits = {"reply": {"text": asked.approval.document["reply"]["text"] + "\n\nSee you at the gate."}}
    edited = approval_edit(
        approval_id=asked.approval.id, digest=asked.approval.digest, edits=edits, actor=person(cast.bob)
    )
    approval_decide(
        approval_id=edited.id, decision="approve", digest=edited.digest, comment="The gate is new.", actor=person(cast.alice)
    )  # fmt: skip
    beside = [f"message:{asked.run.message}", f"event:{asked.run.event}"]
    entries = [str(entry.pk) for entry in story(asked.run.id, beside=beside)]
    page = page_of(asked, cast.alice)
    assert re.findall(r'<li class="story-line[^"]*" id="e-([0-9a-f-]{36})"', page.content.decode()) == entries
    lines = told(page)
    found = places(
        lines,
        "An email arrived",
        "An event was received",
        "to understand the email",
        "to draft the reply",
        "A proposal was put before a person",
        "A person edited a proposal",
        "A person approved a proposal",
    )
    assert found == sorted(found)
    received, _, asked_for, _, opened, edit, approved = (lines[number] for number in found)
    assert f"<{CUSTOMER}>" in received
    assert "is the studio out the back council approved" in received
    assert "worked out offline without a model" in asked_for
    assert "Answer" in asked_for
    assert "The AI was asked" not in " ".join(lines)
    assert "See you at the gate." not in opened
    assert "Bob" in edit
    assert "fields reply.text" in edit
    assert "Alice" in approved
    assert "“The gate is new.”" in approved
    assert "See you at the gate." in approved
    start = f"{edited.digest[:4]} {edited.digest[4:8]}"
    assert start in edit
    assert start in approved


def test_what_its_reader_may_not_see_is_not_told_and_its_entry_stands(asked: Asked, cast: Cast) -> None:
    """An agent may not see what calls of models cost."""
    lines = told(page_of(asked, cast.bob))
    assert len(lines) == len(told(page_of(asked, cast.alice)))
    assert "to understand the email" not in " ".join(lines)
    assert places(lines, "An answer was given, by a model or offline")


def test_a_story_needs_the_right_to_the_ledger_and_is_of_ones_own_agency(asked: Asked, cast: Cast) -> None:
    assert page_of(asked, cast.charlie, "harbour").status_code == 404
    assert page_of(asked, cast.bob).status_code == 200


def test_a_story_is_linked_from_its_run_and_costs_few_queries(asked: Asked, cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert f'href="/runs/{asked.run.id}/story/"' in client.get(f"/runs/{asked.run.id}/").content.decode()
    client.get(f"/runs/{asked.run.id}/story/")
    with CaptureQueriesContext(connection) as seen:
        assert client.get(f"/runs/{asked.run.id}/story/").status_code == 200
    assert len(seen) < 20, [query["sql"][:100] for query in seen]
