"""Letting people in, and letting them in again: a link by email, or to hand over where no email can leave."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse

from accounts.invitations import Invited, invitation_create, invitation_renew
from accounts.selectors import user_get
from audit.services import Actor, record
from notify.outgoing import is_set
from notify.services import email_send
from tenants.selectors import current

INVITATION = """Hello,

{inviter} invites you to {tenant} on Countersign, where people sign what AI proposes. Set your name and password here:

{url}

The link works once, within seven days. If you expected nothing of the kind, leave this email alone.
"""
RENEWAL = """Hello {name},

{owner} has made you a link with which you set a new password for {tenant}:

{url}

It works once, within the hour.
"""


@dataclass(frozen=True)
class Link:
    """A link for `email`; `url` is empty where it has left by email, and is shown this once otherwise."""

    email: str
    url: str


@transaction.atomic
def person_invite(*, email: str, role: str, host: str, actor: Actor) -> Link:
    """Invite somebody; `host` is the workspace's own, with its scheme. Raises PersonRefused."""
    return _hand_over(invitation_create(email=email, role=role, actor=actor), host, actor)


@transaction.atomic
def person_invite_again(*, invitation: UUID, host: str, actor: Actor) -> Link:
    """Send an invitation again, with a new link. Raises InvitationUnknown, InvitationGone."""
    return _hand_over(invitation_renew(invitation=invitation, actor=actor), host, actor)


def _hand_over(invited: Invited, host: str, actor: Actor) -> Link:
    url = host + reverse("portal:join", args=[invited.token])
    tenant = current().name
    text = INVITATION.format(inviter=actor.name, tenant=tenant, url=url)
    return _send("invitation", invited.email, f"{actor.name} invites you to {tenant}", text, url, actor)


def _send(purpose: str, to: str, subject: str, text: str, url: str, actor: Actor) -> Link:
    if not is_set():
        return Link(to, url)
    email_send(purpose=purpose, to=to, subject=" ".join(subject.split())[:200], text=text, actor=actor)
    return Link(to, "")


@transaction.atomic
def password_link(*, person: UUID, host: str, actor: Actor) -> Link:
    """A link with which a person sets a new password, within the hour; it signs nobody in."""
    user = user_get(person)
    assert user is not None, "only somebody who is there gets a link"
    key = {"uidb36": user.pk.hex, "key": default_token_generator.make_token(user)}
    url = host + reverse("account_reset_password_from_key", kwargs=key)
    record(event="person.password_link_made", target=f"person:{person}", actor=actor)
    tenant = current().name
    text = RENEWAL.format(name=user.name, owner=actor.name, tenant=tenant, url=url)
    return _send("password", user.email, f"A new password for {tenant}", text, url, actor)
