"""What a worker has decided about its run, committed in one statement.

The statement begins with the fence: where the lease is no longer ours, or the run no longer in the state
that we know, it changes nothing. Then it moves the steps, tells those that need them, keeps the tries that
came to nothing, moves the run, and inserts the ledger's entries. Which moves are legal, and what the ledger
is told of them, is the table of moves; a property test holds the statement against `audit.transition`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
from dispatch.statements import Fragment, finished, held
from workflows.errors import RunMoved
from workflows.models import RUN_MOVES, STEP_MOVES, AttemptOutcome, Run, RunStatus, Step, StepStatus

STEP_COLUMNS = (
    "status", "attempts", "branch", "output", "error", "due_at", "started_at", "tried_at", "finished_at"
)  # fmt: skip
RUN_COLUMNS = ("status", "started_at", "running_since", "ran", "finished_at", "error", "cause", "cost_usd")
RUN_STAYS = """
SELECT id FROM workflows_run WHERE id = %(run)s AND status = %(run_former)s AND EXISTS (SELECT 1 FROM held) FOR UPDATE
"""
RUN_CHANGES = """
UPDATE workflows_run SET status = %(run_status)s, started_at = %(run_started_at)s,
    running_since = %(run_running_since)s, ran = %(run_ran)s, finished_at = %(run_finished_at)s,
    error = %(run_error)s, cause = %(run_cause)s, cost_usd = %(run_cost_usd)s
WHERE id = %(run)s AND status = %(run_former)s AND EXISTS (SELECT 1 FROM held) RETURNING id
"""
STEPS = """
SELECT * FROM unnest(%(step_id)s::uuid[], %(step_former)s::text[], %(step_met)s::smallint[],
    %(step_status)s::text[], %(step_attempts)s::smallint[], %(step_branch)s::boolean[], %(step_output)s::jsonb[],
    %(step_error)s::text[], %(step_due_at)s::timestamptz[], %(step_started_at)s::timestamptz[],
    %(step_tried_at)s::timestamptz[], %(step_finished_at)s::timestamptz[])
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
SELECT t.* FROM unnest(%(try_id)s::uuid[], %(try_step)s::uuid[], %(try_number)s::smallint[],
    %(try_outcome)s::text[], %(try_error_class)s::text[], %(try_error)s::text[], %(try_started_at)s::timestamptz[],
    %(try_finished_at)s::timestamptz[]) AS t
WHERE EXISTS (SELECT 1 FROM run)
"""
TRIES = ("id", "step", "number", "outcome", "error_class", "error", "started_at", "finished_at")
IF_IT_HOLDS = "WHERE EXISTS (SELECT 1 FROM run)"
# A step that is not in the state we know would be half a checkpoint: dividing by nothing undoes it all.
OUTCOME = """
SELECT (SELECT count(*) FROM held), (SELECT count(*) FROM run),
    1 / (CASE WHEN EXISTS (SELECT 1 FROM run) AND (SELECT count(*) FROM moved) <> %(moving)s THEN 0 ELSE 1 END),
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

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to commit."""
        return not (self.steps or self.run_former or self.tries or self.entries)

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

    def try_failed(self, step: Step, outcome: AttemptOutcome, error_class: str, error: str) -> None:
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

    def commit(self, lease: Lease, *, finish: bool = False, again: datetime | None = None) -> None:
        """Write it all, or nothing; then begin anew. Raises LeaseLost, RunMoved, MovedMeanwhile.

        One statement and one round trip; a transaction around it where somebody hears of an entry. With `finish`
        the work is given back in the same commit, to be due `again` if that is known.
        """
        given_back = finished(lease, again) if finish else None
        if any(heard(entry.event) for entry in self.entries):
            with transaction.atomic():
                self._write(lease, given_back)
                for entry in self.entries:
                    tell(event=entry.event, target=entry.target, data=entry.data, run=entry.run)
        else:
            self._write(lease, given_back)
        self.run_former, self.steps, self.tries, self.entries = None, {}, [], []

    def _write(self, lease: Lease, given_back: Fragment | None) -> None:
        # To begin once more what a dead worker had begun leaves no entry: it is no progress.
        parts = [given_back or held(lease, progress=bool(self.entries))]
        parts += [self._run(), self._changes(), Fragment(f"moved AS ({MOVED})", {"moving": len(self.steps)})]
        if self.tries:
            parts.append(Fragment(f"tried AS ({TRIED})", _columns("try", TRIES, self.tries)))
        if self.entries:
            told = ledger.entries(self.entries)
            parts.append(Fragment(f"told AS ({told.sql} {IF_IT_HOLDS})", told.params))
        sql = "WITH " + ", ".join(part.sql for part in parts) + OUTCOME
        params = {name: value for part in parts for name, value in part.params.items()}
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                ours, stays, _, moved, open_needs = cursor.fetchone()
        except DataError as error:
            if not isinstance(error.__cause__, DivisionByZero):
                raise
            raise MovedMeanwhile(f"a step of run {self.run.pk} is no longer as it was") from None
        if not ours:
            lease.lost.set()
            raise LeaseLost(f"the lease on {lease.work} is over")
        if not stays:
            raise RunMoved(self.run.status)
        for step, needs in zip(moved, open_needs, strict=True):
            self.steps[step][0].open_needs = needs

    def _run(self) -> Fragment:
        known: dict[str, Any] = {"run": self.run.pk, "run_former": self.run_former or str(self.run.status)}
        if self.run_former is None:
            return Fragment(f"run AS ({RUN_STAYS})", known)
        values = {f"run_{name}": _stored(name, getattr(self.run, name)) for name in RUN_COLUMNS}
        return Fragment(f"run AS ({RUN_CHANGES})", known | values)

    def _changes(self) -> Fragment:
        rows = [
            (step.pk, former, met, *(_stored(name, getattr(step, name)) for name in STEP_COLUMNS))
            for step, former, met in self.steps.values()
        ]
        return Fragment(f"change AS ({STEPS})", _columns("step", ("id", "former", "met", *STEP_COLUMNS), rows))


def _columns(prefix: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """Rows as one list a column, named as the statement names them."""
    return {f"{prefix}_{name}": [row[at] for row in rows] for at, name in enumerate(names)}


def _stored(name: str, value: Any) -> Any:
    if name == "output":
        return None if value is None else Jsonb(value)
    return str(value) if name == "status" else value
