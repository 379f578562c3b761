"""A run ends before its time: somebody cancelled it, or its conversation has moved on."""

from uuid import UUID

from django.utils import timezone

from audit.services import Actor, transition
from workflows.engine.stopping import stop_open
from workflows.models import RUN_ENDED, RUN_MOVES, EffectStatus, Run, RunStatus

NOTE_LENGTH = 500


def run_cancel(*, run: UUID | str, reason: str, actor: Actor, note: str = "") -> bool:
    """End a run that has not ended, in the caller's transaction: what it asked is withdrawn, what it holds is
    stopped. `reason` is a word, such as `newer_message`, `note` what a person says about it. False: it had ended, or
    its reply is leaving now."""
    found = Run.objects.select_for_update().filter(pk=run).exclude(status__in=RUN_ENDED).first()
    if found is None or found.effects.filter(status__in=(EffectStatus.INTENDED, EffectStatus.UNKNOWN)).exists():
        return False
    stop_open(found, reason=reason, actor=actor)
    told = " ".join(filter(None, (REASONS.get(reason, reason), note.replace("\0", "").strip()[:NOTE_LENGTH])))
    transition(
        found,
        moves=RUN_MOVES,
        to=RunStatus.CANCELLED,
        actor=actor,
        run=found.pk,
        data={"reason": reason},
        changes={"finished_at": timezone.now(), "error": told},
    )
    return True


REASONS = {
    "newer_message": "The customer wrote again: the newer message has a run of its own.",
    "rolled_back": "Its version was rolled back before its reply left.",
    "by_hand": "A colleague answered by hand.",
    "answered": "A colleague’s reply has left meanwhile: what the customer wrote after it is answered anew.",
    "taken_over": "A colleague took over the conversation.",
    "person": "A person cancelled it.",
    "erased": "Its customer was erased.",
    "again": "It was run again: a new run takes its place.",
}


def runs_supersede(*, thread: str, reason: str, actor: Actor) -> list[UUID]:
    """Cancel what still runs in a thread, because the conversation has moved. Returns the runs' ids."""
    if not thread:
        return []
    running = Run.objects.filter(thread=thread).exclude(status__in=RUN_ENDED).order_by("pk")
    return [run for run in running.values_list("pk", flat=True) if run_cancel(run=run, reason=reason, actor=actor)]
