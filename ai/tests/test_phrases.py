"""The tenant's phrases: installed with a pack, changed by people, told in the ledger."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from ai.models import Phrase
from ai.selectors import phrases_of
from ai.services import phrase_remove, phrase_set, phrases_install
from audit.selectors import entries, views
from audit.services import Actor

pytestmark = pytest.mark.usefixtures("in_acacia")

ACTOR = Actor.system("tests")
PACK = {
    "greetings": {"en": ["G'day {name},", "G'day,"], "de": ["Moin {name},"]},
    "signatures": ["{signer}, {agency}", "The team of {agency}"],
}


@pytest.fixture(autouse=True)
def nothing_yet(in_acacia: None) -> None:
    Phrase.objects.all().delete()


def test_a_packs_phrases_are_added_once() -> None:
    assert phrases_install(PACK, actor=ACTOR) == 5
    assert phrases_install(PACK, actor=ACTOR) == 0
    assert Phrase.objects.count() == 5
    (entry,) = views(entries(event="phrases.installed", actor=ACTOR.key))
    assert entry.data["count"] == 5


def test_phrases_are_filled_with_the_tenant_and_leave_the_customer_open() -> None:
    phrases_install(PACK, actor=ACTOR)
    filled = phrases_of(agency="Acacia Realty")
    assert set(filled) == {"G'day {name},", "G'day,", "Moin {name},", "The team of Acacia Realty"}


def test_a_phrase_that_lacks_a_name_of_ours_is_left_out() -> None:
    phrases_install(PACK, actor=ACTOR)
    assert set(phrases_of(agency="")) == {"G'day {name},", "G'day,", "Moin {name},"}


def test_phrases_of_one_language() -> None:
    phrases_install(PACK, actor=ACTOR)
    assert phrases_of(agency="A", language="de-AT") == ("Moin {name},", "The team of A")


def test_a_phrase_is_added_changed_and_removed_with_an_entry_each() -> None:
    ident = uuid4()
    phrase_set(id=ident, language="en", part="greetings", text="Hey {name},", actor=ACTOR)
    phrase_set(id=ident, language="en", part="greetings", text="Hey there {name},", actor=ACTOR)
    phrase_set(id=ident, language="en", part="greetings", text="Hey there {name},", actor=ACTOR)
    assert phrases_of(agency="A") == ("Hey there {name},",)
    phrase_remove(id=ident, actor=ACTOR)
    assert phrases_of(agency="A") == ()
    told = [entry.event for entry in views(entries(target=f"phrase:{ident}"))]
    assert told == ["phrase.removed", "phrase.changed", "phrase.added"]


def test_the_same_phrase_twice_is_refused() -> None:
    phrase_set(id=uuid4(), language="en", part="greetings", text="Hey,", actor=ACTOR)
    with pytest.raises(ValidationError):
        phrase_set(id=uuid4(), language="en", part="greetings", text="Hey,", actor=ACTOR)
