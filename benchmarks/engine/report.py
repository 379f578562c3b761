"""The tables that `make bench` prints: what is compared are ratios of the same round, absolute figures are colour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.engine.ledger import LedgerCost
from benchmarks.engine.rounds import Drain, Level
from benchmarks.engine.story import Story

OURS, CHAIN, DBOS, FLOOR = "countersign", "celery", ("dbos_queue", "dbos_direct"), "floor"
JUDGED_AT = 2  # workers


@dataclass(frozen=True)
class Results:
    """Everything that was measured. `titles` and `promises` are by system, as are `idle`'s rounds of milliseconds."""

    conditions: dict[str, str]
    titles: dict[str, str]
    promises: dict[str, str]
    levels: list[Level]
    idle: dict[str, list[list[float]]]
    ledger: list[LedgerCost]
    story: list[Story]
    model_ms: int


@dataclass(frozen=True)
class Ratio:
    """The ratios of all rounds: the middle one, the least and the greatest."""

    middle: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.least:.2f} to {self.most:.2f})"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """Ours over theirs, round by round."""
    found = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Ratio(median(found), min(found), max(found))


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def speed(drain: Drain) -> float:
    return drain.runs_per_second


def worker_cpu(drain: Drain) -> float:
    return drain.cost.worker_cpu


def all_cpu(drain: Drain) -> float:
    return drain.cost.worker_cpu + drain.cost.postgres_cpu


def of_rounds(level: Level, key: str, what: Callable[[Drain], float]) -> list[float]:
    return [what(drain) for drain in level.drains[key]]


def best_of(level: Level, keys: Sequence[str]) -> str | None:
    """The fastest of these systems."""
    there = [key for key in keys if key in level.drains]
    return max(there, key=lambda key: median(of_rounds(level, key, speed)), default=None)


def text(results: Results) -> str:
    """All tables."""
    parts = ["  ".join(f"{name} {value}" for name, value in results.conditions.items())]
    parts += [_level(results, level) for level in results.levels]
    if results.levels:
        parts.append(_begin(results, results.levels[0]))
    if results.idle:
        parts.append(_idle(results))
    if results.ledger:
        parts.append(_ledger(results))
    if results.story:
        parts.append(_story(results))
    if goals := _goals(results):
        parts.append(goals)
    promises = "\n".join(f"  {results.titles[key]}: {promise}" for key, promise in results.promises.items())
    parts.append(f"What each promises for it\n{promises}")
    return "\n\n".join(parts)


def _level(results: Results, level: Level) -> str:
    head = (
        f"Worked off by {level.concurrency} worker{'s' if level.concurrency > 1 else ''}, all runs begun before\n"
        f"  {'':<14}{'runs/s':>8}  {'Countersign is so many times as fast':<38}{'CPU ms a run':>14}{'PG':>7}"
        f"{'statements':>12}{'commits':>9}{'MB':>6}"
    )
    lines = [head]
    ours = of_rounds(level, OURS, speed)
    for key, drains in level.drains.items():
        cost = [drain.cost for drain in drains]
        compared = "" if key == OURS else str(ratio(ours, of_rounds(level, key, speed)))
        lines.append(
            f"  {results.titles[key]:<14}{median(map(speed, drains)):>8.1f}  {compared:<38}"
            f"{median(c.worker_cpu for c in cost):>14.1f}{median(c.postgres_cpu for c in cost):>7.1f}"
            f"{median(c.statements for c in cost):>12.1f}{median(c.commits for c in cost):>9.1f}"
            f"{max(drain.megabytes for drain in drains):>6.0f}"
        )
    return "\n".join(lines)


def _begin(results: Results, level: Level) -> str:
    lines = [f"To begin a run\n  {'':<14}{'ms':>8}{'CPU ms':>10}{'PG':>7}{'statements':>12}{'commits':>9}"]
    for key, drains in level.drains.items():
        cost = [drain.begin for drain in drains]
        if not any(c.commits for c in cost):
            continue  # it is begun by the worker
        lines.append(
            f"  {results.titles[key]:<14}{median(d.begin_ms for d in drains):>8.2f}"
            f"{median(c.worker_cpu for c in cost):>10.2f}{median(c.postgres_cpu for c in cost):>7.2f}"
            f"{median(c.statements for c in cost):>12.1f}{median(c.commits for c in cost):>9.1f}"
        )
    return "\n".join(lines)


def _idle(results: Results) -> str:
    head = (
        "One run while nothing else is to do, from before it is begun to its end\n"
        f"  {'':<14}{'p50 ms':>8}{'p99 ms':>9}{'p99/p50':>9}  Countersign's p50 over this"
    )
    lines = [head]
    for key, rounds in results.idle.items():
        every = [value for found in rounds for value in found]
        p50, p99 = median(every), percentile(every, 99)
        compared = "" if key == OURS else str(_idle_ratio(results, key))
        lines.append(f"  {results.titles[key]:<14}{p50:>8.1f}{p99:>9.1f}{p99 / p50:>9.2f}  {compared}")
    return "\n".join(lines)


def _idle_ratio(results: Results, key: str) -> Ratio:
    return ratio([median(found) for found in results.idle[OURS]], [median(found) for found in results.idle[key]])


def _ledger(results: Results) -> str:
    written, absent = [one.written for one in results.ledger], [one.absent for one in results.ledger]
    return (
        f"The ledger, by one worker in one process\n"
        f"  {median(written):.1f} runs/s with its entries written and sealed, {median(absent):.1f} without:"
        f" {ratio(written, absent)} of them"
    )


def _story(results: Results) -> str:
    found = results.story
    handlers = sorted({handler for one in found for handler in one.claims})
    claims = ", ".join(f"{handler} {median(one.claims.get(handler, 0) for one in found):g}" for handler in handlers)
    return (
        f"The story: an email by SMTP to its proposal, the model's vendor played at {results.model_ms} ms a call"
        f" ({len(found)} emails)\n"
        f"  from 250 to waiting {median(one.whole for one in found):.0f} ms, of which"
        f" {median(one.calls for one in found):g} calls {median(one.model for one in found):.0f} ms and all else"
        f" {median(one.overhead for one in found):.0f} ms (worst {max(one.overhead for one in found):.0f} ms)\n"
        f"  claims by workers: {claims}"
    )


@dataclass(frozen=True)
class Goal:
    """What a ratio must be, and what it should be; `least`: it must not be below."""

    name: str
    measured: float
    must: float
    aim: float
    least: bool = True

    def verdict(self) -> str:
        """How it stands."""
        if (self.measured >= self.aim) if self.least else (self.measured <= self.aim):
            return "aim reached"
        return "held" if ((self.measured >= self.must) if self.least else (self.measured <= self.must)) else "MISSED"


def goals(results: Results) -> list[Goal]:
    """Those of the goals for which everything was measured."""
    found: list[Goal] = []
    level = next((level for level in results.levels if level.concurrency == JUDGED_AT), None)
    if level is not None:
        dbos = best_of(level, DBOS)
        ours = of_rounds(level, OURS, speed)
        for key, name, must, aim in (
            (CHAIN, "runs/s over the Celery chain's", 1.5, 2.5),
            (dbos, "runs/s over DBOS's (its better mode)", 2.0, 4.0),
            (FLOOR, "runs/s over the psycopg loop's", 0.25, 0.5),
        ):
            if key in level.drains:
                found.append(Goal(name, ratio(ours, of_rounds(level, str(key), speed)).middle, must, aim))
        if CHAIN in level.drains:
            for name, what in (("worker", worker_cpu), ("worker and PostgreSQL", all_cpu)):
                compared = ratio(of_rounds(level, OURS, what), of_rounds(level, CHAIN, what)).middle
                found.append(Goal(f"CPU a run ({name}) over the Celery chain's", compared, 0.6, 0.3, least=False))
    if OURS in results.idle:
        if CHAIN in results.idle:
            compared = _idle_ratio(results, CHAIN).middle
            found.append(Goal("idle p50 over the Celery chain's", compared, 0.7, 0.5, least=False))
        every = [value for one in results.idle[OURS] for value in one]
        found.append(Goal("idle p99 over its own p50", percentile(every, 99) / median(every), 2.5, 1.6, least=False))
    if results.ledger:
        compared = ratio([one.written for one in results.ledger], [one.absent for one in results.ledger]).middle
        found.append(Goal("runs/s with the ledger over those without", compared, 0.75, 0.9))
    return found


def _goals(results: Results) -> str:
    lines = [f"  {'':<60}{'measured':>9}{'must':>9}{'aim':>9}"]
    for goal in goals(results):
        sign = "≥" if goal.least else "≤"
        must, aim = f"{sign}{goal.must}", f"{sign}{goal.aim}"
        lines.append(f"  {goal.name:<60}{goal.measured:>9.2f}{must:>9}{aim:>9}  {goal.verdict()}")
    return f"Goals, by {JUDGED_AT} workers\n" + "\n".join(lines) if len(lines) > 1 else ""
