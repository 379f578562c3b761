"""The fields of answers, as the OpenAPI document and the responses show them."""

from typing import Any

from rest_framework import serializers as s

from ai.budgets.selectors import BudgetScope, BudgetWindow
from ai.selectors import CallOutcome
from approvals.selectors import ApprovalStatus
from crm.selectors import AppointmentStatus, EnquiryStatus, ListingStatus
from mail.selectors import message_statuses
from notify.selectors import DeliveryStatus, EndpointKind
from notify.webhook_types import TYPES
from workflows.selectors import (
    AutomationMode,
    VersionStatus,
)

RISKS = ("low", "medium", "high")


class TenantShape(s.Serializer[Any]):
    slug = s.CharField()
    name = s.CharField()


class TokenShape(s.Serializer[Any]):
    name = s.CharField()
    scopes = s.ListField(child=s.CharField())


class MeShape(s.Serializer[Any]):
    tenant = TenantShape()
    token = TokenShape()
    person = s.DictField()


class AutomationShape(s.Serializer[Any]):
    mode = s.ChoiceField(AutomationMode.choices)
    reason = s.CharField(allow_blank=True, required=False, default="", max_length=500)
    changed_by = s.CharField(read_only=True)
    changed_at = s.DateTimeField(read_only=True, allow_null=True)


class EventShape(s.Serializer[Any]):
    id = s.UUIDField(read_only=True)
    type = s.RegexField(r"^[a-z][a-z0-9_.]{0,59}$")
    data = s.DictField(required=False)  # type: ignore[assignment]
    runs = s.ListField(child=s.UUIDField(), read_only=True)
    created_at = s.DateTimeField(read_only=True)


class HookShape(s.Serializer[Any]):
    id = s.UUIDField(read_only=True)
    name = s.RegexField(r"^[a-z][a-z0-9_]{0,39}$")
    event = s.CharField(read_only=True)
    prefix = s.CharField(read_only=True)
    created_at = s.DateTimeField(read_only=True)
    last_used_at = s.DateTimeField(read_only=True, allow_null=True)
    revoked_at = s.DateTimeField(read_only=True, allow_null=True)


class NewHookShape(HookShape):
    address = s.URLField(read_only=True, help_text="Where to post; told this once.")


class EndpointShape(s.Serializer[Any]):
    id = s.UUIDField(read_only=True)
    kind = s.ChoiceField(EndpointKind.choices, default=EndpointKind.STANDARD)
    url = s.CharField(max_length=500)
    types = s.ListField(child=s.ChoiceField(list(TYPES)), min_length=1)
    enabled = s.BooleanField(read_only=True)
    off_reason = s.CharField(read_only=True)
    created_at = s.DateTimeField(read_only=True)


class NewEndpointShape(EndpointShape):
    secret = s.CharField(read_only=True, help_text="What signs the webhooks; told this once.")


class SwitchShape(s.Serializer[Any]):
    enabled = s.BooleanField()


class DeliveryShape(s.Serializer[Any]):
    id = s.UUIDField()
    endpoint = s.UUIDField()
    type = s.CharField()
    body = s.CharField()
    status = s.ChoiceField(DeliveryStatus.choices)
    attempts = s.IntegerField()
    answer_status = s.IntegerField(allow_null=True)
    answer = s.CharField()
    created_at = s.DateTimeField()
    next_at = s.DateTimeField(allow_null=True)
    settled_at = s.DateTimeField(allow_null=True)


class AddressShape(s.Serializer[Any]):
    email = s.CharField()
    name = s.CharField()


class AttachmentShape(s.Serializer[Any]):
    name = s.CharField()
    content_type = s.CharField()
    size = s.IntegerField()
    sha256 = s.CharField()


class AuthShape(s.Serializer[Any]):
    spf = s.CharField()
    dkim = s.CharField()
    dmarc = s.CharField()


class MessageShape(s.Serializer[Any]):
    id = s.UUIDField()
    direction = s.ChoiceField(["in", "out"])
    status = s.ChoiceField(message_statuses())
    message_id = s.CharField()
    in_reply_to = s.CharField()
    thread = s.UUIDField(allow_null=True)
    # `from` is a word of Python's; it is put in place by to_representation.
    from_name = s.CharField()
    to = s.ListField(child=s.CharField())
    cc = s.ListField(child=s.CharField())
    reply_to = s.ListField(child=s.CharField())
    subject = s.CharField()
    text = s.CharField()
    new_text = s.CharField()
    html = s.CharField()
    attachments = AttachmentShape(many=True)
    received_at = s.DateTimeField(allow_null=True)
    release_at = s.DateTimeField(allow_null=True)
    auth = AuthShape()
    flags = s.ListField(child=s.CharField())
    intent = s.CharField()
    run = s.CharField(source="run_id", allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["from"] = s.CharField(source="from_email")
        return fields

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(_Flat(instance))
        shown["run"] = shown["run"] or None
        return shown


class _Flat:
    """A message whose addresses are plain texts."""

    def __init__(self, message: Any) -> None:
        self._message = message
        self.to = [address.email for address in message.to]
        self.cc = [address.email for address in message.cc]
        self.reply_to = [address.email for address in message.reply_to]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._message, name)


class ColleagueShape(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()


class NoteShape(s.Serializer[Any]):
    id = s.UUIDField()
    author = ColleagueShape()
    text = s.CharField()
    created_at = s.DateTimeField()


class ConversationShape(s.Serializer[Any]):
    id = s.UUIDField()
    subject = s.CharField()
    created_at = s.DateTimeField()
    last_message_at = s.DateTimeField()
    unanswered_since = s.DateTimeField(allow_null=True)
    taken_over_by = ColleagueShape(allow_null=True, help_text="Who answers in person: the AI is silent meanwhile.")
    taken_over_at = s.DateTimeField(allow_null=True)
    assignee = ColleagueShape(allow_null=True)


class ConversationDetailShape(ConversationShape):
    notes = NoteShape(many=True)


class ReplyShape(s.Serializer[Any]):
    text = s.CharField(max_length=20_000, trim_whitespace=False)
    cc = s.ListField(
        child=s.CharField(max_length=320), required=False, max_length=50, help_text="Addresses of the conversation."
    )
    in_reply_to = s.UUIDField(
        required=False, help_text="The message that you answer: refused (422) where a newer one has come since."
    )


class GiveBackShape(s.Serializer[Any]):
    answer = s.BooleanField(default=False, help_text="Have the last message answered now.")


class NoteGivenShape(s.Serializer[Any]):
    text = s.CharField(max_length=5_000, trim_whitespace=False)


class AssignShape(s.Serializer[Any]):
    assignee = s.UUIDField(allow_null=True, help_text="The id of a person; null: nobody's.")


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
    at = s.DateTimeField()


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
    sentences = s.ListField(child=s.DictField(), source="document.sentences")
    message = s.DictField(source="document.message", allow_null=True)
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


class ChosenShape(s.Serializer[Any]):
    id = s.UUIDField()
    digest = s.CharField(help_text="Of what you have read.")


class DecideTogetherShape(s.Serializer[Any]):
    decision = s.ChoiceField(["approve", "reject"])
    approvals = ChosenShape(many=True)
    comment = s.CharField(required=False, allow_blank=True, max_length=2000)


class ToldShape(s.Serializer[Any]):
    id = s.UUIDField()
    status = s.ChoiceField(ApprovalStatus.choices, allow_null=True, help_text="null where it was refused.")
    error = s.CharField(allow_null=True, help_text="The type of the problem, as one decision would answer it.")
    detail = s.CharField(allow_null=True)


class ToldTogetherShape(s.Serializer[Any]):
    results = ToldShape(many=True)


class WorkflowShape(s.Serializer[Any]):
    id = s.UUIDField()
    slug = s.CharField()
    active_version = s.IntegerField(allow_null=True)
    versions = s.IntegerField()
    created_at = s.DateTimeField()


class RollbackShape(s.Serializer[Any]):
    """`number` is in force again; replies of the runs `stopped` will not leave, those of `leaving` were too far."""

    number = s.IntegerField()
    stopped = s.ListField(child=s.UUIDField())
    leaving = s.ListField(child=s.UUIDField())


class VersionShape(s.Serializer[Any]):
    number = s.IntegerField(read_only=True)
    status = s.ChoiceField(VersionStatus.choices, read_only=True)
    definition = s.JSONField()
    digest = s.CharField(read_only=True)
    author = s.CharField(read_only=True)
    created_at = s.DateTimeField(read_only=True)


class EntryShape(s.Serializer[Any]):
    id = s.UUIDField()
    seq = s.IntegerField(allow_null=True)
    at = s.DateTimeField()
    event = s.CharField()
    sentence = s.CharField()
    actor = s.CharField()
    actor_name = s.CharField()
    target = s.CharField()
    data = s.DictField()  # type: ignore[assignment]
    run = s.CharField(allow_null=True)
    seal = s.IntegerField(allow_null=True)


class BrokenShape(s.Serializer[Any]):
    what = s.CharField()
    seq = s.IntegerField(allow_null=True)
    entry = s.UUIDField(allow_null=True)
    seal = s.IntegerField(allow_null=True)


class KeptShape(s.Serializer[Any]):
    place = s.CharField()
    number = s.IntegerField()
    seq = s.IntegerField()
    hash = s.CharField()
    at = s.DateTimeField(allow_null=True)
    compared = s.BooleanField()


class GoneShape(s.Serializer[Any]):
    entries = s.IntegerField()
    up_to = s.IntegerField()
    recorded = s.UUIDField()


class VerdictShape(s.Serializer[Any]):
    holds = s.BooleanField()
    statements = s.ListField(child=s.CharField())
    sealed = s.IntegerField()
    not_sealed = s.IntegerField()
    kept = KeptShape(allow_null=True)
    broken = BrokenShape(allow_null=True)
    pruned = GoneShape(allow_null=True, help_text="What retention removed; its hashes still hold.")
    ledger = s.CharField()
    seals = s.IntegerField()
    sealed_at = s.DateTimeField(allow_null=True)
    head = s.CharField(allow_null=True)
    verified_at = s.DateTimeField()


class ProofShape(s.Serializer[Any]):
    format = s.IntegerField()
    entry = s.CharField()
    seq = s.IntegerField()
    path = s.ListField(child=s.CharField())
    head = s.CharField()
    signature = s.CharField()
    key = s.CharField()


class KeyShape(s.Serializer[Any]):
    id = s.CharField()
    pem = s.CharField()
    in_force = s.BooleanField()


class KeysShape(s.Serializer[Any]):
    keys = KeyShape(many=True)


class RecordShape(s.Serializer[Any]):
    id = s.UUIDField(read_only=True)
    created_at = s.DateTimeField(read_only=True)
    updated_at = s.DateTimeField(read_only=True)
    version = s.IntegerField(read_only=True)


class ContactShape(RecordShape):
    name = s.CharField(required=False, allow_blank=True)
    email = s.CharField(required=False, allow_blank=True)
    phone = s.CharField(required=False, allow_blank=True)


class OpenTimeShape(s.Serializer[Any]):
    starts_at = s.DateTimeField()
    ends_at = s.DateTimeField()


class ListingShape(RecordShape):
    address = s.CharField()
    suburb = s.CharField(required=False, allow_blank=True)
    status = s.ChoiceField(ListingStatus.choices, required=False)
    price_guide = s.CharField(required=False, allow_blank=True)
    open_times = OpenTimeShape(many=True, required=False)
    facts = s.DictField(required=False)


class EnquiryShape(RecordShape):
    contact = s.UUIDField()
    listing = s.UUIDField(required=False, allow_null=True)
    status = s.ChoiceField(EnquiryStatus.choices, required=False)
    summary = s.CharField(required=False, allow_blank=True)
    budget = s.DecimalField(max_digits=14, decimal_places=2, required=False, allow_null=True)
    currency = s.CharField(required=False, allow_blank=True)


class TaskShape(RecordShape):
    title = s.CharField()
    due_at = s.DateTimeField(required=False, allow_null=True)
    assignee = s.UUIDField(required=False, allow_null=True)
    done = s.BooleanField(required=False)
    contact = s.UUIDField(required=False, allow_null=True)
    enquiry = s.UUIDField(required=False, allow_null=True)


class AppointmentShape(RecordShape):
    listing = s.UUIDField()
    contact = s.UUIDField()
    starts_at = s.DateTimeField()
    ends_at = s.DateTimeField()
    status = s.ChoiceField(AppointmentStatus.choices, required=False)


class CallShape(s.Serializer[Any]):
    id = s.UUIDField()
    purpose = s.CharField()
    provider = s.CharField()
    model_requested = s.CharField()
    model_served = s.CharField()
    fallback_reason = s.CharField(allow_null=True)
    prompt_version = s.CharField()
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


def paged(shape: type[s.Serializer[Any]]) -> type[s.Serializer[Any]]:
    """The shape of a page of `shape`."""
    name = f"{shape.__name__.removesuffix('Shape')}Page"
    fields = {
        "next": s.URLField(allow_null=True),
        "previous": s.URLField(allow_null=True),
        "results": shape(many=True),
    }
    return type(name, (s.Serializer,), fields)
