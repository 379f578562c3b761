"""How far the AI may go, and who said so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from audit.selectors import names_of
from workflows.models import (
    Automation,
    AutomationMode,
)


@dataclass(frozen=True)
class AutomationView:
    """How far the AI may go. Who changed it, by name, and when: empty while nobody ever has."""

    mode: str
    reason: str
    changed_by: str
    changed_at: datetime | None


def automation() -> AutomationView:
    """What is in force now: `policy` until somebody says otherwise."""
    found = automation_views(automation_history()[:1])
    return found[0] if found else AutomationView(AutomationMode.POLICY, "", "", None)


@dataclass(frozen=True)
class Switch:
    """What every page shows of the switch; whose say it is stands on its own page."""

    mode: str
    reason: str
    changed_at: datetime | None


def switch() -> Switch:
    """What is in force now, without reading anybody's name."""
    newest = automation_history().first()
    return Switch(newest.mode, newest.reason, newest.created_at) if newest else Switch(AutomationMode.POLICY, "", None)


def people_only() -> bool:
    """Whether everything goes to people: no run is started, and none asks a model."""
    newest = Automation.objects.order_by("-id").values_list("mode", flat=True).first()
    return newest == AutomationMode.PEOPLE_ONLY


def automation_history() -> "QuerySet[Automation]":
    """Rows of every change, newest first."""
    return Automation.objects.order_by("-id")


def automation_views(changes: Iterable[Automation]) -> list[AutomationView]:
    """The views of rows, with the names of those who changed it: one query for all."""
    rows = list(changes)
    names = names_of(row.changed_by for row in rows)
    return [AutomationView(row.mode, row.reason, names[row.changed_by], row.created_at) for row in rows]
