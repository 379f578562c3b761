"""Reading forbidden topics: the tenant's own, and those of every tenant."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models.functions import Lower

from ai.models import TOPIC_NAME_CHARS, TOPIC_WORDS_CHARS, ForbiddenTopic
from ai.topics.rules import MOST_PHRASES, MOST_TOPICS
from ai.trust import Material, review
from ai.trust.checks import Topics
from ai.trust.own_topics import OwnTopic, Said, said
from ai.trust.topics import TOPICS, Topic

__all__ = [
    "FORBIDDEN", "MOST_PHRASES", "MOST_TOPICS", "TOPICS", "TOPIC_NAME_CHARS", "TOPIC_WORDS_CHARS", "OwnTopic", "Said",
    "Topic", "TopicView", "Tried", "forbidden", "forbidden_read", "said", "topic_get", "topics", "tried", "view_of",
]  # fmt: skip

# For a statement of another module: what is forbidden now, as JSON text; null where nothing is.
FORBIDDEN = """
SELECT json_agg(json_build_array(id, name, words, phrases) ORDER BY id)::text FROM ai_forbiddentopic WHERE in_use
"""


@dataclass(frozen=True, kw_only=True)
class TopicView:
    """A topic of the tenant's as it is today; `updated_by` is `<kind>:<id>`."""

    id: UUID
    name: str
    phrases: tuple[str, ...]
    words: str
    in_use: bool
    version: int
    updated_by: str
    created_at: datetime
    updated_at: datetime


def topics() -> list[TopicView]:
    """All topics of the tenant's, by name; at most MOST_TOPICS."""
    return [view_of(row) for row in ForbiddenTopic.objects.order_by(Lower("name"), "pk")]


def topic_get(topic: UUID) -> TopicView | None:
    """One topic; None where there is none of that id."""
    row = ForbiddenTopic.objects.filter(pk=topic).first()
    return view_of(row) if row else None


def view_of(row: ForbiddenTopic) -> TopicView:
    """A row as it may be shown."""
    told = {name: getattr(row, name) for name in TopicView.__dataclass_fields__}
    return TopicView(**{**told, "phrases": tuple(row.phrases)})


def forbidden() -> tuple[OwnTopic, ...]:
    """What the tenant's replies may not speak of now, beside TOPICS."""
    rows = ForbiddenTopic.objects.filter(in_use=True).order_by("pk").values_list("pk", "name", "words", "phrases")
    return _own(rows)


@lru_cache(maxsize=64)
def forbidden_read(told: str | None) -> tuple[OwnTopic, ...]:
    """What a statement has read with FORBIDDEN."""
    return _own(json.loads(told or "[]"))


def _own(rows: Iterable[tuple[UUID | str, str, str, Iterable[str]]]) -> tuple[OwnTopic, ...]:
    return tuple(OwnTopic(str(key), name, words, tuple(phrases)) for key, name, words, phrases in rows)


@dataclass(frozen=True)
class Tried:
    """A sentence that could not leave, and why."""

    text: str
    words: str


def tried(text: str) -> list[Tried]:
    """What of a text a reply could not say, by all topics that hold now."""
    found = review(Material(text=text, topics=forbidden()), checks=(Topics(),))
    return [Tried(finding.text, finding.words) for finding in found.findings]
