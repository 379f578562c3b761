"""A sent reply cannot be undone. What can be done is a draft, in our words, of an email that takes it back.

It is one draft a reply, and nothing ever sends it: a person opens the conversation, edits it and sends it as theirs.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from audit.services import Actor, record
from crm.selectors import contact_by_email
from mail.selectors import MessageView, message_view
from tenants.selectors import TenantInfo, current
from workflows.actions import ACTIONS
from workflows.engine.undo_documents import UNDO
from workflows.models import Correction, Effect


def correction_draft(effect: Effect, *, plan: UUID, undone: Sequence[str], actor: Actor) -> None:
    """Draft the correction of a sent reply, once; `undone` tells what it promised that is undone with it."""
    reply = message_view(UUID(effect.outcome["message"]))
    text = _text(reply, undone, current())
    correction, made = Correction.objects.get_or_create(
        effect=effect, defaults={"thread": str(reply.thread or ""), "text": text}
    )
    if made:
        told = {"effect": str(effect.pk), "plan": str(plan)}
        record(
            event="correction.drafted",
            target=f"correction:{correction.pk}",
            actor=actor,
            run=effect.run_id,
            data=told,
        )


def promises_undone(document: Mapping[str, Any], run: str) -> list[str]:
    """What customers were told to come to and what this undo removes, in the words that people approved."""
    return [
        effect["summary"]
        for effect in document["effects"]
        if effect["run"] == run and effect["does"] == UNDO and ACTIONS[effect["action"]].role == "booking"
    ]


def _text(reply: MessageView, undone: Sequence[str], tenant: TenantInfo) -> str:
    known = contact_by_email(reply.to[0].email) if reply.to else None
    name = known.name.split()[0] if known and known.name else ""
    left = (reply.sent_at or reply.created_at).astimezone(tenant.timezone)
    parts = [
        f"Hello {name}," if name else "Hello,",
        f"our email of {left.day} {left:%B}, “{reply.subject}”, should not have left as it was.",
        "What it says may be wrong: do not rely on it.",
        *(f"This no longer stands: {promise}." for promise in undone),
        "We look at your questions once more and write to you with the right answers.",
        tenant.name,
    ]
    return "\n\n".join(parts)
