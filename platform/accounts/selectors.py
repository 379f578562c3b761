"""Reading people."""

from dataclasses import dataclass
from uuid import UUID

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


def people_count() -> int:
    """How many people can sign in."""
    return User.objects.filter(is_active=True).count()


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
