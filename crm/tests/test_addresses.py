import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from crm.addresses import STREET_TYPES, Fit, Said, read, similar, words

NAMES = st.sampled_from(
    ["Wattle", "Banksia", "Jacaranda", "Fern Dale", "St Johns", "O'Connell", "Königs", "The", "King George"]
)
TYPES = st.sampled_from(sorted(STREET_TYPES))
# A number just before an address would belong to it.
WITHOUT_NUMBERS = st.text(st.characters(exclude_categories=["Cs", "Nd", "Nl", "No"]), max_size=40)
NUMBERS = st.integers(min_value=1, max_value=9999)


def fit(text, address, town="", **known):
    mention = Said(text, **known).find(read(address, town))
    return mention.fit if mention else None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("14 Wattle Street", "14 WATTLE ST."),
        ("14 Wattle Street", "No. 14, Wattle Str"),
        ("3/27 Banksia Avenue", "Unit 3, 27 Banksia Av."),
        ("3/27 Banksia Avenue", "3 / 27 banksia ave"),
        ("Flat 5, 18 Ropewalk Row", "5/18 Ropewalk Row"),
        ("9 St Johns Road", "9 Saint John's Rd"),
        ("8 Jacaranda Crescent", "8 Jacaranda Cres"),
        ("12-16 King Street North", "12\u201316 King St N"),
        ("Hauptstraße 12", "Hauptstr. 12"),
        ("Königsallee 7", "Konigsallee 7"),
        ("Anchor Cottage, Mast Lane", "anchor cottage mast ln"),
    ],
)
def test_one_place_is_found_in_both_spellings(one, other):
    assert fit(f"Is {one} still for sale?", other) == Fit.EXACT
    assert fit(f"Is {other} still for sale?", one) == Fit.EXACT


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("12 Wattle Street", "14 Wattle Street"),
        ("14a Wattle Street", "14 Wattle Street"),
        ("14 Wattle Street", "14a Wattle Street"),
        ("114 Wattle Street", "14 Wattle Street"),
        ("5/27 Banksia Avenue", "3/27 Banksia Avenue"),
        ("13 King Street", "12-16 King Street"),
        ("Hauptstraße 14", "Hauptstr. 12"),
        ("14 Banksia Street", "14 Wattle Street"),
        ("a wattle tree, and call me on the 14th", "14 Wattle Street"),
        ("", "14 Wattle Street"),
    ],
)
def test_another_place_is_not_taken_for_it(text, address):
    assert fit(text, address) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14 Watle Street", Fit.SPELLED),
        ("14 Wattel St", Fit.SPELLED),
        ("14 Wattlestreet", Fit.EXACT),
        ("number 14 in Wattle Street", Fit.EXACT),
        ("14 Wattle", Fit.EXACT),
        ("14 Wattle Road", Fit.DOUBTFUL),
        ("2/14 Wattle Street", Fit.DOUBTFUL),
        ("the one in Wattle Street, Marrickville", Fit.PLACE),
        ("the one in Wattle Street", Fit.STREET),
        ("the one in Wattle Street, Marrickville, next to 12 Wattle Street", Fit.STREET),
        ("anything in Marrickville", Fit.SUBURB),
        ("14 Wattle Street 2204", Fit.EXACT),
    ],
)
def test_a_text_names_an_address_more_or_less_well(text, expected):
    assert fit(text, "14 Wattle Street", "Marrickville") == expected


def test_a_number_inside_a_range_is_that_place():
    assert fit("14 King Street", "12-16 King Street") == Fit.EXACT


def test_a_building_without_its_unit_is_known_as_such():
    assert fit("27 Banksia Avenue", "3/27 Banksia Avenue") == Fit.BUILDING


def test_another_suburb_that_is_known_rules_a_listing_out():
    known = {"suburbs": frozenset({"marrickville", "newtown"})}
    assert fit("14 Wattle Street in Newtown", "14 Wattle Street", "Marrickville", **known) is None


def test_another_suburb_that_was_understood_makes_it_doubtful():
    assert fit("14 Wattle Street", "14 Wattle Street", "Marrickville", suburb="Sydney") == Fit.DOUBTFUL
    assert fit("14 Wattle Street", "14 Wattle Street", "Marrickville", suburb="Marickville") == Fit.EXACT


@given(number=NUMBERS, name=NAMES, kind=TYPES, before=WITHOUT_NUMBERS, after=st.text(max_size=40))
def test_an_address_is_found_in_any_text(number, name, kind, before, after):
    address = f"{number} {name} {STREET_TYPES[kind]}"
    found = Said(f"{before} … {number} {name.upper()} {kind}. … {after}").find(read(address))
    assert found is not None
    assert found.fit == Fit.EXACT


@given(number=NUMBERS, other=NUMBERS, name=NAMES, kind=TYPES)
def test_house_numbers_must_agree(number, other, name, kind):
    assume(number != other)
    assert fit(f"{other} {name} {kind}", f"{number} {name} {STREET_TYPES[kind]}") is None


@given(address=st.text(), suburb=st.text(), text=st.text())
@example(address="1", suburb="", text="1")
@example(address="Unit", suburb="Unit", text="unit unit 3")
@example(address="/-/", suburb="-", text="3/-4")
@example(address="1" * 500, suburb="", text="1" * 500)
def test_no_text_breaks_the_reading(address, suburb, text):
    mention = Said(text, suburbs=frozenset({"".join(words(suburb))}), suburb=suburb).find(read(address, suburb))
    assert mention is None or mention.fit in Fit


@given(name=st.text(alphabet="abcdefghij", min_size=8, max_size=12), data=st.data())
def test_two_slips_of_the_pen_in_a_long_name_are_forgiven(name, data):
    at = data.draw(st.integers(0, len(name) - 2))
    swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    assert similar(name, swapped)
    assert similar(name, name[:at] + name[at + 1 :])
    assert not similar(name, "xyz" + name[3:])


def test_short_names_have_to_be_right():
    assert not similar("Ash", "Ask")
