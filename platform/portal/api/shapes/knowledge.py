"""Documents and their versions, as the API shows them."""

from typing import Any

from rest_framework import serializers as s

from knowledge.selectors import Audience, DocumentStatus, Language


class DocumentVersionShape(s.Serializer[Any]):
    """`version` is what a proposal names that quotes it."""

    version = s.IntegerField(source="number", read_only=True)
    title = s.CharField(max_length=120)
    text = s.CharField(help_text="An empty line begins a new section; each can be quoted by itself.")
    language = s.ChoiceField(Language.choices, required=False, default=Language.EN)
    audience = s.ChoiceField(Audience.choices, required=False, default=Audience.CUSTOMERS)
    author = s.CharField(read_only=True, help_text="`<kind>:<id>` of who wrote it.")
    written_at = s.DateTimeField(read_only=True)


class DocumentShape(DocumentVersionShape):
    """A document as it is today."""

    id = s.UUIDField(read_only=True)
    status = s.ChoiceField(DocumentStatus.choices, required=False)
    created_at = s.DateTimeField(read_only=True)
    updated_at = s.DateTimeField(read_only=True)
