"""Records of the CRM."""

from typing import Any

from rest_framework import serializers as s

from crm.selectors import AppointmentStatus, EnquiryStatus, ListingStatus


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
