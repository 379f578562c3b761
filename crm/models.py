"""Records of the tenant's customers and what it offers them.

Their statuses are fields like any other: people correct them in any direction, and undo puts them
back, so there is no table of moves. Each write goes through `crm.records`, which counts `version`.
"""

import secrets
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower, Replace, Upper
from django.db.models.lookups import Exact
from uuid_utils.compat import uuid7


def new_salt() -> str:
    """128 random bits, so that nobody can guess a phone number from its digest in the ledger."""
    return secrets.token_hex(16)


def _is_json(field: str, kind: str) -> Any:
    return Exact(Func(F(field), function="jsonb_typeof", output_field=models.TextField()), Value(kind))


class Record(models.Model):
    """What all kinds have. `salt` goes with the record, and with it the meaning of its digests."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    salt = models.CharField(max_length=32, default=new_salt, editable=False)

    class Meta:
        abstract = True


class Contact(Record):
    """A person who writes to the tenant, calls it or buys from it.

    `searched` is all of it in one text, the number also without its spaces, so that one index of
    trigrams finds any part of a word among 100,000 contacts.
    """

    name = models.CharField(max_length=300, blank=True)
    email = models.CharField(max_length=320, blank=True)
    phone = models.CharField(max_length=300, blank=True)
    searched = models.GeneratedField(
        expression=Upper(
            Concat(
                "name",
                Value(" "),
                "email",
                Value(" "),
                "phone",
                Value(" "),
                Replace("phone", Value(" "), Value("")),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
        editable=False,
    )

    class Meta:
        indexes = [GinIndex(fields=["searched"], opclasses=["gin_trgm_ops"], name="crm_contact_searched")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="crm_contact_email",
                violation_error_message="Another contact has this email address.",
            ),
            models.CheckConstraint(
                condition=~Q(name="", email="", phone=""),
                name="crm_contact_says_who",
                violation_error_message="A contact needs a name, an email address or a phone number.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone


class ListingStatus(models.TextChoices):
    COMING_SOON = "coming_soon", "Coming soon"
    AVAILABLE = "available", "Available"
    UNDER_OFFER = "under_offer", "Under offer"
    SOLD = "sold", "Sold"
    LEASED = "leased", "Leased"
    WITHDRAWN = "withdrawn", "Withdrawn"


LIVE = (ListingStatus.COMING_SOON, ListingStatus.AVAILABLE, ListingStatus.UNDER_OFFER)


class Listing(Record):
    """A property on offer.

    `open_times`: [{"starts_at", "ends_at"}], RFC 3339 UTC, in order. `facts`: what may be told to
    customers, name -> text, such as {"council_rates": "$512.40 per quarter"}.
    """

    address = models.CharField(max_length=300)
    suburb = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=20, choices=ListingStatus.choices, default=ListingStatus.AVAILABLE)
    price_guide = models.CharField(max_length=200, blank=True)
    open_times = models.JSONField(default=list, blank=True)
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("address"),
                Lower("suburb"),
                condition=Q(status__in=LIVE),
                name="crm_listing_address",
                violation_error_message="This address is on offer already.",
            ),
            models.CheckConstraint(condition=~Q(address=""), name="crm_listing_has_address"),
            models.CheckConstraint(condition=Q(status__in=ListingStatus.values), name="crm_listing_status"),
            models.CheckConstraint(condition=_is_json("open_times", "array"), name="crm_listing_open_times"),
            models.CheckConstraint(condition=_is_json("facts", "object"), name="crm_listing_facts"),
        ]

    def __str__(self) -> str:
        return f"{self.address}, {self.suburb}" if self.suburb else self.address


class EnquiryStatus(models.TextChoices):
    NEW = "new", "New"
    CONTACTED = "contacted", "Contacted"
    INSPECTION = "inspection", "Inspection"
    UNDER_OFFER = "under_offer", "Under offer"
    CLOSED = "closed", "Closed"


class Enquiry(Record):
    """What a contact wants. `budget` is an amount of `currency` (ISO 4217); none named: the tenant's own."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="enquiries")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="enquiries")
    status = models.CharField(max_length=20, choices=EnquiryStatus.choices, default=EnquiryStatus.NEW)
    summary = models.TextField(blank=True)
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    thread_id = models.CharField("conversation", max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "enquiries"
        constraints = [
            models.UniqueConstraint(
                fields=["thread_id", "contact", "listing"],
                condition=~Q(thread_id=""),
                nulls_distinct=False,
                name="crm_enquiry_thread",
                violation_error_message="This conversation has such an enquiry already.",
            ),
            models.CheckConstraint(condition=Q(status__in=EnquiryStatus.values), name="crm_enquiry_status"),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0), name="crm_enquiry_budget_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"Enquiry of {self.created_at:%d %b %Y}" if self.created_at else "Enquiry"


class Task(Record):
    """Something a person has to do."""

    title = models.CharField(max_length=300)
    due_at = models.DateTimeField("due", null=True, blank=True)
    assignee = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done = models.BooleanField(default=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks")
    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="crm_task_has_title")]
        indexes = [models.Index(fields=["due_at"], condition=Q(done=False), name="crm_task_open")]

    def __str__(self) -> str:
        return self.title


class AppointmentStatus(models.TextChoices):
    BOOKED = "booked", "Booked"
    CONFIRMED = "confirmed", "Confirmed"
    ATTENDED = "attended", "Attended"
    NO_SHOW = "no_show", "Did not come"
    CANCELLED = "cancelled", "Cancelled"


class Appointment(Record):
    """A contact comes to see a listing; an open home has as many appointments as it has guests."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="appointments")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField("starts")
    ends_at = models.DateTimeField("ends")
    status = models.CharField(max_length=20, choices=AppointmentStatus.choices, default=AppointmentStatus.BOOKED)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "contact", "starts_at"],
                condition=~Q(status=AppointmentStatus.CANCELLED),
                name="crm_appointment_once",
                violation_error_message="This contact has an appointment there at that time already.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="crm_appointment_ends_later",
                violation_error_message="An appointment ends after it starts.",
            ),
            models.CheckConstraint(condition=Q(status__in=AppointmentStatus.values), name="crm_appointment_status"),
        ]
        indexes = [models.Index(fields=["starts_at"], name="crm_appointment_starts")]

    def __str__(self) -> str:
        return f"Appointment of {self.starts_at:%d %b %Y, %H:%M} UTC" if self.starts_at else "Appointment"
