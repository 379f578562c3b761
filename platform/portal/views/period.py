"""A period in a list's URL: `from` and `to`, days of the tenant's zone, both included."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest

from portal.wording import zone


@dataclass(frozen=True)
class Period:
    """What was typed, the moments it bounds, and what could not be understood of it."""

    begins: str = ""
    ends: str = ""
    since: datetime | None = None
    until: datetime | None = None
    wrong: str = ""


def period_of(request: HttpRequest) -> Period:
    """The period that a URL asks for."""
    begins, ends = (request.GET.get(name, "").replace("\0", "").strip()[:40] for name in ("from", "to"))
    first, last = _day(begins), _day(ends)
    bad = begins if begins and not first else ends if ends and not last else ""
    wrong = f"“{bad}” is no date: write it as 2026-11-21." if bad else ""
    if first and last and last < first:
        wrong = "This period ends before it begins."
    return Period(
        begins,
        ends,
        datetime.combine(first, time(), zone()) if first else None,
        datetime.combine(last + timedelta(days=1), time(), zone()) if last else None,
        wrong,
    )


def _day(text: str) -> date | None:
    """A day between 2000 and 2999, which every part of the house can reckon with."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 3000 else None
