"""Figures in letters: "seven hundred and twenty dollars", "halb elf", "le premier décembre"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ai.grounding.calendar_words import MONTHS

PIECE = re.compile(r"\d{1,2}(?![.,:]?\d)|[^\W\d_]+|[,;:.()]")
LONGEST_WORD = 40  # letters; a longer word is no number
LONGEST_NUMBER = 12  # letters of a single one


@dataclass(frozen=True)
class Spelled:
    """`text[start:end]` says these values: an amount, minutes after midnight, or (month, day)."""

    kind: str
    start: int
    end: int
    values: tuple[int, ...] = ()
    month: int = 0


@dataclass(frozen=True, eq=False)
class Tongue:
    """How one language counts. `numbers` hold values below 100, `large` what multiplies, `ordinals` days of a month.

    `alone` are numbers that are also an article or another common word: they count within a larger number only.
    `joined`: several numbers are written as one word. `half_to`: "halb elf" is half past ten.
    """

    numbers: dict[str, int]
    large: dict[str, int]
    ordinals: dict[str, int]
    and_: frozenset[str]
    alone: frozenset[str] = frozenset()
    joined: bool = False
    half: frozenset[str] = frozenset()
    quarter: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    clock: frozenset[str] = frozenset()
    article: frozenset[str] = frozenset()
    morning: frozenset[str] = frozenset()
    evening: frozenset[str] = frozenset()
    half_to: bool = False


def _listed(text: str, first: int = 1, step: int = 1) -> dict[str, int]:
    return {
        word: first + step * place
        for place, names in enumerate(text.split())
        for word in names.split("/")
        if word != "-"
    }


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


TONGUES = {
    "en": Tongue(
        numbers={
            **_listed(
                "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
                " seventeen eighteen nineteen"
            ),
            **_listed("twenty thirty forty/fourty fifty sixty seventy eighty ninety", 20, 10),
        },
        large={"hundred": 100, "thousand": 1000, "million": 1_000_000},
        ordinals={
            **_listed(
                "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
                " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
            ),
            "thirtieth": 30,
        },
        and_=_set("and"),
        half=_set("half"),
        quarter=_set("quarter"),
        past=_set("past after"),
        to=_set("to before"),
        clock=_set("o'clock oclock"),
        article=_set("a"),
        morning=_set("morning am"),
        evening=_set("afternoon evening pm"),
    ),
    "de": Tongue(
        numbers={
            **_listed(
                "ein/eins/eine zwei/zwo drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn"
                " fünfzehn sechzehn siebzehn achtzehn neunzehn"
            ),
            **_listed("zwanzig dreißig/dreissig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10),
        },
        large={"hundert": 100, "tausend": 1000, "million": 1_000_000, "millionen": 1_000_000},
        ordinals={},
        and_=_set("und"),
        alone=_set("ein eine"),
        joined=True,
        half=_set("halb"),
        quarter=_set("viertel"),
        past=_set("nach"),
        to=_set("vor"),
        clock=_set("uhr"),
        morning=_set("morgens vormittags früh"),
        evening=_set("nachmittags abends"),
        half_to=True,
    ),
    "fr": Tongue(
        numbers={
            **_listed(
                "un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
            ),
            **_listed("vingt/vingts trente quarante cinquante soixante", 20, 10),
        },
        large={"cent": 100, "cents": 100, "mille": 1000, "million": 1_000_000, "millions": 1_000_000},
        ordinals={"premier": 1},
        and_=_set("et"),
        alone=_set("un une"),
        half=_set("demie demi"),
        quarter=_set("quart"),
        past=_set("et"),
        to=_set("moins"),
        clock=_set("heures heure"),
        article=_set("le"),
        morning=_set("matin"),
        evening=_set("après-midi soir"),
    ),
    "es": Tongue(
        numbers={
            **_listed(
                "un/uno/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
                " dieciséis diecisiete dieciocho diecinueve veinte veintiuno/veintiún/veintiuna veintidós veintitrés"
                " veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
            ),
            **_listed("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10),
            **_listed(
                "cien/ciento doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas"
                " quinientos/quinientas seiscientos/seiscientas setecientos/setecientas ochocientos/ochocientas"
                " novecientos/novecientas",
                100,
                100,
            ),
        },
        large={"mil": 1000, "millón": 1_000_000, "millones": 1_000_000},
        ordinals={"primero": 1},
        and_=_set("y"),
        alone=_set("un uno una"),
        half=_set("media"),
        quarter=_set("cuarto"),
        past=_set("y"),
        to=_set("menos"),
        clock=_set("horas"),
        morning=_set("mañana"),
        evening=_set("tarde noche"),
    ),
    "it": Tongue(
        numbers={
            **_listed(
                "un/uno/una due tre/tré quattro cinque sei sette otto nove dieci undici dodici tredici quattordici"
                " quindici sedici diciassette diciotto diciannove"
            ),
            **_listed("venti trenta quaranta cinquanta sessanta settanta ottanta novanta", 20, 10),
            **_listed("vent trent quarant cinquant sessant settant ottant novant", 20, 10),
        },
        large={"cento": 100, "mille": 1000, "mila": 1000, "milione": 1_000_000, "milioni": 1_000_000},
        ordinals={"primo": 1},
        and_=_set("e"),
        alone=_set("un uno una vent"),
        joined=True,
        half=_set("mezza mezzo"),
        quarter=_set("quarto"),
        past=_set("e"),
        to=_set("meno"),
        clock=_set("ore"),
        article=_set("un"),
        morning=_set("mattina mattino"),
        evening=_set("pomeriggio sera"),
    ),
    "pt": Tongue(
        numbers={
            **_listed(
                "um/uma dois/duas três quatro cinco seis sete oito nove dez onze doze treze catorze/quatorze quinze"
                " dezasseis/dezesseis dezassete/dezessete dezoito dezanove/dezenove"
            ),
            **_listed("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa", 20, 10),
            **_listed(
                "cem/cento duzentos/duzentas trezentos/trezentas quatrocentos/quatrocentas quinhentos/quinhentas"
                " seiscentos/seiscentas setecentos/setecentas oitocentos/oitocentas novecentos/novecentas",
                100,
                100,
            ),
        },
        large={"mil": 1000, "milhão": 1_000_000, "milhões": 1_000_000},
        ordinals={"primeiro": 1},
        and_=_set("e"),
        alone=_set("um uma"),
        half=_set("meia"),
        quarter=_set("quarto"),
        past=_set("e"),
        to=_set("menos"),
        clock=_set("horas hora"),
        morning=_set("manhã"),
        evening=_set("tarde noite"),
    ),
}  # fmt: skip
PARTITIVE = frozenset({"of", "de", "the"})
DAY_PARTS = 4  # words after an hour in which "in the morning" may stand


@lru_cache(maxsize=512)
def spelled(text: str, language: str | None) -> tuple[Spelled, ...]:
    """All figures in letters, in one language or in every one that we know; those of several words first."""
    known = [TONGUES[language]] if language in TONGUES else list(TONGUES.values()) if language is None else []
    pieces = [(found.start(), found.end(), found.group().casefold()) for found in PIECE.finditer(text)]
    told = {word for _, _, word in pieces}
    found = [
        figure
        for tongue in known
        if any(word in tongue.ordinals or (word[0].isalpha() and _word(word, tongue) is not None) for word in told)
        or (told & tongue.half)
        or (told & tongue.quarter)
        or told & tongue.clock
        for figure in _read(pieces, tongue)
    ]
    return tuple(sorted(found, key=lambda figure: (figure.start - figure.end, figure.start)))


def number_of(word: str) -> int | None:
    """The number that a word in lower case says in any of the languages."""
    values = (_word(word, tongue) for tongue in TONGUES.values() if word not in tongue.alone)
    return next((value for value in values if value is not None), None)


def _read(pieces: list[tuple[int, int, str]], tongue: Tongue) -> Iterator[Spelled]:
    for place in range(len(pieces)):
        yield from _time(pieces, place, tongue)
    place = 0
    while place < len(pieces):
        value, after = _amount(pieces, place, tongue)
        ordinal, last = _ordinal(pieces, place, tongue)
        if ordinal is not None:
            yield from _day(pieces, place, last, ordinal, ordinal=True)
            place = last
            continue
        if value is None:
            place += 1
            continue
        yield from _day(pieces, place, after, value)
        if not pieces[place][2].isdigit() and not (after == place + 1 and pieces[place][2] in tongue.alone):
            yield Spelled("number", pieces[place][0], pieces[after - 1][1], (value,))
        place = after


def _day(
    pieces: list[tuple[int, int, str]], place: int, after: int, value: int, *, ordinal: bool = False
) -> Iterator[Spelled]:
    """A day beside its month, which may have a word between; "November the first" is English only."""
    if pieces[place][2].isdigit() or not 1 <= value <= 31:
        return
    following = after + 1 if after < len(pieces) and pieces[after][2] in PARTITIVE else after
    if following < len(pieces) and pieces[following][2] in MONTHS:
        yield Spelled("date", pieces[place][0], pieces[following][1], (value,), MONTHS[pieces[following][2]])
        return
    before = place - 2 if place > 1 and pieces[place - 1][2] == "the" else place - 1
    if ordinal and before >= 0 and pieces[before][2] in MONTHS:
        yield Spelled("date", pieces[before][0], pieces[after - 1][1], (value,), MONTHS[pieces[before][2]])


def _ordinal(pieces: list[tuple[int, int, str]], place: int, tongue: Tongue) -> tuple[int | None, int]:
    """The place in an order that begins here ("twenty-eighth"), and where it ends."""
    word = pieces[place][2]
    following = tongue.ordinals.get(pieces[place + 1][2], 0) if place + 1 < len(pieces) else 0
    if tongue.numbers.get(word, 0) in (20, 30) and 0 < following < 10:
        return tongue.numbers[word] + following, place + 2
    if word in tongue.ordinals:
        return tongue.ordinals[word], place + 1
    if tongue.joined and tongue.half_to and (bare := re.fullmatch(r"(.+?)s?te[nrsm]?", word)):
        irregular = {"er": 1, "drit": 3, "sieb": 7, "ach": 8}
        return irregular.get(bare[1]) or _word(bare[1], tongue), place + 1
    return None, place + 1


def _amount(pieces: list[tuple[int, int, str]], place: int, tongue: Tongue) -> tuple[int | None, int]:
    """The number that begins here, and where it ends; None where none does."""
    total, current, room = 0, 0, 1_000_000_000
    begun, end = False, place
    index = place
    while index < len(pieces):
        word = pieces[index][2]
        if begun and word in tongue.and_ and index + 1 < len(pieces):
            value = _word(pieces[index + 1][2], tongue)
            if value is None or value >= min(room, 1000) or pieces[index + 1][2].isdigit():
                break
            index += 1
            continue
        value = _word(word, tongue)
        if value is None or (begun and word.isdigit()):
            break
        if word in tongue.large:
            if value == 100 and 0 < current < 20:
                current, room = current * 100, 100
            elif value == 100 and not begun:
                current, room = 100, 100
            elif value >= 1000 and (current or not begun):
                total, current, room = total + max(current, 1) * value, 0, value
            else:
                break
        elif value == 20 and current % 100 == 4 and "vingt" in tongue.numbers:
            current, room = current + 76, 20
        elif begun and value >= room:
            break
        else:
            current += value
            room = 100 if value >= 100 else (20 if value in (60, 80) and "vingt" in tongue.numbers else 10)
            room = (10 if value == 10 and "vingt" in tongue.numbers else 1) if value < 20 else room
            if value >= 1000:
                total, current, room = total + current, 0, 1000
        begun, index = True, index + 1
        end = index
    return (total + current, end) if begun else (None, place + 1)


@lru_cache(maxsize=8192)
def _word(word: str, tongue: Tongue) -> int | None:
    """The number that one word says; in German and Italian it may hold several."""
    if word.isdigit():
        return int(word)
    value = tongue.numbers.get(word, tongue.large.get(word))
    if value is not None or not tongue.joined or len(word) > LONGEST_WORD:
        return value
    parts = _parts(word, tongue)
    if not parts or len(parts) < 2:
        return None
    total, current = 0, 0
    for part in parts:
        if part == 100:
            current = max(current, 1) * 100
        elif part >= 1000:
            total, current = total + max(current, 1) * part, 0
        else:
            current += part
    return total + current


def _parts(word: str, tongue: Tongue) -> tuple[int, ...] | None:
    """The values in a word of several numbers, the longest name first; None where something else is in it."""
    if not word:
        return ()
    for length in range(min(len(word), LONGEST_NUMBER), 1, -1):
        name = word[:length]
        value = 0 if name == "und" else tongue.numbers.get(name, tongue.large.get(name))
        if value is not None:
            rest = _parts(word[length:], tongue)
            if rest is not None:
                return (value, *rest)
    return None


def _hour(pieces: list[tuple[int, int, str]], place: int, tongue: Tongue) -> int | None:
    if place >= len(pieces):
        return None
    value = _word(pieces[place][2], tongue)
    return value if value is not None and 1 <= value <= 24 else None


def _time(pieces: list[tuple[int, int, str]], place: int, tongue: Tongue) -> Iterator[Spelled]:
    """ "Half past ten", "halb elf", "dix heures et demie", "las once menos cuarto": the hour before or after."""
    found = _time_before(pieces, place, tongue) or _time_after(pieces, place, tongue)
    if found is None:
        return
    hour, minute, after = found
    following = {word for _, _, word in pieces[after : after + DAY_PARTS]}
    minutes = (hour % 24) * 60 + minute
    if following & tongue.evening and hour < 12:
        values: tuple[int, ...] = (minutes % 1440 + 720,)
    elif hour > 12 or following & tongue.morning:
        values = (minutes % 1440,)
    else:
        values = (minutes % 1440, (minutes + 720) % 1440)
    yield Spelled("time", pieces[place][0], pieces[after - 1][1], values)


def _time_before(pieces: list[tuple[int, int, str]], place: int, tongue: Tongue) -> tuple[int, int, int] | None:
    """The part of an hour, then the hour."""
    word, after = pieces[place][2], place + 1
    if word in tongue.half and tongue.half_to:
        hour = _hour(pieces, after, tongue)
        return (hour - 1, 30, after + 1) if hour else None
    part = 30 if word in tongue.half else 15 if word in tongue.quarter else 0
    hour = _hour(pieces, after + 1, tongue)
    if part == 30 and tongue.to and not tongue.past & tongue.and_ and (half := _hour(pieces, after, tongue)):
        return half, 30, after + 1
    if not part or hour is None or tongue.past & tongue.and_:
        return None
    if pieces[after][2] in tongue.past:
        return hour, part, after + 2
    if pieces[after][2] in tongue.to and part == 15:
        return hour - 1, 45, after + 2
    return None


def _time_after(pieces: list[tuple[int, int, str]], place: int, tongue: Tongue) -> tuple[int, int, int] | None:
    """The hour, then its part."""
    hour = _hour(pieces, place, tongue)
    if hour is None:
        return None
    after = place + 1
    words = [word for _, _, word in pieces[after : after + 4]]
    clock = bool(words) and words[0] in tongue.clock
    if words[:1] == ["o"] and words[1:2] == ["clock"]:
        return hour, 0, after + 2
    rest = words[1:] if clock else words
    taken = after + (1 if clock else 0)
    if len(rest) > 1 and rest[0] in tongue.past & tongue.and_:
        article = len(rest) > 2 and rest[1] in tongue.article | tongue.alone
        part = rest[2] if article else rest[1]
        if part in tongue.half | tongue.quarter:
            return hour, 30 if part in tongue.half else 15, taken + (3 if article else 2)
    if len(rest) > 1 and rest[0] in tongue.to:
        article = len(rest) > 2 and rest[1] in tongue.article
        if (rest[2] if article else rest[1]) in tongue.quarter:
            return hour - 1, 45, taken + (3 if article else 2)
    minutes = _word(rest[0], tongue) if rest else None
    spelled_out = bool(rest) and not rest[0].isdigit() and not pieces[place][2].isdigit()
    if minutes in (10, 15, 20, 30, 40, 45, 50) and (clock or (spelled_out and tongue is TONGUES["en"])):
        return hour, minutes, taken + 1
    return (hour, 0, taken) if clock else None
