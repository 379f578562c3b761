"""Calls of workers that died: nobody knows what became of them, so the most that they can cost is charged."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from ai.budgets.limits import AI
from ai.keeping import call_keep, entry_of
from ai.metrics import call_counted
from ai.models import Call, CallOutcome, Reservation
from dispatch.leases import Lease

SHARED = (
    "purpose", "provider", "model_requested", "prompt_version", "workflow", "version", "intent", "run_id", "step",
    "inputs_digest", "use",
)  # fmt: skip


def reservations_lapse(lease: Lease) -> datetime | None:
    """Charge what was reserved for calls whose worker died, in full; when to look again, None where none is left."""
    now = timezone.now()
    with transaction.atomic():
        lease.hold()
        for reservation in Reservation.objects.filter(until__lte=now).order_by("pk"):
            _lapse(reservation)
        return Reservation.objects.order_by("until").values_list("until", flat=True).first()


def _lapse(reservation: Reservation) -> None:
    call = call_of(reservation)
    call.outcome, call.error = CallOutcome.FAILED, "lost"
    call.finding = "The worker died while the model was asked. Nobody knows what that cost: the most it can is charged."
    call.cost_usd, call.cost_known = reservation.amount_usd, False
    told = {
        "purpose": call.purpose,
        "provider": call.provider,
        "model_requested": call.model_requested,
        "prompt_version": call.prompt_version,
        "cost_usd": call.cost_usd,
        "error": call.error,
    }
    if call_keep(call, reservation=reservation, entries=[entry_of(call, "ai.failed", actor=AI, data=told)]):
        transaction.on_commit(partial(call_counted, call))


def call_of(reservation: Reservation) -> Call:
    """The call that a reservation was made for, with nothing of its outcome."""
    values: dict[str, Any] = {name: getattr(reservation, name) for name in SHARED}
    return Call(pk=reservation.pk, created_at=reservation.made_at, **values)
