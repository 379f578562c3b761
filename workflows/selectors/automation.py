"""How far the AI may go, and who said so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from django.db.models import QuerySet

from ai.catalog.selectors import Stopped
from ai.catalog.statements import PEOPLE_ONLY, STOPPED
from audit.selectors import names_of
from dispatch.connection import row_prepared
from workflows.models import (
    Automation,
    AutomationMode,
)


@dataclass(frozen=True)
class Switch:
    """What every page shows of the switch; whose say it is stands on its own page. `mode` is what the workspace says;
    `everywhere`: the operators have stopped the AI in all of them.
    """

    mode: str
    reason: str
    changed_at: datetime | None
    everywhere: Stopped | None

    @property
    def off(self) -> bool:
        """Whether everything goes to people."""
        return self.everywhere is not None or self.mode == AutomationMode.PEOPLE_ONLY


@dataclass(frozen=True)
class AutomationView(Switch):
    """The switch, and who changed it, by name: empty while nobody ever has."""

    changed_by: str


NEWEST = f"""
SELECT a.mode, a.reason, a.created_at, a.changed_by, s.reason, s.created_at FROM (SELECT) one
LEFT JOIN (SELECT mode, reason, created_at, changed_by FROM workflows_automation ORDER BY id DESC LIMIT 1) a ON true
LEFT JOIN ({STOPPED}) s ON true
"""  # noqa: S608 - our own parts


def automation() -> AutomationView:
    """What is in force now: `policy` until somebody says otherwise."""
    now, changed_by = _newest()
    name = names_of([changed_by])[changed_by] if changed_by else ""
    return AutomationView(now.mode, now.reason, now.changed_at, now.everywhere, name)


def switch() -> Switch:
    """What is in force now, without reading anybody's name."""
    return _newest()[0]


def _newest() -> tuple[Switch, str]:
    """The switch, and the key of who changed it."""
    row = row_prepared(NEWEST, {})
    assert row is not None
    mode, reason, at, changed_by, why, since = row
    everywhere = Stopped(why, since) if since else None
    return Switch(mode or AutomationMode.POLICY.value, reason or "", at, everywhere), changed_by or ""


class Stop(IntEnum):
    """Whether everything goes to people: no run is started, and none asks a model. Here or everywhere says who has it
    so: people of the workspace, or the operators in all of them.
    """

    NO = 0
    HERE = 1
    EVERYWHERE = 2


ASKED = f"""
SELECT coalesce((SELECT mode FROM workflows_automation ORDER BY id DESC LIMIT 1) = %(people_only)s::text, false),
    {PEOPLE_ONLY}
"""  # noqa: S608 - our own parts


def people_only() -> Stop:
    """Whether everything goes to people."""
    row = row_prepared(ASKED, {"people_only": AutomationMode.PEOPLE_ONLY.value})
    assert row is not None
    here, everywhere = row
    return Stop.EVERYWHERE if everywhere else Stop.HERE if here else Stop.NO


def automation_history() -> "QuerySet[Automation]":
    """Rows of every change, newest first."""
    return Automation.objects.order_by("-id")


def automation_views(changes: Iterable[Automation]) -> list[AutomationView]:
    """The views of rows, with the names of those who changed it: one query for all."""
    rows = list(changes)
    names = names_of(row.changed_by for row in rows)
    return [AutomationView(row.mode, row.reason, row.created_at, None, names[row.changed_by]) for row in rows]
