"""What no reply may speak of, as the API shows it."""

from typing import Any

from rest_framework import serializers as s


class TopicShape(s.Serializer[Any]):
    """`phrases` are found as whole words, whatever their capitals, accents and hyphens; one that ends in a star has any
    ending. `words` stand at a sentence that says one of them.
    """

    id = s.UUIDField(read_only=True)
    name = s.CharField(allow_blank=True, help_text="60 characters at most.")
    phrases = s.ListField(child=s.CharField(allow_blank=True), help_text="40 at most, of 2 to 80 characters.")
    words = s.CharField(allow_blank=True, help_text="300 characters at most.")
    in_use = s.BooleanField(required=False, default=True)
    version = s.IntegerField(read_only=True)
    updated_by = s.CharField(read_only=True, help_text="`<kind>:<id>` of who changed it last.")
    created_at = s.DateTimeField(read_only=True)
    updated_at = s.DateTimeField(read_only=True)


class BuiltInTopicShape(s.Serializer[Any]):
    name = s.CharField()
    title = s.CharField()
    about = s.CharField()
    words = s.CharField()


class TopicsShape(s.Serializer[Any]):
    topics = TopicShape(many=True)
    built_in = BuiltInTopicShape(many=True, help_text="They hold for everybody, and nobody switches them off.")
