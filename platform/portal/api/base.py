"""What all API views share."""

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

from approvals import errors as approvals
from audit.services import Actor
from gateway.authentication import actor_of
from gateway.idempotency import once
from gateway.problems import Problem
from workflows import errors as workflows

STATUS: dict[type[approvals.Refused] | type[workflows.Refused], int] = {
    approvals.NoSuchApproval: 404,
    approvals.WrongDigest: 409,
    approvals.AlreadyDecided: 409,
    approvals.Stale: 409,
    approvals.Unsupported: 422,
    approvals.InvalidEdit: 422,
    approvals.NotAllowed: 403,
    approvals.NothingHeld: 409,
    approvals.TooLate: 409,
    approvals.InvalidChoice: 422,
    approvals.InvalidRejection: 422,
    approvals.AlreadyClaimed: 409,
    approvals.NotAsked: 409,
    approvals.NoSuchColleague: 422,
    workflows.NoSuchEffect: 404,
    workflows.NotUnknown: 409,
    workflows.NoSuchRun: 404,
    workflows.NotFailed: 409,
    workflows.NotEnded: 409,
    workflows.OutcomeUnknown: 409,
    workflows.ConversationMoved: 409,
    workflows.DoneAgain: 409,
    workflows.OverLimit: 409,
    workflows.PeopleOnly: 409,
    workflows.InputRefused: 422,
    workflows.NoSuchPlan: 404,
    workflows.RunUnderWay: 409,
    workflows.NothingToUndo: 409,
    workflows.NoSuchChoice: 422,
    workflows.WrongDigest: 409,
    workflows.AlreadyStarted: 409,
    workflows.PlanStale: 409,
    workflows.SecondPersonNeeded: 403,
    workflows.NotAllowed: 403,
    workflows.NotPausable: 409,
    workflows.NoSuchCustomer: 404,
    workflows.ReplyLeaving: 409,
}


class View(APIView):
    """A view of one resource: `resource` names the token's scope, `rights` the person's right per method."""

    resource: ClassVar[str | None] = None
    rights: ClassVar[Mapping[str, str]] = {}
    scope_by_method: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls) -> None:
        """Each POST takes an Idempotency-Key."""
        super().__init_subclass__()
        if "post" in vars(cls):
            cls.post = once(vars(cls)["post"])  # type: ignore[attr-defined]

    def actor(self, request: Request) -> Actor:
        """The token that calls, acting as its person; or the hook that was posted to."""
        return actor_of(request)


def refuse(error: approvals.Refused | workflows.Refused) -> NoReturn:
    """Answer a refusal of approvals or workflows as a problem."""
    more: dict[str, Any] = {}
    if isinstance(error, approvals.Stale | workflows.PlanStale):
        more["stale"] = error.stale
    if isinstance(error, approvals.InvalidEdit):
        more["errors"] = [{"path": path, "message": sentence} for path, sentence in error.faults.items()]
    elif isinstance(error, approvals.NoSuchColleague):
        more["errors"] = [{"path": error.path, "message": error.sentence}]
    if isinstance(error, workflows.InputRefused):
        more["errors"] = [{"path": fault.path, "message": fault.message} for fault in error.faults]
    if isinstance(error, workflows.NoSuchChoice):
        more["errors"] = [{"path": "put_back", "message": error.sentence}]
    raise Problem(STATUS[type(error)], error.name, error.sentence, **more)


def found(value: Any) -> Any:
    """`value`, or 404 where there is none."""
    if value is None:
        raise NotFound()
    return value
