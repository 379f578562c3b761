"""What happened, and the hooks by which others tell of it."""

from typing import Any

from rest_framework import serializers as s


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
