"""What undoing runs would do, thing by thing and field by field. Reads only, a few queries for any number of runs.

Effects are taken newest first, and each sees the records as the ones before it leave them: of two runs that wrote the
same field, both are put back.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit.canonical import plain
from audit.erasing import ERASED
from crm.reverting import Foreseen, Outlook, Revert
from tenants.selectors import current
from workflows.actions import ACTIONS, Action, Plan
from workflows.engine.undo_rules import POLICY, second_person_because
from workflows.models import Correction, Effect, EffectStatus

# What is done about an effect: its changes are taken back, it is stopped, a correction is drafted, or nothing.
UNDO, STOP, CORRECT, NOTHING = "undo", "stop", "correct", "nothing"
TAKEN = (EffectStatus.DONE, EffectStatus.UNDO_FAILED)
# Why nothing is done about an effect in one of these states.
_WHY = {
    EffectStatus.INTENDED: "leaving",
    EffectStatus.UNKNOWN: "unknown",
    EffectStatus.STOPPED: "stopped",
    EffectStatus.FAILED: "failed",
    EffectStatus.UNDOING: "undoing",
    EffectStatus.UNDONE: "undone",
}


@dataclass(frozen=True)
class _Taken:
    """An effect whose changes can be taken back."""

    action: Action
    reverts: list[Revert]


def undo_document(
    *, runs: Sequence[UUID], effects: Collection[UUID] = (), put_back: Collection[str] = ()
) -> dict[str, Any]:
    """The canonical document of an undo of `runs`, or of some of their `effects`; `put_back` as in `choice_of`."""
    found = Effect.objects.filter(run__in=list(runs)).select_related("step").order_by("-pk")
    if effects:
        found = found.filter(pk__in=list(effects))
    rows = list(found)
    corrected = set(Correction.objects.filter(effect__in=rows).values_list("effect", flat=True))
    taken = {row.pk: _taken(row) for row in rows if row.status in TAKEN and row.action in ACTIONS and row.reversible}
    outlook = Outlook(revert for each in taken.values() for revert in each.reverts)
    told = [_effect(row, taken.get(row.pk), outlook, frozenset(put_back), row.pk in corrected) for row in rows]
    document: dict[str, Any] = plain(
        {
            "policy": POLICY,
            "tenant": current().id,
            "runs": sorted(str(run) for run in runs),
            "effects": told,
            "second_person": second_person_because(told),
        }
    )
    return document


def things_to_do(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The effects about which something is done, in their order."""
    return [effect for effect in document["effects"] if effect["does"] != NOTHING]


def choices_of(document: Mapping[str, Any]) -> set[str]:
    """All fields and records that somebody changed since, and that a person may choose to put back."""
    return {
        choice
        for effect in document["effects"]
        for record in effect["records"]
        for choice in (record["choice"], *(field["choice"] for field in record["fields"]))
        if choice
    }


def overwritten(effect: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What people wrote since and the plan's author has given up: "<kind>:<id>" -> field -> the value seen."""
    return {
        record["record"]: {field["field"]: field["now"] for field in record["fields"] if field["fate"] == "over"}
        for record in effect["records"]
    }


def kept_in(effect: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What of an effect stays, and why, as `undo_work` reports it."""
    return list(_kept(effect["records"]))


def differences(former: Mapping[str, Any], present: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What has changed between two documents of the same runs, as facts that people can read."""
    was, now = _facts(former), _facts(present)
    return [
        {"record": record, "field": field, "was": was.get((record, field)), "is": now.get((record, field))}
        for record, field in sorted({*was, *now})
        if was.get((record, field)) != now.get((record, field))
    ]


def _facts(document: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {("policy", "second person"): document["second_person"]}
    for effect in document["effects"]:
        found[f"effect:{effect['effect']}", "status"] = effect["status"]
        for record in effect["records"]:
            found[record["record"], "referred to by"] = record["referrers"]
            found |= {(record["record"], field["field"]): field["now"] for field in record["fields"]}
    return found


def _taken(effect: Effect) -> _Taken:
    action = ACTIONS[effect.action]
    return _Taken(action, action.reverts(Plan.model_validate(effect.plan), effect.outcome))


def _effect(
    effect: Effect, taken: _Taken | None, outlook: Outlook, put_back: frozenset[str], corrected: bool
) -> dict[str, Any]:
    records = [_record(effect.pk, revert, outlook, put_back) for revert in taken.reverts] if taken else []
    does, why = _does(effect, records if taken else None, corrected)
    return {
        "effect": effect.pk,
        "run": effect.run_id,
        "step": effect.step.key,
        "action": effect.action,
        "summary": effect.plan.get("summary", ""),
        "status": effect.status,
        "does": does,
        "why": why,
        "records": records,
    }


def _does(effect: Effect, records: list[dict[str, Any]] | None, corrected: bool) -> tuple[str, str]:
    if effect.status == EffectStatus.HELD:
        return STOP, ""
    if effect.plan.get("summary") == ERASED:
        return NOTHING, "erased"
    if effect.status not in TAKEN:
        return NOTHING, _WHY[EffectStatus(effect.status)]
    if records is not None:
        stays = bool(list(_kept(records)))
        does = UNDO if not stays or any(record["writes"] for record in records) else NOTHING
        return does, "changed" if stays else ""
    if effect.action in ACTIONS and ACTIONS[effect.action].role == "reply":
        return (NOTHING, "corrected") if corrected else (CORRECT, "sent")
    return NOTHING, "irreversible"


def _kept(records: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for record in records:
        for field in record["fields"]:
            if field["fate"] in ("changed", "removed", "refused"):
                yield {"record": record["record"], "field": field["field"], "why": field["fate"]}
        if record["referrers"]:
            yield {"record": record["record"], "field": "", "why": "referred"}


def _record(effect: UUID, revert: Revert, outlook: Outlook, put_back: frozenset[str]) -> dict[str, Any]:
    """What becomes of a record. A created one is removed or stays as a whole, so the choice is about all of it."""
    whole = f"{effect}/{revert.record}"
    seen = outlook.values(revert)
    if revert.created:
        overwrite = seen if whole in put_back else {}
    else:
        overwrite = {name: value for name, value in seen.items() if f"{whole}/{name}" in put_back}
    foreseen = outlook.revert(revert, overwrite)
    fields = [
        {
            "field": field.field,
            "before": field.before,
            "wrote": field.wrote,
            "now": field.now,
            "fate": field.fate,
            "choice": "" if revert.created or field.fate not in ("changed", "over") else f"{whole}/{field.field}",
        }
        for field in foreseen.fields
        if not revert.created or field.fate != "back" or field.wrote not in (None, "", False)
    ]
    return {
        "record": revert.record,
        "created": revert.created,
        "removed": foreseen.removed,
        "writes": foreseen.writes,
        "referrers": list(foreseen.referrers),
        "choice": whole if revert.created and _touched(foreseen) and not foreseen.referrers else "",
        "fields": fields,
    }


def _touched(foreseen: Foreseen) -> bool:
    return any(field.fate in ("changed", "over") for field in foreseen.fields)
