"""People of a workspace: invited, given roles, switched off; by owners only, and never without an owner left."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Invitation
from accounts.second_factor import second_factor_of
from accounts.selectors import person_by_email
from accounts.services import person_change
from conftest import Cast
from portal.tests.people import (
    NEW,
    TESTS,
    Somebody,
    events_of,
    inside,
    sign_in,
    somebody,
    visitor,
    with_second_factor,
)
from tenants.selectors import tenant_context

pytestmark = pytest.mark.usefixtures("committed")
PEOPLE = "/settings/people/"
GONE = "This invitation does not work"


@pytest.fixture(autouse=True)
def only_the_cast_stays(committed: None, owner: psycopg.Connection[Any]) -> Any:
    """Owners whom tests make would be the last ones of other tests."""
    yield
    owner.execute("UPDATE acacia.accounts_user SET is_active = false WHERE email LIKE '%-%@acacia.example'")


@pytest.fixture
def olive() -> Somebody:
    return somebody("Olive", "owner")


@pytest.fixture
def client(olive: Somebody) -> Client:
    """The browser of Olive, an owner of acacia."""
    return browser_of(olive)


def browser_of(person: Any) -> Client:
    found = visitor()
    assert sign_in(found, person.email).status_code == 302
    return found


def text(answer: Any) -> str:
    return str(answer.content.decode())


def fresh() -> str:
    return f"ines-{uuid4().hex}@acacia.example"


def invite(client: Client, email: str, role: str = "manager") -> str:
    """Invite somebody where no email can leave; the path of the link that is shown."""
    answer = client.post(f"{PEOPLE}invite/", {"email": email, "role": role})
    found = re.search(r"http://acacia\.localhost(/join/[\w-]+/)", text(answer))
    assert found, text(answer)
    assert "no-store" in answer.headers["cache-control"]
    return found[1]


def join(link: str, name: str = "Ines", password: str = NEW) -> Any:
    return visitor().post(link, {"name": name, "password1": password, "password2": password}, follow=True)


def found(email: str) -> Any:
    with tenant_context("acacia"):
        return person_by_email(email)


# --- inviting ---------------------------------------------------------------------------------


def test_who_is_invited_sets_name_and_password_and_comes_in_with_the_role_that_was_chosen(client: Client) -> None:
    email = fresh()
    link = invite(client, email.upper())
    assert email in text(client.get(PEOPLE)), "the invitation is listed"
    shown = text(visitor().get(link))
    assert "Olive invites you as manager" in shown
    assert 'value="' + email in shown
    answer = join(link)
    assert "Welcome, Ines." in text(answer)
    person = found(email)
    assert (person.name, person.role, person.active) == ("Ines", "manager", True)
    newcomer = visitor()
    sign_in(newcomer, email, NEW)
    assert inside(newcomer)
    assert "Send again" not in text(client.get(PEOPLE)), "nothing is open any more"
    assert events_of(f"person:{person.id}") == ["person.signed_in", "person.added"]


def test_the_link_is_emailed_where_there_is_a_mail_server(
    client: Client, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = {"smtp_out_url": "smtp://127.0.0.1:1"}
    monkeypatch.setattr(settings, "COUNTERSIGN", settings.COUNTERSIGN.model_copy(update=url))
    email = fresh()
    answer = client.post(f"{PEOPLE}invite/", {"email": email, "role": "agent"}, follow=True)
    assert "/join/" not in text(answer)
    assert f"A link is on its way to {email}." in text(answer)
    ((to, subject, body),) = owner.execute('SELECT "to", subject, text FROM acacia.notify_email').fetchall()
    assert (to, subject) == (email, "Olive invites you to Acacia Realty")
    link = re.search(r"http://acacia\.localhost(/join/\S+)", body)
    assert link
    join(link[1])
    assert found(email).role == "agent"


def test_of_the_link_only_a_hash_is_kept(client: Client, owner: psycopg.Connection[Any]) -> None:
    token = invite(client, fresh()).split("/")[2]
    assert token not in str(owner.execute("SELECT i::text FROM acacia.accounts_invitation i").fetchall())


def test_a_link_works_once(client: Client) -> None:
    link = invite(client, fresh())
    join(link)
    again = visitor().get(link)
    assert (again.status_code, GONE in text(again)) == (404, True)
    assert GONE in text(join(link, "Mallory"))


def test_of_two_who_use_a_link_at_once_one_comes_in(client: Client, at_once: Any) -> None:
    email = fresh()
    link = invite(client, email)
    shown = at_once(*(lambda name=name: text(join(link, name)) for name in ("Ines", "Mallory")))
    assert sorted("Welcome" in answer for answer in shown) == [False, True], shown
    assert sorted(GONE in answer for answer in shown) == [False, True]


def test_an_expired_link_works_no_more_and_can_be_sent_again(client: Client) -> None:
    email = fresh()
    link = invite(client, email)
    with tenant_context("acacia"):
        Invitation.objects.filter(email=email).update(expires_at=timezone.now() - timedelta(seconds=1))
        ident = Invitation.objects.get(email=email).pk
    assert GONE in text(visitor().get(link))
    assert GONE in text(join(link))
    assert "Expired" in text(client.get(PEOPLE))
    answer = client.post(f"{PEOPLE}invitations/{ident}/again/")
    new = re.search(r"(/join/[\w-]+/)", text(answer))
    assert new
    assert new[1] != link
    assert GONE in text(join(link)), "the former link does not come back"
    assert "Welcome" in text(join(new[1]))
    assert events_of(f"invitation:{ident}") == ["invitation.accepted", "invitation.resent", "invitation.sent"]


def test_a_withdrawn_link_works_no_more(client: Client) -> None:
    email = fresh()
    link = invite(client, email)
    with tenant_context("acacia"):
        ident = Invitation.objects.get(email=email).pk
    assert "Withdrawn" in text(client.post(f"{PEOPLE}invitations/{ident}/withdraw/", follow=True))
    assert GONE in text(join(link))
    assert found(email) is None
    for act in ("again", "withdraw"):
        answer = client.post(f"{PEOPLE}invitations/{ident}/{act}/", follow=True)
        assert "taken up or withdrawn meanwhile" in text(answer)
    assert events_of(f"invitation:{ident}")[0] == "invitation.withdrawn"


def test_another_workspaces_link_is_none_here(client: Client) -> None:
    link = invite(client, fresh())
    answer = visitor("harbour").get(link)
    assert (answer.status_code, GONE in text(answer)) == (404, True)
    assert GONE in text(visitor("harbour").post(link, {"name": "x", "password1": NEW, "password2": NEW}))
    assert GONE in text(visitor().get("/join/never-made/"))


def test_who_leaves_takes_their_open_invitations_along(client: Client, olive: Somebody) -> None:
    link = invite(client, fresh(), "owner")
    somebody("Second", "owner")
    with tenant_context("acacia"):
        person_change(person=olive.id, fields={"is_active": False}, actor=TESTS)
    assert GONE in text(join(link))


def test_a_faulty_form_says_what_is_wrong_and_keeps_what_was_typed(client: Client, olive: Somebody) -> None:
    email = fresh()
    link = invite(client, email)
    for typed, told in (
        ({"email": "no address", "role": "agent"}, "Enter a valid email address."),
        ({"email": olive.email, "role": "agent"}, "look for them among the people"),
        ({"email": email, "role": "agent"}, "invited already"),
        ({"email": fresh(), "role": "god"}, "is not one of the available choices"),
    ):
        answer = client.post(f"{PEOPLE}invite/", typed)
        assert answer.status_code == 422
        assert told in text(answer)
        assert typed["email"] in text(answer)
    answer = visitor().post(link, {"name": "Ines", "password1": "short", "password2": "short"})
    assert (answer.status_code, "at least 10 characters" in text(answer), 'value="Ines"' in text(answer)) == (
        422,
        True,
        True,
    )


# --- changing ---------------------------------------------------------------------------------


def test_an_owner_changes_a_role_and_it_holds_at_once(client: Client) -> None:
    bea = somebody("Bea", "manager")
    hers = browser_of(bea)
    assert hers.get(PEOPLE).status_code == 200
    assert "Bea is viewer now." in text(client.post(f"{PEOPLE}{bea.id}/role/", {"role": "viewer"}, follow=True))
    assert hers.get(PEOPLE).status_code == 403
    assert events_of(f"person:{bea.id}")[0] == "person.role_changed"
    assert client.post(f"{PEOPLE}{bea.id}/role/", {"role": "god"}).status_code == 409


def test_who_is_deactivated_is_out_at_once_and_can_be_let_in_again(client: Client) -> None:
    bea = somebody("Bea")
    hers = browser_of(bea)
    answer = client.post(f"{PEOPLE}{bea.id}/active/", {"active": ""}, follow=True)
    assert "cannot sign in" in text(answer)
    assert not inside(hers)
    assert sign_in(visitor(), bea.email).status_code == 200
    client.post(f"{PEOPLE}{bea.id}/active/", {"active": "yes"})
    assert not inside(hers), "the former session stays ended"
    assert sign_in(visitor(), bea.email).status_code == 302
    assert events_of(f"person:{bea.id}")[:3] == ["person.signed_in", "person.changed", "person.changed"]


def test_the_last_owner_is_neither_demoted_nor_deactivated(
    client: Client, olive: Somebody, owner: psycopg.Connection[Any]
) -> None:
    owner.execute(
        "UPDATE acacia.accounts_user SET is_active = false WHERE email = 'owner@acacia.example'"
        " OR (email LIKE '%%-%%@acacia.example' AND id <> %s)",
        [olive.id],
    )
    try:
        for path, data in (("role/", {"role": "agent"}), ("active/", {"active": ""})):
            answer = client.post(f"{PEOPLE}{olive.id}/{path}", data)
            assert (answer.status_code, "This is the last active owner" in text(answer)) == (409, True)
        person = found(olive.email)
        assert (person.role, person.active) == ("owner", True)
        other = somebody("Oscar", "owner")
        assert client.post(f"{PEOPLE}{other.id}/active/", {"active": ""}).status_code == 302
        assert client.post(f"{PEOPLE}{olive.id}/active/", {"active": ""}).status_code == 409
    finally:
        owner.execute("UPDATE acacia.accounts_user SET is_active = true WHERE email = 'owner@acacia.example'")


def test_an_owner_helps_somebody_who_lost_their_phone_or_password(client: Client) -> None:
    bea = somebody("Bea")
    with_second_factor(bea)
    client.post(f"{PEOPLE}{bea.id}/second-factor/off/")
    with tenant_context("acacia"):
        assert second_factor_of(bea.id).since is None
    assert client.post(f"{PEOPLE}{bea.id}/second-factor/off/").status_code == 409
    answer = client.post(f"{PEOPLE}{bea.id}/password/")
    assert "whoever opens it sets the password of" in text(answer)
    link = re.search(r"http://acacia\.localhost(/password-new/[\w-]+/)", text(answer))
    assert link
    theirs = visitor()
    theirs.post(theirs.get(link[1]).headers["location"], {"password1": NEW, "password2": NEW})
    assert sign_in(theirs, bea.email, NEW).status_code == 302
    assert events_of(f"person:{bea.id}")[:4] == [
        "person.signed_in",
        "person.changed",
        "person.password_link_made",
        "person.second_factor_off",
    ]


def test_managers_see_people_and_change_nobody_and_agents_see_none(cast: Cast, client: Client) -> None:
    bea = somebody("Bea")
    email = fresh()
    invite(client, email)
    with tenant_context("acacia"):
        ident = Invitation.objects.get(email=email).pk
    changes = [
        f"{PEOPLE}invite/",
        f"{PEOPLE}invitations/{ident}/again/",
        f"{PEOPLE}invitations/{ident}/withdraw/",
        *(f"{PEOPLE}{bea.id}/{act}/" for act in ("role", "active", "password", "second-factor/off")),
    ]
    manager, agent = browser_of(cast.alice), browser_of(cast.bob)
    for page in (PEOPLE, f"{PEOPLE}{bea.id}/"):
        shown = text(manager.get(page))
        assert "Bea" in shown
        assert "<form" not in shown.split("<main", 1)[1].split("</main>", 1)[0]
        assert agent.get(page).status_code == 403
    for path in changes:
        for browser in (manager, agent):
            assert browser.post(path, {"role": "owner", "email": fresh()}).status_code == 403, path
        assert visitor().post(path).headers["location"].startswith("/sign-in/")


def test_a_person_of_another_workspace_is_nobody_here(client: Client, cast: Cast) -> None:
    assert client.get(f"{PEOPLE}{cast.charlie.id}/").status_code == 404
    for act in ("role", "active", "password"):
        assert client.post(f"{PEOPLE}{cast.charlie.id}/{act}/", {"role": "agent"}).status_code == 404


def test_the_list_asks_as_much_for_many_people_as_for_few(client: Client) -> None:
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PEOPLE).status_code == 200
        asked.append(len(queries))
        for number in range(12):
            with_second_factor(somebody(f"Many{number}"))
            invite(client, fresh())
    assert asked[0] == asked[1] < 20
