"""Runs that failed, told by their causes, and all of one cause retried."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.selectors import actor_of
from portal.views.access import page
from portal.views.period import Period
from portal.wording import zone
from workflows.causes import Cause, cause_told
from workflows.selectors import failed_count, failures_by_cause
from workflows.services import RetriedMany, runs_retry

CHANGE = "workflows.change_run"


@dataclass(frozen=True)
class CauseRow:
    """A cause, the runs that failed of it, what the last of them said, and where all of them are shown and retried."""

    cause: Cause
    count: int
    first: datetime
    last: datetime
    error: str
    shown_url: str
    retry_url: str


def cause_rows(workflow: str, period: Period) -> list[CauseRow]:
    """The causes of the failed runs that fit a list's filters, the most frequent first."""
    found = failures_by_cause(workflow=workflow or None, since=period.since, until=period.until)
    rows = []
    for group in found:
        query = {"cause": group.cause, "workflow": workflow}
        shown = {"status": "failed", **query, "from": period.begins, "to": period.ends}
        again = {**query, "since": _typed(group.first)}
        rows.append(
            CauseRow(
                cause_told(group.cause),
                group.count,
                group.first,
                group.last,
                group.error,
                f"{reverse('portal:runs')}?{_query(shown)}" if group.cause else "",
                f"{reverse('portal:runs_retry')}?{_query(again)}" if group.cause else "",
            )
        )
    return rows


def _query(values: dict[str, str]) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def _typed(moment: datetime) -> str:
    """A moment as a field takes it, in the tenant's zone, to the second that it is in."""
    return moment.astimezone(zone()).strftime("%Y-%m-%dT%H:%M:%S")


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 2000 <= found.year < 3000:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone())


@require_http_methods(["GET", "HEAD", "POST"])
@page(CHANGE)
def runs_retry_page(request: HttpRequest) -> HttpResponse:
    """How many runs have failed of a `cause` since then, counted before they are retried; a POST retries them.

    So many at once as `runs_retry` does: the rest is counted next, `after` the last that was looked at.
    """
    given = request.POST if request.method == "POST" else request.GET
    cause, since_text, workflow = (
        given.get(name, "").replace("\0", "")[:200] for name in ("cause", "since", "workflow")
    )
    since, after = _moment(since_text), _id(given.get("after", ""))
    if request.method == "POST" and since and cause:
        done = runs_retry(
            cause=cause, since=since, workflow=workflow or None, after=after, actor=actor_of(request.user)
        )
        left = failed_count(cause=cause, since=since, workflow=workflow or None, after=done.last) if done.left else 0
        _tell(request, done, left)
        if not left:
            return redirect(f"{reverse('portal:runs')}?status=failed")
        query = {"cause": cause, "since": since_text, "workflow": workflow, "after": str(done.last)}
        return redirect(f"{reverse('portal:runs_retry')}?{_query(query)}")
    counted = failed_count(cause=cause, since=since, workflow=workflow or None, after=after) if since and cause else 0
    context = {
        "section": "runs",
        "cause": cause_told(cause),
        "since": since_text,
        "since_moment": since,
        "workflow": workflow,
        "after": after or "",
        "wrong": "" if since else "Say since when, as 2026-11-21T10:00.",
        "count": counted,
    }
    return render(request, "workflows/runs_retry.html", context)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _tell(request: HttpRequest, done: RetriedMany, left: int) -> None:
    if done.retried:
        messages.success(request, f"{_runs(len(done.retried))} from where {_they(len(done.retried))} failed.")
    else:
        messages.warning(request, "None of them was retried.")
    for reason, count in Counter(one.reason for one in done.skipped).most_common(5):
        messages.warning(request, f"{count} left as {'they are' if count > 1 else 'it is'}: {reason}")
    if left:
        messages.warning(request, f"{left} more {'are' if left > 1 else 'is'} left. Go on with {_them(left)} here.")


def _runs(count: int) -> str:
    return f"{count} runs go on" if count > 1 else "1 run goes on"


def _they(count: int) -> str:
    return "they" if count > 1 else "it"


def _them(count: int) -> str:
    return "them" if count > 1 else "it"
