"""A task for a person, such as checking what the sources did not say."""

from datetime import datetime, time, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from audit.canonical import timestamp
from workflows.actions.base import Action, Moment, Plan, Reader, RecordId, create, reference
from workflows.kinds import Out

MORNING = time(10, 0)


class TaskGiven(BaseModel):
    """What the task is about; the drafted reply's promises become tasks."""

    promises: list[dict[str, Any]] = []
    summary: str = ""
    name: str | None = None
    title: str | None = None
    due_at: Moment | None = None
    contact: Any = None
    enquiry: Any = None


class TaskInput(BaseModel):
    """What people see. `contact` and `enquiry` may be records to come."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=300)
    due_at: Moment | None = None
    contact: Any = None
    enquiry: Any = None


class TaskMade(Out):
    """The task that was added."""

    task: RecordId


class CreateTask(Action):
    """Add a task for a person, such as checking what the records do not say."""

    name = "crm.create_task"
    label = "Create a task"
    risk = "low"
    reversible = True
    role = "follow_up"
    Given = TaskGiven
    Input = TaskInput
    Output = TaskMade
    takes = {
        "promises": "ai.draft_reply:promises",
        "name": "message:from_name",
        "contact": "crm.upsert_enquiry:contact",
        "enquiry": "crm.upsert_enquiry:enquiry",
    }
    chosen = frozenset({"contact", "enquiry"})
    editable = frozenset({"title", "due_at"})

    def prepare(self, given: TaskGiven, reader: Reader) -> TaskInput:
        wanted = [str(promise.get("task", "")) for promise in given.promises if promise.get("task")]
        title = given.title or "; ".join(wanted) or f"Follow up with {given.name or 'the customer'}"
        return TaskInput(
            title=title[:300],
            due_at=given.due_at or next_morning(reader),
            contact=given.contact,
            enquiry=given.enquiry,
        )

    def plan(self, input: TaskInput, reader: Reader) -> Plan:
        wanted = {
            "title": input.title,
            "due_at": timestamp(input.due_at) if input.due_at else None,
            "contact": input.contact,
            "enquiry": input.enquiry,
        }
        return Plan(
            action=self.name,
            input=input.model_dump(mode="json"),
            changes=[create("task", "Task", "task", wanted)],
            output={"task": reference(reader.step, "task")},
            summary=input.title,
        )


def next_morning(reader: Reader) -> datetime:
    """10 am of the next working day, in the tenant's zone."""
    day = reader.now.astimezone(reader.tenant.timezone).date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, reader.tenant.timezone)
