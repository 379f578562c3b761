"""A sentence that says in its own words what a source says is shown to a person; one that says more is refused."""

from __future__ import annotations

import numpy as np
import pytest

from ai.fitting import digest
from ai.grounding import Names, Sentence, account
from ai.grounding.gist import WEIGHTS
from ai.grounding.train import examples
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
        SourceField(name="outside", label="Outside", text="Garden in front of the house, shed behind the house"),
        SourceField(name="level", label="Level", text="Third floor without a lift"),
        SourceField(name="visits", label="Viewings", text="By appointment only, Tuesday to Saturday"),
        SourceField(name="deposit", label="Deposit", text="Ten per cent on exchange, five by agreement with the vendor"),
        SourceField(name="keys", label="Keys", text="Keys are handed over after the bond has been paid"),
        SourceField(name="levies", label="Levies", text="$1,240 per quarter, paid by the owner"),
        SourceField(name="fibre", label="Internet", text="Fibre on the road, not connected to the house"),
        SourceField(name="manager", label="Manager", text="Arne Falk looks after the building"),
        SourceField(name="cats", label="Cats", text="Cats are accepted"),
        SourceField(name="cellar", label="Cellar", text="Small cellar room, dry"),
        SourceField(name="heating", label="Heating", text="Gas heating, included in the charges"),
    ),
)  # fmt: skip
QUOTES = {field.name: field.text for field in LISTING.fields}


def told(
    text: str, field: str = "", quote: str = "", *, claim: str = "", message: Mail | None = None, actions=ACTIONS
) -> Sentence:
    """The only sentence of a text that is one claim as a whole, or in `claim`."""
    claims = [
        Claim(
            claim=claim or text, label="Fact", source_kind="listing", source_id="l1", field=field,
            quote=quote or QUOTES[field],
        )
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


@pytest.mark.parametrize(
    ("true", "lie", "field"),
    [
        # a "no" that is written together, and one that is turned around
        (
            "There is fibre on the road, but the house hasn't been connected to it.",
            "There is fibre on the road, and the house has been connected to it.",
            "fibre",
        ),
        ("The heating is on gas and comes with the charges.", "The heating doesn't come with the charges.", "heating"),
        # where something is
        ("You'd find the shed behind the house.", "You'd find the garden behind the house.", "outside"),
        # which floor
        ("You would climb three floors, without a lift.", "You would climb two floors, without a lift.", "level"),
        ("It's up on the third floor, and there's no lift.", "It's up on the second floor, and there's no lift.", "level"),
        # which days
        (
            "We show it by appointment from Tuesday to Saturday, not on Sundays.",
            "We show it by appointment from Tuesday to Saturday, and on Sundays.",
            "visits",
        ),
        # what comes first
        (
            "You get the keys once the bond has been paid.",
            "You get the keys before the bond has been paid.",
            "keys",
        ),
        # who it is, also where every noun begins with a capital
        ("Um das Haus kümmert sich Arne Falk.", "Um das Haus kümmert sich Arno Falke.", "manager"),
        # a "without" that says yes
        ("Your cats would be accepted without any difficulty.", "Your cats would not be accepted.", "cats"),
        # how large
        ("There's a cellar room, a rather small one, and it's dry.", "There's a cellar room, a rather large one, and it's dry.", "cellar"),
        # who pays
        ("The owner pays the levies of $1,240 a quarter.", "You pay the levies of $1,240 a quarter.", "levies"),
    ],
)  # fmt: skip
def test_a_truth_may_be_said_and_the_lie_beside_it_is_refused(true: str, lie: str, field: str) -> None:
    assert told(true, field).verdict in ("supported", "own_words")
    assert told(lie, field).verdict == "unsupported"


def test_what_stands_beside_a_claim_is_shown_where_it_only_talks() -> None:
    claim = "The flat faces the inner courtyard"
    sentence = told(
        f"{claim}, so you'd have to see for yourself whether you like that.", "view", "inner courtyard", claim=claim
    )
    assert sentence.verdict == "own_words"
    for lie in ("so it's wonderfully quiet", "and the neighbours never complain", "and it costs only $500"):
        assert told(f"{claim}, {lie}.", "view", "inner courtyard", claim=claim).verdict == "unsupported"


def test_what_no_quote_says_is_named_to_the_reader() -> None:
    claim = "The shed slumbers behind the house"
    sentence = told(
        f"{claim}, so your rusty bicycle would be grateful.", "outside", "shed behind the house", claim=claim
    )
    assert sentence.verdict == "own_words"
    assert "“slumbers”" in sentence.finding
    assert "Nothing stands behind “your rusty bicycle would be grateful”" in sentence.finding


def test_a_quote_that_ends_in_the_air_supports_no_other_end() -> None:
    assert told("Above a bakery.", "noise", "Above a bakery").verdict == "supported"
    assert told("Above a noise.", "noise", "Above a").verdict == "own_words"


def test_a_courtyard_is_no_garden() -> None:
    assert told("Faces the inner courtyard, no river view.", "view").verdict == "supported"
    assert told("Faces the inner garden, no river view.", "view").verdict == "own_words"


@pytest.mark.parametrize(
    "text",
    [
        "A leaking tap is no fun at all.",
        "Die Entscheidung liegt natürlich ganz bei Ihnen.",
        "Votre chien a bien de la chance.",
        "Una foto nos sería de gran ayuda.",
        "Il vostro gatto è fortunato.",
    ],
)
def test_a_remark_that_states_nothing_of_the_world_is_shown(text: str) -> None:
    assert told(text).verdict in ("phrase", "own_words")


@pytest.mark.parametrize(
    "text",
    [
        "The neighbours are lovely quiet people.",
        "Several families have already asked about it.",
        "I've attached the floor plan for you.",
        "We'll talk the owner down a little.",
        "Das Haus ist gut gepflegt.",
        "Fragen Sie nach Martin.",
        "Les voisins sont très discrets.",
        "Nous y installerons un lit.",
        "El inquilino es muy cuidadoso.",
        "I'll check that, but the neighbours are quiet.",
        "No, that is fine.",
        "Your dog is very welcome!",
        "You can move in any time.",
        "Please pay the deposit to our new account.",
    ],
)
def test_a_fact_a_name_a_file_and_a_promise_are_never_taken_for_a_remark(text: str) -> None:
    assert told(text).verdict == "unsupported"


def test_a_sentence_of_a_sources_words_without_its_condition_is_shown() -> None:
    sentence = told("The deposit is ten per cent on exchange, five if you prefer.", "deposit")
    assert sentence.verdict in ("own_words", "unsupported")
    assert QUOTES["deposit"] in sentence.finding


def test_let_me_know_and_a_number_that_i_cannot_pass_on_are_no_promises() -> None:
    assert told("Let me know whether that suits you.", actions=()).verdict != "unsupported"
    assert told("I have no number to pass on.", actions=()).verdict != "unsupported"
    assert told("I'll pass it on.", actions=()).verdict == "unsupported"
    assert told("¡Le guardamos el piso!", actions=()).verdict == "unsupported"


def test_the_weights_that_tell_talk_from_facts_are_fitted_to_the_examples() -> None:
    with np.load(WEIGHTS) as stored:
        assert sorted(stored["names"]) == ["fact", "promise", "talk"]
        assert str(stored["digest"]) == digest(examples())
