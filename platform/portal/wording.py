"""How times, spans and sizes read to people, in the tenant's zone: "8:41 am", "Sat 21 Nov, 10:30 am", "2 h 26 m"."""

import re
from datetime import datetime, timedelta, tzinfo

from django.utils import timezone

from tenants.errors import NoTenant
from tenants.selectors import current

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
AMOUNT = re.compile(r"\d{4,12}\.\d\d")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def zone() -> tzinfo:
    """The zone that this page speaks in: the tenant's, or Django's where there is no tenant."""
    try:
        return current().timezone
    except NoTenant:
        return timezone.get_current_timezone()


def moment(value: object) -> datetime | None:
    """A datetime from a datetime or from RFC 3339 text; None for anything else."""
    if isinstance(value, str) and len(value) >= 16 and value[4:5] == "-" and "T" in value[10:11]:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=timezone.get_default_timezone())


def clock(value: datetime) -> str:
    """8:41 am."""
    local = value.astimezone(zone())
    return f"{local.hour % 12 or 12}:{local.minute:02} {'am' if local.hour < 12 else 'pm'}"


def day(value: datetime) -> str:
    """Sat 21 Nov; with the year where it is not this one."""
    local = value.astimezone(zone())
    year = "" if local.year == timezone.now().astimezone(zone()).year else f" {local.year}"
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}{year}"


def weekday_clock(value: datetime) -> str:
    """Sat 10:30 am: short, for what lies in the next days."""
    return f"{DAYS[value.astimezone(zone()).weekday()]} {clock(value)}"


def point(value: datetime) -> str:
    """Sat 21 Nov, 10:30 am."""
    return f"{day(value)}, {clock(value)}"


def near(value: datetime) -> str:
    """A point of time told by its distance: 'today, 7:12 am', 'tomorrow, 9:00 am', else with its date."""
    days = (value.astimezone(zone()).date() - timezone.now().astimezone(zone()).date()).days
    name = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days)
    return f"{name}, {clock(value)}" if name else point(value)


def at(value: datetime) -> str:
    """As `near`, but today needs no word: '8:41 am', 'tomorrow, 9:00 am'."""
    return near(value).removeprefix("today, ")


def interval(begins: datetime, ends: datetime) -> str:
    """Sat 21 Nov, 10:30 to 11:00 am."""
    first, last = begins.astimezone(zone()), ends.astimezone(zone())
    if last <= first:
        return point(begins)
    if first.date() != last.date():
        return f"{point(begins)} to {point(ends)}"
    start, end = clock(begins), clock(ends)
    return f"{day(begins)}, {start[:-3] if start[-2:] == end[-2:] else start} to {end}"


def exact(value: datetime) -> str:
    """Sat 21 Nov 2026, 10:30:00 am AEDT: what hovering shows."""
    local = value.astimezone(zone())
    half = "am" if local.hour < 12 else "pm"
    return (
        f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}, "
        f"{local.hour % 12 or 12}:{local.minute:02}:{local.second:02} {half} {local.tzname()}"
    )


def to_the_second(value: datetime) -> str:
    """21 Nov, 7:12:04 am: for what happened within seconds."""
    local = value.astimezone(zone())
    half = "am" if local.hour < 12 else "pm"
    return f"{local.day} {MONTHS[local.month - 1]}, {local.hour % 12 or 12}:{local.minute:02}:{local.second:02} {half}"


def left(until: datetime) -> str:
    """The time that is left: '2 h 26 m', '3 h', '14 m', 'under 1 m', 'over'."""
    seconds = int((until - timezone.now()).total_seconds())
    if seconds <= 0:
        return "over"
    if seconds < 60:
        return "under 1 m"
    days, rest = divmod(seconds, 86400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours >= 3 or (hours and not minutes):
        return f"{hours} h"
    return f"{hours} h {minutes} m" if hours else f"{minutes} m"


def countdown(until: datetime) -> str:
    """What a counter shows: minutes, then m:ss in the last ten; '0:00' when it is over."""
    seconds = max(0, int((until - timezone.now()).total_seconds()))
    return f"{seconds // 60} min" if seconds >= 600 else f"{seconds // 60}:{seconds % 60:02}"


def span(seconds: float | timedelta) -> str:
    """How long something took or lasts: '12 ms', '2.8 s', '10 s', '10 min', '1 h 34 min'."""
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds == round(seconds) or seconds >= 10 else f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def span_words(seconds: float) -> str:
    """How long something is held, in whole words: '10 seconds', '1 minute', '10 minutes'."""
    count, unit = (round(seconds), "second") if seconds < 60 else (round(seconds / 60), "minute")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def size(octets: int) -> str:
    """184 KB."""
    if octets < 1024:
        return f"{octets} bytes"
    return f"{octets / 1024:.0f} KB" if octets < 1024 * 1024 else f"{octets / 1024 / 1024:.1f} MB"


def initials(name: str) -> str:
    """Georgia Papadopoulos -> GP; an address gives its first letter."""
    words = [word for word in name.partition("@")[0].replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def shown(value: object) -> str:
    """A field's value as people read it; times in the tenant's zone, a record to come by its step."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        if "$step" in value:
            return f"the new {value.get('field') or 'record'}"
        begins, ends = moment(value.get("starts_at")), moment(value.get("ends_at"))
        if begins and ends:
            return interval(begins, ends)
        return ", ".join(f"{name}: {shown(item)}" for name, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(shown(item) for item in value)
    when = moment(value)
    if when:
        return point(when)
    if AMOUNT.fullmatch(str(value)):
        return f"{float(str(value)):,.2f}".removesuffix(".00")
    return f"{str(value)[:8]}…" if UUID.fullmatch(str(value)) else str(value)


def words_of(name: str) -> str:
    """council_rates -> Council rates."""
    text = name.replace("_", " ").replace(".", " ").strip()
    return text[:1].upper() + text[1:]
