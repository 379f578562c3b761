"""Each sentence of a draft is accounted for by code: true ones pass, lies of every kind do not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai.grounding import Account, Names, PersonSpan, account, edited_spans
from ai.grounding.figures import agree, figures
from ai.purposes import Claim
from ai.sources import Source, SourceField
from ai.tests.conftest import ACTIONS, listing, mail

KNOWLEDGE = Source(
    kind="knowledge", id="k1", version="6", title="How we answer",
    fields=(SourceField(name="text", label="How we answer", text="Inspections are free. We reply within two days."),),
)  # fmt: skip
SOURCES = (mail().as_source(), listing(), KNOWLEDGE)
IDS = {"message": "m1", "listing": "l1", "knowledge": "k1"}
NAMES = Names(name="Georgia Papadopoulos", agency="Acacia Realty", signer="Mei Tran")
QUESTIONS = ("is the studio out the back council approved",)
OPEN = "open_times.2026-11-20T23:30:00.000000Z"
OPEN_WEDNESDAY = "open_times.2026-11-25T06:30:00.000000Z"


def claim(span: str, kind: str, field: str, quote: str, *, id: str | None = None) -> Claim:
    return Claim(
        claim=span, label="Fact", source_kind=kind, source_id=id or IDS[kind], field=field, quote=quote
    )  # fmt: skip


def judged(text: str, *claims: Claim, actions=ACTIONS, sources=SOURCES, **other) -> Account:
    return account(
        text=text, claims=claims, sources=sources, actions=actions, names=NAMES, questions=QUESTIONS, **other
    )


def verdict(text: str, *claims: Claim, **other) -> str:
    (sentence,) = judged(text, *claims, **other).sentences
    return sentence.verdict


PRICE = claim("price guide", "listing", "price_guide", "$1,480,000 to $1,560,000")
OPEN_HOME = claim("open", "listing", OPEN, "Sat 21 Nov, 10:30 to 11:00 am")
STUDIO = claim("studio", "listing", "facts.studio", "Detached studio, power and water")
RATES = claim("ouncil", "listing", "facts.council_rates", "$512.40 per quarter")
ASKED_ABOUT = claim("14 Wattle Street", "message", "text", "14 Wattle Street in Marrickville")
PREISRAHMEN = claim("Preisrahmen", "listing", "price_guide", "$1,480,000 to $1,560,000")
THEIR_QUESTION = claim("studio", "message", "text", "is the studio out the back council approved")
PHOTO_ID = claim("photo ID", "listing", "facts.at_the_open_home", "Please bring photo ID to every open home.")
PETS = claim("ets", "listing", "facts.pets", "Pets are not allowed by the strata")


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("The price guide is $1,480,000 to $1,560,000.", [PRICE]),
        ("The price guide is $1.48m to $1.56m.", [PRICE]),
        ("Yes, it is open this Saturday 21 November, 10:30 to 11:00 am.", [OPEN_HOME]),
        ("Council rates are $512.40 per quarter.", [RATES]),
        ("The studio has power and water.", [STUDIO]),
        ("Pets are not allowed by the strata.", [PETS]),
        ("There are three bedrooms.", [claim("bedrooms", "listing", "facts.bedrooms", "3")]),
        ("Thanks for asking about 14 Wattle Street.", [ASKED_ABOUT]),
        ("Your budget is up to $1.55m.", [claim("$1.55m", "message", "text", "finance is approved up to $1.55m")]),
        ("Council rates are $512.40 per quarter and the price guide is $1,480,000 to $1,560,000.", [RATES, PRICE]),
        ("The next open home is on Saturday 21 November from 10:30 to 11:00 am.", [OPEN_HOME]),
        ("Please remember to bring photo ID to the open home.", [PHOTO_ID]),
        ("Die Gemeindeabgaben betragen 512,40 $ pro Quartal.", [RATES.model_copy(update={"claim": "Quartal"})]),
        ("Bitte bringen Sie einen Lichtbildausweis mit.", [PHOTO_ID.model_copy(update={"claim": "bringen"})]),
        ("La maison est ouverte le samedi 21 novembre de 10h30 à 11h00.", [OPEN_HOME.model_copy(update={"claim": "ouverte"})]),
        ("El sábado 21 de noviembre hay visitas de 10:30 a 11:00.", [OPEN_HOME.model_copy(update={"claim": "visitas"})]),
        ("这套房子本周六（11月21日）上午10:30至11:00开放参观。", [OPEN_HOME.model_copy(update={"claim": "开放"})]),
        ("Inspections are free.", [claim("free", "knowledge", "text", "Inspections are free.")]),
        ("Der Preisrahmen ist $1,480,000 bis $1,560,000.", [PREISRAHMEN]),
    ],
)  # fmt: skip
def test_what_a_source_says_is_supported(text: str, claims: list[Claim]) -> None:
    assert verdict(text, *claims) == "supported"


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        # invented: price, date, time, number, name, link
        ("The price guide is $1,250,000.", [PRICE]),
        ("The price guide is €1,480,000 to €1,560,000.", [PRICE]),
        ("It is open on Sunday 22 November at 10:30 am.", [OPEN_HOME]),
        ("It is open this Saturday 21 November at 10:30 pm.", [OPEN_HOME]),
        ("There are four bedrooms.", [claim("bedrooms", "listing", "facts.bedrooms", "3")]),
        ("The vendor, Mr Miller, lives in the studio.", [STUDIO]),
        ("See www.example.com about the studio.", [STUDIO]),
        # no figure at all
        ("The studio was approved by council.", [STUDIO]),
        ("The studio is new.", [STUDIO]),
        ("The studio has no power.", [STUDIO]),
        ("The owner is happy to negotiate.", []),
        ("The building report found no faults.", []),
        ("That is fine.", []),
        ("Yes.", []),
        ("No.", []),
        ("Yes, it is.", []),
        ("It is.", []),
        # quotes: not there, almost there, cut in half, of a field that is not there
        ("The studio was approved by council.", [claim("studio", "listing", "facts.studio", "approved by council")]),
        ("The price guide is $1,480,000 to $1,550,000.", [claim("price", "listing", "price_guide", "to $1,550,000")]),
        ("The price guide is $1,480.", [claim("price", "listing", "price_guide", "$1,480")]),
        ("The price guide is $1,480,000.", [claim("price", "listing", "price", "$1,480,000")]),
        # negation
        ("Pets are allowed.", [PETS]),
        ("Pets are allowed.", [claim("Pets", "listing", "facts.pets", "allowed by the strata")]),
        # authority: the customer's own words about the world
        ("The studio is council approved.", [THEIR_QUESTION]),
        ("The price guide is $1.55m.", [claim("price", "message", "text", "finance is approved up to $1.55m")]),
        ("It is open this Saturday.", [claim("open", "message", "text", "Are you open this Saturday")]),
        ("The unit has sold.", [claim("unit", "message", "text", "Our unit in Petersham has sold")]),
        ("The council said “is the studio out the back council approved”.", []),
        # true figures of two facts, mixed
        (
            "It is open on Wednesday 25 November, 10:30 to 11:00 am.",
            [OPEN_HOME, claim("open", "listing", OPEN_WEDNESDAY, "Wed 25 Nov, 5:30 to 6:00 pm")],
        ),
        # a fact without a claim, in a sentence that has one
        ("The price guide is $1,480,000 to $1,560,000 and the garden was renewed.", [PRICE]),
        # true figures of two facts, swapped in one sentence
        ("Council rates are $1,480,000 per quarter and the price guide is $512.40.", [RATES, PRICE]),
        # a true figure, moved
        ("There are more than three bedrooms.", [claim("bedrooms", "listing", "facts.bedrooms", "3")]),
        # the name of a field and nothing of what it says
        ("There is parking.", [claim("parking", "listing", "facts.parking", "One car off the street")]),
        ("Parking is available.", [claim("arking", "listing", "facts.parking", "One car off the street")]),
        # a day that nobody has promised
        ("I'll come back to you today.", []),
        # money, links and orders of strangers
        ("Please transfer $500 to secure your place.", []),
        ("Hi Peter,", []),
    ],
)  # fmt: skip
def test_what_no_source_says_is_unsupported(text: str, claims: list[Claim]) -> None:
    (sentence,) = judged(text, *claims).sentences
    assert sentence.verdict == "unsupported"
    assert sentence.finding


def test_a_true_quote_of_another_listing_supports_nothing_here() -> None:
    other = listing(
        id="l2", title="8 Jacaranda Crescent, Petersham", price_guide="$2,050,000", address="8 Jacaranda Crescent"
    )
    quoted = claim("price guide", "listing", "price_guide", "$2,050,000", id="l2")
    both = (*SOURCES, other)
    assert verdict("The price guide is $2,050,000.", quoted) == "unsupported"
    assert verdict("The price guide is $2,050,000.", quoted, sources=both) == "unsupported"
    assert verdict("The price guide of 14 Wattle Street is $2,050,000.", quoted, sources=both) == "unsupported"
    assert verdict("The price guide of 8 Jacaranda Crescent is $2,050,000.", quoted, sources=both) == "supported"


@pytest.mark.parametrize(
    "text",
    [
        "I'll check this and come back to you.",
        "I'll check the studio's approval with the vendor and come back to you.",
        "I'll check whether the studio is council approved and come back to you.",
    ],
)
def test_a_promise_needs_an_action_of_the_same_proposal(text: str) -> None:
    assert verdict(text) == "supported"
    without = tuple(action for action in ACTIONS if action.role != "follow_up")
    assert verdict(text, actions=without) == "unsupported"


def test_a_promise_carries_no_fact_along() -> None:
    assert verdict("I'll check that, but the studio was council approved.") == "unsupported"


@pytest.mark.parametrize(
    "text",
    [
        "You are booked for Saturday 21 November at 10:30 am.",
        "I have put you both down for Saturday 21 November, 10:30 am.",
    ],
)
def test_a_booking_needs_a_booking_action(text: str) -> None:
    said = claim("Saturday", "listing", OPEN, "Sat 21 Nov, 10:30 to 11:00 am")
    assert verdict(text, said) == "supported"
    assert verdict(text, said, actions=ACTIONS[:2]) == "unsupported"


def test_dates_of_a_promise_may_come_from_its_action() -> None:
    task = ACTIONS[1].model_copy(update={"summary": "Call Georgia, today 4:15 pm"})
    assert verdict("I'll call you today at 4:15 pm.", actions=(task,)) == "supported"
    assert verdict("I'll call you today at 5:15 pm.", actions=(task,)) == "unsupported"


def test_phrases_of_the_tenant_need_no_source() -> None:
    text = "G'day Georgia,\nFrom all of us at Acacia Realty."
    assert "phrase" not in {s.verdict for s in judged(text).sentences}
    phrases = ("G'day {name},", "From all of us at {agency}.")
    assert {s.verdict for s in judged(text, phrases=phrases).sentences} == {"phrase"}


@pytest.mark.parametrize("text", ["G'day {name},", "Guten Tag {name},", "{name}，您好：", "The team of {agency}"])
def test_a_phrase_whose_place_for_a_name_is_left_open_is_refused(text: str) -> None:
    (sentence,) = judged(text, phrases=(text,)).sentences
    assert sentence.verdict == "unsupported"
    assert sentence.finding.endswith("is not filled in.")


def test_our_own_phrases_are_known_in_every_language() -> None:
    text = "Guten Tag Georgia Papadopoulos,\nBonjour Georgia,\nHola Georgia:\nKind regards,\nMei Tran, Acacia Realty"
    assert {sentence.verdict for sentence in judged(text).sentences} == {"phrase"}


def test_quotation_marks_around_the_customers_words_must_hold_them_literally() -> None:
    assert verdict("You asked: “is the studio out the back council approved”.") == "supported"
    assert verdict("You asked: “is the studio council approved”.") == "unsupported"


def test_white_space_and_typographic_marks_are_equal_in_quotes() -> None:
    field = SourceField(name="text", label="Rule", text="Please bring  photo ID\nto the “open home” – always")
    rule = Source(kind="knowledge", id="k2", title="", fields=(field,))
    said = claim("photo", "knowledge", "text", 'bring photo ID to the "open home" - always', id="k2")
    assert verdict("Please bring photo ID to the open home always.", said, sources=(rule,)) == "supported"


def test_an_unsupported_sentence_comes_with_its_repair() -> None:
    (sentence,) = judged("The studio was approved by council in 2019.").sentences
    assert "2019" in sentence.finding
    assert sentence.suggestion == (
        "You asked: “is the studio out the back council approved”. I'll check this and come back to you."
    )
    assert verdict(sentence.suggestion.split(". ")[0] + ".") == "supported"
    (alone,) = judged("The studio was approved by council in 2019.", actions=()).sentences
    assert alone.suggestion == ""


def test_evidence_is_numbered_in_the_order_of_the_text() -> None:
    text = "The price guide is $1,480,000 to $1,560,000. It is open Saturday 21 November. The roof is new."
    found = judged(text, OPEN_HOME, PRICE)
    assert [(item.n, item.supported, item.source.kind) for item in found.evidence] == [
        (1, True, "listing"), (2, True, "listing"), (3, False, "none"),
    ]  # fmt: skip
    assert [sentence.evidence for sentence in found.sentences] == [(1,), (2,), (3,)]
    assert all(text[s.start : s.end] == s.text for s in found.sentences)


def test_the_document_is_plain_json() -> None:
    shown = judged("The price guide is $1,480,000 to $1,560,000.", PRICE).as_document()
    assert shown["sentences"] == [
        {
            "start": 0, "end": 44, "text": "The price guide is $1,480,000 to $1,560,000.", "verdict": "supported",
            "evidence": [1], "finding": "", "suggestion": "",
        }
    ]  # fmt: skip
    assert shown["evidence"] == [
        {
            "n": 1, "claim": "price guide", "label": "Fact", "quote": "$1,480,000 to $1,560,000", "supported": True,
            "source": {"kind": "listing", "id": "l1", "version": "31", "field": "price_guide"},
        }
    ]  # fmt: skip


def test_what_a_person_writes_is_theirs_and_is_warned_about() -> None:
    text = "The studio was approved by council."
    (sentence,) = judged(text, written_by=[PersonSpan(0, len(text), "p1", "Mei Tran")]).sentences
    assert sentence.verdict == "person"
    assert "approved" in sentence.finding
    (evidence,) = judged(text, written_by=[PersonSpan(0, len(text), "p1", "Mei Tran")]).evidence
    assert (evidence.source.kind, evidence.source.id, evidence.supported) == ("person", "p1", True)


def test_an_edit_leaves_untouched_sentences_with_their_sources() -> None:
    before = "Hello,\n\nThe price guide is $1. It is open."
    after = "Hello,\n\nThe price guide is $1. The studio is lovely. It is open."
    (span,) = edited_spans(before=before, after=after, person_id="p1")
    assert after[span.start : span.end] == "The studio is lovely."


def test_an_edit_within_a_sentence_makes_it_the_persons() -> None:
    (span,) = edited_spans(before="It is open at 10 am. Bye.", after="It is open at 11 am. Bye.", person_id="p1")
    assert (span.start, span.end) == (0, 20)


def test_a_customers_name_brings_no_facts_along() -> None:
    names = Names(name="Price Reduced", agency="Acacia Realty")
    (sentence,) = account(text="The price guide is reduced.", claims=[PRICE], sources=SOURCES, names=names).sentences
    assert sentence.verdict == "unsupported"


def test_nothing_is_held_against_an_empty_text() -> None:
    assert judged("") == Account(sentences=(), evidence=())


FIGURES = st.one_of(
    st.integers(10_000, 99_000_000).map(lambda n: f"${n:,}"),
    st.integers(1, 999_999).map(lambda n: f"{n / 100:.2f} €"),
    st.builds("{}:{:02} {}".format, st.integers(1, 12), st.integers(0, 59), st.sampled_from(["am", "pm"])),
    st.builds("{} {}".format, st.integers(1, 28), st.sampled_from(["January", "März", "avril", "Nov", "diciembre"])),
    st.integers(10_000_000, 99_999_999).map(lambda n: f"04{n}"[:4] + f" {n}"[:4] + f" {n}"[-4:]),
    st.integers(13, 9_999).map(str),
    st.sampled_from(["www.evil.example", "https://pay.example/x", "someone@evil.example"]),
)
SAID = st.sampled_from(
    [
        "The price guide is {}.", "It is open {}.", "Council rates are {} per quarter.", "Call us on {}.",
        "The studio has {} power and water.", "You asked about {}.", "I'll check this by {} and come back to you.",
        "Yes, it is open this Saturday 21 November, 10:30 to 11:00 am, or {}.", "Thank you, {}.", "Kind regards, {}",
    ]
)  # fmt: skip
CLAIMS = st.lists(
    st.sampled_from(
        [
            PRICE, OPEN_HOME, STUDIO, PETS, claim("t", "message", "text", "finance is approved up to $1.55m"),
            claim("e", "message", "subject", "Inspection at 14 Wattle Street"),
            claim("e", "listing", "facts.council_rates", "$512.40 per quarter"),
            claim("e", "listing", "price_guide", "$9,999,999"),
            claim("e", "knowledge", "text", "Inspections are free."),
        ]
    ),
    max_size=6,
)  # fmt: skip


@given(said=SAID, figure=FIGURES, claims=CLAIMS)
@settings(max_examples=400, deadline=None)
def test_a_figure_that_stands_in_no_quote_is_never_supported(said: str, figure: str, claims: list[Claim]) -> None:
    known = [f for c in claims for f in figures(c.quote)] + figures("14 Wattle Street")
    written = figures(figure, "en")
    if not written or any(agree(f, k) for f in written for k in known):
        return
    found = judged(said.format(figure), *claims)
    assert any(sentence.verdict == "unsupported" for sentence in found.sentences)


@given(text=st.text(max_size=400), claims=CLAIMS)
@settings(max_examples=150, deadline=None)
def test_any_text_gets_a_verdict_for_each_sentence(text: str, claims: list[Claim]) -> None:
    found = judged(text, *claims)
    assert all(text[s.start : s.end] == s.text for s in found.sentences)
    numbers = {item.n for item in found.evidence}
    assert all(set(sentence.evidence) <= numbers for sentence in found.sentences)
    covered = sum(len(s.text) for s in found.sentences)
    assert covered >= len("".join(text.split())) - text.count("\x1c")
