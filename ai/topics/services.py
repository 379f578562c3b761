"""Forbidding topics: each call is one transaction with its ledger entry.

`seen` is the version that the caller has read; without it the last write wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ai.errors import NoSuchTopic, TopicChanged, TopicRefused
from ai.locks import FORBIDDING, hold_alone
from ai.models import ForbiddenTopic
from ai.topics.rules import MOST_TOPICS, Fault, faults_of, tidied
from ai.topics.selectors import TopicView, view_of
from audit.canonical import digest
from audit.services import Actor, record

__all__ = ["topic_add", "topic_change", "topic_faults", "topic_remove"]

SAID = ("name", "phrases", "words")


class TopicFields(TypedDict, total=False):
    """See ForbiddenTopic."""

    name: str
    phrases: Sequence[str]
    words: str
    in_use: bool


@transaction.atomic
def topic_add(*, name: str, phrases: Sequence[str], words: str, actor: Actor, in_use: bool = True) -> TopicView:
    """Forbid a topic. Raises TopicRefused."""
    hold_alone(FORBIDDING)
    row = ForbiddenTopic(in_use=in_use, **_valid({"name": name, "phrases": phrases, "words": words}))
    _save(row, actor)
    record(event="topic.added", target=_target(row), actor=actor, data=_told(row) | {"in_use": row.in_use})
    return view_of(row)


@transaction.atomic
def topic_change(*, topic: UUID, actor: Actor, seen: int | None = None, **fields: Unpack[TopicFields]) -> TopicView:
    """Change the given fields of a topic; nothing where they say what it says already. What waits and says what is
    forbidden by that goes stale. Raises NoSuchTopic, TopicChanged and TopicRefused.
    """
    hold_alone(FORBIDDING)
    row = _locked(topic, seen)
    before = {name: getattr(row, name) for name in (*SAID, "in_use")}
    given = dict(fields)
    in_use = given.pop("in_use", row.in_use)
    after = {**before, **_valid(given, topic), "in_use": in_use}
    if after == before:
        return view_of(row)
    for name, value in after.items():
        setattr(row, name, value)
    row.version += 1
    _save(row, actor)
    if any(after[name] != before[name] for name in SAID):
        record(event="topic.changed", target=_target(row), actor=actor, data=_told(row))
    if after["in_use"] != before["in_use"]:
        event = "topic.switched_on" if row.in_use else "topic.switched_off"
        record(event=event, target=_target(row), actor=actor, data={"version": row.version})
    return view_of(row)


@transaction.atomic
def topic_remove(*, topic: UUID, actor: Actor, seen: int | None = None) -> None:
    """Forget a topic: replies may speak of it. Raises NoSuchTopic and TopicChanged."""
    row = _locked(topic, seen)
    record(event="topic.removed", target=_target(row), actor=actor, data=_told(row))
    row.delete()


def _locked(topic: UUID, seen: int | None) -> ForbiddenTopic:
    row = ForbiddenTopic.objects.select_for_update().filter(pk=topic).first()
    if row is None:
        raise NoSuchTopic(topic)
    if seen is not None and seen != row.version:
        raise TopicChanged(row.version)
    return row


def topic_faults(fields: Mapping[str, Any], *, topic: UUID | None = None) -> list[Fault]:
    """What is wrong with these fields of a topic, or of a new one: (a field, or a phrase as `phrases.2`; why)."""
    said = tidied(fields)
    faults = faults_of(said)
    others = list(ForbiddenTopic.objects.exclude(pk__in=[topic] if topic else []).values_list("name", flat=True))
    if said.get("name", "").casefold() in map(str.casefold, others):
        faults.append(("name", "There is a topic of this name: add phrases to that one."))
    elif topic is None and len(others) >= MOST_TOPICS:
        faults.append(("name", f"There are {MOST_TOPICS} topics already: add phrases to one of them."))
    return faults


def _valid(fields: Mapping[str, Any], topic: UUID | None = None) -> dict[str, Any]:
    if faults := topic_faults(fields, topic=topic):
        raise TopicRefused(faults)
    return tidied(fields)


def _save(row: ForbiddenTopic, actor: Actor) -> None:
    row.updated_by, row.updated_at = actor.key, timezone.now()
    row.save()


def _target(row: ForbiddenTopic) -> str:
    return f"topic:{row.pk}"


def _told(row: ForbiddenTopic) -> dict[str, Any]:
    """What of a topic stands in the ledger: digests, since a phrase may be somebody's name."""
    said = {name: digest(getattr(row, name)) for name in SAID}
    return {**said, "count": len(row.phrases), "version": row.version}
