"""One decision about several proposals: each exactly as it was shown, by the same service, with its own entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from approvals.errors import InvalidChoice, Refused
from approvals.selectors import titles_of
from approvals.services.deciding import approval_decide
from audit.services import Actor

# As many as a person can be said to have read.
MOST_AT_ONCE = 20


@dataclass(frozen=True)
class Chosen:
    """A proposal, and the digest of what was shown of it."""

    id: UUID
    digest: str


@dataclass(frozen=True)
class Told:
    """What became of one of several: its status, or why it was left as it is."""

    id: UUID
    title: str
    status: str = ""
    refused: Refused | None = None


def chosen_of(values: Sequence[str]) -> list[Chosen]:
    """What a form sends, "<id>:<digest>" each; raises InvalidChoice."""
    found = []
    for value in values:
        ident, _, digest = value.partition(":")
        try:
            found.append(Chosen(UUID(ident), digest))
        except ValueError:
            raise InvalidChoice("This names no proposal. Choose again.") from None
    return found


def approvals_decide(
    *,
    chosen: Sequence[Chosen],
    decision: Literal["approve", "reject"],
    actor: Actor,
    comment: str = "",
    rejection: str = "",
) -> list[Told]:
    """Decide about each of these, in a transaction of its own; one that is refused keeps none of the others back.

    Returns what became of each, in the order given. Raises InvalidChoice for none, too many, or one named twice.
    """
    ids = [each.id for each in chosen]
    if not ids:
        raise InvalidChoice("Nothing was chosen, so nothing was decided.")
    if len(ids) > MOST_AT_ONCE:
        raise InvalidChoice(f"At most {MOST_AT_ONCE} are decided together. Nothing was decided.")
    if len(set(ids)) < len(ids):
        raise InvalidChoice("One of these is named twice. Nothing was decided.")
    titles = titles_of(ids)
    told: dict[UUID, Told] = {}
    for each in sorted(chosen, key=lambda one: one.id):  # in one order, so that two who do this at once never meet
        try:
            done = approval_decide(
                approval_id=each.id, decision=decision, digest=each.digest, actor=actor, comment=comment,
                rejection=rejection,
            )  # fmt: skip
        except Refused as refused:
            told[each.id] = Told(each.id, titles.get(each.id, ""), refused=refused)
        else:
            told[each.id] = Told(each.id, done.title, done.status)
    return [told[ident] for ident in ids]
