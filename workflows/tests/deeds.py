"""Runs that did something: the actions are planned and applied for real, only the asking is left out."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tenants.selectors import current
from workflows.actions import ACTIONS
from workflows.actions.base import Hands, Reader
from workflows.engine.holding import actor_of
from workflows.models import Effect, Event, Run, Step, WorkflowVersion


@dataclass
class Deeds:
    """Makes runs that have succeeded, of deeds: (action, input)."""

    version: WorkflowVersion = field(default_factory=lambda: WorkflowVersion.objects.filter(status="active")[0])

    def enquiry(self, email: str, *, summary: str = "Asked", thread: str = "", **more: Any) -> tuple[str, Any]:
        """A customer and an enquiry are recorded, or brought up to date in their `thread`."""
        given = {"email": email, "name": email.split("@")[0], "summary": summary, "thread": thread, **more}
        return "crm.upsert_enquiry", given

    def task(self, title: str) -> tuple[str, Any]:
        """A task that refers to what the run's first deed recorded, where that is a customer."""
        return "crm.create_task", {"title": title}

    @transaction.atomic
    def run(self, *deeds: tuple[str, Any]) -> UUID:
        """A run that did these, one step each: do_0, do_1, …"""
        now = timezone.now()
        event = Event.objects.create(type="test.happened")
        run = Run.objects.create(version=self.version, event=event, status="succeeded", finished_at=now)
        first: dict[str, Any] = {}
        for position, (name, given) in enumerate(deeds):
            action, key = ACTIONS[name], f"do_{position}"
            if name == "crm.create_task":
                given = {**given, "contact": first.get("contact"), "enquiry": first.get("enquiry")}
            reader = Reader(current(), now, run.pk, key, {}, {})
            plan = action.plan(action.Input.model_validate(given), reader)
            output = action.apply(plan, Hands(actor_of(run), run.pk, f"{run.pk}:{key}", now))
            first = first or output
            step = Step.objects.create(
                run=run, key=key, kind=name, position=position, status="succeeded", output=output
            )
            Effect.objects.create(
                run=run, step=step, key=f"{run.pk}:{key}", action=name, status="done", risk=action.risk,
                reversible=action.reversible, plan=plan.model_dump(mode="json"), outcome=output, settled_at=now,
            )  # fmt: skip
        return run.pk
