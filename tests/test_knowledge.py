"""What the house knows, from a customer's question to the reply that quotes it, or says that somebody will check."""

from collections.abc import Callable
from typing import Any

import pytest

from approvals.errors import Stale
from approvals.selectors import approval_get
from approvals.services import approval_decide
from audit.services import Actor
from conftest import Cast
from knowledge.selectors import DocumentView
from knowledge.services import document_add, document_change, document_retire
from mail.selectors import outbox
from tests.pages import signed_in
from tests.story import Asked, due_now, mail, person, receive, samples, waiting

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")
TITLE = "Management fees"
FEE = "Our management fee is 5.5% of the rent."
TEXT = f"{FEE}\n\nAdvertising is charged at cost."
QUESTION = "What is your management fee?"


def fees(**fields: str) -> DocumentView:
    return document_add(actor=TESTS, **{"title": TITLE, "text": TEXT, **fields})


def ask(work: Work, question: str = QUESTION) -> Asked:
    receive(mail(f"Hello,\n\n{question}\n\nThanks,\nGeorgia", subject="A question"))
    work()
    return waiting()


def known(asked: Asked) -> list[dict[str, Any]]:
    return [source for source in asked.approval.document["sources"] if source["kind"] == "knowledge"]


def approve(asked: Asked, cast: Cast) -> None:
    shown = approval_get(asked.approval.id)
    approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(cast.bob))


def test_what_the_house_knows_is_quoted_with_its_document_and_version(work: Work) -> None:
    made = fees()
    document_change(document=made.id, actor=TESTS, text=f"{TEXT}\n\nLeases are free.")
    asked = ask(work)
    assert FEE in asked.approval.document["reply"]["text"]
    assert asked.approval.blocked_reason == ""
    (quoted,) = (item for item in asked.approval.document["evidence"] if item["quote"] == FEE)
    assert quoted["source"] == {"kind": "knowledge", "id": str(made.id), "version": "2", "field": "section.1"}
    assert quoted["supported"]
    (source,) = known(asked)
    assert (source["title"], source["version"]) == (TITLE, "2")
    assert source["fields"][0] == {"name": "section.1", "label": TITLE, "text": FEE}


def promised(asked: Asked, question: str) -> None:
    """The reply states nothing, asks back, and a task keeps what it promises."""
    document = asked.approval.document
    assert question in document["reply"]["text"]
    assert [sentence["verdict"] for sentence in document["sentences"]].count("unsupported") == 0
    kept = [item for item in document["evidence"] if item["source"]["kind"] == "action"]
    assert kept, "the promise rests on an action of the same proposal"
    (task,) = (action for action in document["actions"] if action["action"] == "crm.create_task")
    assert question in task["input"]["title"]


def test_what_nobody_wrote_down_becomes_a_promise_with_a_task(work: Work) -> None:
    fees()
    question = "Does the roof leak?"
    asked = ask(work, question)
    assert known(asked) == []
    promised(asked, question)


def test_what_is_for_staff_only_is_never_a_source(work: Work) -> None:
    fees(audience="staff")
    asked = ask(work)
    assert known(asked) == []
    assert "5.5%" not in str(asked.approval.document)
    promised(asked, QUESTION)


CHANGES = {
    "its text": lambda made: document_change(document=made.id, actor=TESTS, text=TEXT.replace("5.5", "6.5")),
    "its title": lambda made: document_change(document=made.id, actor=TESTS, title="Fees until June"),
    "its audience": lambda made: document_change(document=made.id, actor=TESTS, audience="staff"),
    "its use": lambda made: document_retire(document=made.id, actor=TESTS),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_reply_that_quotes_a_document_is_not_approved_once_something_changed(
    change: str, cast: Cast, work: Work
) -> None:
    made = fees()
    asked = ask(work)
    CHANGES[change](made)
    with pytest.raises(Stale) as refused:
        approve(asked, cast)
    assert {row["record"] for row in refused.value.stale} == {f"document:{made.id}"}
    work()
    assert outbox().items == ()


def test_a_change_of_what_is_not_quoted_does_not_matter(cast: Cast, work: Work) -> None:
    made = fees()
    asked = ask(work)
    document_change(document=made.id, actor=TESTS, text=f"{FEE}\n\nAdvertising is free.")
    approve(asked, cast)
    work()
    assert outbox().items[0].status == "held"


def test_a_held_reply_stops_when_the_document_it_quotes_is_retired(cast: Cast, work: Work, owner: Any) -> None:
    made = fees()
    asked = ask(work)
    approve(asked, cast)
    work()
    document_retire(document=made.id, actor=TESTS)
    due_now(owner)
    work()
    assert outbox().items[0].status == "stopped"
    assert approval_get(asked.approval.id).status == "stale"


def test_a_listing_comes_before_what_the_house_says_of_itself(work: Work) -> None:
    samples()
    document_add(actor=TESTS, title="Opening hours", text="The office is open on Saturday from 9:00 am to 1:00 pm.")
    receive(mail())
    work()
    asked = waiting()
    assert [source["title"] for source in known(asked)] == ["Opening hours"]
    assert "9:00" not in asked.approval.document["reply"]["text"]
    assert asked.approval.blocked_reason == ""


def test_a_quoted_document_leads_to_the_version_that_was_quoted(work: Work, cast: Cast) -> None:
    made = fees()
    asked = ask(work)
    document_change(document=made.id, actor=TESTS, text="Nothing is free any more.")
    link = f"/knowledge/{made.id}/?version=1"
    for page in (f"/approvals/{asked.approval.id}/", f"/admin/approvals/approval/{asked.approval.id}/change/"):
        assert f'href="{link}"' in signed_in(cast.bob).get(page).content.decode()
    assert FEE in signed_in(cast.bob).get(link).content.decode()
