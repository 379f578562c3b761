"""Asking people for what no run can do."""

from uuid_utils.compat import uuid7

from audit.services import Actor
from crm.records import record_create


def ask_a_person(title: str, *, actor: Actor) -> None:
    """Leave a task, in the current transaction."""
    record_create(kind="task", id=str(uuid7()), fields={"title": title[:300]}, actor=actor)
