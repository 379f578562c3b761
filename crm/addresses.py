"""Addresses as people write them: read into parts, and found again in what someone else wrote.

"Unit 3, 27 Banksia Av." and "3/27 BANKSIA AVENUE" are one place; "14 Wattle St" and "14A Wattle St"
are two. House numbers must agree; the name of a street may have a slip of the pen.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

MAX_TEXT = 20_000
MAX_STREET_WORDS = 6
MAX_MENTIONS = 50  # of one street or number in a text; later ones say nothing new

_ABBREVIATIONS = {
    "alley": "aly",
    "avenue": "av ave aven",
    "boulevard": "blvd bvd",
    "circuit": "cct",
    "close": "cl",
    "court": "ct crt",
    "crescent": "cres cr",
    "drive": "dr drv",
    "esplanade": "esp",
    "gardens": "gdns gdn",
    "grove": "gr gv grv",
    "highway": "hwy",
    "lane": "ln",
    "mews": "",
    "parade": "pde",
    "place": "pl",
    "quay": "qy",
    "rise": "",
    "road": "rd",
    "row": "",
    "square": "sq",
    "street": "st str",
    "terrace": "tce ter terr",
    "walk": "wlk",
    "way": "",
    "wharf": "whf",
}
STREET_TYPES = {name: kind for kind, short in _ABBREVIATIONS.items() for name in (kind, *short.split())}
_DIRECTIONS = {"north": "n", "south": "s", "east": "e", "west": "w", "n": "n", "s": "s", "e": "e", "w": "w"}
_UNITS = {"unit", "u", "apartment", "apt", "flat", "suite", "shop", "villa", "townhouse", "wohnung"}
# What may stand between a number and its street, or between a street and its suburb.
_BETWEEN = {"in", "at", "of", "on", "the"}
_NUMBERED = {"no", "nr"}

_APOSTROPHE = re.compile("['`\u2018\u2019\u00b4]")
_JOINT = re.compile(r"(?<=[0-9a-z])\s*([/\u2013-])\s*(?=[0-9])")
_NUMBER = r"(?:[0-9]{1,5}[a-z]?/)?[0-9]{1,5}[a-z]?(?:-[0-9]{1,5}[a-z]?)?"
_TOKEN = re.compile(rf"[0-9]+(?:st|nd|rd|th)(?![^\W_])|{_NUMBER}(?![^\W_])|[0-9]+|[^\W\d_]+")
_HOUSE = re.compile(r"(?:([0-9]+[a-z]?)/)?([0-9]+[a-z]?)(?:-([0-9]+[a-z]?))?")


class Fit(IntEnum):
    """How well a text names an address, worst first; from PLACE on the text means it."""

    SUBURB = 1  # only the suburb is named
    STREET = 2  # only the street is named
    DOUBTFUL = 3  # street and number agree, but suburb, unit or the type of street do not
    PLACE = 4  # street and suburb agree, and no number is said
    BUILDING = 5  # all agrees, and no unit is said
    SPELLED = 6  # all agrees but for the spelling of the street
    EXACT = 7


@dataclass(frozen=True)
class Address:
    """An address in parts, normalised: small letters, no accents, "St" and "Street" alike."""

    unit: str = ""
    numbers: frozenset[str] = frozenset()
    street: tuple[str, ...] = ()
    street_type: str = ""
    direction: str = ""
    suburb: str = ""


@dataclass(frozen=True)
class Mention:
    """An address found in a text, from word `start` to before word `end`."""

    fit: Fit
    start: int
    end: int

    def overlaps(self, other: "Mention") -> bool:
        """Whether both may be readings of the same words."""
        return self.start < other.end and other.start < self.end


def words(text: str) -> list[str]:
    """The words and house numbers of a text, normalised; at most its first 20,000 characters count."""
    folded = unicodedata.normalize("NFKD", text[:MAX_TEXT].casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    plain = _JOINT.sub(lambda joint: joint[1].replace("\u2013", "-"), _APOSTROPHE.sub("", plain))
    return [_normal(token) for token in _TOKEN.findall(plain)]


def _normal(word: str) -> str:
    if word == "saint":
        return "st"
    if len(word) > 5 and word.endswith("str"):  # Hauptstr. is Hauptstraße
        return f"{word}asse"
    return word


@lru_cache(maxsize=20_000)
def read(address: str, suburb: str = "") -> Address:
    """An address line in parts; never fails: what it does not say stays empty."""
    tokens = words(address)
    unit = ""
    if len(tokens) > 2 and tokens[0] in _UNITS:
        unit, tokens = tokens[1], tokens[2:]
    numbers: frozenset[str] = frozenset()
    at = next((i for i, token in enumerate(tokens) if _HOUSE.fullmatch(token)), None)
    if at is not None and len(tokens) > 1:
        said, numbers = _house(tokens[at])
        unit, numbers = said or unit, numbers | _within(numbers)
        # A street stands after its number, or, as in Hauptstraße 12, before it.
        tokens = tokens[at + 1 :] or tokens[:at]
    direction = street_type = ""
    if len(tokens) > 2 and tokens[-1] in _DIRECTIONS and tokens[-2] in STREET_TYPES:
        direction, tokens = _DIRECTIONS[tokens[-1]], tokens[:-1]
    if len(tokens) > 1 and tokens[-1] in STREET_TYPES:
        street_type, tokens = STREET_TYPES[tokens[-1]], tokens[:-1]
    return Address(unit, numbers, tuple(tokens), street_type, direction, "".join(words(suburb)))


def _house(token: str) -> tuple[str, frozenset[str]]:
    """The unit and the house numbers that a token such as 3/27, 14a or 12-14 says."""
    found = _HOUSE.fullmatch(token)
    if not found:
        return "", frozenset()
    unit, first, last = found.groups()
    return unit or "", frozenset({token.rpartition("/")[2], first, last or first})


def _within(numbers: frozenset[str]) -> frozenset[str]:
    """The numbers inside a range: 12-16 stands for 14 too, but not for those across the street."""
    ends = sorted(int(number) for number in numbers if number.isdecimal())
    if len(ends) != 2 or ends[1] - ends[0] > 20:
        return frozenset()
    return frozenset(map(str, range(ends[0], ends[1], 2 - (ends[1] - ends[0]) % 2)))


class Said:
    """A text in which addresses are looked for; `suburbs` are those known, as Address.suburb."""

    def __init__(self, text: str, *, suburbs: frozenset[str] = frozenset(), suburb: str = "") -> None:
        """`suburb`: the one the writer means, where that is known apart from the text."""
        self.words = words(text)
        self.suburbs = suburbs
        self.suburb = "".join(words(suburb))
        self._houses: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            for number in _house(word)[1]:
                self._houses.setdefault(number, []).append(at)
        self._places: dict[str, list[tuple[int, int]]] = {}
        for width in range(1, MAX_STREET_WORDS + 1):
            for start in range(len(self.words) - width + 1):
                joined = "".join(self.words[start : start + width])
                self._places.setdefault(joined, []).append((start, start + width))

    def find(self, address: Address) -> Mention | None:
        """The best mention of the address; None where neither it nor its suburb is named."""
        here = bool(address.suburb) and (address.suburb in self._places or similar(address.suburb, self.suburb))
        readings = [self._weigh(address, *place, here=here) for place in self._streets(address)]
        found = [reading for reading in readings if isinstance(reading, Mention)]
        best = max(found, key=lambda mention: (mention.fit, -mention.start), default=None)
        if best and best.fit == Fit.PLACE and any(reading is False for reading in readings):
            best = Mention(Fit.STREET, best.start, best.end)  # elsewhere it says another number
        if best or not here:
            return best
        return Mention(Fit.SUBURB, 0, 0)

    def _streets(self, address: Address) -> Iterator[tuple[int, int, bool, bool]]:
        """Where the street may be named: start, end, whether its type is in there, whether spelled right."""
        name = "".join(address.street)
        if not name:
            return
        for start, end in self._places.get(name, ())[:MAX_MENTIONS]:
            yield start, end, False, True
        if address.street_type:
            for start, end in self._places.get(name + address.street_type, ())[:MAX_MENTIONS]:
                if end - start <= len(address.street):  # "Wattlestreet", in one word
                    yield start, end, True, True
        width = len(address.street)
        for at in self._numbers(address):
            after = at + 1
            while after < len(self.words) and self.words[after] in _BETWEEN:
                after += 1
            ends = {at, at - 1} if at and self.words[at - 1] in STREET_TYPES else {at}
            for start in {after, *(end - width for end in ends)}:
                joined = "".join(self.words[max(start, 0) : start + width])
                if start >= 0 and joined != name and similar(joined, name):
                    yield start, start + width, False, False

    def _numbers(self, address: Address) -> list[int]:
        """Where one of the address's house numbers stands."""
        return sorted({at for number in address.numbers for at in self._houses.get(number, ())[:MAX_MENTIONS]})

    def _weigh(self, address: Address, start: int, end: int, typed: bool, exact: bool, *, here: bool) -> Mention | bool:
        """What naming the street there says of the address; False: another number, True: nothing."""
        said_type = address.street_type if typed else ""
        if not typed and end < len(self.words) and self.words[end] in STREET_TYPES:
            said_type, end = STREET_TYPES[self.words[end]], end + 1
        said_direction = ""
        if end < len(self.words) and self.words[end] in _DIRECTIONS:
            said_direction = _DIRECTIONS[self.words[end]]
        unit, numbers, start, end = self._number_beside(address, start, end)
        if numbers and address.numbers and numbers.isdisjoint(address.numbers):
            return False
        if self._another_suburb(address, end):
            return True
        same_type = not said_type or not address.street_type or said_type == address.street_type
        same_direction = not said_direction or not address.direction or said_direction == address.direction
        if not numbers and address.numbers:
            if not same_type or not (said_type or here):
                return True
            return Mention(Fit.PLACE if here and same_direction else Fit.STREET, start, end)
        if unit and address.unit and unit != address.unit:
            return False
        elsewhere = bool(self.suburb and address.suburb) and not here
        if not same_type or not same_direction or elsewhere or (unit and not address.unit):
            return Mention(Fit.DOUBTFUL, start, end)
        if numbers and not address.numbers:
            return Mention(Fit.DOUBTFUL, start, end)
        if not exact:
            return Mention(Fit.SPELLED, start, end)
        return Mention(Fit.BUILDING if address.unit and not unit else Fit.EXACT, start, end)

    def _number_beside(self, address: Address, start: int, end: int) -> tuple[str, frozenset[str], int, int]:
        """Unit and numbers said with a street at words start to end, and the wider span of it all."""
        at = start - 1
        while at >= 0 and self.words[at] in _BETWEEN:
            at -= 1
        if at >= 0 and _HOUSE.fullmatch(self.words[at]):
            unit, numbers = _house(self.words[at])
            start = at
            if not unit and at >= 2 and self.words[at - 2] in _UNITS and self.words[at - 1][0].isdigit():
                unit, start = self.words[at - 1], at - 2
            return unit, numbers, start, end
        if end < len(self.words) - 1 and self.words[end] in _NUMBERED:
            end += 1
        if end < len(self.words) and _HOUSE.fullmatch(self.words[end]):
            unit, numbers = _house(self.words[end])
            is_postcode = self.words[end].isdigit() and len(self.words[end]) >= 4
            if not is_postcode or not numbers.isdisjoint(address.numbers):
                return unit, numbers, start, end + 1
        return "", frozenset(), start, end

    def _another_suburb(self, address: Address, at: int) -> bool:
        """Whether the words from `at` on name a known suburb that is not the address's."""
        while at < len(self.words) and self.words[at] in _BETWEEN:
            at += 1
        widths = range(1, MAX_STREET_WORDS + 1)
        named = {"".join(self.words[at : at + width]) for width in widths} & self.suburbs
        return bool(named) and address.suburb not in named


def similar(one: str, other: str) -> bool:
    """Whether two names differ by a slip of the pen: none under 4 letters, one under 8, then two."""
    if one == other:
        return True
    length = min(len(one), len(other))
    slips = 0 if length < 4 else 1 if length < 8 else 2
    return abs(len(one) - len(other)) <= slips and _slips(one, other) <= slips


def _slips(one: str, other: str) -> int:
    """Optimal string alignment: letters added, left out, exchanged, or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row, last = row, [i], before
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
