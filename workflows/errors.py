"""What goes wrong in workflows; each class says whether trying again can help."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a definition, and where: `steps[2].do`."""

    path: str
    message: str


def fault_of(detail: Any) -> Fault:
    """What pydantic says of one value, with its path: `facts.slots[2]`."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"])
    words = {"extra_forbidden": "is not a known field", "missing": "is missing"}
    message = words.get(detail["type"], detail["msg"].removeprefix("Value error, "))
    return Fault(path.lstrip("."), message)


class InvalidDefinition(ValueError):
    """A definition that cannot be published; `faults` says all that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in faults))
        self.faults = faults


class StepError(Exception):
    """A step could not do its work; `sentence` is what people read."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Retryable(StepError):
    """Another attempt may well succeed. `after`: seconds that whoever was asked wants to be left alone before it."""

    def __init__(self, sentence: str, *, after: float | None = None) -> None:
        super().__init__(sentence)
        self.after = after


class NotRetryable(StepError):
    """Trying again would fail again."""


class NeedsAPerson(NotRetryable):
    """The model would not answer; somebody has to."""


class Unplannable(NotRetryable):
    """An action of a proposal cannot be planned; `step` is its key."""

    def __init__(self, sentence: str, step: str) -> None:
        super().__init__(sentence)
        self.step = step


class ReasonMissing(ValueError):
    """People are not told why the AI stops."""

    sentence = "Say why: everybody in the workspace reads it."


class VersionRefused(ValueError):
    """A version cannot be put in or out of force like this."""

    sentence: str


class NotInForce(VersionRefused):
    sentence = "This version is not in force, so there is nothing to roll back."


class NoFormerVersion(VersionRefused):
    sentence = "No version before this one was ever in force. Switch the workflow off instead."


class RunMoved(Exception):
    """The run was cancelled or changed while a step worked: what the step did is dropped."""


class NoSuchWorkflow(LookupError):
    """No workflow of this tenant has that name."""


class ApproversRefused(ValueError):
    """Somebody is named to decide who could not anyhow; `sentence` is what people read."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Refused(Exception):
    """Something that cannot be done with a run or what it did; `sentence` is for people, `name` for programs."""

    name = "refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NoSuchEffect(Refused):
    name = "not-found"


class NotUnknown(Refused):
    """What became of it is known already."""

    name = "not-unknown"


class NoSuchRun(Refused):
    name = "not-found"


class NoSuchPlan(Refused):
    name = "not-found"


class RunUnderWay(Refused):
    """A run that has not ended cannot be undone."""

    name = "run-under-way"


class NothingToUndo(Refused):
    name = "nothing-to-undo"


class NoSuchChoice(Refused):
    """A field is to be put back of which there is no such choice in the plan."""

    name = "invalid"


class WrongDigest(Refused):
    """The digest is not the one of this plan."""

    name = "wrong-digest"


class AlreadyStarted(Refused):
    name = "already-started"


class PlanStale(Refused):
    """What the plan rests on has changed; `stale` says what."""

    name = "stale"

    def __init__(self, sentence: str, stale: list[dict[str, Any]]) -> None:
        super().__init__(sentence)
        self.stale = stale


class SecondPersonNeeded(Refused):
    name = "second-person-needed"


class NotAllowed(Refused):
    name = "not-allowed"


class NotPausable(Refused):
    """An undo that does not run cannot be paused, one that is not paused not resumed."""

    name = "not-possible"


class NotFailed(Refused):
    """Only a failed run goes on from a failed step of its own."""

    name = "not-failed"


class NotEnded(Refused):
    """Only the event of a run that has ended is worked on again."""

    name = "not-ended"


class OutcomeUnknown(Refused):
    """Nobody knows whether its reply has left, and nothing is sent twice."""

    name = "outcome-unknown"


class ConversationMoved(Refused):
    """The customer, a colleague or another run has spoken since, or is about to."""

    name = "conversation-moved"


class DoneAgain(Refused):
    """Another run does the same again."""

    name = "done-again"


class OverLimit(Refused):
    """It would reach a limit of its version at once."""

    name = "over-limit"


class PeopleOnly(Refused):
    """The AI is switched off."""

    name = "people-only"


class InputRefused(Refused):
    """A changed input is none that the step takes; `faults` has the path of each."""

    name = "invalid-input"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("The step does not take this input. Nothing was begun.")
        self.faults = faults


class NoSuchCustomer(Refused):
    name = "not-found"


class ReplyLeaving(Refused):
    """A customer cannot be erased while a reply to them is on its way."""

    name = "reply-leaving"
