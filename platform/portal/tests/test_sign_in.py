"""Signing in: password, second factor, throttling, a new password by link; and that no door goes around it."""

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.second_factor import second_factor_of, second_factor_on
from accounts.services import person_add, person_change
from audit.selectors import entries, views
from audit.services import Actor
from conftest import PASSWORD, Cast
from tenants.selectors import tenant_context

pytestmark = pytest.mark.usefixtures("committed")
TESTS = Actor.system("tests")
NEW = "quite-another-password"
WRONG = "This email and password do not belong together."
FAILED = "Too many attempts have failed."
PERIOD = 30


def code_of(secret: str, *, later: int = 0) -> str:
    """What an app shows for `secret` now, or some periods later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + later)))


def address() -> str:
    """An address that nobody has failed from."""
    return ".".join(str(10 + byte % 200) for byte in uuid4().bytes[:4])


def visitor(slug: str = "acacia", **more: Any) -> Client:
    return Client(headers={"host": f"{slug}.localhost"}, REMOTE_ADDR=address(), **more)


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in/", {"username": email, "password": password, **more})


def inside(client: Client) -> bool:
    return bool(client.get("/inbox/").status_code == 200)


@pytest.fixture
def dora(committed: None) -> Any:
    """An agent of acacia whom a test may change."""
    email = f"dora-{uuid4().hex[:8]}@acacia.example"
    with tenant_context("acacia"):
        ident = person_add(email=email, name="Dora", role="agent", password=PASSWORD, actor=TESTS)
    return ident, email


@pytest.fixture
def secret(dora: Any) -> str:
    """Dora's second factor is on; its secret."""
    made = str(generate_totp_secret())
    with tenant_context("acacia"):
        second_factor_on(person=dora[0], secret=made, code=code_of(made), actor=TESTS)
    return made


def events_of(person: UUID) -> list[str]:
    with tenant_context("acacia"):
        return [entry.event for entry in views(entries(target=f"person:{person}"))]


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = settings.COUNTERSIGN.model_copy(update={"smtp_out_url": "smtp://127.0.0.1:1"})
    monkeypatch.setattr(settings, "COUNTERSIGN", changed)


# --- email and password -----------------------------------------------------------------------


def test_email_and_password_open_the_workspace_and_lead_where_one_was_going(dora: Any) -> None:
    client = visitor()
    assert client.get("/runs/").headers["location"] == "/sign-in/?next=/runs/"
    assert 'name="next" value="/runs/"' in client.get("/sign-in/?next=/runs/").content.decode()
    answer = sign_in(client, dora[1].upper(), next="/runs/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/runs/")
    assert inside(client)
    assert client.get("/sign-in/").status_code == 302, "who is signed in is not asked again"


def test_nobody_is_led_to_another_host(dora: Any) -> None:
    answer = sign_in(visitor(), dora[1], next="https://evil.example/")
    assert answer.headers["location"] == "/"


def test_the_session_of_before_is_another_once_somebody_is_in(dora: Any, secret: str) -> None:
    client = visitor()
    sign_in(client, dora[1])
    before = client.cookies["sessionid"].value
    client.post("/sign-in/code/", {"code": code_of(secret, later=1)})
    assert client.cookies["sessionid"].value not in ("", before)


def test_the_answer_tells_neither_who_there_is_nor_who_was_switched_off(dora: Any, cast: Cast) -> None:
    unknown = sign_in(visitor(), f"{uuid4().hex}@acacia.example").content.decode()
    wrong = sign_in(visitor(), dora[1], "wrong").content.decode()
    elsewhere = sign_in(visitor(), cast.charlie.email).content.decode()
    with tenant_context("acacia"):
        person_change(person=dora[0], fields={"is_active": False}, actor=TESTS)
    off = sign_in(visitor(), dora[1]).content.decode()
    for shown in (unknown, wrong, elsewhere, off):
        assert WRONG in shown


def test_after_five_failures_an_account_waits_whoever_asks_and_whether_it_exists(dora: Any) -> None:
    for email in (dora[1], f"{uuid4().hex}@acacia.example"):
        for _ in range(5):
            assert WRONG in sign_in(visitor(), email, "wrong").content.decode()
        assert FAILED in sign_in(visitor(), email, "wrong").content.decode()
        assert FAILED in sign_in(visitor(), email, PASSWORD).content.decode(), "nor the right one, for a while"


def test_after_ten_failures_an_address_waits_but_only_at_that_workspace(cast: Cast) -> None:
    client = visitor()
    for _ in range(10):
        assert WRONG in sign_in(client, f"{uuid4().hex}@acacia.example", "wrong").content.decode()
    assert FAILED in sign_in(client, cast.bob.email, "wrong").content.decode()
    harbour = Client(headers={"host": "harbour.localhost"}, REMOTE_ADDR=client.defaults["REMOTE_ADDR"])
    assert sign_in(harbour, cast.charlie.email).status_code == 302


def test_signing_out_is_a_post_and_ends_the_session(dora: Any) -> None:
    client = visitor()
    sign_in(client, dora[1])
    assert client.get("/sign-out/").status_code == 405
    assert inside(client)
    assert client.post("/sign-out/").headers["location"] == "/sign-in/"
    assert not inside(client)


def test_who_is_switched_off_is_out_at_once_and_stays_out_when_switched_on_again(dora: Any) -> None:
    client = visitor()
    sign_in(client, dora[1])
    for active in (False, True):
        with tenant_context("acacia"):
            person_change(person=dora[0], fields={"is_active": active}, actor=TESTS)
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


def test_with_a_second_factor_the_password_alone_opens_nothing(dora: Any, secret: str) -> None:
    client = visitor()
    answer = sign_in(client, dora[1], next="/runs/")
    assert answer.headers["location"] == "/sign-in/code/"
    for path in ("/inbox/", "/admin/"):
        assert client.get(path).status_code == 302, path
    assert "is not right" in client.post("/sign-in/code/", {"code": "000000"}).content.decode()
    assert not inside(client)
    answer = client.post("/sign-in/code/", {"code": code_of(secret, later=1)})
    assert (answer.status_code, answer.headers["location"]) == (302, "/runs/")
    assert inside(client)


def test_a_code_works_once(dora: Any, secret: str) -> None:
    code = code_of(secret, later=1)
    for client, works in ((visitor(), True), (visitor(), False)):
        sign_in(client, dora[1])
        client.post("/sign-in/code/", {"code": code})
        assert inside(client) is works


def test_a_recovery_code_works_once_and_is_told(dora: Any) -> None:
    made = str(generate_totp_secret())
    with tenant_context("acacia"):
        codes = second_factor_on(person=dora[0], secret=made, code=code_of(made), actor=TESTS)
    for client, works in ((visitor(), True), (visitor(), False)):
        sign_in(client, dora[1])
        client.post("/sign-in/code/", {"code": codes[3]})
        assert inside(client) is works
    assert events_of(dora[0]).count("person.recovery_code_used") == 1
    with tenant_context("acacia"):
        assert second_factor_of(dora[0]).codes_left == len(codes) - 1


def test_codes_are_throttled_too(dora: Any, secret: str) -> None:
    client = visitor()
    sign_in(client, dora[1])
    for _ in range(5):
        assert "is not right" in client.post("/sign-in/code/", {"code": "000000"}).content.decode()
    assert FAILED in client.post("/sign-in/code/", {"code": code_of(secret, later=1)}).content.decode()
    assert not inside(client)


def test_one_can_start_over_instead_of_giving_a_code(dora: Any, secret: str, cast: Cast) -> None:
    client = visitor()
    sign_in(client, dora[1])
    assert client.get("/sign-in/").headers["location"] == "/sign-in/code/"
    client.post("/sign-out/")
    assert client.get("/sign-in/code/").headers["location"] == "/sign-in/"
    assert sign_in(client, cast.bob.email).headers["location"] == "/"


def test_the_secret_of_a_second_factor_stands_nowhere_in_the_database(dora: Any, secret: str, owner: Any) -> None:
    rows = owner.execute("SELECT data::text FROM acacia.mfa_authenticator").fetchall()
    assert len(rows) == 2
    assert secret not in str(rows)


# --- no way around it ------------------------------------------------------------------------------


def test_the_tenants_admin_leads_to_the_portals_sign_in(dora: Any, secret: str) -> None:
    client = visitor()
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in/?next=/admin/"
    for how in ({}, {"next": "/admin/"}):
        answer = client.post("/admin/login/", {"username": dora[1], "password": PASSWORD, **how})
        assert answer.headers["location"].startswith("/sign-in/?next=")
    assert not inside(client)
    sign_in(client, dora[1], next="/admin/")
    answer = client.post("/sign-in/code/", {"code": code_of(secret, later=1)})
    assert answer.headers["location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_who_may_not_use_the_admin_is_told_so_and_not_sent_around() -> None:
    with tenant_context("acacia"):
        email = f"{uuid4().hex[:8]}@acacia.example"
        person_add(email=email, name="Vera", role="viewer", password=PASSWORD, actor=TESTS)
    client = visitor()
    sign_in(client, email)
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
    dora: Any, mail_server: None, owner: Any
) -> None:
    elsewhere = visitor()
    sign_in(elsewhere, dora[1])
    client = visitor()
    assert client.post("/password-forgotten/", {"email": dora[1]}).headers["location"] == "/password-forgotten/asked/"
    link = emailed_link(owner)
    form = client.get(link).headers["location"]
    assert link.split("-", 2)[2] not in urlsplit(form).path, "the token does not stay in the address"
    short = client.post(form, {"password1": "short", "password2": "short"})
    assert "at least 10 characters" in short.content.decode()
    answer = client.post(form, {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your new password is set" in answer.content.decode()
    assert not inside(client), "the link signs nobody in"
    assert not inside(elsewhere)
    assert sign_in(client, dora[1], NEW).headers["location"] == "/"
    assert "no longer works" in visitor().get(link).content.decode()
    assert events_of(dora[0]).count("person.changed") == 1


def test_after_a_new_password_the_second_factor_is_still_asked_for(
    dora: Any, secret: str, mail_server: None, owner: Any
) -> None:
    client = visitor()
    client.post("/password-forgotten/", {"email": dora[1]})
    link = emailed_link(owner)
    client.post(client.get(link).headers["location"], {"password1": NEW, "password2": NEW})
    assert sign_in(client, dora[1], NEW).headers["location"] == "/sign-in/code/"


def test_a_link_is_asked_for_people_of_this_workspace_only_and_the_answer_is_the_same(
    dora: Any, cast: Cast, mail_server: None, owner: Any
) -> None:
    shown = set()
    for email in (cast.charlie.email, f"{uuid4().hex}@acacia.example", dora[1]):
        answer = visitor().post("/password-forgotten/", {"email": email}, follow=True)
        shown.add((answer.status_code, answer.content))
    assert len(shown) == 1
    assert (addressed(owner), addressed(owner, "harbour")) == ([dora[1]], [])


def test_another_workspaces_link_is_none_here(dora: Any, mail_server: None, owner: Any) -> None:
    visitor().post("/password-forgotten/", {"email": dora[1]})
    link = emailed_link(owner)
    assert "no longer works" in visitor("harbour").get(link).content.decode()


def test_without_a_mail_server_the_page_says_whom_to_ask(dora: Any, owner: Any) -> None:
    client = visitor()
    assert "Ask an owner of Acacia Realty" in client.get("/password-forgotten/").content.decode()
    assert "Ask an owner" in client.post("/password-forgotten/", {"email": dora[1]}).content.decode()
    assert addressed(owner) == []


def test_every_page_of_signing_in_holds_the_strict_policy(dora: Any, secret: str, work: Callable[[], None]) -> None:
    client = visitor()
    pages = [client.get("/sign-in/"), client.get("/password-forgotten/"), client.get("/password-forgotten/asked/")]
    sign_in(client, dora[1])
    pages.append(client.get("/sign-in/code/"))
    for page in pages:
        assert page.status_code == 200
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", page.content.decode())
