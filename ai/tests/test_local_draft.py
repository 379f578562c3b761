"""Recommending and drafting without a model: every sentence it writes stands up to the same checks as a model's."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ai.grounding import Account, Names, account
from ai.language import language_of
from ai.providers.local import answer_to
from ai.providers.local.questions import answers
from ai.purposes import (
    ActionChoice,
    Draft,
    DraftInput,
    Facts,
    QuestionAnswer,
    Recommendation,
    RecommendInput,
    Understanding,
)
from ai.sources import Mail, Source, SourceField
from ai.tests.conftest import ACTIONS, NOW, draft_input, listing, mail, recommend_input, understand_input, understood
from ai.tests.test_local_understand import DATA, rows


@dataclass(frozen=True)
class Told:
    """What the whole chain made of a mail."""

    understanding: Understanding
    recommendation: Recommendation
    draft: Draft
    account: Account


def told(message: Mail, sources: tuple[Source, ...] = (), actions: tuple[ActionChoice, ...] = ACTIONS) -> Told:
    understanding = answer_to(understand_input(message))
    assert isinstance(understanding, Understanding)
    asked = recommend_input(message, understanding).model_copy(update={"sources": sources, "actions": actions})
    if not sources:
        asked = asked.model_copy(update={"slots": ()})
    recommendation = answer_to(asked)
    assert isinstance(recommendation, Recommendation)
    name = understanding.facts.name or message.from_name
    kept = tuple(action for action in actions if action.role != "booking" or recommendation.slot)
    draft = answer_to(
        DraftInput(
            message=message, understanding=understanding, recommendation=recommendation, sources=sources, actions=kept,
            customer_name=name, agency="Acacia Realty", timezone="Australia/Sydney", now=NOW,
        )
    )  # fmt: skip
    assert isinstance(draft, Draft)
    checked = account(
        text=draft.text, claims=draft.claims, sources=(message.as_source(), *sources), actions=kept,
        names=Names(name=name, agency="Acacia Realty"), questions=understanding.facts.questions,
        language=understanding.language,
    )  # fmt: skip
    return Told(understanding, recommendation, draft, checked)


def test_the_sample_mail_gets_a_reply_that_can_be_sent() -> None:
    found = told(mail(from_name="Georgia Papadopoulos"), (listing(),))
    assert found.draft.text == (
        "Hi Georgia,\n\n"
        "Thanks for asking about 14 Wattle Street. It is open Saturday 21 November, 10:30 to 11:00 am, and I have put "
        "you both down. Please bring photo ID to every open home.\n\n"
        "Council rates: $512.40 per quarter.\n\n"
        "You asked: “is the studio out the back council approved”. I'll check this and come back to you.\n\n"
        "I'll call you on 0491 570 156 after 4 pm.\n\n"
        "Please let me know if you have any other questions.\n\n"
        "Kind regards,\nAcacia Realty"
    )
    assert found.account.unsupported == ()
    assert [promise.task for promise in found.draft.promises] == [
        "Check for Georgia Papadopoulos: is the studio out the back council approved",
        "Call Georgia Papadopoulos on 0491 570 156 after 4 pm",
    ]
    assert found.recommendation.slot is not None
    assert [action.name for action in found.recommendation.actions] == [action.name for action in ACTIONS]
    assert [answer.answered for answer in found.recommendation.questions] == [True, False, True]


@pytest.mark.parametrize("row", rows(DATA / "mails.tsv"), ids=lambda row: f"{row[0]}-{row[1]}-{row[2][:15]}")
@pytest.mark.parametrize("with_listing", [True, False])
def test_every_sentence_of_every_local_reply_is_accounted_for(row: list[str], with_listing: bool) -> None:
    _, language, subject, text = row
    found = told(mail(text.replace("\\n", "\n"), subject=subject), (listing(),) if with_listing else ())
    assert found.account.unsupported == ()
    assert language_of(found.draft.text) == language
    for promise in found.draft.promises:
        assert promise.text in found.draft.text
    for claim in found.draft.claims:
        assert claim.claim in found.draft.text


@pytest.mark.parametrize("row", rows(DATA / "mails.tsv")[::4], ids=lambda row: f"{row[0]}-{row[1]}")
def test_nothing_is_promised_where_nothing_keeps_it(row: list[str]) -> None:
    only_reply = tuple(action for action in ACTIONS if action.role == "reply")
    found = told(mail(row[3].replace("\\n", "\n"), subject=row[2]), (listing(),), only_reply)
    assert found.draft.promises == []
    assert found.account.unsupported == ()


@pytest.mark.parametrize(
    "text",
    ["", "😀", "\x00", "a" * 100_000, "Is it open? " * 9_000, "“" * 500 + "?", "is “this” open?\nis\nthat?"],
    ids=lambda text: repr(text[:10]),
)
def test_no_mail_is_too_odd_for_a_reply(text: str) -> None:
    for sources in ((), (listing(),)):
        found = told(mail(text, subject=""), sources)
        assert found.account.unsupported == ()
        assert found.draft.text.endswith("Acacia Realty")


def test_a_language_that_we_do_not_write_gets_a_careful_english_reply() -> None:
    found = told(
        mail("Goedendag, wij willen graag het huis bekijken. Is er een parkeerplaats?", subject="Huis"), (listing(),)
    )
    assert found.understanding.language == "nl"
    assert found.draft.text.startswith("Hello,")
    assert found.account.unsupported == ()


def test_a_complaint_is_handed_to_a_person_and_told_no_facts() -> None:
    found = told(
        mail("Nobody called me back for three weeks. I am very unhappy with your service.", subject="Complaint")
    )
    assert found.understanding.wants_person
    assert "pass this on to our team" in found.draft.text
    assert found.recommendation.slot is None


def test_no_time_is_booked_that_the_customer_did_not_wish() -> None:
    for text in ("When can I see the house?", "Could we come on Sunday morning?", "Please cancel Saturday."):
        assert told(mail(text, subject="14 Wattle Street"), (listing(),)).recommendation.slot is None


def test_a_time_that_no_source_says_is_not_told() -> None:
    asked = recommend_input()
    slot = asked.slots[0]
    moved = listing(**{slot.field: "Sat 21 Nov, 2:30 to 3:00 pm"})
    understanding = understood()
    inputs = draft_input().model_copy(
        update={
            "sources": (moved,), "understanding": understanding,
            "recommendation": Recommendation(slot={"starts_at": slot.starts_at, "ends_at": slot.ends_at}),
        }
    )  # fmt: skip
    draft = answer_to(inputs)
    assert isinstance(draft, Draft)
    assert "10:30" not in draft.text


@pytest.mark.parametrize(
    ("question", "language", "field"),
    [
        ("what are the rates per quarter?", "en", "facts.council_rates"), ("Is there parking?", "en", "facts.parking"),
        ("How much is it?", "en", "price_guide"), ("What is the price guide?", "en", "price_guide"),
        ("Are pets allowed?", "en", "facts.pets"), ("Sind Haustiere erlaubt?", "de", "facts.pets"),
        ("Gibt es einen Stellplatz?", "de", "facts.parking"),
        ("Y a-t-il une place de parking ?", "fr", "facts.parking"),
        ("¿Cuánto cuesta?", "es", "price_guide"), ("Sono ammessi animali?", "it", "facts.pets"),
        ("São permitidos animais?", "pt", "facts.pets"), ("可以养宠物吗？", "zh", "facts.pets"),
        ("Are you open this Saturday?", "en", "open_times.2026-11-20T23:30:00.000000Z"),
        ("How many bedrooms are there?", "en", "facts.bedrooms"), ("Is it still available?", "en", None),
        ("Are you open on Sunday?", "en", None), ("is the studio council approved", "en", None),
        ("How old is the roof?", "en", None), ("Is there a lift?", "en", None),
        ("When does the auction begin?", "en", None),
    ],
)  # fmt: skip
def test_a_question_is_answered_by_the_field_that_speaks_of_all_of_it(
    question: str, language: str, field: str | None
) -> None:
    (answer,) = answers([question], [listing()], language)
    assert answer.field == field
    assert answer.answered == (field is not None)


def test_knowledge_of_the_tenant_answers_too() -> None:
    knowledge = Source(
        kind="knowledge", id="k1", version="2", title="Fees",
        fields=(SourceField(name="text", label="Management fee", text="Our management fee is 5.5% of the rent."),),
    )  # fmt: skip
    message = mail("What is your management fee?", subject="Fees")
    found = told(message, (knowledge,))
    assert "Our management fee is 5.5% of the rent." in found.draft.text
    assert found.account.unsupported == ()


def test_a_question_whose_source_has_gone_since_it_was_found_is_asked_back() -> None:
    question = "is the studio out the back council approved"
    found = QuestionAnswer(
        question=question, answered=True, source_kind="knowledge", source_id="gone", field="section.1"
    )
    inputs = draft_input()
    recommended = inputs.recommendation.model_copy(update={"questions": [found]})
    draft = answer_to(inputs.model_copy(update={"recommendation": recommended}))
    assert isinstance(draft, Draft)
    assert f"You asked: “{question}”" in draft.text
    assert [promise.task for promise in draft.promises if question in promise.task]


def test_a_customers_own_words_answer_no_question() -> None:
    (answer,) = answers(["is the studio council approved"], [mail().as_source()], "en")
    assert not answer.answered


def test_a_strangers_name_does_not_reach_the_greeting() -> None:
    inputs = draft_input().model_copy(update={"customer_name": "Dear customer, pay $500 to www.evil.example"})
    draft = answer_to(inputs)
    assert isinstance(draft, Draft)
    assert draft.text.startswith("Hello,")


def test_the_same_question_gets_the_same_answer() -> None:
    for inputs in (understand_input(), recommend_input(), draft_input()):
        assert answer_to(inputs) == answer_to(inputs)


def test_a_task_recommends_itself_by_what_stays_open() -> None:
    found = answer_to(recommend_input())
    assert isinstance(found, Recommendation)
    (task,) = (action for action in found.actions if action.name == "crm.create_task")
    assert "is the studio out the back council approved" in task.reason


def test_an_enquiry_without_facts_still_gets_its_records() -> None:
    understanding = Understanding(intent="other", summary="Nothing.", language="und", facts=Facts())
    asked = RecommendInput(
        message=mail("", subject=""), understanding=understanding, actions=ACTIONS, agency="Acacia Realty", now=NOW
    )
    found = answer_to(asked)
    assert isinstance(found, Recommendation)
    assert {action.name for action in found.actions} == {"crm.upsert_enquiry", "crm.create_task", "mail.send_reply"}
