"""Readiness: a step's `open_needs` counts the steps it still waits for."""

from django.db.models import F

from workflows.engine.context import RunContext
from workflows.models import Step


def needs_met(context: RunContext, key: str) -> None:
    """Tell the steps that need `key`, which has succeeded or was skipped, that they wait for one less."""
    waiting = context.definition.needed_by.get(key, [])  # a step that a person added is needed by none
    Step.objects.filter(run=context.run, key__in=waiting, open_needs__gt=0).update(open_needs=F("open_needs") - 1)
