"""Adding and changing people."""

from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F

from accounts.errors import LastOwner
from accounts.models import User
from accounts.roles import OWNER, ROLES
from accounts.selectors import is_last_owner
from audit.services import Actor, record


@transaction.atomic
def person_add(*, email: str, name: str, role: str, password: str | None, actor: Actor) -> UUID:
    """Add a person with a role of ROLES; without a password they cannot sign in yet. Returns their id."""
    if role not in ROLES:
        raise ValueError(f"{role} is not a role: {', '.join(ROLES)}")
    person = User(email=email.strip().lower(), name=name, is_staff=role != "viewer")
    person.set_password(password)
    person.full_clean(exclude=["password"])
    person.save()
    person.groups.set([Group.objects.get(name=role)])
    record(event="person.added", target=f"person:{person.pk}", actor=actor, data={"role": role})
    return person.pk


@transaction.atomic
def operator_add(*, email: str, name: str, password: str | None, actor: Actor) -> UUID:
    """Add someone who operates the platform, in the public schema and as its operators' role. Returns their id."""
    operator = User(email=email.strip().lower(), name=name, is_staff=True, is_superuser=True)
    operator.set_password(password)
    operator.full_clean(exclude=["password"])
    operator.save()
    record(event="person.added", target=f"person:{operator.pk}", actor=actor, data={"role": "operator"})
    return operator.pk


def person_signed_in(*, person: UUID, second_factor: bool, actor: Actor) -> None:
    """Tell that a person, or an operator, has signed in; `second_factor`: also by a code."""
    record(event="person.signed_in", target=f"person:{person}", actor=actor, data={"second_factor": second_factor})


@transaction.atomic
def person_change(*, person: UUID, fields: dict[str, object], actor: Actor) -> None:
    """Set columns of a person; the ledger gets the columns' names, not what was written. Raises LastOwner."""
    if fields.get("is_active") is False:
        _keep_an_owner(person)
        sessions_end(person)
    User.objects.filter(pk=person).update(**fields)
    record(event="person.changed", target=f"person:{person}", actor=actor, data={"fields": sorted(fields)})


@transaction.atomic
def person_role_set(*, person: UUID, role: str, actor: Actor) -> None:
    """Give a person another role of ROLES. Raises LastOwner."""
    if role not in ROLES:
        raise ValueError(f"{role} is not a role: {', '.join(ROLES)}")
    if role != OWNER:
        _keep_an_owner(person)
    user = User.objects.get(pk=person)
    former = user.role
    user.groups.set([Group.objects.get(name=role)])
    User.objects.filter(pk=person).update(is_staff=role != "viewer")
    record(event="person.role_changed", target=f"person:{person}", actor=actor, data={"role": role, "former": former})


@transaction.atomic
def person_password_set(*, person: UUID, name: str, password: str, actor: Actor) -> None:
    """Give a person a name and a new password."""
    user = User.objects.get(pk=person)
    user.name = name
    user.set_password(password)
    user.save(update_fields=["name", "password"])
    record(event="person.changed", target=f"person:{person}", actor=actor, data={"fields": ["name", "password"]})


def sessions_end(person: UUID) -> None:
    """End every session of a person, in the caller's transaction."""
    User.objects.filter(pk=person).update(sessions_ended=F("sessions_ended") + 1)


def _keep_an_owner(person: UUID) -> None:
    # Two owners who demote each other at once would both see the other: the group's row makes them queue.
    Group.objects.select_for_update().filter(name=OWNER).first()
    if is_last_owner(person):
        raise LastOwner
