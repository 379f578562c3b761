"""Making, checking and revoking API tokens and the addresses of inbound webhooks."""

import hashlib
import re
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import Actor, record
from gateway.models import ApiToken, Hook
from gateway.scopes import SCOPES

PREFIX = "csk_"
HOOK_PREFIX = "chk_"
SHOWN = 10
USED_TO_THE = timedelta(minutes=1)
HOOK_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _new(prefix: str) -> str:
    """128 random bits and their checksum."""
    body = secrets.token_hex(16)
    return f"{prefix}{body}{_checksum(body)}"


def well_formed(token: str, prefix: str = PREFIX) -> bool:
    """Whether a text can be one of our tokens at all: its end is a checksum, so that typing errors and
    random guesses cost no query."""
    body = token.removeprefix(prefix)
    return token.startswith(prefix) and len(body) == 40 and _checksum(body[:32]) == body[32:]


@transaction.atomic
def token_create(
    *, person: UUID, name: str, scopes: Iterable[str], actor: Actor, expires_at: datetime | None = None
) -> str:
    """A new token of 128 random bits for `person`; this is the only time that its text is known."""
    wanted = sorted(set(scopes))
    if unknown := set(wanted) - SCOPES:
        raise ValueError(f"no such scopes: {', '.join(sorted(unknown))}")
    token = _new(PREFIX)
    row = ApiToken.objects.create(
        person_id=person, name=name, prefix=token[:SHOWN], sha256=_hash(token), scopes=wanted, expires_at=expires_at
    )
    record(
        event="token.created",
        target=f"token:{row.pk}",
        actor=actor,
        data={"prefix": row.prefix, "scopes": wanted},
    )
    return token


@transaction.atomic
def token_revoke(*, token: UUID, actor: Actor) -> None:
    """Make a token useless at once."""
    row = ApiToken.objects.get(pk=token)
    if ApiToken.objects.filter(pk=token, revoked_at=None).update(revoked_at=timezone.now()):
        record(event="token.revoked", target=f"token:{token}", actor=actor, data={"prefix": row.prefix})


def token_find(token: str) -> ApiToken | None:
    """The living token of this text in the current tenant, with its person; None otherwise."""
    if not well_formed(token):
        return None
    row = ApiToken.objects.select_related("person").filter(sha256=_hash(token), revoked_at=None).first()
    if row is None or not row.person.is_active or (row.expires_at and row.expires_at <= timezone.now()):
        return None
    return row


def used(row: ApiToken | Hook) -> None:
    """Remember that a token or a hook was used, to the minute: a write for each request would tell no more."""
    now = timezone.now()
    if row.last_used_at is None or row.last_used_at <= now - USED_TO_THE:
        type(row)._default_manager.filter(pk=row.pk).update(last_used_at=now)


@dataclass(frozen=True)
class NewHook:
    """An inbound webhook with its token, which is known this once."""

    id: UUID
    token: str


@transaction.atomic
def hook_create(*, name: str, actor: Actor) -> NewHook:
    """A new inbound webhook, whose events are of the type `hook.<name>`; two may tell of the same."""
    if not HOOK_NAME.fullmatch(name):
        raise ValueError("a hook's name has small letters, digits and underscores")
    token = _new(HOOK_PREFIX)
    row = Hook.objects.create(name=name, prefix=token[:SHOWN], sha256=_hash(token))
    record(event="hook.created", target=f"hook:{row.pk}", actor=actor, data={"name": name, "prefix": row.prefix})
    return NewHook(row.pk, token)


@transaction.atomic
def hook_revoke(*, hook: UUID, actor: Actor) -> None:
    """Make an inbound webhook's address useless at once."""
    row = Hook.objects.get(pk=hook)
    if Hook.objects.filter(pk=hook, revoked_at=None).update(revoked_at=timezone.now()):
        data = {"name": row.name, "prefix": row.prefix}
        record(event="hook.revoked", target=f"hook:{hook}", actor=actor, data=data)


def hook_find(token: str) -> Hook | None:
    """The living inbound webhook of this token in the current tenant; None otherwise."""
    if not well_formed(token, HOOK_PREFIX):
        return None
    return Hook.objects.filter(sha256=_hash(token), revoked_at=None).first()
