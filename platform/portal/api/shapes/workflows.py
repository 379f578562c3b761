"""Workflows and their versions."""

from typing import Any

from rest_framework import serializers as s

from workflows.selectors import (
    VersionStatus,
)


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
