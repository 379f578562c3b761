"""Calls of models, what they may cost, what people made of them, what replies may not say, and the tenant's phrases."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from uuid_utils.compat import uuid7

from audit.append_only import append_only
from audit.services import Moves


class CallUse(models.TextChoices):
    """What a call was made for: the work of the tenant, or trying out how it would be done (replay, evaluation)."""

    WORK = "work"
    EVALUATION = "evaluation"


class CallOutcome(models.TextChoices):
    """`answered`: paid for and stored, not yet checked."""

    ANSWERED = "answered"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


CALL_MOVES = Moves(
    {
        (CallOutcome.ANSWERED, CallOutcome.SUCCEEDED): "ai.called",
        (CallOutcome.ANSWERED, CallOutcome.FAILED): "ai.failed",
    },
    field="outcome",
)


class Call(models.Model):
    """One request to one provider, with what it cost and what came of it.

    The answer is stored before it is checked: a step that is run again reuses it instead of paying twice.
    `run_id` and `step` say for whom it was asked, `inputs_digest` with which inputs; `version` is the number of the
    workflow's version (0: asked by none), `intent` what the customer wants (empty: not understood). `error` is the
    stable code of what went wrong, `finding` the sentence that a person reads, `failed_checks` names the checks that
    found something. `fallback_error` is the code of what kept the model from answering that was asked first. Costs are
    US dollars; where nobody knows what a request cost (`cost_known` is false: it was broken off), the most that it can
    have cost stands there.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=40)
    provider = models.CharField(max_length=40)
    model_requested = models.CharField(max_length=100)
    model_served = models.CharField(max_length=100, blank=True)
    fallback_reason = models.TextField(null=True, blank=True)  # noqa: DJ001 (null is "this was no fallback")
    fallback_error = models.CharField(max_length=60, blank=True, default="", db_default="")
    prompt_version = models.CharField(max_length=60)
    workflow = models.CharField(max_length=60, blank=True, default="", db_default="")
    version = models.PositiveIntegerField(default=0, db_default=0)
    intent = models.CharField(max_length=60, blank=True, default="", db_default="")
    run_id = models.CharField(max_length=64, blank=True)
    step = models.CharField(max_length=100, blank=True)
    inputs_digest = models.CharField(max_length=64)
    use = models.CharField(max_length=20, choices=CallUse, default=CallUse.WORK, db_default=CallUse.WORK)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cache_write_5m_tokens = models.PositiveIntegerField(default=0)
    cache_write_1h_tokens = models.PositiveIntegerField(default=0)
    cache_read_tokens = models.PositiveIntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=18, decimal_places=10, default=0)
    route_version = models.PositiveIntegerField(default=0, db_default=0)
    cost_known = models.BooleanField(default=True, db_default=True)
    latency_ms = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=20, choices=CallOutcome)
    stop_reason = models.CharField(max_length=60, blank=True)
    error = models.CharField(max_length=60, blank=True)
    finding = models.TextField(blank=True)
    checks = models.JSONField(default=list)
    failed_checks = ArrayField(models.CharField(max_length=30), default=list, db_default=[])
    answer = models.TextField(blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=("created_at",), name="ai_call_day"),
            models.Index(fields=("run_id", "step", "inputs_digest"), name="ai_call_reuse"),
            models.Index(fields=("purpose", "-id"), name="ai_call_purpose"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=CallOutcome.values), name="ai_call_outcome"),
            models.CheckConstraint(condition=Q(cost_usd__gte=0), name="ai_call_cost"),
            models.CheckConstraint(condition=~Q(outcome="failed", error=""), name="ai_call_failed_why"),
            models.UniqueConstraint(
                fields=("run_id", "step", "inputs_digest"),
                # Whose answer was deleted by age is asked anew where its step is done again.
                condition=Q(outcome="succeeded") & ~Q(run_id="") & ~Q(answer=""),
                name="ai_call_one_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.model_served or self.model_requested}"


class CallText(models.Model):
    """What a call was asked, word for word. After `until` it is deleted, and the answer of its call is emptied."""

    call = models.OneToOneField(Call, on_delete=models.CASCADE, primary_key=True, related_name="words")
    prompt = models.TextField(blank=True)
    until = models.DateTimeField()

    class Meta:
        permissions = [("read_calltext", "Can read prompts and answers word for word")]
        indexes = [models.Index(fields=("until",), name="ai_calltext_until")]

    def __str__(self) -> str:
        return f"the prompt of {self.call_id}"


@append_only()
class RouteVersion(models.Model):
    """Which models answer a purpose from now on, in their order; no hops: those of the product. See ai.routes.Hop."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    hops = models.JSONField()
    author = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "route"
        constraints = [models.UniqueConstraint(fields=("purpose", "number"), name="ai_route_number")]

    def __str__(self) -> str:
        return f"{self.purpose}, version {self.number}"


class BudgetScope(models.TextChoices):
    """Whose calls a budget counts."""

    TENANT = "tenant", "Everything"
    WORKFLOW = "workflow", "One workflow"
    PURPOSE = "purpose", "One purpose"
    RUN = "run", "Each run"


class BudgetWindow(models.TextChoices):
    """How long a budget counts before it begins anew; days and months are those of the tenant's time zone."""

    HOUR = "hour", "an hour"
    DAY = "day", "a day"
    MONTH = "month", "a month"
    RUN = "run", "a run"


def _usd() -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(max_digits=18, decimal_places=10, default=Decimal(0))


def _limit() -> models.DecimalField[Decimal | None, Decimal | None]:
    return models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)


class Budget(models.Model):
    """What calls may cost in one window, in US dollars. Past `soft_usd` people are told and the cheapest model of
    a route is asked; what could go over `hard_usd` is not asked. `key` names the workflow or the purpose, which of
    all calls of replay and evaluation is `evaluation`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scope = models.CharField(max_length=10, choices=BudgetScope)
    key = models.CharField(max_length=60, blank=True)
    window = models.CharField(max_length=10, choices=BudgetWindow)
    soft_usd = _limit()
    hard_usd = _limit()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("scope", "key", "window"), name="ai_budget_once"),
            models.CheckConstraint(condition=Q(scope__in=BudgetScope.values), name="ai_budget_scope"),
            models.CheckConstraint(condition=Q(window__in=BudgetWindow.values), name="ai_budget_window"),
            models.CheckConstraint(
                condition=Q(soft_usd__isnull=False) | Q(hard_usd__isnull=False), name="ai_budget_limits"
            ),
            models.CheckConstraint(condition=Q(soft_usd=None) | Q(soft_usd__gte=0), name="ai_budget_soft"),
            models.CheckConstraint(condition=Q(hard_usd=None) | Q(hard_usd__gte=0), name="ai_budget_hard"),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.key}".strip() + f", {self.get_window_display()}"


class BudgetCounter(models.Model):
    """What the calls of one window have cost, and what those under way can cost at most, in US dollars.

    `account` says which window of which scope, as ai.budgets.accounts writes it. Once it is there it is exact, also
    while no budget asks for it. `soft_at` and `hard_at`: when people were told that a limit was reached.
    """

    account = models.CharField(max_length=150, primary_key=True)
    spent_usd = _usd()
    reserved_usd = _usd()
    soft_at = models.DateTimeField(null=True)
    hard_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(spent_usd__gte=0), name="ai_counter_spent"),
            models.CheckConstraint(condition=Q(reserved_usd__gte=0), name="ai_counter_reserved"),
        ]

    def __str__(self) -> str:
        return self.account


class Reservation(models.Model):
    """A call under way, with the most that it can cost, in US dollars; it bears the id that its Call will have.

    It is gone once the call is settled. One that is there after `until` is of a worker that died: nobody knows
    whether its request was answered, so it is charged in full.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    amount_usd = _usd()
    purpose = models.CharField(max_length=40)
    provider = models.CharField(max_length=40)
    model_requested = models.CharField(max_length=100)
    prompt_version = models.CharField(max_length=60)
    workflow = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=0, db_default=0)
    intent = models.CharField(max_length=60, blank=True, default="", db_default="")
    run_id = models.CharField(max_length=64, blank=True)
    step = models.CharField(max_length=100, blank=True)
    inputs_digest = models.CharField(max_length=64)
    use = models.CharField(max_length=20, choices=CallUse, default=CallUse.WORK, db_default=CallUse.WORK)
    made_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=("until",), name="ai_reservation_until")]

    def __str__(self) -> str:
        return f"US${self.amount_usd} for {self.purpose}"


class Judgement(models.Model):
    """What people made of one proposal: told by the floor above in the transaction that decides it, so that figures
    are counted from narrow rows and not from proposals.

    `decision`: approve or reject, `rejection`: for which kind of reason, where somebody said. `edited`: somebody had
    changed something of it. `words_changed` of its reply, from 0 to 1; null where it has none. Provider, model and
    prompt are those of its draft; `fell_back`: not the model that was asked first. `waited` from the proposal to the
    decision. A proposal that is decided again has its last one.
    `cost_usd`, `latency_ms` and `run_fell_back` (whether any answer came from a fallback) are of all calls that its run
    has made by then; null where it made none, or where that was not kept yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    approval = models.UUIDField(unique=True)
    workflow = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    intent = models.CharField(max_length=60, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=100, blank=True)
    prompt_version = models.CharField(max_length=60, blank=True)
    fell_back = models.BooleanField()
    decision = models.CharField(max_length=10)
    rejection = models.CharField(max_length=20, blank=True, default="", db_default="")
    edited = models.BooleanField()
    words_changed = models.FloatField(null=True)
    cost_usd = models.DecimalField(max_digits=18, decimal_places=10, null=True)
    latency_ms = models.PositiveIntegerField(null=True)
    run_fell_back = models.BooleanField(null=True)
    waited = models.DurationField()
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=("at",), name="ai_judgement_at"),
            models.Index(fields=("workflow", "version", "id"), name="ai_judgement_version"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(decision__in=("approve", "reject")), name="ai_judgement_decision"),
            models.CheckConstraint(
                condition=Q(words_changed=None) | Q(words_changed__gte=0, words_changed__lte=1),
                name="ai_judgement_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} of {self.workflow} {self.version}"


@append_only()
class Look(models.Model):
    """The nth comparison of what people made of a version lately with what they made of it at first.

    `until` is the last judgement that it counted; `level` what the chance of each test had to be below. `tests`:
    [{signal, was, now, p, drifted}], see ai.quality.drift.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    until = models.UUIDField()
    level = models.FloatField()
    tests = models.JSONField()
    drifted = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("workflow", "version", "number"), name="ai_look_number")]

    def __str__(self) -> str:
        return f"{self.workflow} {self.version}, look {self.number}"


TOPIC_NAME_CHARS = 60
TOPIC_PHRASE_CHARS = 80
TOPIC_WORDS_CHARS = 300


class ForbiddenTopic(models.Model):
    """What the tenant's replies may not speak of, beside what none may (ai.trust.topics).

    A sentence that says one of `phrases` cannot leave, and `words` say there why; ai.trust.own_topics.sought tells what
    a phrase finds. `version` counts its changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=TOPIC_NAME_CHARS)
    phrases = ArrayField(models.CharField(max_length=TOPIC_PHRASE_CHARS))
    words = models.CharField(max_length=TOPIC_WORDS_CHARS)
    in_use = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    updated_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="ai_topic_once"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(words="") & Q(phrases__len__gte=1), name="ai_topic_says_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Phrase(models.Model):
    """A sentence of the tenant's that states nothing and may stand in a reply without a source.

    `{name}`, `{agency}` and `{signer}` are filled in. `language` is a BCP 47 tag, empty for all languages;
    `part` says where it belongs: greetings, thanks, closings, sign_offs, signatures.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    language = models.CharField(max_length=35, blank=True)
    part = models.CharField(max_length=40)
    text = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("language", "part", "text"),
                name="ai_phrase_once",
                violation_error_message="This phrase is there already.",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="ai_phrase_says_something"),
        ]

    def __str__(self) -> str:
        return self.text
