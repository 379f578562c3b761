"""Definitions, their executions (runs of steps, with their effects), undo, erasure, and how far the AI may go."""

from workflows.models.automation import Automation, AutomationMode
from workflows.models.definitions import NAMED, VERSION_MOVES, VersionStatus, Workflow, WorkflowVersion
from workflows.models.effects import EFFECT_MOVES, Effect, EffectStatus
from workflows.models.erasure import ERASURE_MOVES, Erasure, ErasureStatus
from workflows.models.runs import (
    MET,
    RUN_ENDED,
    RUN_MOVES,
    STEP_MOVES,
    Attempt,
    AttemptOutcome,
    Event,
    Run,
    RunStatus,
    Step,
    StepStatus,
)
from workflows.models.undo import UNDO_MOVES, Correction, UndoPlan, UndoStatus

__all__ = [
    "EFFECT_MOVES",
    "ERASURE_MOVES",
    "MET",
    "NAMED",
    "RUN_ENDED",
    "RUN_MOVES",
    "STEP_MOVES",
    "UNDO_MOVES",
    "VERSION_MOVES",
    "Attempt",
    "AttemptOutcome",
    "Automation",
    "AutomationMode",
    "Correction",
    "Effect",
    "EffectStatus",
    "Erasure",
    "ErasureStatus",
    "Event",
    "Run",
    "RunStatus",
    "Step",
    "StepStatus",
    "UndoPlan",
    "UndoStatus",
    "VersionStatus",
    "Workflow",
    "WorkflowVersion",
]
