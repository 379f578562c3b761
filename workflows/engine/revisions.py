"""The way back from approvals: what people edit is planned and checked anew, what they take back is stopped."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from approvals.errors import InvalidEdit
from approvals.proposals import Approvers, Changed, Fact, Proposal, Revision
from approvals.selectors import ApprovalView
from audit.services import Actor
from workflows.approvers import approvers_of_run
from workflows.engine import binding as binding_of_run
from workflows.engine import facts
from workflows.engine.context import run_context
from workflows.engine.proposals import Former, propose
from workflows.engine.taking_back import take_back
from workflows.engine.waking import run_hold
from workflows.errors import StepError
from workflows.models import Effect, EffectStatus, Run


class RunProposals:
    """Proposals that come from runs (an approvals.proposals.Origin)."""

    def revise(self, *, run: UUID, key: str, document: Mapping[str, Any], revision: Revision, editor: str) -> Proposal:
        """The proposal with a person's changes, on the facts as they are now; raises InvalidEdit."""
        found = Run.objects.select_related("version", "version__workflow", "event").get(pk=run)
        try:
            proposal, _ = propose(run_context(found), key, former=Former(document, revision, editor))
        except StepError as error:
            raise InvalidEdit("", error.sentence) from None
        assert proposal is not None, "what a person edits is never empty"
        return proposal

    def changed(self, basis: Sequence[Fact], *, applied: bool) -> list[Changed]:
        """The facts that no longer hold."""
        return facts.changed(basis, applied=applied)

    def rewritten(self, *, run: UUID, approval_id: UUID, approved: str, binding: Mapping[str, Any]) -> list[Changed]:
        """What would be carried out, or is held, and is not what was approved."""
        return binding_of_run.rewritten(run=run, approval_id=approval_id, approved=approved, binding=binding)

    def approvers(self, *, run: UUID) -> Approvers | None:
        """Whom the run's workflow names."""
        return approvers_of_run(run)

    def held_until(self, *, run: UUID, approval_id: UUID) -> datetime | None:
        """When the approval's held reply leaves."""
        held = Effect.objects.filter(run=run, approval=approval_id, status=EffectStatus.HELD)
        return held.values_list("due_at", flat=True).first()

    def hold(self, *, run: UUID) -> None:
        """Hold the run's work."""
        run_hold(run)

    def take_back(self, *, approval_id: UUID | str, actor: Actor) -> ApprovalView:
        """The approval, its held reply stopped; raises approvals.errors.Refused."""
        return take_back(approval_id=approval_id, actor=actor)
