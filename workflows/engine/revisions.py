"""The way back from approvals: what people edit is planned and checked anew, what they take back is stopped."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from approvals.errors import InvalidEdit
from approvals.proposals import Approvers, Changed, Fact, Proposal, Revision, Takes
from approvals.selectors import ApprovalView
from audit.services import Actor
from workflows.actions import ACTIONS, Action
from workflows.approvers import approvers_of_run
from workflows.definition import stored
from workflows.engine import binding as binding_of_run
from workflows.engine import facts
from workflows.engine.context import run_context
from workflows.engine.forbidden import forbidden_since
from workflows.engine.proposals import Former, addable, propose
from workflows.engine.taking_back import take_back
from workflows.engine.waking import run_hold
from workflows.errors import StepError
from workflows.models import Effect, EffectStatus, Run, WorkflowVersion


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

    def takes(self, *, run: UUID) -> Mapping[str, Takes]:
        """Every action there is; what a person says of one that the run's version lets them add."""
        version = WorkflowVersion.objects.get(runs=run)
        may_add = addable(stored(version))
        return {name: _takes(action, may_add=name in may_add) for name, action in ACTIONS.items()}

    def changed(self, basis: Sequence[Fact], *, applied: bool) -> list[Changed]:
        """The facts that no longer hold."""
        return facts.changed(basis, applied=applied)

    def rewritten(self, *, run: UUID, approval_id: UUID, approved: str, binding: Mapping[str, Any]) -> list[Changed]:
        """What would be carried out, or is held, and is not what was approved."""
        return binding_of_run.rewritten(run=run, approval_id=approval_id, approved=approved, binding=binding)

    def forbidden(self, *, document: Mapping[str, Any], binding: Mapping[str, Any]) -> list[Changed]:
        """What its reply says that was forbidden since."""
        return forbidden_since(document, binding)

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


def _takes(action: Action, *, may_add: bool) -> Takes:
    schema = action.Input.model_json_schema()
    said = [name for name, field in schema["properties"].items() if name in action.editable or "record" in field]
    says = (action.__doc__ or "").split("\n")[0]
    return Takes(action.name, action.label, says, schema, tuple(said) if may_add else ())
