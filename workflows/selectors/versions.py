"""Workflows and their versions, in rows and in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from workflows.actions import ACTIONS
from workflows.catalogue import KINDS
from workflows.definition import Definition
from workflows.models import (
    VersionStatus,
    Workflow,
    WorkflowVersion,
)


@dataclass(frozen=True)
class VersionView:
    """A version of a workflow."""

    workflow: str
    number: int
    status: str
    definition: dict[str, Any]
    source: str
    digest: str
    author: str
    created_at: datetime
    activated_at: datetime | None


@dataclass(frozen=True)
class WorkflowView:
    """A workflow, and the number of the version in force (None: it is off), since when."""

    id: UUID
    slug: str
    active_version: int | None
    active_since: datetime | None
    versions: int
    created_at: datetime


def workflow_list() -> list[WorkflowView]:
    """All workflows, by name; one query."""
    return [_workflow(workflow) for workflow in _workflows().order_by("slug")]


def _workflows() -> "QuerySet[Workflow]":
    in_force = Q(versions__status=VersionStatus.ACTIVE)
    return Workflow.objects.annotate(
        active=Max("versions__number", filter=in_force),
        since=Max("versions__activated_at", filter=in_force),
        count=Count("versions"),
    )


def _workflow(workflow: Any) -> WorkflowView:
    return WorkflowView(
        workflow.pk, workflow.slug, workflow.active, workflow.since, workflow.count, workflow.created_at
    )


def workflow_get(slug: str) -> WorkflowView | None:
    """The workflow of that name, or None."""
    workflow = _workflows().filter(slug=slug).first()
    return _workflow(workflow) if workflow else None


def versions(slug: str) -> "QuerySet[WorkflowVersion]":
    """Rows of a workflow's versions, newest first."""
    return WorkflowVersion.objects.select_related("workflow").filter(workflow__slug=slug).order_by("-id")


def version_former(slug: str) -> int | None:
    """The version that a rollback of the one in force would put back, or None."""
    active = versions(slug).filter(status=VersionStatus.ACTIVE).first()
    if active is None:
        return None
    before = versions(slug).filter(number__lt=active.number, activated_at__isnull=False)
    return before.order_by("-activated_at").values_list("number", flat=True).first()


def version_list(slug: str) -> list[VersionView]:
    """All versions of a workflow, newest first."""
    return [version_view(version) for version in versions(slug)]


def version_get(slug: str, number: int) -> VersionView | None:
    """One version of a workflow, or None."""
    found = versions(slug).filter(number=number).first()
    return version_view(found) if found else None


def version_view(version: WorkflowVersion) -> VersionView:
    """The view of a row."""
    return VersionView(
        version.workflow.slug,
        version.number,
        version.status,
        version.definition,
        version.source,
        version.digest,
        version.author,
        version.created_at,
        version.activated_at,
    )


def definition_schema() -> dict[str, Any]:
    """The JSON Schema of definitions, with what `do` may name."""
    schema = Definition.model_json_schema(by_alias=True)
    schema["$defs"]["StepDefinition"]["properties"]["do"]["enum"] = sorted(KINDS)
    return schema


@dataclass(frozen=True)
class StepOutline:
    """A step of a definition, in words: `after` are the steps it waits for, `bundle` the proposal it belongs to."""

    key: str
    kind: str
    label: str
    after: tuple[str, ...]
    when: str
    bundle: str


@dataclass(frozen=True)
class Asking:
    """Who decides on a proposal of a definition, and for how long."""

    bundle: str
    ask: str
    role: str
    count: int
    expires: timedelta
    escalate_to: str


@dataclass(frozen=True)
class Outline:
    """What a definition says, in the order in which it happens."""

    event: str
    when: str
    steps: tuple[StepOutline, ...]
    asks: tuple[Asking, ...]


def outline(definition: dict[str, Any]) -> Outline:
    """What a stored definition says."""
    known = Definition.model_validate(definition)
    steps = tuple(
        StepOutline(
            step.key,
            step.do,
            KINDS[step.do].label,
            tuple(known.needs_of(step)),
            step.when or "",
            known.bundle_of(step) if step.do in ACTIONS else "",
        )
        for step in known.steps
    )
    asks = tuple(_asking(known, bundle) for bundle in dict.fromkeys(step.bundle for step in steps if step.bundle))
    return Outline(known.on.event, known.on.when or "", steps, asks)


def _asking(definition: Definition, bundle: str) -> Asking:
    rule = definition.rule_of(bundle)
    above = rule.escalate_to.role if rule.escalate_to else ""
    return Asking(bundle, rule.ask, rule.approvers.role, rule.approvers.count, rule.expires, above)
