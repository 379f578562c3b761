"""Your account: name, password, second factor. What weakens it asks for proof, and each change leaves an entry."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.second_factor import second_factor_of
from conftest import PASSWORD
from portal.tests.people import (
    NEW,
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
ACCOUNT = "/settings/account/"


@pytest.fixture
def dora() -> Somebody:
    return somebody()


@pytest.fixture
def client(dora: Somebody) -> Client:
    """Dora's browser, signed in."""
    found = visitor()
    sign_in(found, dora.email)
    return found


def text(answer: Any) -> str:
    return str(answer.content.decode())


def factor(person: Somebody) -> Any:
    with tenant_context("acacia"):
        return second_factor_of(person.id)


def test_the_settings_lead_to_the_first_page_one_may_open(client: Client) -> None:
    assert client.get("/settings/").headers["location"] == ACCOUNT
    shown = text(client.get(ACCOUNT))
    assert 'href="/settings/"' in shown, "in the side bar"
    assert "/settings/people/" not in shown, "an agent sees no tab that is not theirs"
    assert visitor().get(ACCOUNT).headers["location"].startswith("/sign-in/")


def test_a_name_is_changed_and_told_without_saying_it(client: Client, dora: Somebody) -> None:
    assert "Dora Pine" in text(client.post(f"{ACCOUNT}name/", {"name": " Dora Pine "}, follow=True))
    assert events_of(f"person:{dora.id}")[0] == "person.changed"
    answer = client.post(f"{ACCOUNT}name/", {"name": " "})
    assert (answer.status_code, "This field is required." in text(answer)) == (422, True)


def test_a_new_password_needs_the_present_one_and_signs_out_everywhere_else(client: Client, dora: Somebody) -> None:
    elsewhere = visitor()
    sign_in(elsewhere, dora.email)
    typed = {"current": "wrong", "password1": NEW, "password2": NEW}
    assert "This is not your password." in text(client.post(f"{ACCOUNT}password/", typed))
    assert inside(elsewhere)
    for faulty, told in (("short", "at least 10 characters"), ("password123", "too common")):
        answer = client.post(
            f"{ACCOUNT}password/", {**typed, "current": PASSWORD, "password1": faulty, "password2": faulty}
        )
        assert (answer.status_code, told in text(answer)) == (422, True)
    answer = client.post(f"{ACCOUNT}password/", {**typed, "current": PASSWORD}, follow=True)
    assert "Everywhere else you are signed out" in text(answer)
    assert inside(client)
    assert not inside(elsewhere)
    assert sign_in(visitor(), dora.email).status_code == 200
    assert sign_in(visitor(), dora.email, NEW).status_code == 302


def test_guessing_the_present_password_is_throttled(client: Client) -> None:
    typed = {"current": "wrong", "password1": NEW, "password2": NEW}
    for _ in range(5):
        client.post(f"{ACCOUNT}password/", typed)
    answer = client.post(f"{ACCOUNT}password/", {**typed, "current": PASSWORD})
    assert "Too many attempts have failed." in text(answer)


def taught(client: Client) -> str:
    """The secret as the page shows it; the picture stands beside it, and comes from the page itself."""
    shown = client.get(f"{ACCOUNT}second-factor/")
    assert 'src="data:image/svg+xml;base64,' in text(shown)
    assert "img-src 'self' data:" in shown.headers["content-security-policy"]
    assert "no-store" in shown.headers["cache-control"]
    found = re.search(r'class="mono secret">([A-Z2-7 ]+)<', text(shown))
    assert found
    return found[1]


def test_a_second_factor_is_switched_on_with_a_code_and_its_recovery_codes_are_shown_once(
    client: Client, dora: Somebody
) -> None:
    elsewhere = visitor()
    sign_in(elsewhere, dora.email)
    secret = taught(client)
    answer = client.post(f"{ACCOUNT}second-factor/", {"code": "123"})
    assert (answer.status_code, "This code is not right." in text(answer)) == (422, True)
    assert secret in text(answer), "the secret stays until a code confirms it"
    assert factor(dora).since is None
    code = code_of(secret)
    answer = client.post(f"{ACCOUNT}second-factor/", {"code": code})
    codes = re.findall(r"<li>(\d{4} \d{4})</li>", text(answer))
    assert len(codes) == 10
    assert "no-store" in answer.headers["cache-control"]
    assert inside(client)
    assert not inside(elsewhere), "whoever came in without it is out"
    assert "second_factor" not in str(client.get(ACCOUNT).wsgi_request.session.keys())
    assert client.get(f"{ACCOUNT}second-factor/").headers["location"] == ACCOUNT
    assert not any(code in text(client.get(ACCOUNT)) for code in codes)
    assert events_of(f"person:{dora.id}")[0] == "person.second_factor_on"
    again = visitor()
    assert sign_in(again, dora.email).headers["location"] == "/sign-in/code/"
    again.post("/sign-in/code/", {"code": code})
    assert not inside(again), "the code that switched it on is used"
    again.post("/sign-in/code/", {"code": codes[0]})
    assert inside(again)


@pytest.fixture
def inside_with_factor(dora: Somebody) -> tuple[Client, str, list[str]]:
    """Dora signed in with her second factor; its secret and recovery codes."""
    secret, codes = with_second_factor(dora)
    client = visitor()
    sign_in(client, dora.email)
    client.post("/sign-in/code/", {"code": codes[0]})
    assert inside(client)
    return client, secret, codes


@pytest.mark.parametrize("proof", ["password", "code", "recovery code"])
def test_it_is_switched_off_by_whoever_proves_to_be_that_person(
    inside_with_factor: tuple[Client, str, list[str]], dora: Somebody, proof: str
) -> None:
    client, secret, codes = inside_with_factor
    for wrong in ("wrong", wrong_code(secret)):
        answer = client.post(f"{ACCOUNT}second-factor/off/", {"off-proof": wrong})
        assert answer.status_code == 422
    assert factor(dora).since
    given = {"password": PASSWORD, "code": code_of(secret, later=1), "recovery code": codes[1]}[proof]
    answer = client.post(f"{ACCOUNT}second-factor/off/", {"off-proof": given}, follow=True)
    assert "Your second factor is off." in text(answer)
    assert factor(dora).since is None
    assert events_of(f"person:{dora.id}")[0] == "person.second_factor_off"
    assert sign_in(visitor(), dora.email).headers["location"] == "/"


def test_new_recovery_codes_replace_the_former(
    inside_with_factor: tuple[Client, str, list[str]], dora: Somebody
) -> None:
    client, _, former = inside_with_factor
    assert client.post(f"{ACCOUNT}recovery-codes/", {"codes-proof": "wrong"}).status_code == 422
    answer = client.post(f"{ACCOUNT}recovery-codes/", {"codes-proof": PASSWORD})
    new = re.findall(r"<li>(\d{4} \d{4})</li>", text(answer))
    assert len(new) == 10
    assert events_of(f"person:{dora.id}")[0] == "person.recovery_codes_renewed"
    for code, works in ((former[2], False), (new[2], True)):
        again = visitor()
        sign_in(again, dora.email)
        again.post("/sign-in/code/", {"code": code})
        assert inside(again) is works


def test_recovery_codes_are_for_who_has_a_second_factor(client: Client, dora: Somebody) -> None:
    answer = client.post(f"{ACCOUNT}recovery-codes/", {"codes-proof": PASSWORD}, follow=True)
    assert "whose second factor is on" in text(answer)
    assert "person.recovery_codes_renewed" not in events_of(f"person:{dora.id}")


def test_nothing_is_changed_by_opening_a_page(client: Client) -> None:
    for path in ("name/", "password/", "second-factor/off/", "recovery-codes/"):
        assert client.get(f"{ACCOUNT}{path}").status_code == 405
