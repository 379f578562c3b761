"""The calendar: a week of appointments and open homes, or one day of it.

Who comes to the same place at the same time shares a slot, so that an open home with forty guests is
one block. Slots that overlap stand side by side; where more than three do, the rest are told as a
number that leads to the day's list.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.selectors import (
    AppointmentView,
    ContactView,
    appointments_between,
    contacts_by_id,
    listings_by_id,
    listings_open_between,
    status_words,
)
from portal.views.access import page
from portal.views.records.rows import TONES
from portal.wording import DAYS, MONTHS, clock, zone

QUARTER = 15
SMALLEST = 2  # quarters: less could not hold a line of text
LANES = 3
FIRST_HOUR, LAST_HOUR = 8, 18
NAMES_SHOWN = 2


@dataclass(frozen=True)
class Guest:
    """Who comes."""

    name: str
    url: str
    status: str
    tone: str


@dataclass
class Slot:
    """A place and a time: an open home, appointments, or both. `row` and `rows` are quarters of an hour."""

    listing: UUID
    title: str
    address: str
    starts_at: datetime
    ends_at: datetime
    url: str = ""
    is_open: bool = False
    guests: list[Guest] = field(default_factory=list)
    row: int = 0
    rows: int = 0
    lane: int = 1
    lanes: int = 1
    more: int = 0

    @property
    def hours(self) -> str:
        return span(self.starts_at, self.ends_at)

    @property
    def who(self) -> str:
        """The first guests' names; the number of the others."""
        names = [guest.name for guest in self.guests[:NAMES_SHOWN]]
        left = len(self.guests) - len(names)
        return ", ".join([*names, f"{left} more"] if left else names)


@dataclass(frozen=True)
class Day:
    """A day of the week that is shown; `drawn` are its slots as the grid has room for them."""

    date: date
    name: str
    is_today: bool
    slots: list[Slot]
    drawn: list[Slot]
    url: str
    new_url: str


@require_safe
@page("crm.view_appointment")
def calendar_page(request: HttpRequest) -> HttpResponse:
    """The week of `?week=`, or the day of `?day=`, both dates; this week where nothing is said."""
    today = timezone.now().astimezone(zone()).date()
    one_day = _date(request, "day")
    shown = one_day or _date(request, "week") or today
    first = shown if one_day else shown - timedelta(days=shown.weekday())
    length = 1 if one_day else 7
    may_add = request.user.has_perm("crm.add_appointment")
    days = _days(first, length, today, may_add=may_add)
    hours = _hours(days)
    name, step = ("day", 1) if one_day else ("week", 7)
    here = reverse("portal:calendar")
    context = {
        "section": "calendar",
        "title": _title(first, length),
        "days": days,
        "one_day": bool(one_day),
        "hours": [(hour, _hour_words(hour), (hour - hours[0]) * 4 + 1) for hour in range(*hours)],
        "previous_url": f"{here}?{name}={first - timedelta(days=step)}",
        "next_url": f"{here}?{name}={first + timedelta(days=step)}",
        "today_url": f"{here}?day={today}" if one_day else here,
        "week_url": f"{here}?week={first}",
        "is_now": any(day.is_today for day in days),
        "empty": not any(day.slots for day in days),
        "may_add": may_add,
    }
    return render(request, "records/calendar.html", context)


def span(starts_at: datetime, ends_at: datetime) -> str:
    """10:30 to 11:00 am."""
    start, end = clock(starts_at), clock(ends_at)
    return f"{start[:-3] if start[-2:] == end[-2:] else start} to {end}"


def _date(request: HttpRequest, name: str) -> date | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Http404("This is no day.") from None
    if not 1970 <= found.year <= 9000:
        raise Http404("This is no day of our calendar.")
    return found


def _title(first: date, length: int) -> str:
    last = first + timedelta(days=length - 1)
    if length == 1:
        return f"{DAYS[first.weekday()]} {first.day} {MONTHS[first.month - 1]} {first.year}"
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {MONTHS[first.month - 1]}"
    begin += f" {first.year}" if first.year != last.year else ""
    return f"{begin} to {last.day} {MONTHS[last.month - 1]} {last.year}"


def _hour_words(hour: int) -> str:
    return f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}"


def _days(first: date, length: int, today: date, *, may_add: bool) -> list[Day]:
    dates = [first + timedelta(days=number) for number in range(length)]
    midnights = [datetime.combine(each, time(), zone()) for each in [*dates, dates[-1] + timedelta(days=1)]]
    slots = list(_slots(midnights[0], midnights[-1]))
    here, new = reverse("portal:calendar"), reverse("portal:appointment_new")
    days = []
    for number, each in enumerate(dates):
        own = [slot for slot in slots if midnights[number] <= max(slot.starts_at, midnights[0]) < midnights[number + 1]]
        own.sort(key=lambda slot: (slot.starts_at, slot.title))
        days.append(
            Day(
                date=each,
                name=f"{DAYS[each.weekday()]} {each.day}",
                is_today=each == today,
                slots=own,
                drawn=[],
                url=f"{here}?day={each}",
                new_url=f"{new}?at={each}T10:00" if may_add else "",
            )
        )
    return days


def _slots(begins: datetime, ends: datetime) -> Iterator[Slot]:
    """Open homes with who comes to them, then who comes at other times."""
    appointments = appointments_between(begins, ends)
    open_listings = listings_open_between(begins, ends)
    contacts = contacts_by_id(appointment.contact for appointment in appointments)
    listings = {listing.id: listing for listing in open_listings}
    listings |= listings_by_id({appointment.listing for appointment in appointments} - set(listings))
    slots: dict[tuple[UUID, datetime, datetime], Slot] = {}
    for listing in open_listings:
        for each in listing.open_times:
            if each.starts_at < ends and each.ends_at > begins:
                slots[listing.id, each.starts_at, each.ends_at] = Slot(
                    listing.id,
                    listing.title,
                    listing.address,
                    each.starts_at,
                    each.ends_at,
                    url=reverse("portal:listing", args=[listing.id]),
                    is_open=True,
                )
    homes = list(slots.values())
    for appointment in appointments:
        home = next((slot for slot in homes if _within(appointment, slot)), None)
        key = (appointment.listing, appointment.starts_at, appointment.ends_at)
        slot = home or slots.setdefault(
            key,
            Slot(
                appointment.listing,
                listings[appointment.listing].title,
                listings[appointment.listing].address,
                appointment.starts_at,
                appointment.ends_at,
                url=reverse("portal:appointment", args=[appointment.id]),
            ),
        )
        slot.guests.append(_guest(appointment, contacts))
    yield from slots.values()


def _within(appointment: AppointmentView, home: Slot) -> bool:
    inside = home.starts_at <= appointment.starts_at and appointment.ends_at <= home.ends_at
    return appointment.listing == home.listing and inside


def _guest(appointment: AppointmentView, contacts: dict[UUID, ContactView]) -> Guest:
    return Guest(
        name=contacts[appointment.contact].called,
        url=reverse("portal:appointment", args=[appointment.id]),
        status=status_words("appointment")[appointment.status],
        tone=TONES.get(appointment.status, ""),
    )


def _hours(days: list[Day]) -> tuple[int, int]:
    """The hours that the grid shows, wide enough for every slot; places the slots in it."""
    here = zone()
    first, last = FIRST_HOUR, LAST_HOUR
    for day in days:
        midnight = datetime.combine(day.date, time(), here)
        for slot in day.slots:
            starts_at, ends_at = slot.starts_at.astimezone(here), slot.ends_at.astimezone(here)
            begin = 0 if starts_at < midnight else starts_at.hour * 60 + starts_at.minute
            end = ends_at.hour * 60 + ends_at.minute if ends_at.date() == day.date else 24 * 60
            slot.row = begin // QUARTER
            slot.rows = max(SMALLEST, -(-end // QUARTER) - slot.row)
            slot.row = min(slot.row, 96 - slot.rows)
            first, last = min(first, slot.row // 4), max(last, -(-(slot.row + slot.rows) // 4))
    for day in days:
        day.drawn[:] = _placed(day.slots)
        for slot in day.drawn:
            slot.row -= first * 4 - 1
    return first, last


def _placed(slots: Iterable[Slot]) -> list[Slot]:
    """Slots with their lanes; of a crowd, the first two and a third that stands for all others."""
    placed: list[Slot] = []
    crowd: list[Slot] = []
    until = -1
    for slot in sorted(slots, key=lambda each: (each.row, -each.rows)):
        if slot.row >= until:
            placed += _lanes(crowd)
            crowd = []
        crowd.append(slot)
        until = max(until, slot.row + slot.rows)
    return placed + _lanes(crowd)


def _lanes(crowd: list[Slot]) -> list[Slot]:
    free: list[int] = []
    for slot in crowd:
        lane = next((number for number, until in enumerate(free) if until <= slot.row), len(free))
        free[lane : lane + 1] = [slot.row + slot.rows]
        slot.lane = lane + 1
    lanes = min(len(free), LANES)
    kept = []
    rest = [slot for slot in crowd if len(free) > LANES and slot.lane >= LANES]
    for slot in crowd:
        slot.lanes = lanes
        if slot not in rest:
            kept.append(slot)
    if rest:
        first = rest[0]
        bottom = max(slot.row + slot.rows for slot in rest)
        kept.append(
            Slot(
                first.listing,
                "",
                "",
                first.starts_at,
                first.ends_at,
                row=first.row,
                rows=bottom - first.row,
                lane=LANES,
                lanes=LANES,
                more=len(rest),
            )
        )
    return kept
