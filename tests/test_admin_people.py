"""People in the tenant's admin: an owner adds and changes them, and each change is told."""

from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.test import Client

from accounts.attempts import TOO_MANY
from accounts.selectors import person_by_email, person_get
from accounts.services import person_add
from audit.selectors import entries
from audit.services import Actor
from conftest import PASSWORD, Cast
from tenants.selectors import tenant_context

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")
PEOPLE = "/admin/accounts/user/"
NEW = "walked-nine-miles-today"


class Admin:
    """The owner at her admin. A request leaves the tenant when it ends; this enters it again."""

    def __init__(self, person: Any) -> None:
        self.client = Client(headers={"host": f"acacia.{settings.COUNTERSIGN.base_domain}"})
        self.client.force_login(get_user_model().objects.get(pk=person))

    def get(self, path: str) -> Any:
        with tenant_context("acacia"):
            return self.client.get(path)

    def post(self, path: str, **sent: str) -> Any:
        with tenant_context("acacia"):
            return self.client.post(path, sent)


@pytest.fixture
def olive() -> Any:
    """The only owner who can sign in."""
    get_user_model().objects.filter(groups__name="owner").update(is_active=False)
    person = person_add(email="olive@example.com", name="Olive", role="owner", password=PASSWORD, actor=TESTS)
    return person_get(person)


@pytest.fixture
def admin(olive: Any) -> Admin:
    return Admin(olive.id)


def page(person: Any) -> str:
    return f"{PEOPLE}{person}/change/"


def told(person: Any) -> list[tuple[str, Any]]:
    return [(entry.body["event"], entry.body["data"]) for entry in entries(target=f"person:{person}")]


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors)


def test_an_owner_adds_a_person_who_can_sign_in(admin: Admin, olive: Any) -> None:
    answer = admin.post(
        f"{PEOPLE}add/", email="Ines@Example.com", name="Ines", role="agent", password1=NEW, password2=NEW
    )
    assert answer.status_code == 302
    added = person_by_email("ines@example.com")
    assert added is not None
    assert (added.name, added.role, added.active) == ("Ines", "agent", True)
    assert authenticate(username="ines@example.com", password=NEW) is not None
    (entry,) = entries(target=f"person:{added.id}")
    assert (entry.body["event"], entry.body["actor"]) == ("person.added", f"person:{olive.id}")
    assert "ines" not in entry.text.lower(), "the ledger holds no names"


def test_what_cannot_be_a_person_is_told_at_its_field(admin: Admin, cast: Cast) -> None:
    sent = {"email": cast.bob.email, "name": "", "role": "king", "password1": NEW, "password2": "another-one-12345"}
    answer = admin.post(f"{PEOPLE}add/", **sent)
    assert set(errors(answer)) == {"email", "name", "role", "password2"}
    assert set(errors(admin.post(f"{PEOPLE}add/", **sent | {"password2": "short", "password1": "short"}))) >= {
        "password2"
    }


def test_a_change_of_name_and_role_leaves_an_entry_for_each(admin: Admin, cast: Cast) -> None:
    answer = admin.post(page(cast.bob.id), name="Robert", role="manager", is_active="on")
    assert answer.status_code == 302
    changed = person_get(cast.bob.id)
    assert changed is not None
    assert (changed.name, changed.role) == ("Robert", "manager")
    assert told(cast.bob.id)[:2] == [
        ("person.changed", {"fields": ["name"]}),
        ("person.role_changed", {"former": "agent", "role": "manager"}),
    ]


def test_saving_without_a_change_leaves_no_entry(admin: Admin, cast: Cast) -> None:
    before = told(cast.bob.id)
    admin.post(page(cast.bob.id), name="Bob", role="agent", is_active="on")
    assert told(cast.bob.id) == before


def test_a_new_password_is_typed_twice_and_told_of(admin: Admin, cast: Cast) -> None:
    sent = {"name": "Bob", "role": "agent", "is_active": "on"}
    assert "password2" in errors(admin.post(page(cast.bob.id), **sent, password1=NEW))
    assert "password2" in errors(admin.post(page(cast.bob.id), **sent, password1="short", password2="short"))
    assert authenticate(username=cast.bob.email, password=PASSWORD) is not None
    admin.post(page(cast.bob.id), **sent, password1=NEW, password2=NEW)
    assert authenticate(username=cast.bob.email, password=NEW) is not None
    assert told(cast.bob.id)[0] == ("person.changed", {"fields": ["name", "password"]})


def test_who_is_switched_off_is_signed_out_and_stays_out(admin: Admin, cast: Cast) -> None:
    bob = Admin(cast.bob.id)
    assert bob.get("/admin/").status_code == 200
    admin.post(page(cast.bob.id), name="Bob", role="agent")
    assert bob.get("/admin/").status_code == 302
    assert authenticate(username=cast.bob.email, password=PASSWORD) is None
    assert told(cast.bob.id)[0] == ("person.changed", {"fields": ["is_active"]})


@pytest.mark.parametrize(
    ("sent", "field"), [({"role": "agent", "is_active": "on"}, "role"), ({"role": "owner"}, "is_active")]
)
def test_the_last_active_owner_stays_one(admin: Admin, olive: Any, sent: dict[str, str], field: str) -> None:
    answer = admin.post(page(olive.id), name="Olive", **sent)
    assert errors(answer) == {field: ["This is the last active owner: make somebody else an owner first."]}
    still = person_get(olive.id)
    assert still is not None
    assert (still.role, still.active) == ("owner", True)


def test_an_owner_who_is_not_the_last_may_step_down(admin: Admin, olive: Any) -> None:
    person_add(email="second@example.com", name="Second", role="owner", password=None, actor=TESTS)
    assert admin.post(page(olive.id), name="Olive", role="manager", is_active="on").status_code == 302
    assert admin.get(f"{PEOPLE}add/").status_code == 403


def test_an_own_new_password_keeps_the_session_and_is_told_of(admin: Admin, olive: Any) -> None:
    sent = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert admin.post("/admin/password_change/", **sent | {"old_password": "wrong"}).status_code == 200
    assert admin.post("/admin/password_change/", **sent).headers["Location"] == "/admin/password_change/done/"
    assert admin.get(PEOPLE).status_code == 200
    assert authenticate(username=olive.email, password=NEW) is not None
    assert told(olive.id)[0] == ("person.changed", {"fields": ["name", "password"]})


def test_the_old_password_cannot_be_guessed_in_the_admin_either() -> None:
    email = f"{uuid4().hex}@example.com"
    admin = Admin(person_add(email=email, name="Otis", role="agent", password=PASSWORD, actor=TESTS))
    admin.client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    sent = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    for _ in range(5):
        assert admin.post("/admin/password_change/", **sent).status_code == 200
    answer = admin.post("/admin/password_change/", **sent | {"old_password": PASSWORD})
    assert answer.context["form"].errors == {"old_password": [TOO_MANY]}
    assert authenticate(username=email, password=PASSWORD) is not None


def test_nobody_is_deleted(admin: Admin, cast: Cast) -> None:
    assert admin.get(f"{PEOPLE}{cast.bob.id}/delete/").status_code == 403
    assert "password" not in str(admin.get(page(cast.bob.id)).context["adminform"].form.initial)
