"""Saying a time in the customer's language, and finding the words of a source that say the same time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ai.grounding.figures import Figure, agree, figures
from ai.grounding.sentences import sentences
from ai.purposes.recommend import SlotChoice
from ai.sources import Source, SourceField

_WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "zh": "周一 周二 周三 周四 周五 周六 周日",
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "zh": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
}
_FROM_TO = {
    "en": "{weekday} {day} {month}, {start} to {end}",
    "de": "{weekday}, {day}. {month}, {start} bis {end} Uhr",
    "fr": "{weekday} {day} {month}, de {start} à {end}",
    "es": "{weekday} {day} de {month}, de {start} a {end}",
    "it": "{weekday} {day} {month}, dalle {start} alle {end}",
    "pt": "{weekday}, {day} de {month}, das {start} às {end}",
    "zh": "{month}{day}日{weekday} {start} 至 {end}",
}
_AT = {
    "en": "{weekday} {day} {month}, {start}",
    "de": "{weekday}, {day}. {month}, {start} Uhr",
    "fr": "{weekday} {day} {month}, à {start}",
    "es": "{weekday} {day} de {month}, a las {start}",
    "it": "{weekday} {day} {month}, alle {start}",
    "pt": "{weekday}, {day} de {month}, às {start}",
    "zh": "{month}{day}日{weekday} {start}",
}


def told(slot: SlotChoice, zone: ZoneInfo, language: str) -> str:
    """The slot in the words of a language, in the tenant's zone: "Saturday 21 November, 10:30 to 11:00 am"."""
    start = slot.starts_at.astimezone(zone)
    end = slot.ends_at.astimezone(zone) if slot.ends_at else None
    pattern = (_FROM_TO if end else _AT)[language]
    return pattern.format(
        weekday=_WEEKDAYS[language].split()[start.weekday()],
        day=start.day,
        month=_MONTHS[language].split()[start.month - 1],
        start=_start(start, end, language),
        end=_clock(end, language) if end else "",
    )


def source_of(slot: SlotChoice, sources: tuple[Source, ...], zone: ZoneInfo) -> tuple[Source, SourceField, str] | None:
    """The field that says this very time, and the words in it that do; None where no source says it."""
    start = slot.starts_at.astimezone(zone)
    day = Figure("date", frozenset({(start.year, start.month, start.day)}), 0, 0, "")
    clock = Figure("time", frozenset({start.hour * 60 + start.minute}), 0, 0, "")
    for source in sources:
        if source.kind not in ("listing", "calendar"):
            continue
        for field in source.fields:
            for part in field.text.split(";"):
                for span in sentences(part):
                    known = figures(span.text)
                    if all(any(agree(said, figure) for figure in known) for said in (day, clock)):
                        return source, field, span.text
    return None


def _start(start: datetime, end: datetime | None, language: str) -> str:
    """The start, in English without am or pm where the end says it: "10:30 to 11:00 am"."""
    said = _clock(start, language)
    shared = language == "en" and end is not None and said[-2:] == _clock(end, language)[-2:]
    return said[:-3] if shared else said


def _clock(moment: datetime, language: str) -> str:
    if language == "en":
        return f"{moment.hour % 12 or 12}:{moment.minute:02} {'am' if moment.hour < 12 else 'pm'}"
    if language == "fr":
        return f"{moment.hour}h{moment.minute:02}"
    return f"{moment.hour}:{moment.minute:02}"
