"""People through the services: what is told of them, and what is refused."""

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from accounts.errors import LastOwner
from accounts.roles import ROLES, stands_for
from accounts.selectors import is_last_owner, person_by_email, person_get
from accounts.services import person_add, person_change, person_role_set
from audit.selectors import entries
from audit.services import Actor

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_person_has_the_rights_of_their_role_and_only_viewers_have_no_admin(role: str) -> None:
    added = person_add(email=" New@Example.com ", name="New", role=role, password=None, actor=TESTS)
    person = person_by_email("new@example.com")
    assert person is not None
    assert (person.id, person.role, person.rights) == (added, role, frozenset(ROLES[role]))
    assert get_user_model().objects.get(pk=added).is_staff == (role != "viewer")


def test_no_two_people_sign_in_with_one_address() -> None:
    person_add(email="ines@example.com", name="Ines", role="agent", password=None, actor=TESTS)
    with pytest.raises(ValidationError):
        person_add(email="INES@example.com", name="Another", role="agent", password=None, actor=TESTS)


def test_a_role_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="king is not a role"):
        person_add(email="ines@example.com", name="Ines", role="king", password=None, actor=TESTS)
    person = person_add(email="ines@example.com", name="Ines", role="agent", password=None, actor=TESTS)
    with pytest.raises(ValueError, match="king is not a role"):
        person_role_set(person=person, role="king", actor=TESTS)


def test_the_ledger_names_the_fields_not_what_was_written() -> None:
    person = person_add(email="ines@example.com", name="Ines", role="agent", password=None, actor=TESTS)
    person_change(person=person, fields={"name": "Inez"}, actor=TESTS)
    newest = entries(target=f"person:{person}")[0]
    assert (newest.body["event"], newest.body["data"]) == ("person.changed", {"fields": ["name"]})
    assert "Inez" not in newest.text


def test_the_last_owner_is_neither_demoted_nor_switched_off() -> None:
    get_user_model().objects.filter(groups__name="owner").update(is_active=False)
    owner = person_add(email="olive@example.com", name="Olive", role="owner", password=None, actor=TESTS)
    assert is_last_owner(owner)
    with pytest.raises(LastOwner, match="make somebody else an owner first"):
        person_role_set(person=owner, role="agent", actor=TESTS)
    with pytest.raises(LastOwner):
        person_change(person=owner, fields={"is_active": False}, actor=TESTS)
    person_change(person=owner, fields={"name": "Oliver"}, actor=TESTS)
    person_add(email="second@example.com", name="Second", role="owner", password=None, actor=TESTS)
    person_role_set(person=owner, role="agent", actor=TESTS)
    demoted = person_get(owner)
    assert demoted is not None
    assert demoted.role == "agent"


def test_a_higher_role_stands_for_a_lower_one_and_an_auditor_for_none() -> None:
    assert stands_for("owner", "agent")
    assert stands_for("agent", "agent")
    assert not stands_for("agent", "manager")
    assert not stands_for("auditor", "agent")
    assert not stands_for("", "agent")
