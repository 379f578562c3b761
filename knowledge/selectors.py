"""Reading documents: for people who look after them, and for replies that may quote them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, zip_longest
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q, QuerySet

from knowledge.models import SEARCHED_AS, Audience, DocumentStatus, DocumentVersion, Language
from knowledge.sections import sections_of

__all__ = [
    "Audience",
    "DocumentStatus",
    "DocumentView",
    "Language",
    "document_get",
    "document_view",
    "documents",
    "documents_about",
    "documents_quotable",
    "field_now",
    "versions",
]

MOST_QUESTIONS = 10  # of a mail, that are looked for
EACH = 2  # documents for each question
MOST = 5  # documents for all of them
WORD = re.compile(r"\w{1,60}")  # PostgreSQL takes none of 2,047 bytes


@dataclass(frozen=True)
class DocumentView:
    """A version of a document. `number` is what is quoted as the source's version, `revision` what a writer has seen;
    `author` is an actor's key."""

    id: UUID
    status: str
    number: int
    revision: int
    title: str
    text: str
    language: str
    audience: str
    author: str
    created_at: datetime
    updated_at: datetime
    written_at: datetime

    @property
    def sections(self) -> tuple[tuple[str, str], ...]:
        """(field, text) of each section that can be quoted, such as ("section.1", "We are open …")."""
        return tuple((f"section.{number}", part) for number, part in enumerate(sections_of(self.text), 1))

    @property
    def retired(self) -> bool:
        return self.status == DocumentStatus.RETIRED

    @property
    def quotable(self) -> bool:
        """Whether a reply may quote it."""
        return self.status == DocumentStatus.IN_USE and self.audience == Audience.CUSTOMERS

    @property
    def language_name(self) -> str:
        return str(Language(self.language).label)

    @property
    def audience_name(self) -> str:
        return str(Audience(self.audience).label)


def documents(
    *,
    status: str | None = None,
    audience: str | None = None,
    language: str | None = None,
    search: str | None = None,
) -> "QuerySet[DocumentVersion]":
    """Rows of what documents say today, last changed first."""
    wanted = {"document__status": status, "audience": audience, "language": language}
    found = _rows().filter(number=F("document__number")).filter(**{k: v for k, v in wanted.items() if v})
    for word in (search or "").split()[:10]:
        found = found.filter(Q(title__icontains=word) | Q(text__icontains=word))
    return found


def versions(document: UUID) -> "QuerySet[DocumentVersion]":
    """Rows of all that a document has ever said, newest first."""
    return _rows().filter(document=document)


def document_get(document: UUID, *, number: int | None = None) -> DocumentView | None:
    """A document as it is today, or one of its versions; None where there is none."""
    found = versions(document).filter(number=number or F("document__number")).first()
    return document_view(found) if found else None


def document_view(row: DocumentVersion) -> DocumentView:
    """The view of a row."""
    document = row.document
    return DocumentView(
        id=document.pk,
        status=document.status,
        number=row.number,
        revision=document.revision,
        title=row.title,
        text=row.text,
        language=row.language,
        audience=row.audience,
        author=row.author,
        created_at=document.created_at,
        updated_at=document.updated_at,
        written_at=row.created_at,
    )


def documents_about(questions: Sequence[str], *, language: str) -> tuple[DocumentView, ...]:
    """What a reply in this language (BCP 47) may quote about these questions, best first, at most five.

    A document counts for each word of a question that it has, in whatever form; those of its title count more.
    """
    spoken = language.partition("-")[0].lower()
    if spoken not in Language.values:
        return ()
    by_question = [_about(question, Language(spoken)) for question in questions[:MOST_QUESTIONS]]
    found: dict[UUID, DocumentVersion] = {}
    for row in filter(None, chain.from_iterable(zip_longest(*by_question))):
        found.setdefault(row.document_id, row)
    return tuple(map(document_view, list(found.values())[:MOST]))


def _about(question: str, language: Language) -> list[DocumentVersion]:
    words = " OR ".join(WORD.findall(question))
    if not words:
        return []
    query = SearchQuery(words, config=SEARCHED_AS[language], search_type="websearch")
    found = _quotable().filter(language=language, searched=query)
    return list(found.annotate(rank=SearchRank(F("searched"), query)).order_by("-rank", "document_id")[:EACH])


def documents_quotable(ids: Iterable[UUID]) -> tuple[DocumentView, ...]:
    """Of these documents, in their order, what a reply may quote today."""
    wanted = list(dict.fromkeys(ids))
    found = {row.document_id: row for row in _quotable().filter(document__in=wanted)} if wanted else {}
    return tuple(document_view(found[each]) for each in wanted if each in found)


def field_now(document: str, field: str) -> str | None:
    """What the title or a section says today to who reads replies; None where it is gone, or not theirs to read."""
    try:
        found = _quotable().filter(document=UUID(document)).first()
    except ValueError:  # what a model says is no id until it is one
        return None
    if found is None:
        return None
    if field == "title":
        return found.title
    return dict(document_view(found).sections).get(field)


def _quotable() -> "QuerySet[DocumentVersion]":
    return documents(status=DocumentStatus.IN_USE, audience=Audience.CUSTOMERS)


def _rows() -> "QuerySet[DocumentVersion]":
    return DocumentVersion.objects.select_related("document").defer("searched").order_by("-id")
