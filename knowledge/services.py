"""Writing documents: each call is one transaction with its ledger entry. All raise Invalid, Missing and
ChangedMeanwhile of `knowledge.errors`.

`seen` is the revision that the caller has read; without it the last write wins.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel, ConfigDict

from audit.canonical import digest
from audit.services import Actor, record, target_of, transition
from knowledge.errors import ChangedMeanwhile, Invalid, Missing
from knowledge.models import MOVES, Audience, Document, DocumentStatus, DocumentVersion, Language
from knowledge.sections import faults_of, tidied
from knowledge.selectors import DocumentView, document_view

__all__ = ["document_add", "document_change", "document_restore", "document_retire", "documents_install"]


class _Said(TypedDict, total=False):
    language: str
    audience: str


class NewDocument(_Said):
    title: str
    text: str


class DocumentFields(_Said, total=False):
    title: str
    text: str


@transaction.atomic
def document_add(*, actor: Actor, **fields: Unpack[NewDocument]) -> DocumentView:
    """Add a document; in English and for customers, where nothing else is said."""
    said = {"language": Language.EN.value, "audience": Audience.CUSTOMERS.value, **_valid(fields)}
    document = Document.objects.create()
    version = _write(document, said, actor)
    record(event="knowledge.added", target=target_of(document), actor=actor, data=_told(version))
    return document_view(version)


@transaction.atomic
def document_change(
    *, document: UUID, actor: Actor, seen: int | None = None, **fields: Unpack[DocumentFields]
) -> DocumentView:
    """Give a document a new version with the given fields changed; none where they say what it says already."""
    row = _locked(document, seen)
    former = row.versions.get(number=row.number)
    before = {name: getattr(former, name) for name in ("title", "text", "language", "audience")}
    said = {**before, **_valid(fields)}
    if said == before:
        return document_view(former)
    row.number += 1
    row.revision += 1
    row.updated_at = timezone.now()
    row.save(update_fields=["number", "revision", "updated_at"])
    version = _write(row, said, actor)
    record(event="knowledge.changed", target=target_of(row), actor=actor, data=_told(version))
    return document_view(version)


def document_retire(*, document: UUID, actor: Actor, seen: int | None = None) -> DocumentView:
    """Take a document out of use: no draft quotes it from now on, and what waits and quotes it goes stale."""
    return _move(document, DocumentStatus.RETIRED, actor, seen)


def document_restore(*, document: UUID, actor: Actor, seen: int | None = None) -> DocumentView:
    """Put a retired document in use again, as it was."""
    return _move(document, DocumentStatus.IN_USE, actor, seen)


class SampleDocument(BaseModel):
    """A document of a demo file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    text: str
    language: Language = Language.EN
    audience: Audience = Audience.CUSTOMERS


@transaction.atomic
def documents_install(samples: Iterable[Mapping[str, Any]], *, actor: Actor) -> None:
    """Add the sample documents whose titles no document has or has had. Raises pydantic's ValidationError too."""
    known = set(DocumentVersion.objects.values_list("title", flat=True))
    for sample in map(SampleDocument.model_validate, samples):
        if sample.title not in known:
            said = sample.model_dump(mode="json")
            document_add(actor=actor, **said)


@transaction.atomic
def _move(document: UUID, to: DocumentStatus, actor: Actor, seen: int | None) -> DocumentView:
    row = _locked(document, seen)
    if row.status != to:
        changes = {"revision": row.revision + 1, "updated_at": timezone.now()}
        transition(row, moves=MOVES, to=to, actor=actor, data={"number": row.number}, changes=changes)
    return document_view(row.versions.get(number=row.number))


def _locked(document: UUID, seen: int | None) -> Document:
    row = Document.objects.select_for_update().filter(pk=document).first()
    if row is None:
        raise Missing(document)
    if seen is not None and seen != row.revision:
        raise ChangedMeanwhile(row.revision)
    return row


def _valid(fields: Mapping[str, Any]) -> dict[str, Any]:
    said = tidied(fields)
    if faults := faults_of(said):
        raise Invalid(faults)
    return said


def _write(document: Document, said: Mapping[str, Any], actor: Actor) -> DocumentVersion:
    return DocumentVersion.objects.create(document=document, number=document.number, author=actor.key, **said)


def _told(version: DocumentVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "language": version.language,
        "audience": version.audience,
        "title": digest(version.title),
        "text": digest(version.text),
    }
