"""Figures in letters: "seven hundred and twenty dollars", "halb elf", "le premier décembre"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ai.grounding.calendar_words import MONTHS
from ai.grounding.tongues import TONGUES, Tongue

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


PARTITIVE = frozenset({"of", "de", "the"})
LAST_HOUR = 24
JOINS_HOURS = (10, 20)  # "dix-huit heures", "vingt et une heures"
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
    return value if value is not None and 1 <= value <= LAST_HOUR else None


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
    hour, after = _hour(pieces, place, tongue), place + 1
    if hour is None:
        return None
    if hour in JOINS_HOURS and "vingt" in tongue.numbers and not pieces[place][2].isdigit():
        whole, end = _amount(pieces, place, tongue)
        hour, after = (whole, end) if whole and whole <= LAST_HOUR else (hour, after)
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
