"""A sentence that says in its own words what a source says is shown to a person; one that says more is refused."""

from __future__ import annotations

import pytest

from ai.grounding import Names, Sentence, account
from ai.purposes import Claim
from ai.sources import Mail, Source, SourceField
from ai.tests.conftest import ACTIONS, mail
from ai.trust import Material, Verdict, review

LISTING = Source(
    kind="listing", id="l1", version="3", title="4 Mill Lane, Ashfield",
    fields=(
        SourceField(name="parking", label="Parking", text="Single garage behind the house, reached from the lane"),
        SourceField(name="rent", label="Rent", text="$720 per week, water included, electricity not included"),
        SourceField(name="pets", label="Pets", text="Small pets only, with the consent of the owner"),
        SourceField(name="open", label="Open home", text="Saturday 12 December, 9:30 to 10:00 am"),
        SourceField(name="noise", label="Noise", text="Above a bakery that starts work at 4 am"),
        SourceField(name="view", label="View", text="Faces the inner courtyard, no river view"),
    ),
)  # fmt: skip
QUOTES = {field.name: field.text for field in LISTING.fields}


def told(text: str, field: str = "", quote: str = "", *, message: Mail | None = None, actions=ACTIONS) -> Sentence:
    """The only sentence of a text that is one claim as a whole."""
    claims = [
        Claim(claim=text, label="Fact", source_kind="listing", source_id="l1", field=field, quote=quote or QUOTES[field])
    ] if field else []  # fmt: skip
    sources = ((message or mail("May my dog live there? I have a new job.")).as_source(), LISTING)
    checked = account(text=text, claims=claims, sources=sources, actions=actions, names=Names(agency="Acacia Realty"))
    (sentence,) = checked.sentences
    return sentence


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("There's one single garage at the back of the house, which you reach from the lane.", "parking"),
        ("The weekly rent is seven hundred and twenty dollars with water, but the electricity comes on top.", "rent"),
        ("The owner would have to agree, and only small pets may come along.", "pets"),
        ("You can see it on Saturday the 12th of December, from half past nine until ten in the morning.", "open"),
        ("It's above a bakery, where they begin at four in the morning.", "noise"),
        ("It looks onto the inner courtyard, so don't expect to see the river.", "view"),
        ("Es liegt über einer Bäckerei, die um vier Uhr morgens anfängt.", "noise"),
    ],
)
def test_what_a_source_says_in_other_words_is_shown_with_its_quote(text: str, field: str) -> None:
    sentence = told(text, field)
    assert sentence.verdict == "own_words"
    assert sentence.finding == f"This is said in the model's own words. Compare it with: “{QUOTES[field]}”"
    assert sentence.evidence == (1,)


@pytest.mark.parametrize(
    ("text", "field", "quote"),
    [
        # a word that weighs, beside what is true
        ("There's one single garage at the back of the house, and it is heated.", "parking", ""),
        ("There's a garage for every flat at the back of the house, reached from the lane.", "parking", ""),
        # other figures
        ("The weekly rent is seven hundred and ten dollars with water, though not electricity.", "rent", ""),
        ("You can see it on Saturday the 12th of December, from half past ten in the morning.", "open", ""),
        # the limits and the "no" of the source
        ("The weekly rent is seven hundred and twenty dollars with water and electricity.", "rent", "$720 per week"),
        ("Pets may come along with you.", "pets", "pets"),
        ("It looks onto the inner courtyard, where you see the river.", "view", ""),
        # a quote that is hardly said at all
        ("The house is at the end of the lane.", "parking", ""),
        # a quote that stands nowhere
        ("It's above a quiet shop.", "noise", "Above a quiet shop"),
        # nothing that a source says
        ("You would be first in line.", "", ""),
        ("We will hold the house for you.", "", ""),
        ("The place is lovely.", "", ""),
        ("I'll call you today.", "", ""),
    ],
)
def test_what_says_more_than_its_source_is_refused(text: str, field: str, quote: str) -> None:
    assert told(text, field, quote).verdict == "unsupported"


@pytest.mark.parametrize(
    "text",
    [
        "It's lovely to hear that Mill Lane might suit your family.",
        "Would you like to come and see it?",
        "Welcher der beiden Termine passt Ihnen besser?",
        "Je suis vraiment navrée pour ce désagrément.",
        "Gracias por confiar en nosotros.",
        "Please don't hesitate to write to us.",
    ],
)
def test_courtesy_and_questions_need_no_source_and_no_reader(text: str) -> None:
    assert told(text).verdict in ("phrase", "own_words")


def test_the_customers_words_in_courtesy_are_shown() -> None:
    sentence = told("Thanks for telling me about the dog.")
    assert (sentence.verdict, sentence.evidence) == ("own_words", ())
    assert sentence.finding.startswith("This is said in the model's own words. It seems to state no fact")


def test_a_promise_in_own_words_is_shown_with_what_will_be_done() -> None:
    sentence = told("I'll check that and write to you as soon as the owner has agreed.")
    assert sentence.verdict == "own_words"
    assert "Compare it with what will be done: “" in sentence.finding
    assert (
        told("I'll check that and write to you as soon as the owner has agreed.", actions=()).verdict == "unsupported"
    )


def test_own_words_need_a_person_and_no_second_answer() -> None:
    text = "It's above a bakery, where they begin at four in the morning."
    claims = [
        Claim(claim=text, label="Fact", source_kind="listing", source_id="l1", field="noise", quote=QUOTES["noise"])
    ]
    checked = account(text=text, claims=claims, sources=(LISTING,))
    found = review(Material(text=text, account=checked))
    assert (found.verdict, [f.text for f in found.of("grounding")]) == (Verdict.PERSON, [text])


def test_a_quote_without_what_it_is_said_of_is_shown_with_its_whole_sentence() -> None:
    sentence = told("It starts work at 4 am.", "noise", "starts work at 4 am")
    assert sentence.verdict == "own_words"
    assert QUOTES["noise"] in sentence.finding
