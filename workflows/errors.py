"""What goes wrong in workflows; each class says whether trying again can help."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a definition, and where: `steps[2].do`."""

    path: str
    message: str


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
    """Another attempt may well succeed."""


class NotRetryable(StepError):
    """Trying again would fail again."""


class RunMoved(Exception):
    """The run was cancelled or changed while a step worked: what the step did is dropped."""


class NoSuchWorkflow(LookupError):
    """No workflow of this tenant has that name."""


class ApproversRefused(ValueError):
    """Somebody is named to decide who could not anyhow; `sentence` is what people read."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
