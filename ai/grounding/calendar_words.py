"""Names of months and weekdays in the languages that we can check."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = """
january jan januar janvier enero ene gennaio gen janeiro januari
february feb februar février fev fév febrero febbraio fevereiro
march mar märz mär mars marzo março
april apr avril abril abr aprile avr
may mai mayo maggio mag maio
june jun juni juin junio giugno giu junho
july jul juli juillet julio luglio lug julho juil
august aug août agosto ago
september sep sept septembre septiembre settembre set setembro
october oct oktober okt octobre octubre ottobre ott outubro out
november nov novembre noviembre novembro
december dec dezember dez décembre déc diciembre dic dicembre dezembro
"""
# Monday first. Short forms stand only where they are no common word of that language.
_WEEKDAYS = {
    "en": "monday,mon,mondays tuesday,tue,tues,tuesdays wednesday,wed,wednesdays thursday,thu,thurs,thursdays "
    "friday,fri,fridays saturday,sat,saturdays sunday,sun,sundays",
    "de": "montag,montags dienstag,dienstags mittwoch,mittwochs donnerstag,donnerstags freitag,freitags "
    "samstag,samstags,sonnabend,sonnabends sonntag,sonntags",
    "fr": "lundi,lundis mardi,mardis mercredi,mercredis jeudi,jeudis vendredi,vendredis samedi,samedis "
    "dimanche,dimanches",
    "es": "lunes martes miércoles,miercoles jueves viernes sábado,sabado,sábados domingo,domingos",
    "it": "lunedì,lunedi martedì,martedi mercoledì,mercoledi giovedì,giovedi "
    "venerdì,venerdi sabato,sabati domenica,domeniche",
    "pt": "segunda-feira,segunda terça-feira,terça quarta-feira,quarta quinta-feira,quinta sexta-feira,sexta "
    "sábado,sábados domingo,domingos",
}


def _counted(line: str, first: int) -> dict[str, int]:
    return {
        name: number for number, names in enumerate(line.split(), first) for name in names.split(",") if name != "-"
    }


Meanings = dict[str | None, dict[str, int]]


def _with_all(table: dict[str, dict[str, int]]) -> Meanings:
    """The words by language, and under None those of all languages together."""
    found: Meanings = {None: {word: value for words in table.values() for word, value in words.items()}}
    for language, words in table.items():
        found[language] = words
    return found


MONTHS = {name: number for number, line in enumerate(_MONTHS.split("\n")[1:-1], 1) for name in line.split()}
WEEKDAYS = _with_all({language: _counted(line, 0) for language, line in _WEEKDAYS.items()})
MONTH_PATTERN = "|".join(sorted(MONTHS, key=len, reverse=True))
CHINESE_WEEKDAY = re.compile(r"(?:星期|周|礼拜)([一二三四五六日天])")
CHINESE_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
# Common words by themselves; before "28. November" or "28.11." they are days.
GERMAN_WEEKDAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
GERMAN_WEEKDAY = re.compile(
    rf"\b(?:{'|'.join(GERMAN_WEEKDAYS)})(?=[.,]{{0,2}}\s\d{{1,2}}\.\s?(?:\d|{MONTH_PATTERN}))", re.IGNORECASE
)


def meanings(table: Meanings, language: str | None) -> dict[str, int]:
    """The words of one language, or of all languages together where it is None; none for a language we don't
    know.
    """
    return table.get(language, {})


def month(name: str) -> int:
    """1 to 12 for a month's name or abbreviation in any of the languages; raises KeyError for another word."""
    return MONTHS[name.casefold()]


def day(year: int | None, month_number: int, day_number: int) -> tuple[int | None, int, int] | None:
    """A day of the calendar as (year or None, month, day), or None where there is no such day."""
    try:
        date(year or 2024, month_number, day_number)
    except ValueError:
        return None
    return (year, month_number, day_number)


def weekday_of(value: tuple[int | None, int, int]) -> int | None:
    """0 (Monday) to 6 of a day whose year is known, else None."""
    year, month_number, day_number = value
    return None if year is None else date(year, month_number, day_number).weekday()
