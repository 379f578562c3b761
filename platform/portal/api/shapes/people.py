"""A colleague, wherever one is named."""

from typing import Any

from rest_framework import serializers as s


class ColleagueShape(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
