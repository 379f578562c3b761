"""Proposals, and what people do with them."""

from typing import Any

from rest_framework import serializers as s

from approvals.selectors import ApprovalStatus, RejectionKind
from portal.api.shapes.people import ColleagueShape

RISKS = ("low", "medium", "high")
WHY = "Of which kind the reason is; of a rejection only."


class ActionShape(s.Serializer[Any]):
    step = s.CharField()
    action = s.CharField()
    input = s.DictField()
    risk = s.ChoiceField(RISKS)
    reversible = s.BooleanField()


class EvidenceShape(s.Serializer[Any]):
    claim = s.CharField()
    source = s.DictField()  # type: ignore[assignment]
    quote = s.CharField()
    supported = s.BooleanField()


class DecisionShape(s.Serializer[Any]):
    person = s.UUIDField()
    name = s.CharField()
    decision = s.ChoiceField(["approve", "reject"])
    digest = s.CharField()
    comment = s.CharField()
    rejection = s.ChoiceField(RejectionKind.choices, allow_null=True, help_text="null where nobody said why.")
    at = s.DateTimeField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        return shown | {"rejection": shown["rejection"] or None}


class QuestionShape(s.Serializer[Any]):
    asker = ColleagueShape(source="asked_by")
    colleague = ColleagueShape(source="asked")
    note = s.CharField()
    asked_at = s.DateTimeField()
    until = s.DateTimeField(help_text="Till then nothing expires.")
    outcome = s.ChoiceField(["answered", "taken_back", "unanswered"], allow_null=True)
    answer = s.CharField()
    closed_at = s.DateTimeField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        return shown | {"outcome": shown["outcome"] or None}


class ClaimShape(s.Serializer[Any]):
    release = s.BooleanField(default=False, help_text="Be on it no more.")


class AskShape(s.Serializer[Any]):
    colleague = s.UUIDField(help_text="The id of a person.")
    note = s.CharField(max_length=2000)


class AnswerShape(s.Serializer[Any]):
    answer = s.CharField(max_length=2000, required=False, help_text="Of the colleague who was asked.")
    take_back = s.BooleanField(default=False, help_text="Take the question back instead, as who may decide.")


class DelegateShape(s.Serializer[Any]):
    to = s.UUIDField(help_text="The id of a person who may decide it.")


class FindingShape(s.Serializer[Any]):
    check = s.CharField(help_text="recipients, topics, others_data, language, humans or injection.")
    verdict = s.ChoiceField(["repairable", "person", "refuse"])
    words = s.CharField()
    text = s.CharField(help_text="The sentence of the reply that it concerns; empty where it concerns all of it.")
    start = s.IntegerField(allow_null=True)
    end = s.IntegerField(allow_null=True)
    suggestion = s.CharField(help_text="What could stand there instead.")


class TrustShape(s.Serializer[Any]):
    verdict = s.ChoiceField(["pass", "repairable", "person", "refuse"], help_text="The strictest of all checks.")
    findings = FindingShape(many=True)


class ApprovalShape(s.Serializer[Any]):
    id = s.UUIDField()
    status = s.ChoiceField(ApprovalStatus.choices)
    run = s.UUIDField()
    title = s.CharField()
    risk = s.ChoiceField(RISKS)
    reasons = s.ListField(child=s.CharField())
    actions = ActionShape(many=True, source="document.actions")
    digest = s.CharField()
    former_digest = s.CharField()
    evidence = EvidenceShape(many=True, source="document.evidence")
    sentences = s.ListField(
        child=s.DictField(),
        source="document.sentences",
        help_text="Each with its verdict: phrase, supported, own_words (to be compared with its quotes, `finding` says "
        "which), unsupported (cannot be sent) or person (written by one).",
    )
    message = s.DictField(source="document.message", allow_null=True)
    reply = s.DictField(source="document.reply", allow_null=True, help_text="As it would leave, with its sender.")
    provenance = s.DictField(source="document.provenance")
    flags = s.ListField(child=s.CharField())
    trust = TrustShape(help_text="What the checks found; sentences without a source stand in `sentences`.")
    blocked_reason = s.CharField()
    edited_by = s.CharField(allow_null=True)
    stale = s.ListField(child=s.DictField())
    expires_at = s.DateTimeField()
    expires_to = s.CharField(allow_null=True)
    required_approvers = s.IntegerField()
    decisions = DecisionShape(many=True)
    claimed_by = ColleagueShape(source="claimant", allow_null=True, help_text="Who is on it, in the last 15 minutes.")
    delegated_to = ColleagueShape(source="delegate", allow_null=True, help_text="Who is asked besides managers.")
    questions = QuestionShape(many=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        return shown | {"edited_by": shown["edited_by"] or None, "expires_to": shown["expires_to"] or None}


class EditShape(s.Serializer[Any]):
    digest = s.CharField()
    edits = s.DictField(child=s.DictField(), required=False)
    leave_out = s.ListField(child=s.CharField(), required=False)
    add = s.ListField(child=s.DictField(), required=False)


class DecideShape(s.Serializer[Any]):
    decision = s.ChoiceField(["approve", "reject"])
    digest = s.CharField()
    comment = s.CharField(required=False, allow_blank=True, max_length=2000)
    rejection = s.ChoiceField(RejectionKind.choices, required=False, help_text=WHY)


class ChosenShape(s.Serializer[Any]):
    id = s.UUIDField()
    digest = s.CharField(help_text="Of what you have read.")


class DecideTogetherShape(s.Serializer[Any]):
    decision = s.ChoiceField(["approve", "reject"])
    approvals = ChosenShape(many=True)
    comment = s.CharField(required=False, allow_blank=True, max_length=2000)
    rejection = s.ChoiceField(RejectionKind.choices, required=False, help_text=WHY)


class ToldShape(s.Serializer[Any]):
    id = s.UUIDField()
    status = s.ChoiceField(ApprovalStatus.choices, allow_null=True, help_text="null where it was refused.")
    error = s.CharField(allow_null=True, help_text="The type of the problem, as one decision would answer it.")
    detail = s.CharField(allow_null=True)


class ToldTogetherShape(s.Serializer[Any]):
    results = ToldShape(many=True)
