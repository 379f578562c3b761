"""Times as people write them: what a clock on the wall of a workspace shows."""

from datetime import UTC, datetime, tzinfo

# At the ends of the calendar a time cannot be told in every zone, nor half an hour be added to it.
FIRST_YEAR, LAST_YEAR = 1900, 9000


class NoSuchTime(ValueError):
    """No clock shows this; the sentence says why."""


def moment_of(text: str, zone: tzinfo) -> datetime:
    """The time that a clock in `zone` shows as `text`, of two such the first, in UTC; raises NoSuchTime."""
    try:
        naive = datetime.fromisoformat(text)
        if not FIRST_YEAR <= naive.year <= LAST_YEAR:
            raise ValueError
        moment = naive.replace(tzinfo=zone).astimezone(UTC)
        shows = moment.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise NoSuchTime("This is a day and a time.") from None
    if naive.tzinfo is not None or shows != naive:
        raise NoSuchTime("The clocks skip this time on that day.")
    return moment
