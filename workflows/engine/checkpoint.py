"""What a worker has decided about its run, committed in one statement.

The statement begins with the fence: where the lease is no longer ours, or the run no longer in the state
that we know, it changes nothing. Then it moves the steps, tells those that need them, keeps the tries that
came to nothing, moves the run, and inserts the ledger's entries. Which moves are legal, and what the ledger
is told of them, is the table of moves; a property test holds the statement against `audit.transition`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DataError, transaction
from django.utils import timezone
from psycopg.errors import DivisionByZero
from uuid_utils.compat import uuid7

from audit import statements as ledger
from audit.errors import MovedMeanwhile
from audit.services import Actor, Composed, compose, target_of
from audit.signals import tell, unheard
from dispatch.connection import row_prepared
from dispatch.leases import Lease, LeaseLost
from dispatch.statements import Fragment, finished, held
from workflows.errors import RunMoved
from workflows.models import RUN_MOVES, STEP_MOVES, AttemptOutcome, Run, RunStatus, Step, StepStatus

STEP_COLUMNS = (
    "status", "attempts", "branch", "output", "error", "due_at", "started_at", "tried_at", "finished_at"
)  # fmt: skip
RUN_COLUMNS = ("status", "started_at", "running_since", "ran", "finished_at", "error", "cause", "cost_usd")
RUN_STAYS = """
SELECT id FROM workflows_run WHERE id = %(run)s::uuid AND status = %(run_former)s AND EXISTS (SELECT 1 FROM held)
FOR UPDATE
"""
RUN_CHANGES = """
UPDATE workflows_run r SET status = c.status, started_at = c.started_at, running_since = c.running_since, ran = c.ran,
    finished_at = c.finished_at, error = c.error, cause = c.cause, cost_usd = c.cost_usd
FROM json_to_record(%(run_changes)s::json) AS c(status text, started_at timestamptz, running_since timestamptz,
    ran interval, finished_at timestamptz, error text, cause text, cost_usd numeric)
WHERE r.id = %(run)s::uuid AND r.status = %(run_former)s AND EXISTS (SELECT 1 FROM held) RETURNING r.id
"""
STEPS = """
SELECT * FROM json_to_recordset(%(steps)s::json) AS c(id uuid, former text, begun timestamptz, met smallint,
    status text, attempts smallint, branch boolean, output jsonb, error text, due_at timestamptz,
    started_at timestamptz, tried_at timestamptz, finished_at timestamptz)
"""
# The run is named too, so that its few steps are found by index, whatever the planner believes of the table.
# A step that is only told that a need is met keeps its columns, whoever may have moved it meanwhile. What came of a
# try counts only while none was begun after it.
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
FROM change c WHERE s.run_id = %(run)s::uuid AND s.id = c.id AND EXISTS (SELECT 1 FROM run) AND s.open_needs >= c.met
    AND (c.former IS NULL OR (s.status = c.former AND s.tried_at IS NOT DISTINCT FROM c.begun))
RETURNING s.id, s.open_needs
"""
TRIED = """
INSERT INTO workflows_attempt (id, step_id, number, outcome, error_class, error, started_at, finished_at)
SELECT t.* FROM json_to_recordset(%(tries)s::json) AS t(id uuid, step_id uuid, number smallint, outcome text,
    error_class text, error text, started_at timestamptz, finished_at timestamptz)
WHERE EXISTS (SELECT 1 FROM run)
"""
IF_IT_HOLDS = "WHERE EXISTS (SELECT 1 FROM run)"
# A step that is not in the state we know would be half a checkpoint: dividing by nothing undoes it all.
OUTCOME = """
SELECT (SELECT yes FROM quiet), (SELECT count(*) FROM held), (SELECT count(*) FROM run),
    1 / (CASE WHEN EXISTS (SELECT 1 FROM run) AND (SELECT count(*) FROM moved) <> %(moving)s::int THEN 0 ELSE 1 END),
    array(SELECT id FROM moved), array(SELECT open_needs FROM moved)
"""


@dataclass(frozen=True)
class GiveBack:
    """That the work is over, or due `again`."""

    again: datetime | None


Former = tuple[str, datetime | None]


@dataclass
class Checkpoint:
    """What is to be committed next. `former` is what the database is believed to hold: a run's state, and a step's
    with when it was tried last."""

    run: Run
    actor: Actor
    run_former: str | None = None
    steps: dict[UUID, tuple[Step, Former | None, int]] = field(default_factory=dict)
    tries: list[dict[str, Any]] = field(default_factory=list)
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
        self.steps[step.pk] = (step, former or (str(step.status), step.tried_at), met)
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
        self.tries.append(
            {
                "id": uuid7(),
                "step_id": step.pk,
                "number": step.attempts,
                "outcome": outcome,
                "error_class": error_class[:80],
                "error": error,
                "started_at": begun,
                "finished_at": now,
            }
        )

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

        One statement and one round trip; where somebody is to be told of an entry, a transaction around it. With
        `finish` the work is given back in the same commit, to be due `again` if that is known.
        """
        give_back = GiveBack(again) if finish else None
        quiet = unheard(entry.event for entry in self.entries)
        if not self._write(lease, give_back, quiet):
            with transaction.atomic():
                self._write(lease, give_back, None)
                for entry in self.entries:
                    tell(event=entry.event, target=entry.target, data=entry.data, run=entry.run)
        self.run_former, self.steps, self.tries, self.entries = None, {}, [], []

    def _write(self, lease: Lease, give_back: GiveBack | None, quiet: Fragment | None) -> bool:
        """Send the statement; False, and nothing has changed, where the condition `quiet` does not hold."""
        # To begin once more what a dead worker had begun leaves no entry: it is no progress.
        provided = "(SELECT yes FROM quiet)"
        fence = (
            finished(lease, give_back.again, provided=provided)
            if give_back
            else held(lease, progress=bool(self.entries), provided=provided)
        )
        quiet = quiet or Fragment("true", {})
        parts = [Fragment(f"quiet AS (SELECT {quiet.sql} AS yes)", quiet.params), fence]
        parts += [self._run(), self._changes(), Fragment(f"moved AS ({MOVED})", {"moving": len(self.steps)})]
        if self.tries:
            parts.append(Fragment(f"tried AS ({TRIED})", {"tries": _json(self.tries)}))
        if self.entries:
            told = ledger.entries(self.entries)
            parts.append(Fragment(f"told AS ({told.sql} {IF_IT_HOLDS})", told.params))
        sql = "WITH " + ", ".join(part.sql for part in parts) + OUTCOME
        params = {name: value for part in parts for name, value in part.params.items()}
        try:
            found = row_prepared(sql, params)
        except DataError as error:
            if not isinstance(error.__cause__, DivisionByZero):
                raise
            raise MovedMeanwhile(f"a step of run {self.run.pk} is no longer as it was") from None
        assert found is not None
        is_quiet, ours, stays, _, moved, open_needs = found
        if not is_quiet:
            return False
        if not ours:
            lease.lost.set()
            raise LeaseLost(f"the lease on {lease.work} is over")
        if not stays:
            raise RunMoved(self.run.status)
        for step, needs in zip(moved, open_needs, strict=True):
            self.steps[step][0].open_needs = needs
        return True

    def _run(self) -> Fragment:
        known: dict[str, Any] = {"run": self.run.pk, "run_former": self.run_former or str(self.run.status)}
        if self.run_former is None:
            return Fragment(f"run AS ({RUN_STAYS})", known)
        changes = {name: getattr(self.run, name) for name in RUN_COLUMNS}
        return Fragment(f"run AS ({RUN_CHANGES})", {**known, "run_changes": _json(changes)})

    def _changes(self) -> Fragment:
        rows = []
        for step, before, met in self.steps.values():
            former, begun = before or (None, None)
            known = {"id": step.pk, "former": former, "begun": begun, "met": met}
            rows.append(known | {name: getattr(step, name) for name in STEP_COLUMNS})
        return Fragment(f"change AS ({STEPS})", {"steps": _json(rows)})


def _json(value: Any) -> str:
    """The values as one parameter of one type, whatever they are: PostgreSQL reads them as the statement says."""
    return json.dumps(value, default=_text, ensure_ascii=False, separators=(",", ":"))


def _text(value: Any) -> str:
    return f"{value.total_seconds()} seconds" if isinstance(value, timedelta) else str(value)
