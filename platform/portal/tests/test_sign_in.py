"""Signing in: password, second factor, throttling, a new password by link; and that no door goes around it."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.second_factor import second_factor_of
from accounts.services import person_change, person_password_set
from audit.selectors import entries, views
from conftest import PASSWORD, Cast
from portal.tests.people import (
    NEW,
    TESTS,
    Somebody,
    code_of,
    events_of,
    inside,
    sign_in,
    somebody,
    visitor,
    with_second_factor,
    wrong_code,
)
from tenants.selectors import tenant_context

pytestmark = pytest.mark.usefixtures("committed")
WRONG = "This email and password do not belong together."
FAILED = "Too many attempts have failed."


@pytest.fixture
def dora(committed: None) -> Somebody:
    """An agent of acacia whom a test may change."""
    return somebody()


@pytest.fixture
def secret(dora: Somebody) -> str:
    """Dora's second factor is on; its secret."""
    return with_second_factor(dora)[0]


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = settings.COUNTERSIGN.model_copy(update={"smtp_out_url": "smtp://127.0.0.1:1"})
    monkeypatch.setattr(settings, "COUNTERSIGN", changed)


# --- email and password -----------------------------------------------------------------------


def test_email_and_password_open_the_workspace_and_lead_where_one_was_going(dora: Somebody) -> None:
    client = visitor()
    assert client.get("/runs/").headers["location"] == "/sign-in/?next=/runs/"
    assert 'name="next" value="/runs/"' in client.get("/sign-in/?next=/runs/").content.decode()
    answer = sign_in(client, dora.email.upper(), next="/runs/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/runs/")
    assert inside(client)
    assert client.get("/sign-in/").status_code == 302, "who is signed in is not asked again"


def test_the_ledger_tells_who_signed_in_and_whether_by_a_code_too_and_not_who_failed(dora: Somebody) -> None:
    sign_in(visitor(), dora.email, password="not this one")
    assert "person.signed_in" not in events_of(f"person:{dora.id}")
    sign_in(visitor(), dora.email)
    secret = with_second_factor(dora)[0]
    client = visitor()
    sign_in(client, dora.email)
    assert events_of(f"person:{dora.id}").count("person.signed_in") == 1, "a code is still missing"
    client.post("/sign-in/code/", {"code": code_of(secret, later=1)})
    with tenant_context("acacia"):
        told = views(entries(target=f"person:{dora.id}", event="person.signed_in"))
    assert [(entry.actor, entry.data) for entry in told] == [
        (f"person:{dora.id}", {"second_factor": True}),
        (f"person:{dora.id}", {"second_factor": False}),
    ]


def test_nobody_is_led_to_another_host(dora: Somebody) -> None:
    answer = sign_in(visitor(), dora.email, next="https://evil.example/")
    assert answer.headers["location"] == "/"


def test_the_session_of_before_is_another_once_somebody_is_in(dora: Somebody, secret: str) -> None:
    client = visitor()
    sign_in(client, dora.email)
    before = client.cookies["sessionid"].value
    client.post("/sign-in/code/", {"code": code_of(secret, later=1)})
    assert client.cookies["sessionid"].value not in ("", before)


def test_the_answer_tells_neither_who_there_is_nor_who_was_switched_off(dora: Somebody, cast: Cast) -> None:
    unknown = sign_in(visitor(), f"{uuid4().hex}@acacia.example").content.decode()
    wrong = sign_in(visitor(), dora.email, "wrong").content.decode()
    elsewhere = sign_in(visitor(), cast.charlie.email).content.decode()
    with tenant_context("acacia"):
        person_change(person=dora.id, fields={"is_active": False}, actor=TESTS)
    off = sign_in(visitor(), dora.email).content.decode()
    for shown in (unknown, wrong, elsewhere, off):
        assert WRONG in shown


def test_after_five_failures_an_account_waits_whoever_asks_and_whether_it_exists(dora: Somebody) -> None:
    for email in (dora.email, f"{uuid4().hex}@acacia.example"):
        for _ in range(5):
            assert WRONG in sign_in(visitor(), email, "wrong").content.decode()
        assert FAILED in sign_in(visitor(), email, "wrong").content.decode()
        assert FAILED in sign_in(visitor(), email, PASSWORD).content.decode(), "nor the right one, for a while"


def test_no_spelling_of_the_host_gives_an_account_more_attempts(dora: Somebody) -> None:
    hosts = ["acacia.localhost", "acacia.localhost:1", "acacia.localhost.", "ACACIA.localhost", "acacia.localhost:0002"]
    for host in hosts:
        assert WRONG in sign_in(visitor(), dora.email, "wrong", headers={"host": host}).content.decode()
    for host in (*hosts, "acacia.localhost:3"):
        assert FAILED in sign_in(visitor(), dora.email, "wrong", headers={"host": host}).content.decode(), host


def test_after_ten_failures_an_address_waits_but_only_at_that_workspace(cast: Cast) -> None:
    client = visitor()
    for _ in range(10):
        assert WRONG in sign_in(client, f"{uuid4().hex}@acacia.example", "wrong").content.decode()
    assert FAILED in sign_in(client, cast.bob.email, "wrong").content.decode()
    harbour = Client(headers={"host": "harbour.localhost"}, REMOTE_ADDR=client.defaults["REMOTE_ADDR"])
    assert sign_in(harbour, cast.charlie.email).status_code == 302


def test_signing_out_is_a_post_and_ends_the_session(dora: Somebody) -> None:
    client = visitor()
    sign_in(client, dora.email)
    assert client.get("/sign-out/").status_code == 405
    assert inside(client)
    assert client.post("/sign-out/").headers["location"] == "/sign-in/"
    assert not inside(client)


def test_who_is_switched_off_is_out_at_once_and_stays_out_when_switched_on_again(dora: Somebody) -> None:
    client = visitor()
    sign_in(client, dora.email)
    for active in (False, True):
        with tenant_context("acacia"):
            person_change(person=dora.id, fields={"is_active": active}, actor=TESTS)
        assert not inside(client)


def test_nothing_that_allauth_offers_besides_is_there() -> None:
    offered = {name for name in get_resolver("config.urls_tenant").reverse_dict if isinstance(name, str)}
    assert {name for name in offered if name.startswith(("account_", "mfa_", "socialaccount_"))} == {
        "account_login",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "mfa_authenticate",
    }
    with pytest.raises(NoReverseMatch):
        reverse("account_signup", urlconf="config.urls_tenant")
    client = visitor()
    for path in ("accounts/login/", "accounts/signup/", "signup/", "sign-in/signup/", "accounts/", "email/"):
        assert client.get(f"/{path}").status_code == 404, path


# --- the second factor ---------------------------------------------------------------------------


def test_with_a_second_factor_the_password_alone_opens_nothing(dora: Somebody, secret: str) -> None:
    client = visitor()
    answer = sign_in(client, dora.email, next="/runs/")
    assert answer.headers["location"] == "/sign-in/code/"
    for path in ("/inbox/", "/admin/", "/settings/account/"):
        assert client.get(path).status_code == 302, path
    assert "is not right" in client.post("/sign-in/code/", {"code": wrong_code(secret)}).content.decode()
    assert not inside(client)
    answer = client.post("/sign-in/code/", {"code": code_of(secret, later=1)})
    assert (answer.status_code, answer.headers["location"]) == (302, "/runs/")
    assert inside(client)


def test_a_code_works_once(dora: Somebody, secret: str) -> None:
    code = code_of(secret, later=1)
    for client, works in ((visitor(), True), (visitor(), False)):
        sign_in(client, dora.email)
        client.post("/sign-in/code/", {"code": code})
        assert inside(client) is works


def test_a_recovery_code_works_once_and_is_told(dora: Somebody) -> None:
    codes = with_second_factor(dora)[1]
    for client, works in ((visitor(), True), (visitor(), False)):
        sign_in(client, dora.email)
        client.post("/sign-in/code/", {"code": codes[3]})
        assert inside(client) is works
    assert events_of(f"person:{dora.id}").count("person.recovery_code_used") == 1
    with tenant_context("acacia"):
        assert second_factor_of(dora.id).codes_left == len(codes) - 1


def test_codes_are_throttled_too(dora: Somebody, secret: str) -> None:
    client = visitor()
    sign_in(client, dora.email)
    for _ in range(5):
        assert "is not right" in client.post("/sign-in/code/", {"code": wrong_code(secret)}).content.decode()
    assert FAILED in client.post("/sign-in/code/", {"code": code_of(secret, later=1)}).content.decode()
    assert not inside(client)


def test_one_can_start_over_instead_of_giving_a_code(dora: Somebody, secret: str, cast: Cast) -> None:
    client = visitor()
    sign_in(client, dora.email)
    assert client.get("/sign-in/").headers["location"] == "/sign-in/code/"
    client.post("/sign-out/")
    assert client.get("/sign-in/code/").headers["location"] == "/sign-in/"
    assert sign_in(client, cast.bob.email).headers["location"] == "/"


@pytest.mark.parametrize("meanwhile", ["deactivated", "new password"])
def test_a_sign_in_that_waits_for_its_code_ends_with_what_it_rests_on(
    dora: Somebody, secret: str, meanwhile: str
) -> None:
    client = visitor()
    sign_in(client, dora.email)
    with tenant_context("acacia"):
        if meanwhile == "deactivated":
            for active in (False, True):
                person_change(person=dora.id, fields={"is_active": active}, actor=TESTS)
        else:
            person_password_set(person=dora.id, name=dora.name, password=NEW, actor=TESTS)
    answer = client.post("/sign-in/code/", {"code": code_of(secret, later=1)})
    assert answer.headers["location"] == "/sign-in/"
    assert not inside(client)


def test_the_secret_of_a_second_factor_stands_nowhere_in_the_database(dora: Somebody, secret: str, owner: Any) -> None:
    rows = owner.execute("SELECT data::text FROM acacia.mfa_authenticator").fetchall()
    assert len(rows) == 2
    assert secret not in str(rows)


# --- no way around it ------------------------------------------------------------------------------


def test_the_tenants_admin_leads_to_the_portals_sign_in(dora: Somebody, secret: str) -> None:
    client = visitor()
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in/?next=/admin/"
    for how in ({}, {"next": "/admin/"}):
        answer = client.post("/admin/login/", {"username": dora.email, "password": PASSWORD, **how})
        assert answer.headers["location"].startswith("/sign-in/?next=")
    assert not inside(client)
    sign_in(client, dora.email, next="/admin/")
    answer = client.post("/sign-in/code/", {"code": code_of(secret, later=1)})
    assert answer.headers["location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_who_may_not_use_the_admin_is_told_so_and_not_sent_around() -> None:
    client = visitor()
    sign_in(client, somebody("Vera", "viewer").email)
    assert client.get("/admin/", follow=True).status_code == 403


# --- a forgotten password ----------------------------------------------------------------------------


def addressed(owner: Any, slug: str = "acacia") -> list[str]:
    """To whom emails were written."""
    return [row[0] for row in owner.execute(f'SELECT "to" FROM {slug}.notify_email')]


def emailed_link(owner: Any) -> str:
    """The path of the link in the only email that was written."""
    ((text,),) = owner.execute("SELECT text FROM acacia.notify_email").fetchall()
    found = re.search(r"http://acacia\.localhost(\S+)", text)
    assert found
    return found[1]


def test_an_emailed_link_sets_a_new_password_once_and_ends_all_sessions(
    dora: Somebody, mail_server: None, owner: Any
) -> None:
    elsewhere = visitor()
    sign_in(elsewhere, dora.email)
    client = visitor()
    assert (
        client.post("/password-forgotten/", {"email": dora.email}).headers["location"] == "/password-forgotten/asked/"
    )
    link = emailed_link(owner)
    form = client.get(link).headers["location"]
    assert link.split("-", 2)[2] not in urlsplit(form).path, "the token does not stay in the address"
    short = client.post(form, {"password1": "short", "password2": "short"})
    assert "at least 10 characters" in short.content.decode()
    answer = client.post(form, {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your new password is set" in answer.content.decode()
    assert not inside(client), "the link signs nobody in"
    assert not inside(elsewhere)
    assert sign_in(client, dora.email, NEW).headers["location"] == "/"
    assert "no longer works" in visitor().get(link).content.decode()
    assert events_of(f"person:{dora.id}").count("person.changed") == 1


def test_after_a_new_password_the_second_factor_is_still_asked_for(
    dora: Somebody, secret: str, mail_server: None, owner: Any
) -> None:
    client = visitor()
    client.post("/password-forgotten/", {"email": dora.email})
    link = emailed_link(owner)
    client.post(client.get(link).headers["location"], {"password1": NEW, "password2": NEW})
    assert sign_in(client, dora.email, NEW).headers["location"] == "/sign-in/code/"


def test_a_link_is_asked_for_people_of_this_workspace_only_and_the_answer_is_the_same(
    dora: Somebody, cast: Cast, mail_server: None, owner: Any
) -> None:
    shown = set()
    for email in (cast.charlie.email, f"{uuid4().hex}@acacia.example", dora.email):
        answer = visitor().post("/password-forgotten/", {"email": email}, follow=True)
        shown.add((answer.status_code, answer.content))
    assert len(shown) == 1
    assert (addressed(owner), addressed(owner, "harbour")) == ([dora.email], [])


def test_another_workspaces_link_is_none_here(dora: Somebody, mail_server: None, owner: Any) -> None:
    visitor().post("/password-forgotten/", {"email": dora.email})
    link = emailed_link(owner)
    assert "no longer works" in visitor("harbour").get(link).content.decode()


def test_without_a_mail_server_the_page_says_whom_to_ask(dora: Somebody, owner: Any) -> None:
    client = visitor()
    assert "Ask an owner of Acacia Realty" in client.get("/password-forgotten/").content.decode()
    assert "Ask an owner" in client.post("/password-forgotten/", {"email": dora.email}).content.decode()
    assert addressed(owner) == []


def test_every_page_of_signing_in_holds_the_strict_policy(
    dora: Somebody, secret: str, work: Callable[[], None]
) -> None:
    client = visitor()
    pages = [client.get("/sign-in/"), client.get("/password-forgotten/"), client.get("/password-forgotten/asked/")]
    sign_in(client, dora.email)
    pages.append(client.get("/sign-in/code/"))
    for page in pages:
        assert page.status_code == 200
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", page.content.decode())
