"""Whose token asks, and how far the AI may go."""

from typing import Any

from rest_framework import serializers as s

from workflows.selectors import (
    AutomationMode,
)


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


class StoppedShape(s.Serializer[Any]):
    """Why and since when the operators have everything go to people in every workspace."""

    reason = s.CharField(read_only=True)
    since = s.DateTimeField(read_only=True)


class AutomationShape(s.Serializer[Any]):
    mode = s.ChoiceField(AutomationMode.choices)
    reason = s.CharField(allow_blank=True, required=False, default="", max_length=500)
    changed_by = s.CharField(read_only=True)
    changed_at = s.DateTimeField(read_only=True, allow_null=True)
    everywhere = StoppedShape(read_only=True, allow_null=True)
