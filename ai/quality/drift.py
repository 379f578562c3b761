"""Has what a version does and costs, or what people make of it, moved away from its own beginning?

A version's first proposals are its baseline, for good; each time that enough further ones are decided, those are
compared with it. Nothing looks by the clock: the decision that makes a look due writes the work for it. Each look is
numbered and kept, and its level is made for the number (ai.quality.statistics.level_of), so that looking often finds
no drift where there is none.

What the calls behind a proposal came to is compared in the same way, of those of which it is known. A measure has
drifted where its middle has also moved by enough to matter: fifty answers that each take ten milliseconds longer are
no chance, and no matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ai.models import Judgement, Look
from ai.quality.statistics import Rate, fisher, g_test, level_of, mann_whitney
from audit.services import Actor, record
from dispatch.leases import Lease
from dispatch.services import work_add

LOOK = "ai.look"
BASELINE = 100  # proposals, the version's first
BLOCK = 50  # proposals that make the next look due
WATCH = Actor.system("watch")
FEWEST = 25  # of the newest proposals, of which the calls are known, for these to be compared
LEAST_SHARE = 0.2  # of the middle at first, by which a measure has moved at least


@dataclass(frozen=True)
class Measure:
    """A figure of the calls behind a proposal; by less than `least`, in its unit, it has not moved."""

    value: Callable[[Judgement], float]
    least: float


# What people did, as a share of the proposals of a sample; and which intents the proposals were about.
SHARES: Mapping[str, Callable[[Judgement], bool]] = {
    "unedited": lambda row: row.decision == "approve" and not row.edited,
    "rejected": lambda row: row.decision == "reject",
    "taken_back": lambda row: row.taken_back_at is not None,
}
INTENTS = "intents"
# Of the calls of a proposal's run: whether an answer came from a fallback, US dollars, and milliseconds.
FELL_BACK, COST, LATENCY = "fell_back", "cost", "latency"
MEASURES = {
    COST: Measure(lambda row: float(row.cost_usd or 0), least=0.001),
    LATENCY: Measure(lambda row: float(row.latency_ms or 0), least=500.0),
}
SIGNALS = (*SHARES, INTENTS, FELL_BACK, *MEASURES)


def look_soon(*, workflow: str, version: int) -> None:
    """Have a version looked at if enough has been decided since the last look; in the deciding transaction."""
    if _due(workflow, version, _last(workflow, version)):
        work_add(handler=LOOK, subject=f"{workflow}:{version}")


def look_take(*, workflow: str, version: int, lease: Lease) -> None:
    """Compare the newest proposals of a version with its first, keep what was found, and tell people of drift."""
    with transaction.atomic():
        lease.hold()
        last = _last(workflow, version)
        fresh = _due(workflow, version, last)
        if not fresh:
            return
        number = last.number + 1 if last else 1
        baseline, lately = list(_of(workflow, version)[:BASELINE]), fresh[-BLOCK:]
        level = level_of(number, tests=len(SIGNALS))
        tests = [_people(signal, baseline, lately, level) for signal in (*SHARES, INTENTS)]
        tests += _calls(_of(workflow, version), lately, level)
        drifted = [test["signal"] for test in tests if test["drifted"]]
        look = Look.objects.create(
            workflow=workflow, version=version, number=number, until=fresh[-1].pk, level=level, tests=tests,
            drifted=bool(drifted),
        )  # fmt: skip
        if drifted:
            told = {"workflow": workflow, "version": version, "number": number, "signals": drifted}
            record(event="quality.drifted", target=f"look:{look.pk}", actor=WATCH, data=told)


def _of(workflow: str, version: int) -> QuerySet[Judgement]:
    return Judgement.objects.filter(workflow=workflow, version=version).order_by("pk")


def _last(workflow: str, version: int) -> Look | None:
    return Look.objects.filter(workflow=workflow, version=version).order_by("-number").first()


def _due(workflow: str, version: int, last: Look | None) -> list[Judgement]:
    """The proposals since the last look, where they are enough for one: never more than those are read."""
    wanted = BLOCK if last else BASELINE + BLOCK
    rows = _of(workflow, version)
    fresh = list(rows.filter(pk__gt=last.until)[:wanted] if last else rows[:wanted])
    return fresh if len(fresh) == wanted else []


def _people(signal: str, first: Sequence[Judgement], lately: Sequence[Judgement], level: float) -> dict[str, Any]:
    """One test as it is kept: `was` and `now` are hits and size, or how often each intent came."""
    if signal == INTENTS:
        before, after = (dict(Counter(row.intent or "other" for row in rows)) for rows in (first, lately))
        return _kept(signal, before, after, g_test(before, after), level)
    return _share(signal, SHARES[signal], first, lately, level)


def _calls(every: QuerySet[Judgement], lately: Sequence[Judgement], level: float) -> list[dict[str, Any]]:
    """What the calls came to, compared with the first proposals of which that is known; nothing where those are too few
    yet. `was` and `now` of a measure are its middle and its size.
    """
    known = every.filter(cost_usd__isnull=False)
    first = list(known.filter(pk__lt=lately[0].pk)[:BASELINE])
    now = [row for row in lately if row.cost_usd is not None]
    if len(first) < BASELINE or len(now) < FEWEST:
        return []
    return [
        _share(FELL_BACK, lambda row: bool(row.run_fell_back), first, now, level),
        *(_measured(signal, measure, first, now, level) for signal, measure in MEASURES.items()),
    ]


def _share(
    signal: str, hit: Callable[[Judgement], bool], first: Sequence[Judgement], lately: Sequence[Judgement], level: float
) -> dict[str, Any]:
    was, now = (Rate(sum(map(hit, rows)), len(rows)) for rows in (first, lately))
    return _kept(signal, [was.hits, was.n], [now.hits, now.n], fisher(was, now), level)


def _measured(
    signal: str, measure: Measure, first: Sequence[Judgement], lately: Sequence[Judgement], level: float
) -> dict[str, Any]:
    before, after = ([measure.value(row) for row in rows] for rows in (first, lately))
    was, now = median(before), median(after)
    matters = abs(now - was) >= max(measure.least, LEAST_SHARE * was)
    said, says = {"median": was, "n": len(before)}, {"median": now, "n": len(after)}
    return _kept(signal, said, says, mann_whitney(before, after), level if matters else 0.0)


def _kept(signal: str, was: Any, now: Any, chance: float, level: float) -> dict[str, Any]:
    return {"signal": signal, "was": was, "now": now, "p": chance, "drifted": chance < level}
