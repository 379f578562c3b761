"""Everything in a text that can be right or wrong by itself: money, dates, times, numbers, phones, links.

A figure has every value that it can mean ("4:30" is 4:30 or 16:30), and two figures agree when they share one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from ai.grounding import calendar_words as words
from ai.grounding.spelled import spelled

Kind = Literal["money", "percent", "number", "date", "weekday", "time", "phone", "email", "link"]
Value = str | int | Decimal | tuple[int | None, int, int]


@dataclass(frozen=True)
class Figure:
    """`text[start:end]` and what it can mean. `unit` is a currency ("AUD", "$") or empty.

    Values: money, percent and number a Decimal; date (year or None, month, day); weekday 0 (Monday) to 6;
    time in minutes after midnight; phone its digits; email and link in lower case.
    """

    kind: Kind
    values: frozenset[Value]
    start: int
    end: int
    text: str
    unit: str = ""


NUMBER = r"\d{1,3}(?:[.,'’  \u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
SYMBOLS = {
    "A$": "AUD", "AU$": "AUD", "AUD": "AUD", "NZ$": "NZD", "NZD": "NZD", "US$": "USD", "USD": "USD", "R$":
    "BRL", "BRL": "BRL", "€": "EUR", "EUR": "EUR", "EURO": "EUR", "EUROS": "EUR", "£": "GBP", "GBP": "GBP",
    "CHF": "CHF", "¥": "CNY", "CNY": "CNY", "RMB": "CNY", "元": "CNY", "$": "$", "DOLLARS": "$", "DOLLAR": "$",
    "DÓLARES": "$", "DOLLARI": "$", "澳元": "AUD", "澳币": "AUD", "美元": "USD",
}  # fmt: skip
DOLLARS = frozenset({"$", "AUD", "USD", "NZD"})
SCALES = {
    "k": 1_000, "tsd": 1_000, "mil": 1_000, "mille": 1_000, "thousand": 1_000, "tausend": 1_000,
    "m": 1_000_000, "mn": 1_000_000, "mio": 1_000_000, "million": 1_000_000, "millions": 1_000_000,
    "millionen": 1_000_000, "millón": 1_000_000, "millones": 1_000_000, "milione": 1_000_000, "milioni":
    1_000_000, "milhão": 1_000_000, "milhões": 1_000_000, "万": 10_000, "百万": 1_000_000, "亿": 100_000_000,
}  # fmt: skip
_symbol = "|".join(re.escape(symbol) for symbol in sorted(SYMBOLS, key=len, reverse=True))
_latin = "|".join(sorted((scale for scale in SCALES if scale.isascii() or scale.islower()), key=len, reverse=True))
_scale = rf"(?:{_latin})(?![^\W\d_])|百万|万|亿"
MONEY = re.compile(
    rf"(?<![\w.,])(?P<before>{_symbol})\s?(?P<a>{NUMBER})(?:\s?(?P<sa>{_scale})\.?)?(?:\s?(?P<after2>{_symbol})(?!\w))?"
    rf"|(?<![\w.,])(?P<b>{NUMBER})(?:\s?(?P<sb>{_scale})\.?)?(?:\s+(?:de|di|d['’]))?\s?(?P<after>{_symbol})(?!\w)",
    re.IGNORECASE,
)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'”’)\]]+|(?<![\w.-])(?:[\w-]{1,63}\.){1,6}(?:com|net|org|io|au|de|fr|es|it|pt|cn|info|biz)\b(?:/[^\s<>\"'”’)\]]*)?", re.IGNORECASE)  # fmt: skip  # noqa: E501
ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
PHONE = re.compile(r"(?<![\w.,$€£-])(?:\+|\(?0|1[38]00[\s-])[\d()\s./-]{6,20}\d(?!\w)")
PERCENT = re.compile(rf"(?<![\d.,])(?P<n>{NUMBER})\s?(?:%|percent\b|per cent\b|prozent\b|pour cent\b|por ciento\b|per cento\b)", re.IGNORECASE)  # fmt: skip  # noqa: E501
DAY_MONTH = re.compile(
    rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?\s*(?:of\s+|de\s+)?(?P<m>{words.MONTH_PATTERN})\b\.?(?:,?\s*(?:de\s+)?(?P<y>(?:19|20)\d{{2}}))?",
    re.IGNORECASE,
)
MONTH_DAY = re.compile(
    rf"\b(?P<m>{words.MONTH_PATTERN})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.:]\d)(?:,?\s+(?P<y>(?:19|20)\d{{2}}))?",
    re.IGNORECASE,
)
NUMERIC_DATE = re.compile(r"(?<![\d.])(\d{1,2})([./-])(\d{1,2})\2((?:19|20)\d{2}|\d{2}(?!\d))?(?!\d)")
CHINESE_DATE = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号]")
HALF = r"(?P<{0}>a\.?m\b\.?|p\.?m\b\.?)"
TIME = re.compile(
    r"(?P<zh>上午|早上|下午|晚上|中午)?(?<![\d.,:$€£])(?P<h>[01]?\d|2[0-4])(?:(?P<sep>[:.h]|点|\s?h\s?)(?P<min>[0-5]\d)分?(?!\d))?"
    r"\s?(?P<tail>a\.?m\b\.?|p\.?m\b\.?|uhr\b|h(?:eures?|oras?)?\b|o['’]?clock\b|点)?(?P<half>半)?",
    re.IGNORECASE,
)
RANGE_WORD = re.compile(r"\s*(?:-|–|—|to|and|until|till|bis|à|a|e|y|et|und|至|到)\s*", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:-feira)?", re.IGNORECASE)
NOON = {
    "noon": 720,
    "midday": 720,
    "mittags": 720,
    "midi": 720,
    "mediodía": 720,
    "mezzogiorno": 720,
    "meio-dia": 720,
    "midnight": 0,
    "mitternacht": 0,
    "minuit": 0,
    "medianoche": 0,
    "mezzanotte": 0,
    "meia-noite": 0,
}
CURRENCY = re.compile(rf"(?:\s+(?:de|di|d['’]))?\s?({_symbol})(?!\w)", re.IGNORECASE)
PLAIN = re.compile(rf"(?<![\w])({NUMBER})(?:(?:st|nd|rd|th|er|º|ª)\b)?")


def figures(text: str, language: str | None = None) -> list[Figure]:
    """All figures of a text in the order of their places; none overlaps another, but a date-time is a date
    and a time.

    Words for numbers and weekdays are read in `language`, in every known language where it is None.
    """
    found: list[Figure] = []
    taken = bytearray(len(text))
    digits = DIGIT.search(text) is not None
    finders = (_emails, _links, *(IN_DIGITS if digits else ()))
    figures_by_rule = [figure for finder in finders for figure in finder(text)]
    in_letters = _spelled(text, language)
    clock = [figure for figure in in_letters if figure.kind in ("time", "date")]
    numbers = _numbers(text) if digits else ()
    for figure in [*clock, *figures_by_rule, *_named(text, language), *in_letters, *numbers]:
        if not any(taken[figure.start : figure.end]):
            taken[figure.start : figure.end] = b"\1" * (figure.end - figure.start)
            found.append(figure)
    return sorted([*found, *_iso_times(text)], key=lambda figure: figure.start)


def agree(said: Figure, known: Figure) -> bool:
    """Whether a figure in a reply is the figure in a source."""
    if said.kind in ("money", "percent", "number"):
        return _amounts_agree(said, known)
    if said.kind == "date":
        return known.kind == "date" and any(_same_day(a, b) for a in said.values for b in known.values)
    if said.kind == "weekday" and known.kind == "date":
        return any(words.weekday_of(value) in said.values for value in known.values if isinstance(value, tuple))
    if said.kind == "phone" and known.kind in ("phone", "number"):
        return any(_same_phone(str(a), str(b)) for a in said.values for b in known.values)
    return said.kind == known.kind and not said.values.isdisjoint(known.values)


def _amounts_agree(said: Figure, known: Figure) -> bool:
    if known.kind == "date" and said.kind == "number":
        return any(
            isinstance(day, tuple) and day[0] is not None and Decimal(day[0]) in said.values for day in known.values
        )
    if known.kind not in ("money", "percent", "number") or said.values.isdisjoint(known.values):
        return False
    if "percent" in (said.kind, known.kind):
        return said.kind == known.kind
    if not said.unit or not known.unit or said.unit == known.unit:
        return True
    return "$" in (said.unit, known.unit) and {said.unit, known.unit} <= DOLLARS


def _same_day(a: Value, b: Value) -> bool:
    if not isinstance(a, tuple) or not isinstance(b, tuple):
        return False
    return a[1:] == b[1:] and (a[0] is None or b[0] is None or a[0] == b[0])


def _same_phone(a: str, b: str) -> bool:
    a, b = a.lstrip("0"), b.lstrip("0")
    return a == b or (min(len(a), len(b)) >= 8 and (a.endswith(b) or b.endswith(a)))


def amount(text: str) -> Decimal:
    """A written number as a Decimal: "1,480,000", "1.480.000", "512,40", "1 480 000" and "512.40" are all
    read.
    """
    digits = re.sub(r"['’\s  \u202f]", "", text)
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return Decimal(digits)
    mark, tail = digits[last], digits[last + 1 :]
    other = "," if mark == "." else "."
    grouped = len(tail) == 3 and digits[:last].strip("0123456789.,") == "" and not digits.startswith("0")
    if grouped and (digits.count(mark) > 1 or other not in digits):
        return Decimal(digits.replace(mark, "").replace(other, ""))
    return Decimal(digits[:last].replace(mark, "").replace(other, "") + "." + (tail or "0"))


def _figure(kind: Kind, found: re.Match[str], *values: Value, unit: str = "") -> Figure:
    text = found.group().rstrip(" \u00a0." if kind == "time" else None)
    return Figure(kind, frozenset(values), found.start(), found.start() + len(text), text, unit)


def _emails(text: str) -> list[Figure]:
    return [_figure("email", found, found.group().casefold()) for found in EMAIL.finditer(text)]


def _links(text: str) -> list[Figure]:
    return [_figure("link", found, found.group().casefold().rstrip(".,;:!?/")) for found in LINK.finditer(text)]


def _iso(text: str) -> list[Figure]:
    days = []
    for found in ISO.finditer(text):
        day = words.day(int(found[1]), int(found[2]), int(found[3]))
        if day is not None:
            days.append(_figure("date", found, day))
    return days


def _iso_times(text: str) -> list[Figure]:
    return [
        Figure(
            "time",
            frozenset({int(found[4]) * 60 + int(found[5])}),
            found.start(4),
            found.end(5),
            found.group(),
        )
        for found in ISO.finditer(text)
        if found[4] is not None and words.day(int(found[1]), int(found[2]), int(found[3])) is not None
    ]


def _money(text: str) -> list[Figure]:
    found_money = []
    for found in MONEY.finditer(text):
        written = found["a"] or found["b"]
        scale = found["sa"] or found["sb"]
        value = amount(written)
        if scale:
            value *= SCALES[scale.casefold()]
        symbol = found["after2"] or found["after"] or found["before"]
        found_money.append(_figure("money", found, value.normalize(), unit=SYMBOLS[symbol.upper()]))
    return found_money


def _dates(text: str) -> list[Figure]:
    found_dates = []
    for pattern in (DAY_MONTH, MONTH_DAY):
        for found in pattern.finditer(text):
            day = words.day(int(found["y"]) if found["y"] else None, words.month(found["m"]), int(found["d"]))
            if day is not None:
                found_dates.append(_figure("date", found, day))
    for found in CHINESE_DATE.finditer(text):
        day = words.day(int(found[1]) if found[1] else None, int(found[2]), int(found[3]))
        if day is not None:
            found_dates.append(_figure("date", found, day))
    for found in NUMERIC_DATE.finditer(text):
        if found[4] is None and found[2] != ".":
            continue
        year = None if found[4] is None else int(found[4]) + (2000 if len(found[4]) == 2 else 0)
        either = (
            words.day(year, int(found[3]), int(found[1])),
            words.day(year, int(found[1]), int(found[3])),
        )
        days = [day for day in either if day is not None]
        if days:
            found_dates.append(_figure("date", found, *days))
    return found_dates


def _phones(text: str) -> list[Figure]:
    found_phones = []
    for found in PHONE.finditer(text):
        digits = re.sub(r"\D", "", found.group())
        if 8 <= len(digits) <= 15:
            found_phones.append(_figure("phone", found, digits))
    return found_phones


def _percents(text: str) -> list[Figure]:
    return [_figure("percent", found, amount(found["n"]).normalize()) for found in PERCENT.finditer(text)]


def _times(text: str) -> list[Figure]:
    """Times, where "10:30 to 11:00 am" gives both ends the same half of the day."""
    sure: list[tuple[re.Match[str], str]] = []
    for found in TIME.finditer(text):
        tail = (found["tail"] or "").casefold().replace(".", "").strip()
        if tail or found["zh"] or (found["min"] is not None and found["sep"] != "."):
            sure.append((found, tail))
        else:
            following = RANGE_WORD.match(text, found.end())
            after = TIME.match(text, following.end()) if following and following.group().strip() else None
            if after is not None and after["tail"]:
                sure.append((found, ""))
    halves = {index: tail for index, (_, tail) in enumerate(sure) if tail in ("am", "pm")}
    times = []
    for index, (found, tail) in enumerate(sure):
        half = halves.get(index)
        if half is None and index + 1 in halves:
            between = text[found.end() : sure[index + 1][0].start()]
            if RANGE_WORD.fullmatch(between):
                half = _half_before(found, sure[index + 1][0], halves[index + 1])
        times.append(_figure("time", found, *_minutes(found, half, tail)))
    return times


DIGIT = re.compile(r"\d")
IN_DIGITS = (_iso, _money, _dates, _phones, _percents, _times)  # what a text without a digit has none of


def _half_before(first: re.Match[str], second: re.Match[str], half: str) -> str:
    """ "10:30 to 1 pm" starts in the morning: the half is shared unless the range would run backwards."""
    if half == "pm" and int(first["h"]) % 12 > int(second["h"]) % 12:
        return "am"
    return half


def _minutes(found: re.Match[str], half: str | None, tail: str) -> tuple[int, ...]:
    hour = int(found["h"]) % 24
    minute = int(found["min"] or 0) + (30 if found["half"] else 0)
    if half is not None:
        return ((hour % 12 + (12 if half == "pm" else 0)) * 60 + minute,)
    if found["zh"] in ("下午", "晚上") and hour < 12:
        return ((hour + 12) * 60 + minute,)
    if tail or found["zh"] or not 1 <= hour <= 6 or found["h"].startswith("0"):
        return (hour * 60 + minute,)
    return (hour * 60 + minute, (hour + 12) * 60 + minute)


def _named(text: str, language: str | None) -> list[Figure]:
    """Noon and the days of the week, by their names."""
    weekdays = words.meanings(words.WEEKDAYS, language)
    by_name = [
        (found, found.group().casefold())
        for found in WORD.finditer(text)
        if text[max(0, found.start() - 1) : found.start()] != "-"  # "après-midi"
    ]
    return [
        *(_figure("time", found, NOON[word]) for found, word in by_name if word in NOON),
        *(_figure("weekday", found, weekdays[word]) for found, word in by_name if word in weekdays),
        *(
            _figure("weekday", found, words.CHINESE_WEEKDAYS[found[1]])
            for found in words.CHINESE_WEEKDAY.finditer(text)
        ),
        *(
            _figure("weekday", found, words.GERMAN_WEEKDAYS.index(found.group().casefold()))
            for found in words.GERMAN_WEEKDAY.finditer(text)
        ),
    ]


def _spelled(text: str, language: str | None) -> list[Figure]:
    """Figures in letters; an amount with its currency behind it is money."""
    found: list[Figure] = []
    for said in spelled(text, language):
        figure = Figure("time", frozenset(said.values), said.start, said.end, text[said.start : said.end])
        if said.kind == "date":
            day = words.day(None, said.month, said.values[0])
            if day is None:
                continue
            figure = replace(figure, kind="date", values=frozenset({day}))
        elif said.kind == "number":
            currency = CURRENCY.match(text, said.end)
            end = currency.end() if currency else said.end
            figure = Figure(
                "money" if currency else "number",
                frozenset(Decimal(value).normalize() for value in said.values),
                said.start,
                end,
                text[said.start : end],
                unit=SYMBOLS[currency[1].upper()] if currency else "",
            )
        found.append(figure)
    return found


def _numbers(text: str) -> list[Figure]:
    return [_figure("number", found, amount(found[1]).normalize()) for found in PLAIN.finditer(text)]
