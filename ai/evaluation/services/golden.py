"""Keeping examples: of a decision, from a file, corrected; and taking them out again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from pydantic import BaseModel

from ai.evaluation.errors import EvaluationRefused, Fault, InvalidCase, KnownCase, NoSuchCase
from ai.evaluation.expected import Expected, read_case, written
from ai.evaluation.models import GoldenCase, Origin
from audit.canonical import digest
from audit.services import Actor, record

# Of a file: lines, and characters of one. Each example costs a call whenever it is measured.
MOST_LINES = 2_000
LONGEST_LINE = 400_000


@dataclass(frozen=True, kw_only=True)
class Source:
    """Whose inputs an example has: a run's step, and the proposal that says what is right, where one does."""

    run: UUID
    step: str
    approval: UUID | None = None


@transaction.atomic
def golden_add(*, purpose: str, inputs: Any, expected: Any, actor: Actor, source: Source | None = None) -> UUID:
    """Keep an example. Raises InvalidCase with every fault, KnownCase where its inputs are one already."""
    given, right = read_case(purpose, inputs, expected)
    origin = Origin.IMPORT
    if source is not None:
        origin = Origin.DECISION if source.approval else Origin.STEP
    return _add(purpose, given, right, origin, actor, source=source).pk


@transaction.atomic
def golden_correct(*, case: UUID, expected: Any, actor: Actor) -> UUID:
    """Keep the example with something else being right, and retire the one that was. Raises NoSuchCase, InvalidCase."""
    former = _locked(case)
    given, right = read_case(former.purpose, former.inputs, expected)
    if written(right) == former.expected:
        return former.pk
    _retire(former, actor)
    return _add(former.purpose, given, right, Origin.CORRECTION, actor, former=former).pk


@transaction.atomic
def golden_retire(*, case: UUID, actor: Actor) -> None:
    """Let no evaluation use the example any more; what was measured by it stays. Raises NoSuchCase."""
    _retire(_locked(case), actor)


def _locked(case: UUID) -> GoldenCase:
    row = GoldenCase.objects.select_for_update().filter(pk=case, retired_at=None).first()
    if row is None:
        raise NoSuchCase("There is no such example, or it is retired.")
    return row


def _retire(row: GoldenCase, actor: Actor) -> None:
    row.retired_at = timezone.now()
    row.save(update_fields=["retired_at"])
    record(event="golden.retired", target=f"goldencase:{row.pk}", actor=actor, data={"purpose": row.purpose})


def _add(
    purpose: str,
    given: BaseModel,
    right: Expected,
    origin: Origin,
    actor: Actor,
    *,
    source: Source | None = None,
    former: GoldenCase | None = None,
) -> GoldenCase:
    inputs = given.model_dump(mode="json")
    row = GoldenCase(
        purpose=purpose,
        inputs=inputs,
        inputs_digest=inputs_digest(inputs),
        expected=written(right),
        origin=origin,
        author=actor.key,
    )
    if source is not None:
        row.run, row.step, row.approval = source.run, source.step, source.approval
    if former is not None:
        row.run, row.step, row.approval, row.replaces = former.run, former.step, former.approval, former.pk
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise KnownCase("The same inputs are an example already.") from None
    told = {
        "purpose": purpose,
        "origin": row.origin,
        "step": row.step,
        "inputs": row.inputs_digest,
        "expected": digest(row.expected),
        "approval": row.approval,
        "replaces": row.replaces,
    }
    record(event="golden.added", target=f"goldencase:{row.pk}", actor=actor, data=told, run=row.run)
    return row


def inputs_digest(inputs: dict[str, Any]) -> str:
    """The same for the same inputs, whenever they were asked about."""
    return digest({name: value for name, value in inputs.items() if name != "now"})


@dataclass(frozen=True)
class Imported:
    """How many examples of a file are new, were there already, and took the place of one with something else right."""

    added: int
    known: int
    replaced: int


@transaction.atomic
def golden_import(*, lines: Iterable[str], actor: Actor) -> Imported:
    """Bring in examples, one a line: {"purpose", "inputs", "expected"}. All of them, or none.

    Doing it again does nothing more. Raises InvalidCase with every fault of every line.
    """
    read, faults = [], list[Fault]()
    for number, text in _numbered(lines):
        try:
            read.append(_line(text))
        except InvalidCase as error:
            faults += [Fault(f"line {number}, {fault.path}", fault.sentence) for fault in error.faults]
    if faults:
        raise InvalidCase(faults)
    counts = {"added": 0, "known": 0, "replaced": 0}
    for purpose, given, right in read:
        counts[_bring_in(purpose, given, right, actor)] += 1
    record(event="golden.imported", target="goldencase:all", actor=actor, data=counts)
    return Imported(**counts)


def _bring_in(purpose: str, given: BaseModel, right: Expected, actor: Actor) -> str:
    known = inputs_digest(given.model_dump(mode="json"))
    rows = GoldenCase.objects.select_for_update()
    former = rows.filter(purpose=purpose, inputs_digest=known, retired_at=None).first()
    if former is None:
        _add(purpose, given, right, Origin.IMPORT, actor)
        return "added"
    if former.expected == written(right):
        return "known"
    _retire(former, actor)
    _add(purpose, given, right, Origin.CORRECTION, actor, former=former)
    return "replaced"


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, text in enumerate(lines, 1):
        if number > MOST_LINES:
            raise EvaluationRefused(f"A file holds {MOST_LINES:,} examples at most: bring it in as several.")
        if text.strip():
            yield number, text


def _line(text: str) -> tuple[str, BaseModel, Expected]:
    if len(text) > LONGEST_LINE:
        raise InvalidCase([Fault("line", f"is longer than {LONGEST_LINE:,} characters")])
    if "\\u0000" in text:
        raise InvalidCase([Fault("line", "holds the character NUL, which cannot be stored")])
    try:
        said = json.loads(text)
    except ValueError:
        raise InvalidCase([Fault("line", "is no JSON")]) from None
    if not isinstance(said, dict):
        raise InvalidCase([Fault("line", "is no object with purpose, inputs and expected")])
    purpose = str(said.get("purpose", ""))
    return purpose, *read_case(purpose, said.get("inputs"), said.get("expected"))


@transaction.atomic
def golden_export(*, purpose: str, actor: Actor) -> list[str]:
    """The examples of a purpose as lines of JSON that `golden_import` takes, oldest first; that it was done is told,
    since customers' words leave with it."""
    rows = GoldenCase.objects.filter(purpose=purpose, retired_at=None).order_by("pk")
    lines = [
        json.dumps({"purpose": row.purpose, "inputs": row.inputs, "expected": row.expected}, ensure_ascii=False)
        for row in rows
    ]
    told = {"purpose": purpose, "count": len(lines)}
    record(event="golden.exported", target="goldencase:all", actor=actor, data=told)
    return lines
