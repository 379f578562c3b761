"""The fields of runs, their steps and effects, and of what is asked of them."""

from typing import Any

from rest_framework import serializers as s

from portal.api.shapes.approvals import RISKS
from workflows.selectors import AttemptOutcome, EffectStatus, RunStatus, StepStatus


class TryShape(s.Serializer[Any]):
    number = s.IntegerField(help_text="Counts anew after a person's retry.")
    outcome = s.ChoiceField(AttemptOutcome.choices)
    error = s.CharField()
    started_at = s.DateTimeField()
    finished_at = s.DateTimeField()


class StepShape(s.Serializer[Any]):
    key = s.CharField()
    kind = s.CharField()
    status = s.ChoiceField(StepStatus.choices)
    attempts = s.IntegerField()
    given = s.JSONField(help_text="The input that a person had it retried with; null where the version's holds.")
    output = s.JSONField()
    error = s.CharField(allow_null=True)
    due_at = s.DateTimeField(allow_null=True, help_text="When it is tried again.")
    tries = TryShape(many=True, help_text="The attempts that came to nothing, the first first.")


class EffectShape(s.Serializer[Any]):
    id = s.UUIDField()
    step = s.CharField()
    action = s.CharField()
    status = s.ChoiceField(EffectStatus.choices)
    risk = s.ChoiceField(RISKS)
    reversible = s.BooleanField()
    summary = s.CharField()
    undone_at = s.DateTimeField(allow_null=True)


class ResolveShape(s.Serializer[Any]):
    outcome = s.ChoiceField(["done", "failed"], help_text="It has left (done), or it did not (failed).")


class RunShape(s.Serializer[Any]):
    id = s.UUIDField()
    workflow = s.CharField()
    version = s.IntegerField()
    status = s.ChoiceField(RunStatus.choices)
    event = s.UUIDField()
    cost_usd = s.DecimalField(max_digits=12, decimal_places=6)
    started_at = s.DateTimeField(allow_null=True)
    finished_at = s.DateTimeField(allow_null=True)
    error = s.CharField(allow_null=True)
    cause = s.CharField(help_text="Why it failed: runs that failed alike have the same. Empty while it has not.")
    origin = s.UUIDField(allow_null=True, help_text="The run that this one does again.")


class RunDetailShape(RunShape):
    steps = StepShape(many=True)
    effects = EffectShape(many=True)
    approvals = s.ListField(child=s.UUIDField())
    again = s.ListField(child=s.UUIDField(), help_text="The runs that do this one again.")


class CancelShape(s.Serializer[Any]):
    reason = s.CharField(required=False, default="", allow_blank=True, max_length=500, help_text="Shown on its page.")


class RetryShape(s.Serializer[Any]):
    from_step = s.CharField(
        required=False, max_length=40, help_text="The failed step that `input` is for, where several have failed."
    )
    input = s.DictField(
        required=False, help_text="The fields to change of the step's input; the others stay. You cause it then."
    )


class RetryManyShape(s.Serializer[Any]):
    cause = s.CharField(max_length=160)
    since = s.DateTimeField(help_text="Those that failed then or later.")
    workflow = s.SlugField(required=False, max_length=60)
    after = s.UUIDField(required=False, help_text="`last` of the former answer, where that had some `left`.")


class SkippedShape(s.Serializer[Any]):
    run = s.UUIDField()
    reason = s.CharField()


class RetriedManyShape(s.Serializer[Any]):
    retried = s.ListField(child=s.UUIDField())
    skipped = SkippedShape(many=True, help_text="Those that were left as they are, and why.")
    last = s.UUIDField(allow_null=True)
    left = s.IntegerField(help_text="How many were not looked at: 200 are at once.")
