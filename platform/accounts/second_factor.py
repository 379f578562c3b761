"""The second factor of a person: a code from an app, and recovery codes for when the app is lost.

Only a tenant's people have one: the tables are not in the public schema.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from django.db import transaction

from accounts.errors import PersonRefused
from accounts.models import User
from accounts.services import sessions_end
from audit.services import Actor, record

TOTP, RECOVERY_CODES = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


@dataclass(frozen=True)
class SecondFactor:
    """Since when a person's second factor is on (None: it is off), and how many recovery codes they have left."""

    since: datetime | None
    codes_left: int


def second_factor_of(person: UUID) -> SecondFactor:
    """How a person's second factor stands."""
    found = {row.type: row for row in Authenticator.objects.filter(user_id=person)}
    codes = found.get(RECOVERY_CODES)
    since = found[TOTP].created_at if TOTP in found else None
    return SecondFactor(since, len(codes.wrap().get_unused_codes()) if codes else 0)


def people_with_second_factor() -> set[UUID]:
    """The ids of everybody whose second factor is on."""
    return set(Authenticator.objects.filter(type=TOTP).values_list("user_id", flat=True))


@transaction.atomic
def second_factor_on(*, person: UUID, secret: str, code: str, actor: Actor) -> list[str]:
    """Switch a second factor on, once `code` shows that the app knows `secret`; all sessions end.

    Returns the recovery codes, which nobody is shown again. Raises PersonRefused.
    """
    user = User.objects.select_for_update().get(pk=person)
    if Authenticator.objects.filter(user=user, type=TOTP).exists():
        raise PersonRefused("The second factor is on already.")
    factor = Authenticator.objects.create(user=user, type=TOTP, data={"secret": encrypt(secret)})
    if not factor.wrap().validate_code(code):
        raise PersonRefused("This code is not right. Wait for the next one, and check the clock of your phone.")
    codes = _codes_make(user)
    sessions_end(person)
    record(event="person.second_factor_on", target=f"person:{person}", actor=actor)
    return codes


@transaction.atomic
def second_factor_off(*, person: UUID, actor: Actor) -> None:
    """Switch a person's second factor off; its recovery codes are gone with it. Raises PersonRefused."""
    gone, _ = Authenticator.objects.filter(user_id=person).delete()
    if not gone:
        raise PersonRefused("The second factor is off already.")
    record(event="person.second_factor_off", target=f"person:{person}", actor=actor)


@transaction.atomic
def recovery_codes_renew(*, person: UUID, actor: Actor) -> list[str]:
    """Make new recovery codes; the former ones stop working. Returns them, once. Raises PersonRefused."""
    user = User.objects.select_for_update().get(pk=person)
    if not Authenticator.objects.filter(user=user, type=TOTP).exists():
        raise PersonRefused("Recovery codes are for people whose second factor is on.")
    codes = _codes_make(user)
    record(event="person.recovery_codes_renewed", target=f"person:{person}", actor=actor)
    return codes


def recovery_code_used(*, person: UUID, actor: Actor) -> None:
    """Tell that a person came in with a recovery code."""
    record(event="person.recovery_code_used", target=f"person:{person}", actor=actor)


def _codes_make(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes
