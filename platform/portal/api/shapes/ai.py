"""What the AI did, what it cost and what it may cost."""

from typing import Any

from rest_framework import serializers as s

from ai.budgets.selectors import BudgetScope, BudgetWindow
from ai.selectors import CallOutcome, CallUse


class CallShape(s.Serializer[Any]):
    id = s.UUIDField()
    purpose = s.CharField()
    provider = s.CharField()
    model_requested = s.CharField()
    model_served = s.CharField()
    fallback_reason = s.CharField(allow_null=True)
    prompt_version = s.CharField()
    use = s.ChoiceField(CallUse.values)
    input_tokens = s.IntegerField()
    output_tokens = s.IntegerField()
    cost_usd = s.DecimalField(max_digits=18, decimal_places=10)
    cost_known = s.BooleanField(help_text="False: it was broken off, and `cost_usd` is the most that it can have cost.")
    checks = s.ListField()
    outcome = s.ChoiceField(CallOutcome.choices)
    workflow = s.CharField()
    run = s.CharField(source="run_id")
    created_at = s.DateTimeField()


class TurnShape(s.Serializer[Any]):
    role = s.CharField()
    content = s.CharField()


class WordsShape(s.Serializer[Any]):
    system = s.CharField(help_text="The prompt's beginning, which is ours; empty where no prompt is kept.")
    turns = TurnShape(many=True)
    answer = s.CharField()
    redacted = s.BooleanField(help_text="Turns and answer tell only how long they are.")
    kept_until = s.DateTimeField(source="until", allow_null=True, help_text="When they are deleted.")


class CallDetailShape(CallShape, WordsShape):
    pass


class BudgetShape(s.Serializer[Any]):
    scope = s.ChoiceField(BudgetScope.choices)
    key = s.CharField(
        max_length=60, allow_blank=True, allow_null=True, required=False, default="",
        help_text="The workflow's or purpose's name; empty for the other scopes.",
    )  # fmt: skip
    window = s.ChoiceField(BudgetWindow.choices)
    soft_usd = s.DecimalField(
        max_digits=12, decimal_places=4, min_value=0, allow_null=True, required=False, default=None,
        help_text="Past it people are told, and the cheapest model of a route is asked.",
    )  # fmt: skip
    hard_usd = s.DecimalField(
        max_digits=12, decimal_places=4, min_value=0, allow_null=True, required=False, default=None,
        help_text="What could go over it is asked of no model.",
    )  # fmt: skip
    spent_usd = s.DecimalField(
        max_digits=18, decimal_places=10, read_only=True,
        help_text="In the window that is open now; of runs, by the newest that asked a model.",
    )  # fmt: skip
    reserved_usd = s.DecimalField(
        max_digits=18, decimal_places=10, read_only=True, help_text="The most that calls under way can cost."
    )


class BudgetsShape(s.Serializer[Any]):
    budgets = s.ListField(child=BudgetShape(), max_length=200)
    currency = s.CharField(read_only=True, default="USD")


class UsageRowShape(s.Serializer[Any]):
    key = s.CharField()
    calls = s.IntegerField()
    offline = s.IntegerField()
    failed = s.IntegerField()
    input_tokens = s.IntegerField()
    output_tokens = s.IntegerField()
    cache_read_tokens = s.IntegerField()
    cache_write_tokens = s.IntegerField()
    cost_usd = s.DecimalField(max_digits=18, decimal_places=10)
    unknown_usd = s.DecimalField(
        max_digits=18, decimal_places=10,
        help_text="The part of the cost that nobody knows: the most that calls can have cost which were broken off.",
    )  # fmt: skip


class UsageShape(s.Serializer[Any]):
    group_by = s.CharField()
    since = s.DateTimeField()
    until = s.DateTimeField()
    currency = s.CharField()
    cost_usd = s.DecimalField(max_digits=18, decimal_places=10)
    results = UsageRowShape(many=True)
