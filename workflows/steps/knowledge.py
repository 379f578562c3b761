"""What the house knows, as sources of a reply: looked for by the customer's questions, and read again by its ids."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from ai.purposes import Understanding
from ai.sources import Source, SourceField
from knowledge.selectors import DocumentView, documents_about, documents_quotable

KIND = "knowledge"


def knowledge_about(understanding: Understanding, subject: str) -> tuple[Source, ...]:
    """What a reply may quote about a mail's questions; about its subject, where it asks none."""
    asked = understanding.facts.questions or [subject]
    return tuple(map(_source, documents_about(asked, language=understanding.language)))


def knowledge_again(drafted: Iterable[Mapping[str, Any]]) -> tuple[Source, ...]:
    """Of the sources that a draft was given, what the house knows, as it stands today; what may no longer be quoted is
    not among it."""
    ids = [UUID(source["id"]) for source in drafted if source["kind"] == KIND]
    return tuple(map(_source, documents_quotable(ids)))


def _source(document: DocumentView) -> Source:
    fields = tuple(SourceField(name=name, label=document.title, text=text) for name, text in document.sections)
    return Source(kind=KIND, id=str(document.id), version=str(document.number), title=document.title, fields=fields)
