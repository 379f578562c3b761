"""What every action is: it plans, applies exactly its plan, and can say how to take it back.

`plan` only reads, and its result is frozen by an approval: replaying it changes nothing. `apply`
writes that plan and nothing else, under compare.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema
from uuid_utils.compat import uuid7

from approvals.proposals import Fact
from audit.services import Actor
from crm.records import Kept, clean, pick, record_create, record_revert, record_update
from crm.records import fields as record_fields
from crm.reverting import NOTHING, Revert
from tenants.selectors import TenantInfo
from workflows.kinds import Kind, Out

Risk = Literal["low", "medium", "high"]
RISKS: tuple[Risk, ...] = ("low", "medium", "high")


def _within_reach(value: datetime) -> datetime:
    if not 1900 <= value.year <= 9000:  # the edges of the calendar have no time in other zones
        raise ValueError("this is no time between the years 1900 and 9000")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]


class Part(BaseModel):
    """Frozen data of a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Delta(Part):
    """A field's value before and after; `before` is null for a record to come."""

    before: Any = None
    after: Any = None


class RecordChange(Part):
    """What happens to one record. A record to come has no id yet: it goes into the output as `output_as`."""

    kind: str
    id: str | None = None
    label: str
    output_as: str
    fields: dict[str, Delta]

    @property
    def op(self) -> Literal["create", "update"]:
        return "update" if self.id else "create"


class MailPlan(Part):
    """A message that will leave, held for `hold_seconds` first."""

    thread: UUID
    in_reply_to: UUID
    to: list[str]
    cc: list[str] = []
    subject: str
    text: str
    hold_seconds: int = Field(ge=0, le=86_400)


class Plan(Part):
    """Exactly what an action will do. `output` may hold references to records to come:
    {"$step": key, "field": name}."""

    action: str
    version: int = 1
    input: dict[str, Any]
    changes: list[RecordChange] = []
    mail: MailPlan | None = None
    output: dict[str, Any] = {}
    summary: str
    basis: list[Fact] = []


@dataclass(frozen=True)
class Reader:
    """What planning may know: the tenant, the time, the run, the customer's mail. It cannot write."""

    tenant: TenantInfo
    now: datetime
    run: UUID
    step: str
    event: Mapping[str, Any]
    message: Mapping[str, Any]


@dataclass(frozen=True)
class Hands:
    """What applying may use: who acts, for which run and step, and the effect's idempotency key."""

    actor: Actor
    run: UUID
    key: str
    release_at: datetime


def reference(step: str, field: str) -> dict[str, str]:
    """A record to come: what `step` will put out as `field`."""
    return {"$step": step, "field": field}


def references(value: Any) -> set[str]:
    """The steps whose records to come `value` names."""
    if isinstance(value, Mapping):
        if "$step" in value:
            return {str(value["$step"])}
        return {step for item in value.values() for step in references(item)}
    if isinstance(value, list):
        return {step for item in value for step in references(item)}
    return set()


def dangling(value: Any, outputs: Mapping[str, Any]) -> str:
    """The first reference in `value` to what no step of `outputs` puts out, in words; empty where there is none."""
    if isinstance(value, Mapping) and "$step" in value:
        step, field = value["$step"], value.get("field")
        put_out = outputs.get(step) if isinstance(step, str) else None
        there = isinstance(put_out, Mapping) and isinstance(field, str) and field in put_out and len(value) == 2
        return "" if there else f"{field} of {step}"
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next(filter(None, (dangling(item, outputs) for item in items)), "")


def resolve(value: Any, outputs: Mapping[str, Mapping[str, Any]]) -> Any:
    """`value` with references replaced by what the named steps have put out; others are left as they are."""
    if isinstance(value, Mapping):
        if "$step" in value:
            return outputs[value["$step"]][value["field"]] if value["$step"] in outputs else value
        return {key: resolve(item, outputs) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, outputs) for item in value]
    return value


class ToCome(Out):
    """A record to come: what `step` will put out as `field`."""

    step: str = Field(alias="$step")
    field: str


# An id, once there is one: a plan's output names records that are not there yet.
RecordId = Annotated[str | ToCome, WithJsonSchema({"type": "string", "title": "id of a record"})]


class Action(Kind):
    """One kind of action: `prepare` makes of what it is Given the Input that people see, `plan` what would happen.

    `Output` holds for a plan's output too, whose records may be ones to come. `editable` names the input's fields
    that a person may change before approving, `chosen` those of what is Given that say whose records it is about: code
    chooses them, for the customer and the conversation of the run, and no person types others.
    """

    risk: ClassVar[Risk]
    reversible: ClassVar[bool]
    role: ClassVar[Literal["record", "follow_up", "booking", "reply", "other"]]
    Given: ClassVar[type[BaseModel]]
    Input: ClassVar[type[BaseModel]]
    editable: ClassVar[frozenset[str]] = frozenset()
    chosen: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def given_model(cls) -> type[BaseModel]:
        return cls.Given

    @abstractmethod
    def prepare(self, given: Any, reader: Reader) -> BaseModel:
        """The input that people see and may edit, from what the definition and earlier steps give."""

    @abstractmethod
    def plan(self, input: Any, reader: Reader) -> Plan:
        """Exactly what would happen; reads only."""

    def apply(self, plan: Plan, hands: Hands) -> dict[str, Any]:
        """Write the plan's changes to records, under compare; its output with real ids. Runs in a transaction."""
        made: dict[str, Any] = {}
        for change in plan.changes:
            values = resolve({name: delta.after for name, delta in change.fields.items()}, {"": made})
            if change.id is None:
                ident = str(uuid7())
                record_create(kind=change.kind, id=ident, fields=values, actor=hands.actor, run=hands.run)
            else:
                ident = change.id
                if change.fields:
                    pairs = {name: (delta.before, values[name]) for name, delta in change.fields.items()}
                    record_update(kind=change.kind, id=ident, changes=pairs, actor=hands.actor, run=hands.run)
            made[change.output_as] = ident
        return {**plan.output, **made}

    def reverts(self, plan: Plan, output: Mapping[str, Any]) -> list[Revert]:
        """What taking an applied plan back means for records, newest first."""
        return [
            Revert(
                kind=change.kind,
                id=output[change.output_as],
                changes={
                    name: (delta.before, resolve(delta.after, {"": output})) for name, delta in change.fields.items()
                },
                created=change.id is None,
            )
            for change in reversed(plan.changes)
        ]

    def undo(
        self,
        plan: Plan,
        output: Mapping[str, Any],
        hands: Hands,
        overwrite: Mapping[str, Mapping[str, Any]] = NOTHING,
    ) -> list[Kept]:
        """Put back, newest first, each field that still holds what this wrote; returns what was kept and why.

        `overwrite`: "<kind>:<id>" -> the fields that are put back too, while they hold the value given.
        """
        return [
            kept
            for revert in self.reverts(plan, output)
            for kept in record_revert(
                kind=revert.kind,
                id=revert.id,
                changes=revert.changes,
                created=revert.created,
                actor=hands.actor,
                run=hands.run,
                overwrite=overwrite.get(revert.record, NOTHING),
            )
        ]


def update(kind: str, ident: str, label: str, output_as: str, wanted: Mapping[str, Any]) -> RecordChange:
    """The change that makes a record's fields hold `wanted`: only the fields that differ."""
    current = record_fields(kind, ident)
    wanted = _clean(kind, wanted)
    deltas = {
        name: Delta(before=pick(current, name), after=value)
        for name, value in wanted.items()
        if pick(current, name) != value
    }
    return RecordChange(kind=kind, id=ident, label=label, output_as=output_as, fields=deltas)


def create(kind: str, label: str, output_as: str, wanted: Mapping[str, Any]) -> RecordChange:
    """The change that adds a record; fields without a value are left out."""
    given = {name: value for name, value in wanted.items() if value not in (None, "")}
    deltas = {name: Delta(after=value) for name, value in _clean(kind, given).items()}
    return RecordChange(kind=kind, label=label, output_as=output_as, fields=deltas)


def _clean(kind: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted` as it will be stored, so that what was planned is found again; references stay as they are."""
    known = {name: value for name, value in wanted.items() if not references(value)}
    return {**wanted, **clean(kind, known)}


def written(changes: list[RecordChange]) -> list[Fact]:
    """The facts that changes rest on: each field still holds what it did, or what we wrote."""
    return [
        Fact(record=f"{change.kind}:{change.id}", field=name, value=delta.before, after=delta.after, writes=True)
        for change in changes
        if change.id
        for name, delta in change.fields.items()
    ]


__all__ = [
    "Action",
    "Delta",
    "Fact",
    "Hands",
    "MailPlan",
    "Moment",
    "Plan",
    "Reader",
    "RecordChange",
    "RecordId",
    "ToCome",
    "create",
    "dangling",
    "reference",
    "references",
    "resolve",
    "update",
    "written",
]
