"""What lists can be asked for: the query parameters of each, checked before anything is looked up."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers as s
from rest_framework.request import Request

from ai.budgets.selectors import GROUPS
from ai.purposes import PURPOSES
from ai.quality.selectors import GROUPS as QUALITY_GROUPS
from ai.quality.selectors import MOST_DAYS
from ai.selectors import CallUse
from approvals.selectors import ApprovalStatus
from crm.selectors import AppointmentStatus, EnquiryStatus, ListingStatus
from gateway.pagination import PageQuery
from knowledge.selectors import Audience, DocumentStatus, Language
from mail.parsing.results import Flag
from mail.selectors import message_statuses
from notify.selectors import DeliveryStatus
from workflows.selectors import RunStatus

ID_OF = r"^[a-z_]+:[^\s]{1,200}$"


class EventQuery(PageQuery):
    type = s.RegexField(r"^[a-z][a-z0-9_.]{0,59}$", required=False)


class MessageQuery(PageQuery):
    direction = s.ChoiceField(["in", "out"], required=False)
    status = s.ChoiceField(message_statuses(), required=False)
    thread = s.UUIDField(required=False)
    flag = s.ChoiceField([str(flag) for flag in Flag], required=False)
    intent = s.CharField(required=False, max_length=60)
    run = s.UUIDField(required=False)
    sender = s.CharField(required=False, max_length=320, help_text="The address in From, whatever its case.")
    search = s.CharField(required=False, max_length=200, help_text="Words of subject, sender or text.")


class ConversationQuery(PageQuery):
    state = s.ChoiceField(["unanswered", "taken_over"], required=False)
    assignee = s.UUIDField(required=False, help_text="The id of a person.")
    search = s.CharField(required=False, max_length=200, help_text="Words of subject, sender or text.")


class RunQuery(PageQuery):
    status = s.ChoiceField(RunStatus.choices, required=False)
    workflow = s.SlugField(required=False, max_length=60)
    cause = s.CharField(required=False, max_length=160, help_text="Why it failed, as `cause` of a failed run says it.")
    since = s.DateTimeField(required=False, help_text="Begun then or later; with `cause`: failed then or later.")


class ApprovalQuery(PageQuery):
    status = s.ChoiceField(ApprovalStatus.choices, required=False)
    run = s.UUIDField(required=False)


class Moment(s.DateTimeField):
    """A moment that every part of the house can reckon with."""

    def to_internal_value(self, value: Any) -> datetime:
        found = super().to_internal_value(value)
        if not 2000 <= found.year < 3000:
            raise s.ValidationError("This must lie between the years 2000 and 2999.")
        return found


class EntryFilters(s.Serializer[Any]):
    target = s.RegexField(ID_OF, required=False, help_text="`<kind>:<id>`, such as `approval:…`.")
    about = s.RegexField(
        ID_OF, required=False, help_text="As `target`, with all that belongs to it and the runs that touched it."
    )
    actor = s.RegexField(
        ID_OF, required=False, help_text="`<kind>:<id>`, such as `person:…`, whose API tokens count as the person."
    )
    event = s.RegexField(
        r"^[a-z_]+\.([a-z_]+|\*)$", required=False, help_text="Such as `approval.edited`, or `approval.*`."
    )
    run = s.UUIDField(required=False)
    since = Moment(required=False)
    until = Moment(required=False, help_text="Excluded.")


class EntryQuery(PageQuery, EntryFilters):
    pass


class ExportQuery(EntryFilters):
    format = s.ChoiceField(["jsonl"], required=False, default="jsonl")


class CallQuery(PageQuery):
    run = s.UUIDField(required=False)
    purpose = s.ChoiceField(list(PURPOSES), required=False)
    use = s.ChoiceField(
        CallUse.values, required=False, help_text="`work` of the workspace, or `evaluation`: replay and measuring."
    )


class UsageQuery(s.Serializer[Any]):
    group_by = s.ChoiceField(list(GROUPS), required=False, default="purpose")
    since = Moment(required=False, help_text="Default: the beginning of this month in the tenant's time zone.")
    until = Moment(required=False, help_text="Excluded. Default: now.")


class QualityQuery(s.Serializer[Any]):
    group_by = s.ChoiceField(list(QUALITY_GROUPS), required=False, default="version")
    workflow = s.SlugField(required=False, max_length=60)
    version = s.IntegerField(required=False, min_value=1, max_value=2_000_000_000)
    purpose = s.ChoiceField(list(PURPOSES), required=False)
    model = s.CharField(required=False, max_length=100, help_text="The one that served.")
    intent = s.CharField(required=False, max_length=60)
    since = Moment(required=False, help_text="Default: 30 days before `until`.")
    until = Moment(required=False, help_text=f"Excluded. Default: now. {MOST_DAYS} days after `since` at most.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        until = attrs.get("until") or timezone.now()
        since = attrs.get("since") or until - timedelta(days=30)
        if not timedelta() < until - since <= timedelta(days=MOST_DAYS):
            raise s.ValidationError({"since": f"Give a period of {MOST_DAYS} days at most that ends after it begins."})
        return attrs


class ContactQuery(PageQuery):
    email = s.CharField(required=False, max_length=320)
    search = s.CharField(required=False, max_length=200)


class ListingQuery(PageQuery):
    status = s.ChoiceField(ListingStatus.choices, required=False)
    suburb = s.CharField(required=False, max_length=120)
    search = s.CharField(required=False, max_length=200)


class EnquiryQuery(PageQuery):
    contact = s.UUIDField(required=False)
    listing = s.UUIDField(required=False)
    status = s.ChoiceField(EnquiryStatus.choices, required=False)


class TaskQuery(PageQuery):
    assignee = s.UUIDField(required=False)
    contact = s.UUIDField(required=False)
    enquiry = s.UUIDField(required=False)
    done = s.BooleanField(required=False)


class AppointmentQuery(PageQuery):
    contact = s.UUIDField(required=False)
    listing = s.UUIDField(required=False)
    status = s.ChoiceField(AppointmentStatus.choices, required=False)


class DocumentQuery(PageQuery):
    status = s.ChoiceField(DocumentStatus.choices, required=False)
    audience = s.ChoiceField(Audience.choices, required=False)
    language = s.ChoiceField(Language.choices, required=False)
    search = s.CharField(required=False, max_length=200, help_text="Words of title or text.")


class DeliveryQuery(PageQuery):
    status = s.ChoiceField(DeliveryStatus.choices, required=False)


def wanted(request: Request, query: type[s.Serializer[Any]]) -> dict[str, Any]:
    """The filters that a request gives, checked; an empty one filters nothing. Raises ValidationError.

    Where a page begins is `cursor_of`'s to say.
    """
    given = {name: value for name, value in request.query_params.items() if value}
    checked = query(data=given)
    checked.is_valid(raise_exception=True)
    return {name: value for name, value in checked.validated_data.items() if name in given.keys() - _PAGE}


_PAGE = set(PageQuery().fields)
