"""Changing the price table, and stopping the AI of every workspace; each is told in the operators' ledger."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from ai.catalog.models import RATES, ModelPrice, Switch, SwitchMode
from audit.canonical import digest
from audit.services import Actor, record
from dispatch.services import work_release

# What rests in a workspace because the AI of all is stopped waits as work of this handler, which a floor above has.
RESTING = "workflows.resting"
FIELDS = ("model", "valid_from", "min_prompt_tokens", *RATES, "batch_factor", "source")


@transaction.atomic
def price_set(*, id: UUID, fields: Mapping[str, Any], actor: Actor) -> ModelPrice:
    """Enters the price of that id, or corrects it where it exists. Raises ValidationError, KeyError."""
    if unknown := set(fields) - set(FIELDS):
        raise KeyError(f"a price has no {', '.join(sorted(unknown))}")
    price = ModelPrice.objects.select_for_update().filter(pk=id).first()
    before = _told(price) if price else None
    price = price or ModelPrice(pk=id)
    for name, value in fields.items():
        setattr(price, name, value)
    price.full_clean()
    price.save()
    if before is None:
        record(event="price.added", target=f"price:{id}", actor=actor, data=_told(price))
    elif before != _told(price):
        record(event="price.changed", target=f"price:{id}", actor=actor, data={**_told(price), "before": before})
    return price


@transaction.atomic
def price_remove(*, id: UUID, actor: Actor) -> None:
    """Removes a price; calls keep the cost that was booked. Raises ModelPrice.DoesNotExist."""
    price = ModelPrice.objects.select_for_update().get(pk=id)
    record(event="price.removed", target=f"price:{id}", actor=actor, data=_told(price))
    price.delete()


def _told(price: ModelPrice) -> dict[str, Any]:
    return {
        "model": price.model,
        "valid_from": str(price.valid_from),
        "min_prompt_tokens": price.min_prompt_tokens,
        "rates": {rate: _plain(getattr(price, rate)) for rate in RATES},
        "batch_factor": _plain(price.batch_factor),
        "source": digest(price.source),
    }


def _plain(rate: Decimal) -> str:
    """The same text for 1.5 and 1.5000."""
    return f"{rate.normalize():f}"


class ReasonMissing(Exception):
    """The AI of every workspace is stopped without a reason for their people to read."""


@transaction.atomic
def switch_set(*, mode: str, reason: str, actor: Actor) -> Switch | None:
    """Say how far the AI of every workspace may go from now on. Where it is on already nothing changes; what is in
    force is given back, None where nobody ever said anything.

    It is read wherever something is decided, so nothing has to be told to anybody. What rests because of it waits in
    the queue that all workspaces share, and is due at once when the AI is on again. Raises ReasonMissing.
    """
    mode, reason = SwitchMode(mode), reason.strip()
    if mode == SwitchMode.PEOPLE_ONLY and not reason:
        raise ReasonMissing
    newest = Switch.objects.order_by("-id").first()
    former = newest.mode if newest else SwitchMode.POLICY
    if mode == former == SwitchMode.POLICY:
        return newest
    row = Switch.objects.create(mode=mode, reason=reason, changed_by=actor.key)
    told = {"mode": mode, "former": former, "reason": digest(reason)}
    record(event="automation.changed_for_all", target=f"switch:{row.pk}", actor=actor, data=told)
    if mode == SwitchMode.POLICY:
        work_release(handler=RESTING)
    return row
