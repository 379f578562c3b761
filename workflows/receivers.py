"""What the floors below tell: a message has come, a person has stepped in or decided."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from approvals.signals import approval_decided
from audit.services import Actor
from mail.selectors import last_message_of_thread, message_view
from mail.signals import message_received, person_stepped_in
from tenants.services import pulse_soon
from workflows.judging import judged
from workflows.people import ask_a_person
from workflows.services import event_receive, run_wake, runs_supersede, thread_answer


@receiver(message_received)
def message_becomes_event(
    sender: object, message_id: UUID, thread_id: UUID, automatic: bool, own: bool, unreadable: bool, **_: Any
) -> None:
    """A customer's message starts runs, and ends older ones of its thread; automatic mail does neither."""
    mail = Actor.system("mail")
    pulse_soon()
    if unreadable:
        ask_a_person(f"Read an email that could not be read (message {message_id})", actor=mail)
        return
    if automatic:
        return
    thread = str(thread_id)
    if own:
        # A From that its own domain disowns is no colleague's: it starts nothing, and ends nothing either.
        if "suspicious" not in message_view(message_id).flags:
            runs_supersede(thread=thread, reason="by_hand", actor=mail)
        return
    runs_supersede(thread=thread, reason="newer_message", actor=mail)
    # Mail is read in any order: where a later one of the customer's is known, that is the one to answer.
    last = last_message_of_thread(thread_id)
    if last is not None and last.direction == "in" and "own_address" not in last.flags:
        message_id = last.id
    event_receive(
        type="email.received",
        data={"message": str(message_id), "thread": thread, "auto_generated": False},
        actor=mail,
        thread=thread,
    )


@receiver(person_stepped_in)
def person_ends_runs(sender: object, thread_id: UUID, actor: Actor, reason: str, **_: Any) -> None:
    """Who answers in person, or takes over, ends what the AI has open in the conversation.

    What the AI had begun while their reply was held is begun anew when that has left, knowing of it.
    """
    ended = runs_supersede(thread=str(thread_id), reason=reason, actor=actor)
    if reason == "answered" and ended:
        thread_answer(thread=thread_id, actor=actor)


@receiver(approval_decided)
def decision_is_counted(sender: object, approval: UUID, run: UUID, decision: str, **_: Any) -> None:
    """What people made of a proposal counts for the version that made it."""
    if decision in ("approve", "reject"):
        judged(approval=approval, run=run, decision=decision)


@receiver(approval_decided)
def decision_wakes_run(sender: object, run: UUID, **_: Any) -> None:
    """The run goes on in a worker, not in the request that decided."""
    run_wake(run)
