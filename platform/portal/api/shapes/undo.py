"""The fields of undo plans."""

from typing import Any

from rest_framework import serializers as s

from workflows.selectors import EffectStatus, UndoStatus


class UndoAskedShape(s.Serializer[Any]):
    put_back = s.ListField(
        child=s.CharField(max_length=200),
        required=False,
        max_length=500,
        help_text="The `choice`s of an earlier plan that are put back although somebody changed them since.",
    )


class UndoStartShape(s.Serializer[Any]):
    digest = s.CharField(max_length=64)


class UndoFieldShape(s.Serializer[Any]):
    """`now` is what the field holds when its turn comes, after what is undone before it."""

    field = s.CharField()
    before = s.JSONField()
    wrote = s.JSONField()
    now = s.JSONField()
    fate = s.ChoiceField(["back", "over", "before", "changed", "removed", "refused"])
    choice = s.CharField(help_text="What `put_back` takes; empty where there is no choice.")


class UndoRecordShape(s.Serializer[Any]):
    record = s.CharField()
    created = s.BooleanField()
    removed = s.BooleanField()
    referrers = s.ListField(child=s.CharField())
    choice = s.CharField()

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"fields": UndoFieldShape(many=True)}


class UndoEffectShape(s.Serializer[Any]):
    """`can`: it is undone as a whole, in part, or not; `why` not, in a word and in a sentence."""

    id = s.UUIDField()
    run = s.UUIDField()
    step = s.CharField()
    action = s.CharField()
    summary = s.CharField()
    status = s.ChoiceField(EffectStatus.choices)
    can = s.ChoiceField(["yes", "part", "no"])
    does = s.ChoiceField(["undo", "stop", "correct", "nothing"])
    why = s.CharField()
    sentence = s.CharField()
    records = UndoRecordShape(many=True)


class UndoStayedShape(s.Serializer[Any]):
    effect = s.UUIDField()
    record = s.CharField()
    field = s.CharField()
    why = s.CharField()


class CorrectionShape(s.Serializer[Any]):
    id = s.UUIDField()
    effect = s.UUIDField()
    conversation = s.CharField(source="thread")
    text = s.CharField()


class UndoPlanShape(s.Serializer[Any]):
    """`done` of `total` things are undone. `stayed`: what did, although the plan says otherwise."""

    id = s.UUIDField()
    status = s.ChoiceField(UndoStatus.choices)
    digest = s.CharField()
    policy = s.CharField()
    second_person = s.CharField(help_text="Why somebody else than its author has to start it, or empty.")
    runs = s.ListField(child=s.UUIDField())
    effects = UndoEffectShape(many=True)
    total = s.IntegerField()
    done = s.IntegerField(source="position")
    error = s.CharField()
    stayed = UndoStayedShape(many=True, source="results")
    corrections = CorrectionShape(many=True)
    created_at = s.DateTimeField()
    started_at = s.DateTimeField(allow_null=True)
    finished_at = s.DateTimeField(allow_null=True)
