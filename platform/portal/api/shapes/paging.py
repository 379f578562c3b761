"""A page of a list."""

from typing import Any

from rest_framework import serializers as s


def paged(shape: type[s.Serializer[Any]]) -> type[s.Serializer[Any]]:
    """The shape of a page of `shape`."""
    name = f"{shape.__name__.removesuffix('Shape')}Page"
    fields = {
        "next": s.URLField(allow_null=True),
        "previous": s.URLField(allow_null=True),
        "results": shape(many=True),
    }
    return type(name, (s.Serializer,), fields)
