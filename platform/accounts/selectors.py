"""Reading people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import OWNER
from audit.services import Actor


@dataclass(frozen=True)
class Person:
    """A person as other apps see them."""

    id: UUID
    email: str
    name: str
    role: str
    active: bool
    rights: frozenset[str]


@dataclass(frozen=True)
class Colleague:
    """A person, as far as others see who did or shall do something."""

    id: UUID
    name: str

    def __str__(self) -> str:
        return self.name


def colleagues() -> list[Colleague]:
    """Everybody who may sign in, by name."""
    found = User.objects.filter(is_active=True).only("name", "email")
    return sorted((Colleague(user.pk, str(user)) for user in found), key=lambda colleague: colleague.name.lower())


def person_get(person: UUID) -> Person | None:
    """The person with their rights as they are now, or None."""
    user = User.objects.filter(pk=person).first()
    if user is None:
        return None
    return Person(user.pk, user.email, user.name, user.role, user.is_active, frozenset(user.get_all_permissions()))


def person_by_email(email: str) -> Person | None:
    """The person who signs in with `email`, or None."""
    user = User.objects.filter(email=email.strip().lower()).first()
    return person_get(user.pk) if user else None


def is_colleague(email: str) -> bool:
    """Whether somebody who can sign in does so with this address."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).exists()


def people_count() -> int:
    """How many people can sign in."""
    return User.objects.filter(is_active=True).count()


def names_of(people: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of these people, also of those who cannot sign in any more."""
    wanted = {each for each in people if each}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=wanted)} if wanted else {}


def is_last_owner(person: UUID) -> bool:
    """Whether nobody but this person could sign in as an owner."""
    owners = User.objects.filter(groups__name=OWNER, is_active=True)
    return owners.filter(pk=person).exists() and not owners.exclude(pk=person).exists()


def actor_of(user: object) -> Actor:
    """The actor that a signed-in person is."""
    assert isinstance(user, User)
    return Actor("person", str(user.pk), str(user), person=user.pk)


def operator_of(user: object) -> Actor:
    """The actor that a signed-in operator is, on the public host."""
    person = actor_of(user)
    return Actor("operator", person.id, person.name, person=person.person)


@dataclass(frozen=True)
class PersonRow:
    """A person in a list of people."""

    id: UUID
    email: str
    name: str
    role: str
    active: bool
    last_sign_in: datetime | None


def people(*, active: bool | None = None) -> QuerySet[User]:
    """Rows of people, with their roles; `active` filters."""
    found = User.objects.order_by("-id").prefetch_related("groups")
    return found if active is None else found.filter(is_active=active)


def person_row(user: User) -> PersonRow:
    """A row as a list shows it."""
    role = next((group.name for group in user.groups.all()), "")
    return PersonRow(user.pk, user.email, user.name, role, user.is_active, user.last_login)


def people_who(right: str) -> list[PersonRow]:
    """Active people whose role holds `right`, by name."""
    app, codename = right.split(".")
    holds = {"groups__permissions__content_type__app_label": app, "groups__permissions__codename": codename}
    return [person_row(user) for user in people(active=True).filter(**holds).order_by("name", "id").distinct()]


def people_of(role: str) -> list[PersonRow]:
    """Active people of a role, by name."""
    return [person_row(user) for user in people(active=True).filter(groups__name=role).order_by("name", "id")]


def user_get(person: UUID) -> User | None:
    """The person as Django's own tools take them, or None."""
    return User.objects.prefetch_related("groups").filter(pk=person).first()
