"""What is found for a customer's questions: by words in whatever form, in their language, and nothing else."""

import pytest

from audit.services import Actor
from knowledge.selectors import MOST, documents_about, documents_quotable, field_now
from knowledge.services import document_add, document_change, document_retire

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")
ENGLISH = {
    "Opening hours": "We are open from 9 am to 5 pm.\n\nOn public holidays we are closed.",
    "Fees": "The management fee is 5.5 per cent of the rent.",
    "How inspections work": "Bring photo ID.\n\nInspecting takes a quarter of an hour.",
    "Pets": "Pets are decided on by the owner.",
}
GERMAN = {"Gebühren": "Die Besichtigung kostet nichts.", "Öffnungszeiten": "Das Büro öffnet um neun Uhr."}


def write(documents: dict[str, str], **fields: str) -> None:
    for title, text in documents.items():
        document_add(actor=TESTS, title=title, text=text, **fields)


def found(*questions: str, language: str = "en") -> list[str]:
    return [document.title for document in documents_about(questions, language=language)]


@pytest.mark.parametrize(
    ("question", "language", "first"),
    [
        ("When do you open?", "en", "Opening hours"),
        ("What fees do you charge?", "en", "Fees"),
        ("Is there a managing fee?", "en-AU", "Fees"),
        ("what happens when I inspect a house", "en", "How inspections work"),
        ("Are you closed on a holiday?", "en", "Opening hours"),
        ("Kosten Besichtigungen etwas?", "de", "Gebühren"),
        ("Wann öffnet Ihr Büro?", "de-AT", "Öffnungszeiten"),
    ],
)
def test_a_document_is_found_by_its_words_in_another_form(question: str, language: str, first: str) -> None:
    write(ENGLISH)
    write(GERMAN, language="de")
    assert found(question, language=language)[0] == first


@pytest.mark.parametrize("language", ["de", "zh", "und", "", "el"])
def test_nothing_is_found_in_another_language_than_its_own(language: str) -> None:
    write(ENGLISH)
    assert found("When do you open?", language=language) == []


def test_what_nobody_wrote_down_is_not_found() -> None:
    write(ENGLISH)
    assert found("Does the roof leak?") == []
    assert found("Do you?") == [], "small words find nothing"
    assert found() == []


def test_what_is_for_staff_or_retired_is_not_found() -> None:
    document_add(actor=TESTS, title="Opening hours for us", text="Staff open at 7 am.", audience="staff")
    gone = document_add(actor=TESTS, title="Opening hours of 2019", text="We opened at 10 am.")
    document_retire(document=gone.id, actor=TESTS)
    assert found("When do you open?") == []


def test_what_a_document_said_before_finds_it_no_more() -> None:
    made = document_add(actor=TESTS, title="Fees", text="Keys cost ten dollars.")
    document_change(document=made.id, actor=TESTS, text="Parking costs ten dollars.")
    assert found("What are the keys?") == []
    assert found("Is there parking?") == ["Fees"]


def test_a_title_weighs_more_than_a_text() -> None:
    document_add(actor=TESTS, title="Holidays", text="Ask for the keys.")
    document_add(actor=TESTS, title="Keys", text="They hang in the office.")
    assert found("Where are the keys?") == ["Keys", "Holidays"]


def test_each_question_finds_its_own_and_all_of_them_a_handful() -> None:
    write(ENGLISH)
    assert found("What are your fees?", "When do you open?")[:2] == ["Fees", "Opening hours"]
    write({f"Parking lot {number}": "Parking is free." for number in range(9)})
    questions = ["When do you open?", *(f"Is lot {number} for parking?" for number in range(9))]
    titles = found(*questions)
    assert len(titles) == len(set(titles)) == MOST
    assert titles[0] == "Opening hours"


@pytest.mark.parametrize(
    "question", ["&|!():*<-> '\" \\", "fees & | ! ( OR OR -fees", "😀", "open:* <2> 'fees", "x" * 500]
)
def test_no_question_breaks_the_search(question: str) -> None:
    write(ENGLISH)
    assert set(found(question)) <= {"Fees", "Opening hours"}


def test_of_documents_those_are_read_again_that_may_still_be_quoted() -> None:
    made = [document_add(actor=TESTS, title=title, text=text) for title, text in ENGLISH.items()]
    document_retire(document=made[0].id, actor=TESTS)
    document_change(document=made[1].id, actor=TESTS, audience="staff")
    document_change(document=made[2].id, actor=TESTS, text="Bring nothing.")
    again = documents_quotable([each.id for each in reversed(made)])
    assert [(each.title, each.number) for each in again] == [("Pets", 1), ("How inspections work", 2)]


def test_a_field_says_what_it_says_today_and_nothing_to_who_may_not_read_it() -> None:
    made = document_add(actor=TESTS, title="Opening hours", text=ENGLISH["Opening hours"])
    key = str(made.id)
    assert field_now(key, "title") == "Opening hours"
    assert field_now(key, "section.2") == "On public holidays we are closed."
    assert field_now(key, "section.3") is None
    assert field_now("no-id", "title") is None
    document_change(document=made.id, actor=TESTS, audience="staff")
    assert field_now(key, "title") is None
    assert field_now(key, "section.2") is None
