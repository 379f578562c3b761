"""Actions: what a workflow may do to the world. A new one is a module here and a name in the line below."""

from workflows.actions.base import Action, Plan, RecordChange
from workflows.actions.book_appointment import BookAppointment
from workflows.actions.create_task import CreateTask
from workflows.actions.send_reply import SendReply
from workflows.actions.upsert_enquiry import UpsertEnquiry
from workflows.kinds import by_name

ACTIONS: dict[str, Action] = by_name([UpsertEnquiry(), CreateTask(), BookAppointment(), SendReply()])

__all__ = ["ACTIONS", "Action", "Plan", "RecordChange"]
