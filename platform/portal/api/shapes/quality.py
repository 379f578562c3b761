"""What the API tells of the quality of the AI's work."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s

from ai.quality.selectors import FallbackKind
from approvals.selectors import RejectionKind


class RateShape(s.Serializer[Any]):
    hits = s.IntegerField()
    n = s.IntegerField()
    share = s.FloatField(allow_null=True, help_text="From 0 to 1; null of nothing.")
    low = s.FloatField(help_text="The lower of Wilson's bounds (95 %).")
    high = s.FloatField(help_text="The upper one.")


class RejectionCountShape(s.Serializer[Any]):
    rejection = s.ChoiceField(RejectionKind.choices, allow_null=True, help_text="null where nobody said why.")
    proposals = s.IntegerField()


class JudgedShape(s.Serializer[Any]):
    proposals = s.IntegerField(help_text="That people decided. The drafted reply decides whose model and prompt.")
    approved = s.IntegerField()
    edited = s.IntegerField()
    rejected = s.IntegerField()
    rejections = s.SerializerMethodField(help_text="How many were rejected for each kind of reason.")
    taken_back = s.IntegerField()
    fell_back = s.IntegerField(help_text="Drafted by another model than the one that was asked first, or offline.")
    unedited_rate = RateShape(help_text="Approved exactly as it was proposed, of all that was decided.")
    rejected_rate = RateShape()
    words_changed_median = s.FloatField(source="words_median", allow_null=True, help_text="Of replies, from 0 to 1.")
    words_changed_p90 = s.FloatField(source="words_tenth", allow_null=True)
    waited_median_seconds = s.SerializerMethodField(help_text="From the proposal to its decision.")
    first = s.DateTimeField(help_text="When the first of them was decided.")

    @extend_schema_field(RejectionCountShape(many=True))
    def get_rejections(self, judged: Any) -> list[dict[str, Any]]:
        return [{"rejection": kind or None, "proposals": count} for kind, count in judged.rejections.items()]

    def get_waited_median_seconds(self, judged: Any) -> float | None:
        return None if judged.waited_median is None else float(judged.waited_median.total_seconds())


class CalledShape(s.Serializer[Any]):
    calls = s.IntegerField()
    answers = s.IntegerField(help_text="Those that were used.")
    failed = s.IntegerField()
    offline = s.IntegerField()
    fallback_rate = RateShape(help_text="Answers of another model than the one asked first, or offline for want of it.")
    failed_rate = RateShape()
    check_rate = RateShape(help_text="Calls in whose answer a check found something.")
    mails = s.IntegerField(help_text="Emails that were understood.")
    cost_usd = s.DecimalField(max_digits=18, decimal_places=10)


class QualityRowShape(s.Serializer[Any]):
    key = s.CharField(help_text="Of a version: `<workflow>/<number>`. Days and weeks begin in the tenant's time zone.")
    judged = JudgedShape(allow_null=True)
    calls = CalledShape(allow_null=True)


class LatencyShape(s.Serializer[Any]):
    purpose = s.CharField()
    model = s.CharField()
    answers = s.IntegerField()
    median_ms = s.IntegerField()
    p95_ms = s.IntegerField(source="most_ms")


class CheckShape(s.Serializer[Any]):
    name = s.CharField()
    calls = s.IntegerField(help_text="In whose answer it found something.")


class ReasonShape(s.Serializer[Any]):
    reason = s.CharField()
    answers = s.IntegerField()


class FallbackKindShape(s.Serializer[Any]):
    kind = s.ChoiceField(FallbackKind.choices, help_text="Why the model that was asked first did not answer.")
    answers = s.IntegerField()


class LookTestShape(s.Serializer[Any]):
    signal = s.CharField()
    was = s.JSONField(
        help_text="Of the version's first proposals: [hits, proposals]; of intents how often each came; of cost and "
        "latency `median` (US dollars, milliseconds) and `n`."
    )
    now = s.JSONField(help_text="Of its newest.")
    p = s.FloatField(help_text="The chance of such a difference where nothing has changed.")
    drifted = s.BooleanField()


class LookShape(s.Serializer[Any]):
    workflow = s.CharField()
    version = s.IntegerField()
    number = s.IntegerField(help_text="How many looks at this version there were, with this one.")
    level = s.FloatField(help_text="What `p` had to be below, at this look.")
    tests = LookTestShape(many=True)
    drifted = s.BooleanField()
    at = s.DateTimeField()


class QualityShape(s.Serializer[Any]):
    group_by = s.CharField()
    since = s.DateTimeField()
    until = s.DateTimeField()
    currency = s.CharField()
    results = QualityRowShape(many=True)
    checks = CheckShape(many=True)
    fallbacks = ReasonShape(many=True)
    fallback_kinds = FallbackKindShape(many=True)
    latency = LatencyShape(many=True)
    looks = LookShape(many=True, help_text="The newest comparisons of a version with its own beginning.")
