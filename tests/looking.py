"""Runs as tests look at them, and the approval that lets them go on."""

from typing import Any

from approvals.selectors import approval_get
from approvals.services import approval_decide
from tests.story import person
from workflows.selectors import RunView, run_get


def seen(run: Any) -> RunView:
    found = run_get(getattr(run, "id", run))
    assert found is not None
    return found


def states(run: Any) -> dict[str, str]:
    return {step.key: step.status for step in seen(run).steps}


def approve(approval: Any, who: Any) -> None:
    shown = approval_get(getattr(approval, "id", approval))
    approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(who))
