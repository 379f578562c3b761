"""Roles are the list in accounts.roles, and people are found whatever the case of their address."""

from itertools import pairwise

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from accounts import roles
from accounts.models import User
from accounts.roles import RANK, ROLES, groups_sync, stands_for
from accounts.selectors import person_by_email, person_get
from accounts.services import person_add, person_role_set
from audit.selectors import entries
from audit.services import Actor

ACTOR = Actor.system("people")


def held(role: str) -> set[str]:
    found = Permission.objects.filter(group__name=role).select_related("content_type")
    return {f"{right.content_type.app_label}.{right.codename}" for right in found}


def add(email: str = "Dora@Acacia.Example ", role: str = "agent", name: str = "Dora"):
    return person_add(email=email, name=name, role=role, password="a-long-password", actor=ACTOR)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_roles_rights_are_exactly_those_of_the_list(in_acacia: None, role: str) -> None:
    assert held(role) == ROLES[role]
    person = person_get(add(role=role))
    assert person is not None
    assert person.rights == ROLES[role]
    assert person.role == role


def test_syncing_again_changes_nothing_and_mends_what_was_changed_by_hand(in_acacia: None) -> None:
    viewer = Group.objects.get(name="viewer")
    viewer.permissions.add(Permission.objects.get(codename="delete_contact"))
    viewer.permissions.remove(Permission.objects.get(codename="view_contact"))
    Group.objects.get(name="auditor").delete()
    groups_sync()
    groups_sync()
    assert {role: held(role) for role in ROLES} == ROLES
    assert Group.objects.count() == len(ROLES)


def test_a_right_that_does_not_exist_stops_the_sync(in_acacia: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.ROLES, "viewer", {*ROLES["viewer"], "crm.view_nonsense"})
    with pytest.raises(LookupError, match=r"no such rights: crm\.view_nonsense"):
        groups_sync()


def test_higher_roles_can_do_all_that_lower_ones_can() -> None:
    for lower, higher in pairwise(RANK):
        assert ROLES[lower] < ROLES[higher]
    assert ROLES["viewer"] < ROLES["auditor"]
    assert not any(right.split(".")[1].split("_")[0] != "view" for right in ROLES["auditor"])


def test_a_role_stands_for_those_below_it_and_an_auditor_for_nobody() -> None:
    assert stands_for("owner", "agent")
    assert stands_for("agent", "agent")
    assert not stands_for("agent", "manager")
    assert not stands_for("viewer", "agent")
    assert stands_for("auditor", "auditor")
    assert not stands_for("auditor", "viewer")
    assert not stands_for("owner", "auditor")
    assert not stands_for("", "viewer")


def test_people_are_found_whatever_the_case_of_their_address(in_acacia: None) -> None:
    dora = add()
    found = person_by_email(" DORA@acacia.example")
    assert found is not None
    assert (found.id, found.email) == (dora, "dora@acacia.example")
    assert User.objects.get_by_natural_key("DORA@ACACIA.EXAMPLE").pk == dora
    assert person_by_email("nobody@acacia.example") is None
    assert person_get(uuid7()) is None


def test_one_address_is_one_person(in_acacia: None) -> None:
    add()
    with pytest.raises(ValidationError), transaction.atomic():
        add("dora@ACACIA.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Dora2@acacia.example", name="x")  # past the service: the database minds the case


@pytest.mark.parametrize(
    "email", ["", "dora", "dora@", "dora@acacia..example", "d o@acacia.example", "x" * 250 + "@a.example"]
)
def test_a_malformed_address_is_refused(in_acacia: None, email: str) -> None:
    with pytest.raises(ValidationError):
        add(email)
    assert not entries(event="person.added", actor=ACTOR.key).exists()


@pytest.mark.parametrize("role", ["", "admin", "Owner", "operator"])
def test_a_role_that_does_not_exist_is_refused(in_acacia: None, role: str) -> None:
    with pytest.raises(ValueError, match="is not a role"):
        add(role=role)
    with pytest.raises(ValueError, match="is not a role"):
        person_role_set(person=add(), role=role, actor=ACTOR)


def test_everybody_but_viewers_may_use_the_admin(in_acacia: None) -> None:
    staff = {role: User.objects.get(pk=add(f"{role}@roles.example", role)).is_staff for role in ROLES}
    assert {role for role, may in staff.items() if not may} == {"viewer"}
    person = add("moves@acacia.example", "viewer")
    person_role_set(person=person, role="agent", actor=ACTOR)
    assert User.objects.get(pk=person).is_staff
    [entry] = entries(event="person.role_changed", target=f"person:{person}")
    assert entry.body["data"] == {"role": "agent", "former": "viewer"}


def test_the_ledger_names_no_person(in_acacia: None) -> None:
    person = add()
    [entry] = entries(event="person.added", target=f"person:{person}")
    assert "dora" not in entry.text.lower()


def test_the_same_address_may_be_a_person_of_two_tenants(in_acacia: None, enter) -> None:
    add()
    with enter("harbour"):
        add()
        assert User.objects.filter(email="dora@acacia.example").count() == 1
