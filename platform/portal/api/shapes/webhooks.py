"""Where others are told of what happens here."""

from typing import Any

from rest_framework import serializers as s

from notify.selectors import DeliveryStatus, EndpointKind
from notify.webhook_types import TYPES


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
