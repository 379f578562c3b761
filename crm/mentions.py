"""Whom a text names: contacts whose whole name, address or phone number stands in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, Value
from django.db.models.functions import Upper

from crm.models import Contact

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"\+?\d[\d ()-]{6,18}\d")
NAME = re.compile(r"[^\W\d_a-z][\w'’-]*(?:[ \t]+[^\W\d_a-z][\w'’-]*)+")
LONGEST_NAME = 3  # words
MOST_MENTIONS = 40  # that are looked up of one text
MOST_CONTACTS = 200


@dataclass(frozen=True)
class Mention:
    """A text names this contact: `text` as it stands there, `what` of the contact it is."""

    contact: UUID
    text: str
    what: str


def contacts_mentioned(text: str) -> tuple[Mention, ...]:
    """The contacts that a text names by their whole name, address or phone number."""
    numbers = {"".join(filter(str.isdigit, found)): found for found in PHONE.findall(text)}
    # Numbers also as they are written: what is stored with brackets is found only so. Names come last, being many.
    told = (*EMAIL.findall(text), *numbers, *numbers.values(), *_names_in(text))
    said = [*dict.fromkeys(told)][:MOST_MENTIONS]
    if not said:
        return ()
    asked = reduce(or_, (Q(searched__contains=Upper(Value(word))) for word in said))
    lowered = {word.casefold() for word in (*said, *numbers.values())}
    found = []
    for contact in Contact.objects.filter(asked).only("name", "email", "phone")[:MOST_CONTACTS]:
        number = "".join(filter(str.isdigit, contact.phone))
        ways = ((contact.name, "the name"), (contact.email, "the address"), (numbers.get(number, ""), "the number"))
        found += [Mention(contact.pk, way, what) for way, what in ways if way and way.casefold() in lowered]
    return tuple(found)


def _names_in(text: str) -> Iterator[str]:
    """Two or three words in a row that all begin with a capital: what a person's whole name looks like."""
    for run in NAME.findall(text):
        words = run.split()
        for length in range(2, min(LONGEST_NAME, len(words)) + 1):
            for start in range(len(words) - length + 1):
                yield " ".join(words[start : start + length])
