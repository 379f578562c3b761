"""What is at work beside the customers while workers are killed at its points: undoing, and measuring models."""

from collections.abc import Collection
from contextlib import suppress

from ai.evaluation.services import evaluation_start
from ai.evaluation.tests.examples import examples
from ai.providers.local.provider import LOCAL_HOP
from tenants.selectors import tenant_context
from tests.chaos.cases import Office, Verdict
from tests.chaos.world import until
from workflows.errors import PlanStale
from workflows.services import undo_plan_make, undo_plan_start

UNDER_WAY = {
    "undo": ("workflows_undoplan", ["running"]),
    "evaluat": ("evaluation_evaluation", ["queued", "running"]),
}
EXAMPLES = 2  # one is measured beyond each death


class Background:
    """The office's undo plans and evaluations: one of each at a time, and only while a point of theirs is wanted."""

    def __init__(self, office: Office) -> None:
        self.office = office
        with tenant_context(office.tenant):
            examples(EXAMPLES)

    def keep_busy(self, points: Collection[str]) -> None:
        """See to it that workers come to these points."""
        for name, begin in (("undo", self._undo), ("evaluat", self._measure)):
            if any(name in point for point in points) and not self._under_way(name):
                begin()

    def rest(self, seconds: float) -> bool:
        """Wait until all is through; whether that was within so many seconds."""
        return until(lambda: not any(map(self._under_way, UNDER_WAY)), seconds, every=0.2)

    def judge(self) -> Verdict:
        """What became of both; what an undo left of a customer's case, the office judges."""
        verdict = Verdict()
        rows = self.office.rows
        for row in rows("SELECT id, status, error FROM workflows_undoplan WHERE status <> 'draft'"):
            verdict.ended[f"plans {row['status']}"] += 1
            if row["status"] != "done":
                verdict.breaks("lost", f"plan {row['id']}: {row['status']} {row['error']}")
        for row in rows(
            "SELECT e.id, e.status, e.reason, (SELECT count(*) FROM evaluation_evaluationresult r"
            " WHERE r.evaluation_id = e.id AND r.code = '') AS results FROM evaluation_evaluation e"
        ):
            verdict.ended[f"evaluations {row['status']}"] += 1
            if (row["status"], row["results"]) != ("done", EXAMPLES):
                verdict.breaks(
                    "lost", f"evaluation {row['id']}: {row['status']}, {row['results']} results, {row['reason']}"
                )
        for row in rows(
            "SELECT step, count(*) AS n FROM ai_call WHERE run_id = '' AND step <> '' GROUP BY 1 HAVING count(*) > 1"
        ):
            verdict.breaks("duplicate", f"{row['n']} calls about the example {row['step']}")
        return verdict

    def _under_way(self, name: str) -> bool:
        table, states = UNDER_WAY[name]
        return bool(self.office.rows(f"SELECT 1 FROM {table} WHERE status = ANY(%s) LIMIT 1", [states]))

    def _undo(self) -> None:
        """Undo all that the oldest run did that has come to its end."""
        rows = self.office.rows
        for run in rows("SELECT id FROM workflows_run WHERE status = 'succeeded' ORDER BY id LIMIT 1"):
            with tenant_context(self.office.tenant):
                plan = undo_plan_make(runs=[run["id"]], actor=self.office.approver)
                [made] = rows("SELECT digest FROM workflows_undoplan WHERE id = %s", [plan])
                with suppress(
                    PlanStale
                ):  # another customer's run has just written what it compares: the next one will do
                    undo_plan_start(plan=plan, digest=made["digest"], actor=self.office.approver)

    def _measure(self) -> None:
        """Measure the offline provider, before what customers wait for: there is always some of that."""
        with tenant_context(self.office.tenant):
            evaluation_start(purpose="understand", hops=[LOCAL_HOP], actor=self.office.approver)
        self.office.owner.execute(
            "UPDATE public.dispatch_work SET due_at = due_at - interval '10 minutes' WHERE handler = 'ai.evaluate'"
        )
