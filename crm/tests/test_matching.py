import pytest

from audit.services import Actor
from crm.selectors import listing_match
from crm.services import listing_create

ACTOR = Actor.system("tests")
LISTINGS = [
    ("14 Wattle Street", "Marrickville", "available"),
    ("3/27 Banksia Avenue", "Stanmore", "under_offer"),
    ("8 Jacaranda Crescent", "Petersham", "available"),
    ("6/110 Victoria Road", "Marrickville", "available"),
    ("9/110 Victoria Road", "Marrickville", "available"),
    ("21 Acacia Lane", "Newtown", "sold"),
]


@pytest.fixture(autouse=True)
def listings(in_acacia):
    return {
        address: listing_create(actor=ACTOR, address=address, suburb=suburb, status=status).id
        for address, suburb, status in LISTINGS
    }


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"address": "14 Wattle St", "suburb": "Marrickville"}, "14 Wattle Street"),
        ({"address": "14 wattle street marrickville nsw 2204"}, "14 Wattle Street"),
        (
            {"text": "We saw 14 Wattle Street in Marrickville online and would love to have a look."},
            "14 Wattle Street",
        ),
        ({"address": "the place", "text": "Is 8 Jacaranda Cres open?"}, "8 Jacaranda Crescent"),
        (
            {
                "address": "14 Wattle Street",
                "suburb": "Petersham",
                "text": "14 Wattle Street in Marrickville, please. Our unit in Petersham has sold.",
            },
            "14 Wattle Street",
        ),
        ({"address": "Unit 3, 27 Banksia Ave"}, "3/27 Banksia Avenue"),
        ({"text": "the house in Jacaranda Crescent, Petersham"}, "8 Jacaranda Crescent"),
        ({"text": "apartment 9, 110 Victoria Rd please"}, "9/110 Victoria Road"),
        ({"text": "what did 21 Acacia Lane go for?"}, "21 Acacia Lane"),
    ],
)
def test_one_listing_is_meant(listings, said, meant):
    matches = listing_match(**said)
    assert matches.sure
    assert matches.listing == listings[meant]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"text": "Do you have anything with a garden?"},
        {"suburb": "Marrickville"},
        {"text": "110 Victoria Road"},
        {"address": "14 Wattle Street", "suburb": "Newtown"},
        {"address": "16 Wattle Street"},
        {"text": "14 Wattle Street or 8 Jacaranda Crescent, we cannot decide"},
        {"text": "14 Wattle Street or 8 Jacarnada Crescent, we cannot decide"},
    ],
)
def test_no_one_listing_is_meant(said):
    assert not listing_match(**said).sure


def test_the_best_comes_first_and_says_why():
    matches = listing_match(text="14 Watle Street in Marrickville")
    assert [match.title for match in matches.found] == [
        "14 Wattle Street, Marrickville",
        "6/110 Victoria Road, Marrickville",
        "9/110 Victoria Road, Marrickville",
    ]
    assert [match.fit for match in matches.found] == ["spelled", "suburb", "suburb"]
    assert matches.found[0].why == "by its address, spelled differently"


def test_a_house_that_is_on_offer_again_is_meant_and_not_its_former_sale(listings):
    again = listing_create(actor=ACTOR, address="21 Acacia Lane", suburb="Newtown")
    matches = listing_match(text="21 Acacia Lane, Newtown")
    assert matches.listing == again.id
    assert [match.status for match in matches.found] == ["available", "sold"]


def test_it_asks_the_database_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        listing_match(text="14 Wattle Street")
