"""How fields and times read to people; times in the tenant's zone: "Sat 21 Nov, 10:30 to 11:00 am"."""

from datetime import datetime
from zoneinfo import ZoneInfo

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LABELS = {
    "open_times": "Open home",
    "due_at": "Due",
    "starts_at": "Starts",
    "ends_at": "Ends",
    "thread_id": "Conversation",
}
# A field in a form and in the history, where the label of what is told to customers is another.
_FIELDS = {
    "contact": "Customer",
    "open_times": "Open times",
    "assignee": "Assigned to",
}


def field_name(field: str) -> str:
    """The words for a field as colleagues see it: contact -> Customer, price_guide -> Price guide."""
    return _FIELDS.get(field) or label(field)


def label(field: str) -> str:
    """The words for a field or a fact: council_rates -> Council rates; what has capitals stays as it is."""
    if field in _LABELS:
        return _LABELS[field]
    words = field.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def day(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Sat 21 Nov, with the year where it is not the one of `now`."""
    local = moment.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}{year}"


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """10:30 am."""
    local = moment.astimezone(zone)
    return f"{local.hour % 12 or 12}:{local.minute:02} {'am' if local.hour < 12 else 'pm'}"


def point(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Sat 21 Nov, 10:30 am."""
    return f"{day(moment, zone, now)}, {clock(moment, zone)}"


def span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Sat 21 Nov, 10:30 to 11:00 am; am or pm is said twice only where it changes, the day likewise."""
    first, last = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if first.date() != last.date():
        return f"{point(starts_at, zone, now)} to {point(ends_at, zone, now)}"
    start, end = clock(starts_at, zone), clock(ends_at, zone)
    if start[-2:] == end[-2:]:
        start = start[:-3]
    return f"{day(starts_at, zone, now)}, {start} to {end}"
