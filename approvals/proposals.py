"""A proposal as its origin hands it over, and the door back to the origin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from audit.canonical import plain
from audit.services import Actor

if TYPE_CHECKING:
    from approvals.selectors import ApprovalView

Risk = Literal["low", "medium", "high"]


class Fact(BaseModel):
    """Something a proposal rests on: the value of a record's field when it was shown.

    `after` is what the proposal itself writes there, if it does: once it has, that is no change.
    """

    model_config = ConfigDict(frozen=True)

    record: str
    field: str
    value: Any = None
    after: Any = None
    writes: bool = False


class Proposal(BaseModel):
    """What a person is asked to sign.

    `document` is the snapshot that every surface shows; `binding` is everything that its digest
    covers; `basis` are the facts that must still hold when it is carried out.
    """

    model_config = ConfigDict(frozen=True)

    run: UUID
    key: str
    thread: str = ""
    title: str
    risk: Risk
    document: dict[str, Any]
    binding: dict[str, Any]
    basis: list[Fact]
    drafted_text: str = ""
    blocked_reason: str = ""
    approver_role: str = "agent"
    required_approvers: int = Field(default=1, ge=1)
    lasts: timedelta = timedelta(hours=24)
    escalate_to: str = ""
    escalate_count: int = Field(default=1, ge=1)
    requesters: frozenset[UUID] = frozenset()


class Revision(BaseModel):
    """What a person wants changed: fields by step, steps left out, actions added."""

    model_config = ConfigDict(frozen=True)

    edits: dict[str, dict[str, Any]] = {}
    leave_out: list[str] = []
    add: list[dict[str, Any]] = []

    @field_validator("edits", "leave_out", "add", mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        """Without NUL, which no browser lets anybody type and the database cannot hold."""
        if isinstance(value, str):
            return value.replace("\0", "")
        if isinstance(value, dict):
            return {cls._storable(key): cls._storable(item) for key, item in value.items()}
        return [cls._storable(item) for item in value] if isinstance(value, list) else value


class Changed(BaseModel):
    """A fact that no longer holds. What somebody has put there that has no canonical form is told as text."""

    model_config = ConfigDict(frozen=True)

    record: str
    field: str
    was: Any = None
    is_: Any = Field(default=None, serialization_alias="is")

    @field_validator("was", "is_", mode="before")
    @classmethod
    def _told(cls, value: Any) -> Any:
        try:
            return plain(value)
        except TypeError:
            return str(value)


@dataclass(frozen=True)
class Takes:
    """What an action takes of people: its input model as a JSON schema. `fills`: the fields that a person says who adds
    it to a proposal; none where it cannot be added."""

    action: str
    label: str
    says: str
    schema: Mapping[str, Any]
    fills: tuple[str, ...] = ()


@dataclass(frozen=True)
class Approvers:
    """Who alone may decide a proposal: people, their names by id, and roles."""

    people: Mapping[UUID, str]
    roles: tuple[str, ...]

    def __str__(self) -> str:
        names = [*self.people.values(), *(f"the role {role}" for role in self.roles)]
        return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


class Origin(Protocol):
    """Where proposals come from. The floor above registers one; approvals knows it by this shape only."""

    def revise(self, *, run: UUID, key: str, document: Mapping[str, Any], revision: Revision, editor: str) -> Proposal:
        """The proposal with `revision` applied, planned and checked anew; raises InvalidEdit."""
        ...

    def takes(self, *, run: UUID) -> Mapping[str, Takes]:
        """What the actions of a run's proposals take, by their names."""
        ...

    def changed(self, basis: Sequence[Fact], *, applied: bool) -> list[Changed]:
        """The facts that no longer hold; `applied`: what the proposal itself wrote is in place."""
        ...

    def rewritten(self, *, run: UUID, approval_id: UUID, approved: str, binding: Mapping[str, Any]) -> list[Changed]:
        """What would be carried out, or is held, and is not what `binding` says, which the digest `approved` covers."""
        ...

    def forbidden(self, *, document: Mapping[str, Any], binding: Mapping[str, Any]) -> list[Changed]:
        """What a proposal says that was forbidden since it was shown."""
        ...

    def approvers(self, *, run: UUID) -> Approvers | None:
        """Who alone may decide the proposals of a run; None where nobody is named."""
        ...

    def held_until(self, *, run: UUID, approval_id: UUID) -> datetime | None:
        """When the held reply of an approval leaves; None where none is held."""
        ...

    def hold(self, *, run: UUID) -> None:
        """Let nobody carry a run on until the commit; taken before the lock of its proposal, as a worker does."""
        ...

    def take_back(self, *, approval_id: UUID | str, actor: Actor) -> "ApprovalView":
        """Stop the held reply of an approval that is being carried out; raises Refused."""
        ...


_origins: list[Origin] = []


def origin_register(origin: Origin) -> None:
    """Make `origin` the one that proposals come from."""
    _origins[:] = [origin]


def origin() -> Origin:
    """The registered origin."""
    assert _origins, "no floor above has registered an origin of proposals"
    return _origins[0]
