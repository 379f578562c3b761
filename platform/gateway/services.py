"""Making, checking and revoking API tokens."""

import hashlib
import secrets
import zlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import Actor, record
from gateway.models import ApiToken
from gateway.scopes import SCOPES

PREFIX = "csk_"


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def well_formed(token: str) -> bool:
    """Whether a text can be one of our tokens at all: its end is a checksum, so that typing errors and
    random guesses cost no query."""
    body = token.removeprefix(PREFIX)
    return token.startswith(PREFIX) and len(body) == 40 and _checksum(body[:32]) == body[32:]


@transaction.atomic
def token_create(
    *, person: UUID, name: str, scopes: Iterable[str], actor: Actor, expires_at: datetime | None = None
) -> str:
    """A new token of 128 random bits for `person`; this is the only time that its text is known."""
    wanted = sorted(set(scopes))
    if unknown := set(wanted) - SCOPES:
        raise ValueError(f"no such scopes: {', '.join(sorted(unknown))}")
    body = secrets.token_hex(16)
    token = f"{PREFIX}{body}{_checksum(body)}"
    row = ApiToken.objects.create(
        person_id=person, name=name, prefix=token[:10], sha256=_hash(token), scopes=wanted, expires_at=expires_at
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
