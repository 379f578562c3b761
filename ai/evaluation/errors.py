"""Why an example cannot be kept, or a route be activated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ai.evaluation.gate import Standing


@dataclass(frozen=True)
class Fault:
    """`path` says where, `sentence` what is wrong there."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}"


class EvaluationRefused(Exception):
    """Something that cannot be done; `sentence` says why and what can."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class InvalidCase(EvaluationRefused):
    """An example that is none; `faults` are all that is wrong with it, of a file each with its line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(str(faults[0]))
        self.faults = tuple(faults)


class KnownCase(EvaluationRefused):
    """The same inputs are an example already."""


class NoSuchCase(EvaluationRefused):
    """No example has this id, or it is retired."""


class NoSuchEvaluation(EvaluationRefused):
    """No evaluation has this id."""


class NothingToMeasure(EvaluationRefused):
    """There are no examples of this purpose."""


class GateClosed(Exception):
    """A route that does worse by the examples, or was not measured, and no reason why it is to be all the same."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.sentence)
        self.standing = standing
        self.sentence = standing.sentence
