"""What a worker has decided about its run, committed in one statement.

The statement begins with the fence: where the lease is no longer ours, or the run no longer in the state
that we know, it changes nothing. Then it moves the steps, tells those that need them, keeps the tries that
came to nothing, moves the run, and inserts the ledger's entries. Which moves are legal, and what the ledger
is told of them, is the table of moves; a property test holds the statement against `audit.transition`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import DataError, connection, transaction
from django.utils import timezone
from psycopg.errors import DivisionByZero
from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from audit import statements as ledger
from audit.errors import MovedMeanwhile
from audit.services import Actor, Composed, compose, target_of
from audit.signals import heard, tell
from dispatch.leases import Lease, LeaseLost
from workflows.errors import RunMoved
from workflows.models import RUN_MOVES, STEP_MOVES, AttemptOutcome, Run, RunStatus, Step, StepStatus

STEP_COLUMNS = (
    "status", "attempts", "branch", "output", "error", "due_at", "started_at", "tried_at", "finished_at"
)  # fmt: skip
RUN_COLUMNS = ("status", "started_at", "running_since", "ran", "finished_at", "error", "cause", "cost_usd")
RUN_STAYS = """
SELECT id FROM workflows_run WHERE id = %s AND status = %s AND EXISTS (SELECT 1 FROM held) FOR UPDATE
"""
RUN_MOVES_ON = """
UPDATE workflows_run SET status = %s, started_at = %s, running_since = %s, ran = %s, finished_at = %s, error = %s,
    cause = %s, cost_usd = %s
WHERE id = %s AND status = %s AND EXISTS (SELECT 1 FROM held) RETURNING id
"""
STEPS = """
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::smallint[], %s::text[], %s::smallint[], %s::boolean[], %s::jsonb[],
    %s::text[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
AS c(id, former, met, status, attempts, branch, output, error, due_at, started_at, tried_at, finished_at)
"""
# A step that is only told that a need is met keeps its columns, whoever may have moved it meanwhile.
MOVED = """
UPDATE workflows_step s SET open_needs = s.open_needs - c.met,
    status = CASE WHEN c.former IS NULL THEN s.status ELSE c.status END,
    attempts = CASE WHEN c.former IS NULL THEN s.attempts ELSE c.attempts END,
    branch = CASE WHEN c.former IS NULL THEN s.branch ELSE c.branch END,
    output = CASE WHEN c.former IS NULL THEN s.output ELSE c.output END,
    error = CASE WHEN c.former IS NULL THEN s.error ELSE c.error END,
    due_at = CASE WHEN c.former IS NULL THEN s.due_at ELSE c.due_at END,
    started_at = CASE WHEN c.former IS NULL THEN s.started_at ELSE c.started_at END,
    tried_at = CASE WHEN c.former IS NULL THEN s.tried_at ELSE c.tried_at END,
    finished_at = CASE WHEN c.former IS NULL THEN s.finished_at ELSE c.finished_at END
FROM change c WHERE s.id = c.id AND (c.former IS NULL OR s.status = c.former) AND EXISTS (SELECT 1 FROM run)
RETURNING s.id, s.open_needs
"""
TRIED = """
INSERT INTO workflows_attempt (id, step_id, number, outcome, error_class, error, started_at, finished_at)
SELECT t.* FROM unnest(%s::uuid[], %s::uuid[], %s::smallint[], %s::text[], %s::text[], %s::text[],
    %s::timestamptz[], %s::timestamptz[]) AS t
"""
WHERE_IT_HOLDS = "WHERE EXISTS (SELECT 1 FROM run)"
# A step that is not in the state we know would be half a checkpoint: dividing by nothing undoes it all.
OUTCOME = """
SELECT (SELECT count(*) FROM held), (SELECT count(*) FROM run),
    1 / (CASE WHEN EXISTS (SELECT 1 FROM run) AND (SELECT count(*) FROM moved) <> %s THEN 0 ELSE 1 END),
    array(SELECT id FROM moved), array(SELECT open_needs FROM moved)
"""


@dataclass
class Checkpoint:
    """What is to be committed next. `former` states are those that the database is believed to hold."""

    run: Run
    actor: Actor
    run_former: str | None = None
    steps: dict[UUID, tuple[Step, str | None, int]] = field(default_factory=dict)
    tries: list[tuple[Any, ...]] = field(default_factory=list)
    entries: list[Composed] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.steps or self.run_former is not None or self.tries or self.entries)

    def move_step(self, step: Step, to: StepStatus, *, data: Mapping[str, Any] | None = None, **changes: Any) -> None:
        """Move a step, in memory now and in the database with the next commit. Raises IllegalMove."""
        event = STEP_MOVES.event(step, to)
        self.change_step(step, status=to, **changes)
        told = {"step": step.key, "kind": step.kind, **(data or {})}
        self._tell(event, step, told)

    def change_step(self, step: Step, **changes: Any) -> None:
        """Change columns of a step without a move that the ledger hears of."""
        _, former, met = self.steps.get(step.pk, (step, None, 0))
        self.steps[step.pk] = (step, former or str(step.status), met)
        for name, value in changes.items():
            setattr(step, name, value)

    def need_met(self, step: Step) -> None:
        """Tell a step that it waits for one less."""
        _, former, met = self.steps.get(step.pk, (step, None, 0))
        self.steps[step.pk] = (step, former, met + 1)
        step.open_needs -= 1

    def try_failed(self, step: Step, outcome: AttemptOutcome, error_class: str = "", error: str = "") -> None:
        """Keep that the present try at a step came to nothing, and why."""
        now = timezone.now()
        begun = step.tried_at or step.started_at or now
        self.tries.append((uuid7(), step.pk, step.attempts, str(outcome), error_class[:80], error, begun, now))

    def move_run(self, to: RunStatus, *, data: Mapping[str, Any] | None = None, **changes: Any) -> None:
        """Move the run. Raises IllegalMove."""
        event = RUN_MOVES.event(self.run, to)
        self.change_run(status=to, **changes)
        self._tell(event, self.run, dict(data or {}))

    def change_run(self, **changes: Any) -> None:
        """Change columns of the run without a move that the ledger hears of."""
        if self.run_former is None:
            self.run_former = str(self.run.status)
        for name, value in changes.items():
            setattr(self.run, name, value)

    def _tell(self, event: str, row: Run | Step, data: Mapping[str, Any]) -> None:
        self.entries.append(compose(event=event, target=target_of(row), actor=self.actor, data=data, run=self.run.pk))

    def commit(self, lease: Lease) -> None:
        """Write it all, or nothing; then begin anew. Raises LeaseLost, RunMoved, MovedMeanwhile.

        One statement and one round trip; a transaction around it where somebody hears of an entry.
        """
        if not self:
            return
        if any(heard(entry.event) for entry in self.entries):
            with transaction.atomic():
                self._write(lease)
                for entry in self.entries:
                    tell(event=entry.event, target=entry.target, data=entry.data, run=entry.run)
        else:
            self._write(lease)
        self.run_former, self.steps, self.tries, self.entries = None, {}, [], []

    def _write(self, lease: Lease) -> None:
        parts = [("held", _held(lease)), ("run", self._run()), ("change", self._changes()), ("moved", (MOVED, []))]
        if self.tries:
            parts.append(("tried", (" ".join((TRIED, WHERE_IT_HOLDS)), _columns(self.tries, 8))))
        if self.entries:
            sql, params = ledger.entries(self.entries)
            parts.append(("told", (" ".join((sql, WHERE_IT_HOLDS)), params)))
        sql = "WITH " + ", ".join([f"{name} AS ({part})" for name, (part, _) in parts]) + OUTCOME
        params = [value for _, (_, given) in parts for value in given]
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, [*params, len(self.steps)])
                held, run, _, moved, open_needs = cursor.fetchone()
        except DataError as error:
            if not isinstance(error.__cause__, DivisionByZero):
                raise
            raise MovedMeanwhile(f"a step of run {self.run.pk} is no longer as it was") from None
        if not held:
            lease.lost.set()
            raise LeaseLost(f"the lease on {lease.work} is over")
        if not run:
            raise RunMoved(self.run.status)
        for step, needs in zip(moved, open_needs, strict=True):
            self.steps[step][0].open_needs = needs

    def _run(self) -> tuple[str, list[Any]]:
        if self.run_former is None:
            return RUN_STAYS, [self.run.pk, str(self.run.status)]
        values = [_stored(name, getattr(self.run, name)) for name in RUN_COLUMNS]
        return RUN_MOVES_ON, [*values, self.run.pk, self.run_former]

    def _changes(self) -> tuple[str, list[Any]]:
        rows = [
            (step.pk, former, met, *(_stored(name, getattr(step, name)) for name in STEP_COLUMNS))
            for step, former, met in self.steps.values()
        ]
        return STEPS, _columns(rows, 3 + len(STEP_COLUMNS))


def _held(lease: Lease) -> tuple[str, list[Any]]:
    sql = (
        "UPDATE public.dispatch_work SET attempts = 0 WHERE id = %s AND fence = %s"
        " AND leased_until > clock_timestamp() RETURNING id"
    )
    return sql, [lease.work, lease.fence]


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Any]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _stored(name: str, value: Any) -> Any:
    if name == "output":
        return None if value is None else Jsonb(value)
    return str(value) if name == "status" else value
