"""Inviting people: a link that works once, within seven days, and that we do not keep."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import InvitationGone, InvitationUnknown, PersonRefused
from accounts.models import INVITATION_MOVES, Invitation, InvitationStatus, User
from accounts.roles import ROLES
from accounts.selectors import actor_of, person_get
from accounts.services import person_add
from audit.services import Actor, record, transition

LASTS = timedelta(days=7)
INVITE = "accounts.add_user"
S = InvitationStatus


@dataclass(frozen=True)
class Invited:
    """An invitation with its token: whoever has that comes in."""

    id: UUID
    email: str
    token: str


@dataclass(frozen=True)
class InvitationView:
    """An invitation that nobody has taken up yet."""

    id: UUID
    email: str
    role: str
    invited_by: str
    expires_at: datetime
    expired: bool


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _view(row: Invitation) -> InvitationView:
    return InvitationView(
        row.pk, row.email, row.role, row.inviter_name, row.expires_at, row.expires_at <= timezone.now()
    )


def invitations_open() -> list[InvitationView]:
    """What nobody has taken up yet, newest first; expired ones too, since they can be sent again."""
    return [_view(row) for row in Invitation.objects.filter(status=S.PENDING).order_by("-id")]


def invitation_of(token: str) -> InvitationView | None:
    """The invitation that this token takes up now, or None."""
    row = Invitation.objects.filter(token_hash=_hash(token), status=S.PENDING).first()
    return _view(row) if row and _holds(row) else None


def _holds(row: Invitation) -> bool:
    """In time, and from somebody who may still invite: who leaves takes their open invitations along."""
    inviter = person_get(row.inviter)
    return row.expires_at > timezone.now() and inviter is not None and inviter.active and INVITE in inviter.rights


def invitation_create(*, email: str, role: str, actor: Actor) -> Invited:
    """Invite somebody to a role of ROLES. Raises PersonRefused."""
    if role not in ROLES:
        raise ValueError(f"{role} is not a role: {', '.join(ROLES)}")
    assert actor.person is not None, "people are invited by people"
    row, token = Invitation(email=email.strip().lower(), role=role), secrets.token_urlsafe(32)
    if User.objects.filter(email=row.email).exists():
        raise PersonRefused("Somebody has signed in with this address: look for them among the people.")
    _renew(row, token, actor)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record(event="invitation.sent", target=f"invitation:{row.pk}", actor=actor, data={"role": role})
    except IntegrityError:
        raise PersonRefused("This address is invited already: send that invitation again, or withdraw it.") from None
    return Invited(row.pk, row.email, token)


@transaction.atomic
def invitation_renew(*, invitation: UUID, actor: Actor) -> Invited:
    """Give an open invitation a new link and seven more days; the former link stops working.

    Raises InvitationUnknown, InvitationGone.
    """
    row, token = _open(invitation), secrets.token_urlsafe(32)
    _renew(row, token, actor)
    row.save()
    record(event="invitation.resent", target=f"invitation:{row.pk}", actor=actor)
    return Invited(row.pk, row.email, token)


@transaction.atomic
def invitation_withdraw(*, invitation: UUID, actor: Actor) -> str:
    """Make an open invitation's link stop working; returns whom it invited.

    Raises InvitationUnknown, InvitationGone.
    """
    row = _open(invitation)
    transition(row, moves=INVITATION_MOVES, to=S.WITHDRAWN, actor=actor, changes={"settled_at": timezone.now()})
    return row.email


@transaction.atomic
def invitation_accept(*, token: str, name: str, password: str) -> UUID:
    """Make a person of whoever holds the link; returns their id. Raises InvitationGone, PersonRefused."""
    row = Invitation.objects.select_for_update().filter(token_hash=_hash(token), status=S.PENDING).first()
    if row is None or not _holds(row):
        raise InvitationGone
    if User.objects.filter(email=row.email).exists():
        raise PersonRefused("Somebody signs in with this address already.")
    inviter = Actor("person", str(row.inviter), row.inviter_name, person=row.inviter)
    person = person_add(email=row.email, name=name, role=row.role, password=password, actor=inviter)
    transition(
        row,
        moves=INVITATION_MOVES,
        to=S.ACCEPTED,
        actor=actor_of(User.objects.get(pk=person)),
        data={"role": row.role},
        changes={"settled_at": timezone.now()},
    )
    return person


def _open(invitation: UUID) -> Invitation:
    row = Invitation.objects.select_for_update().filter(pk=invitation).first()
    if row is None:
        raise InvitationUnknown
    if row.status != S.PENDING:
        raise InvitationGone
    return row


def _renew(row: Invitation, token: str, actor: Actor) -> None:
    assert actor.person is not None, "people are invited by people"
    row.token_hash, row.expires_at = _hash(token), timezone.now() + LASTS
    row.inviter, row.inviter_name = actor.person, actor.name
