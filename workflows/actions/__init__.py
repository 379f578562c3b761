"""Actions: what a workflow may do to the world. A new one is a module here and a line below."""

from workflows.actions.base import Action, Plan, RecordChange
from workflows.actions.book_appointment import BookAppointment
from workflows.actions.create_task import CreateTask
from workflows.actions.send_reply import SendReply
from workflows.actions.upsert_enquiry import UpsertEnquiry

ACTIONS: dict[str, Action] = {
    action.name: action for action in (UpsertEnquiry(), CreateTask(), BookAppointment(), SendReply())
}

__all__ = ["ACTIONS", "Action", "Plan", "RecordChange"]
