"""Documents as people write them: every change is a version that stays, and an entry without a word of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege
from uuid_utils.compat import uuid7

from audit.selectors import entries, views
from audit.services import Actor
from knowledge.errors import ChangedMeanwhile, Invalid, Missing
from knowledge.sections import MOST_SECTIONS, SECTION_CHARS, sections_of
from knowledge.selectors import DocumentView, document_get, document_view, documents, versions
from knowledge.services import (
    document_add,
    document_change,
    document_restore,
    document_retire,
    documents_install,
)
from tenants.selectors import tenant_context

TESTS = Actor.system("tests")
HOURS = "We are open from 9 am to 5 pm."


def hours(**fields: Any) -> DocumentView:
    return document_add(actor=TESTS, **{"title": "Opening hours", "text": HOURS, **fields})


def events(document: DocumentView) -> list[str]:
    return [entry.event for entry in views(entries(target=f"document:{document.id}").order_by("id"))]


def now(document: DocumentView) -> DocumentView:
    found = document_get(document.id)
    assert found is not None
    return found


def test_a_change_is_a_version_and_the_former_one_stays_word_by_word(in_acacia: None) -> None:
    made = hours()
    changed = document_change(document=made.id, actor=TESTS, text="We are open from 8 am to 5 pm.")
    assert (made.number, changed.number, changed.title, changed.author) == (1, 2, made.title, TESTS.key)
    assert [document_view(row).text for row in versions(made.id)] == [changed.text, HOURS]
    assert document_get(made.id, number=1) is not None
    assert [document_view(row).number for row in documents() if row.document_id == made.id] == [2]
    assert events(made) == ["knowledge.added", "knowledge.changed"]


def test_the_ledger_tells_of_a_version_without_a_word_of_it(in_acacia: None) -> None:
    made = hours(title="Quokka hours", text="Quokkas are fed at noon.", audience="staff")
    (entry,) = entries(target=f"document:{made.id}")
    assert "uokka" not in entry.text
    assert entry.body["data"]["audience"] == "staff"
    assert entry.body["data"]["number"] == 1


def test_saying_the_same_again_makes_no_version(in_acacia: None) -> None:
    made = hours()
    again = document_change(document=made.id, actor=TESTS, title="  Opening   hours ", text=f"{HOURS}  \r\n")
    assert (again.number, again.revision) == (1, 1)
    assert events(made) == ["knowledge.added"]


def test_no_version_is_changed_or_removed_by_whoever_works_in_the_tenant(in_acacia: None) -> None:
    made = hours()
    for statement in (
        "UPDATE knowledge_documentversion SET text = 'We never close.' WHERE document_id = %s",
        "DELETE FROM knowledge_documentversion WHERE document_id = %s",
    ):
        with pytest.raises(ProgrammingError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [made.id])
        assert isinstance(caught.value.__cause__, InsufficientPrivilege)
    assert now(made).text == HOURS


def test_who_has_not_seen_the_last_change_does_not_write_over_it(in_acacia: None) -> None:
    made = hours()
    document_change(document=made.id, actor=TESTS, seen=made.revision, text="Closed today.")
    with pytest.raises(ChangedMeanwhile) as refused:
        document_change(document=made.id, actor=TESTS, seen=made.revision, text="Closed tomorrow.")
    assert refused.value.found == now(made).revision == 2
    with pytest.raises(ChangedMeanwhile):
        document_retire(document=made.id, actor=TESTS, seen=made.revision)
    assert (now(made).text, now(made).status) == ("Closed today.", "in_use")


def test_a_retired_document_stays_to_be_read_and_comes_back_as_it_was(in_acacia: None) -> None:
    made = hours()
    for _ in range(2):
        retired = document_retire(document=made.id, actor=TESTS)
    assert (retired.status, retired.number, retired.revision, retired.quotable) == ("retired", 1, 2, False)
    restored = document_restore(document=made.id, actor=TESTS)
    assert (restored.status, restored.number, restored.text, restored.quotable) == ("in_use", 1, HOURS, True)
    assert events(made) == ["knowledge.added", "knowledge.retired", "knowledge.restored"]


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"title": "  "}, "title", "Say what this is about"),
        ({"title": "x" * 121}, "title", "At most 120"),
        ({"text": " \n\n "}, "text", "Write what replies may say."),
        ({"text": "x" * (SECTION_CHARS + 1)}, "text", "Section 1 is longer"),
        ({"text": f"Short.\n\n{'x' * (SECTION_CHARS + 1)}"}, "text", "Section 2 is longer"),
        ({"text": "\n\n".join(["x"] * (MOST_SECTIONS + 1))}, "text", "make a second document"),
        ({"text": "a\0b"}, "text", "no NUL"),
        ({"language": "zh"}, "language", "Choose one of en, de"),
        ({"audience": "everybody"}, "audience", "Choose one of customers, staff"),
    ],
)
def test_what_no_reply_could_quote_is_refused_with_what_to_do(
    in_acacia: None, fields: dict[str, Any], field: str, says: str
) -> None:
    with pytest.raises(Invalid) as refused:
        hours(**fields)
    assert list(refused.value.faults) == [field]
    assert says in refused.value.faults[field]


def test_a_document_that_is_not_there_is_missing(in_acacia: None) -> None:
    with pytest.raises(Missing):
        document_change(document=uuid7(), actor=TESTS, text=HOURS)
    assert document_get(uuid7()) is None


def test_an_empty_line_begins_a_section() -> None:
    assert sections_of("One.\nStill one.\n \n\nTwo.\n\n\nThree.") == ("One.\nStill one.", "Two.", "Three.")


def test_samples_come_once_and_leave_alone_what_people_made_of_them(in_acacia: None) -> None:
    sample = {"title": "A sample of how we work", "text": "We work."}
    documents_install([sample], actor=TESTS)
    (row,) = documents(search="sample of how we work")
    document_change(document=row.document_id, actor=TESTS, title="How we really work")
    documents_install([sample], actor=TESTS)
    assert not documents(search="sample of how we work")


def test_of_two_who_write_at_once_each_makes_a_version(
    in_committed_acacia: None, at_once: Callable[..., list[Any]]
) -> None:
    made = hours()

    def write(text: str) -> Callable[[], DocumentView]:
        def act() -> DocumentView:
            with tenant_context("acacia"):
                return document_change(document=made.id, actor=TESTS, text=text)

        return act

    done = at_once(write("Open in the morning."), write("Open in the evening."))
    assert sorted(each.number for each in done) == [2, 3]
    assert [row.number for row in versions(made.id)] == [3, 2, 1]
