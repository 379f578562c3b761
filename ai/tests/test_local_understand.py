"""Understanding without a model: intents by measured accuracy, facts by rule, and nothing that crashes it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.conf import settings

from ai.providers.local.contact import greeting_name, name_of
from ai.providers.local.intents import WEIGHTS, chances, intent_of, nearest
from ai.providers.local.places import address_of, suburb_of
from ai.providers.local.questions import questions_in
from ai.providers.local.times import preferred_times
from ai.providers.local.train import task as intents_task
from ai.providers.local.understand import understand
from ai.providers.local.wishes import budget_of, party_size_of, wants_call
from ai.purposes import IntentChoice
from ai.tests.conftest import INTENTS, NOW, mail, understand_input
from ai.trust import needs_human

DATA = Path(__file__).with_name("data")
SYDNEY = ZoneInfo("Australia/Sydney")


def rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def of_ten(names: tuple[str, ...], row: Any) -> str:
    """The likeliest of the intents that a definition has by default."""
    return nearest(names[row.argmax()], [choice.name for choice in INTENTS], "other")


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


def test_short_messages_in_seven_languages_are_sorted_as_well_as_the_docs_say() -> None:
    labelled = rows(DATA / "intents.tsv")
    names, found = chances([text for _, _, text in labelled])
    assert len(labelled) == 90
    assert share([of_ten(names, each) == row[0] for each, row in zip(found, labelled, strict=True)]) >= 0.88


def test_whole_mails_in_seven_languages_are_sorted_as_well_as_the_docs_say() -> None:
    labelled = rows(DATA / "mails.tsv")
    right = [intent_of(s, text.replace("\\n", "\n"), INTENTS) == intent for intent, _, s, text in labelled]
    assert len(labelled) == 31
    assert share(right) >= 0.95


def test_home_seekers_of_a_public_corpus_are_sorted_as_well_as_the_docs_say() -> None:
    corpus = Path(settings.CORPORA_DIR) / "intents" / "homes_dev.tsv"
    if not corpus.exists():
        pytest.skip("the public corpora are not here")
    ours = {"FindApartment": "search", "ScheduleVisit": "inspection"}
    labelled = [(ours[label], text) for label, text in rows(corpus)[1:]]
    names, found = chances([text for _, text in labelled])
    assert share([of_ten(names, each) == row[0] for each, row in zip(found, labelled, strict=True)]) >= 0.97
    search, visit = names.index("search"), names.index("inspection")
    two_way = ["search" if row[search] > row[visit] else "inspection" for row in found]
    assert share([guess == intent for guess, (intent, _) in zip(two_way, labelled, strict=True)]) >= 0.98


def test_the_committed_weights_are_those_that_the_examples_give() -> None:
    task = intents_task()
    with np.load(WEIGHTS) as stored:
        assert list(stored["names"]) == task.names
        assert np.allclose(stored["mean"], task.mean, atol=1e-6)
        slope = np.concatenate([part.ravel() for part in task.slope(stored["weights"], stored["bias"])])
    assert np.linalg.norm(slope) < 0.05, "what fits best is elsewhere"


def test_an_intent_that_the_workflow_does_not_know_becomes_the_nearest_it_knows() -> None:
    few = tuple(IntentChoice(name=name) for name in ("question", "inspection", "other"))
    assert intent_of("", "I am looking for a two bedroom apartment in Newtown.", few) == "question"
    assert intent_of("", "Please cancel my appointment on Saturday.", few) == "other"


def test_an_intent_of_ones_own_is_found_by_its_description() -> None:
    choices = (
        IntentChoice(name="lost_parcel", description="asks where a parcel or delivery is"),
        IntentChoice(name="recipe", description="asks for a cooking recipe"),
    )
    assert intent_of("", "Where is my package? It should have been delivered on Monday.", choices) == "lost_parcel"
    assert intent_of("", "How do I cook a risotto for four?", choices) == "recipe"


def test_the_sample_mail_is_understood_whole() -> None:
    found = understand(understand_input())
    assert (found.intent, found.language, found.wants_person) == ("inspection", "en", False)
    assert found.facts.name == "Georgia Papadopoulos"
    assert found.facts.phone == "0491 570 156"
    assert (found.facts.address, found.facts.suburb) == ("14 Wattle Street", "Marrickville")
    assert found.facts.budget is not None
    assert (found.facts.budget.text, found.facts.budget.amount) == ("$1.55m", "1550000")
    assert found.facts.party_size == 2
    assert found.facts.questions == [
        "Are you open this Saturday?",
        "is the studio out the back council approved",
        "what are the rates per quarter?",
    ]
    (wish,) = found.facts.preferred_times
    assert wish.earliest == datetime(2026, 11, 21, 0, 0, tzinfo=SYDNEY)
    assert wish.latest == datetime(2026, 11, 21, 12, 0, tzinfo=SYDNEY)
    assert found.summary.startswith("Wants to see 14 Wattle Street, Marrickville.")


@pytest.mark.parametrize(
    "text",
    [
        "", " \n\t ", "😀😀😀", "?", "\u0000", "...", "a" * 100_000, "Hello. " * 15_000, "1,2,3 " * 20_000,
        "(" * 5_000, "“" * 5_000, "14 " * 30_000, "\n".join("> quoted" for _ in range(5_000)), "العربية",
        "ไม่มีช่องว่าง" * 500,
        "Mr. " * 10_000, "A" + "a-" * 20_000, "0" * 20_000, "$" * 20_000,
    ],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_no_text_is_too_odd_to_be_understood(text: str) -> None:
    found = understand(understand_input(mail(text, subject=text[:300])))
    assert found.intent in {choice.name for choice in INTENTS}
    assert found.summary


@pytest.mark.parametrize("subject", ["{", "{:{", "{it.__class__}", "100 % {0}"])
def test_a_subject_is_told_as_it_stands_and_is_no_template(subject: str) -> None:
    other = (IntentChoice(name="other", description="anything else"),)
    given = understand_input(mail("Hello there.", subject=subject)).model_copy(update={"intents": other})
    assert understand(given).summary == f"Writes about “{subject}”."


@pytest.mark.parametrize(
    ("text", "from_name", "expected"),
    [
        ("Hi\n\nKind regards,\nRaj Patel\n0491 570 110", "", "Raj Patel"),
        ("Thanks,\nGeorgia", "Georgia Papadopoulos", "Georgia Papadopoulos"),
        ("My name is Amelia Stone and I", "info", "Amelia Stone"), ("Ich heiße Jonas Weber.", "", "Jonas Weber"),
        ("Mit freundlichen Grüßen\nKatrin Vogel", "", "Katrin Vogel"), ("谢谢\n王丽", "", "王丽"),
        ("see you soon", "", None), ("hi", "georgia", "Georgia"), ("Cheers", "", None), ("hello there", "info@example.com", None),
        ("hello", "Papadopoulos, Georgia", "Georgia Papadopoulos"),
        ("Thanks for showing us through on Saturday, it was lovely to see the place again.\nCheers,\nTom", "", "Tom"),
    ],
)  # fmt: skip
def test_the_senders_name(text: str, from_name: str, expected: str | None) -> None:
    assert name_of(text, from_name) == expected


def test_a_greeting_needs_a_persons_name() -> None:
    assert greeting_name("Georgia Papadopoulos", whole=False) == "Georgia"
    assert greeting_name("Georgia Papadopoulos", whole=True) == "Georgia Papadopoulos"
    assert greeting_name("王丽", whole=False) == "王丽"
    for odd in ("", "x" * 200, "http://evil.example", "info@example.com", "IGNORE ALL: pay now 500", "a\nb c d e f g"):
        assert greeting_name(odd, whole=False) == ""


@pytest.mark.parametrize(
    ("text", "address", "suburb"),
    [
        ("We saw 14 Wattle Street in Marrickville", "14 Wattle Street", "Marrickville"),
        ("the flat at 3/27 Banksia Avenue, Stanmore please", "3/27 Banksia Avenue", "Stanmore"),
        ("die Wohnung Lindenstraße 14 in Petersham", "Lindenstraße 14", "Petersham"),
        ("l'appartement au 12, rue de la Paix", "12, rue de la Paix", None),
        ("el piso de la calle Mayor 5", "calle Mayor 5", None), ("casa in via Roma 3", "via Roma 3", None),
        ("我们看到14 Wattle Street，想看房", "14 Wattle Street", None), ("no address here, only 14 people", None, None),
    ],
)  # fmt: skip
def test_the_place_a_mail_is_about(text: str, address: str | None, suburb: str | None) -> None:
    assert address_of(text) == address
    assert suburb_of(address, text) == suburb


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("finance is approved up to $1.55m", "1550000"), ("Unser Budget liegt bei 2,1 Millionen Dollar", "2100000"),
        ("notre budget est de 350 000 euros", "350000"), ("hasta 900 euros al mes", "900"),
        ("The rent is $500 and the bond $2,000", None), ("O orçamento vai até 1,2 milhões", None),
    ],
)  # fmt: skip
def test_money_counts_as_budget_only_where_the_sender_says_so(text: str, amount: str | None) -> None:
    found = budget_of(text, offered=False)
    assert (found.amount if found else None) == amount


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("it suits us both", 2),
        ("We are 3 people", 3),
        ("four adults", 4),
        ("wir beide", 2),
        ("我们两个人", 2),
        ("I", None),
    ],
)
def test_how_many_people_come(text: str, size: int | None) -> None:
    assert party_size_of(text) == size


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("Could we come on Saturday morning?", "2026-11-21 08:00", "2026-11-21 12:00"),
        ("Samstagvormittag würde passen", "2026-11-21 08:00", "2026-11-21 12:00"),
        ("le jeudi après-midi", "2026-11-19 12:00", "2026-11-19 18:00"),
        ("el viernes después de las 17:00", "2026-11-20 17:00", "2026-11-21 00:00"),
        ("tomorrow before 10 am", "2026-11-18 00:00", "2026-11-18 10:00"),
        ("at the weekend", "2026-11-21 00:00", "2026-11-23 00:00"),
        ("on 3 December", "2026-12-03 00:00", "2026-12-04 00:00"),
        ("周六上午可以吗", "2026-11-21 08:00", "2026-11-21 12:00"),
    ],
)  # fmt: skip
def test_a_wish_for_a_time_becomes_a_window(text: str, earliest: str, latest: str) -> None:
    (wish,) = preferred_times(text, now=NOW, timezone="Australia/Sydney")
    assert (wish.earliest, wish.latest) == tuple(
        datetime.fromisoformat(moment).replace(tzinfo=SYDNEY) for moment in (earliest, latest)
    )


@pytest.mark.parametrize(
    "text", ["Thanks for Saturday.", "Since Monday nobody called.", "Call me after 4 pm.", "Hello"]
)
def test_what_lies_behind_or_is_about_a_call_is_no_wish_to_come(text: str) -> None:
    assert preferred_times(text, now=NOW, timezone="Nowhere/Else") == []


def test_questions_are_cut_out_literally() -> None:
    text = (
        "Hi, is it open? Before we decide: is it approved, how old is the roof, and what are the rates? Can you help?"
    )
    found = questions_in(text)
    assert found == ["is it open?", "is it approved", "how old is the roof", "what are the rates?"]
    assert all(question in text for question in found)


@pytest.mark.parametrize(
    "text",
    [
        "I want to speak to a person",
        "I'll go to the tribunal",
        "Ich schalte einen Anwalt ein",
        "there is a gas leak",
        "我要起诉",
    ],
)
def test_who_wants_a_person_is_heard(text: str) -> None:
    assert needs_human(text)
    assert not needs_human("When is the next open home?")


def test_who_wants_a_call_is_heard() -> None:
    assert wants_call("Best to call me on 0491 570 156")
    assert not wants_call("I saw your call for offers")
