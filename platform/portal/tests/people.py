"""Somebody to sign in as, and the codes that their app would show."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from accounts.second_factor import second_factor_on
from accounts.services import person_add
from audit.selectors import entries, views
from audit.services import Actor
from conftest import PASSWORD
from tenants.selectors import tenant_context

TESTS = Actor.system("tests")
NEW = "quite-another-password"
PERIOD = 30


@dataclass(frozen=True)
class Somebody:
    """A person of acacia whom a test may change."""

    id: UUID
    email: str
    name: str


def somebody(name: str = "Dora", role: str = "agent") -> Somebody:
    """A new person of acacia."""
    email = f"{name.lower()}-{uuid4().hex}@acacia.example"
    with tenant_context("acacia"):
        return Somebody(person_add(email=email, name=name, role=role, password=PASSWORD, actor=TESTS), email, name)


def code_of(secret: str, *, later: int = 0) -> str:
    """What an app shows for `secret` now, or some periods later."""
    return str(format_hotp_value(hotp_value(secret.replace(" ", ""), int(time.time()) // PERIOD + later)))


def wrong_code(secret: str) -> str:
    """Six digits that no app shows for `secret` in these minutes."""
    right = {code_of(secret, later=periods) for periods in range(-2, 4)}
    return next(
        code for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666") if code not in right
    )


def with_second_factor(person: Somebody) -> tuple[str, list[str]]:
    """Switch a second factor on; its secret and its recovery codes."""
    secret = str(generate_totp_secret())
    with tenant_context("acacia"):
        return secret, second_factor_on(person=person.id, secret=secret, code=code_of(secret), actor=TESTS)


def visitor(slug: str = "acacia") -> Client:
    """Somebody's browser, at an address that nobody has failed from."""
    address = ".".join(str(10 + byte % 200) for byte in uuid4().bytes[:4])
    return Client(headers={"host": f"{slug}.localhost"}, REMOTE_ADDR=address)


def sign_in(
    client: Client, email: str, password: str = PASSWORD, *, headers: dict[str, str] | None = None, **more: Any
) -> Any:
    return client.post("/sign-in/", {"username": email, "password": password, **more}, headers=headers)


def inside(client: Client) -> bool:
    """Whether this browser is signed in."""
    return client.get("/inbox/").status_code == 200


def events_of(target: str) -> list[str]:
    """What acacia's ledger tells of a target, newest first."""
    with tenant_context("acacia"):
        return [entry.event for entry in views(entries(target=target))]
