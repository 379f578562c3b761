"""The host decides the tenant: one that is not known, malformed or suspended gets no tenant at all."""

import pytest
from django.test import Client

from audit.selectors import entries
from audit.services import Actor
from dispatch.connection import tenant_connection
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.models import Domain
from tenants.selectors import public_context, tenant_by_slug
from tenants.services import tenant_resume, tenant_suspend

pytestmark = pytest.mark.usefixtures("db", "cast")
ACTOR = Actor.system("tests")


def answer(host: str, path: str = "/sign-in/"):
    return Client(headers={"host": host}).get(path)


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "acacia.localhost.evil.example",
        "acacia",
        "127.0.0.1",
        "[::1]",
        "[::1]:8000",
        "public.localhost",
    ],
)
def test_an_unknown_host_is_not_found(host: str) -> None:
    answered = answer(host)
    assert answered.status_code == 404
    assert "No workspace answers at this address" in answered.text


@pytest.mark.parametrize(
    "host", ["", "aca cia.localhost", "acacia.localhost:port", "acacia_.localhost/", "ac\u00e4cia.localhost", "-"]
)
def test_a_malformed_host_is_not_found(host: str) -> None:
    assert answer(host).status_code == 404


@pytest.mark.parametrize("host", ["acacia.localhost", "ACACIA.localhost", "acacia.localhost:8000", "acacia.localhost."])
def test_a_host_is_known_in_any_case_and_with_its_port(host: str) -> None:
    answered = answer(host)
    assert answered.status_code == 200
    assert "Acacia Realty" in answered.text


def test_the_api_of_an_unknown_host_answers_in_its_own_format() -> None:
    answered = answer("nobody.localhost", "/api/v1/me")
    assert answered.status_code == 404
    assert answered["content-type"] == "application/problem+json"
    assert answered.json()["status"] == 404


def test_the_public_host_has_no_tenants_pages() -> None:
    assert answer("localhost", "/").status_code == 200
    for path in ("/sign-in/", "/inbox/", "/api/v1/me", "/api/docs/"):
        assert answer("localhost", path).status_code == 404


def test_no_tenant_is_entered_after_the_answer() -> None:
    answer("acacia.localhost")
    assert tenant_connection().schema_name == "public"


def suspend() -> None:
    with public_context(PublicAs(operator_role())):
        tenant_suspend(slug="acacia", actor=ACTOR)


def test_a_suspended_host_says_so_on_every_path() -> None:
    suspend()
    for path in ("/", "/sign-in/", "/admin/", "/nothing/here"):
        answered = answer("acacia.localhost", path)
        assert answered.status_code == 403
        assert "This workspace is suspended" in answered.text
    api = answer("acacia.localhost", "/api/v1/me")
    assert (api.status_code, api["content-type"]) == (403, "application/problem+json")
    assert answer("harbour.localhost").status_code == 200


def test_a_resumed_host_answers_again_and_both_moves_are_in_the_public_ledger() -> None:
    suspend()
    with public_context(PublicAs(operator_role())):
        tenant_resume(slug="acacia", actor=ACTOR)
        target = f"tenant:{tenant_by_slug('acacia').id}"
        told = [entry.body["event"] for entry in entries(target=target)]
    assert answer("acacia.localhost").status_code == 200
    assert told[:2] == ["tenant.resumed", "tenant.suspended"]


def test_a_host_is_looked_up_for_each_request(owner) -> None:
    with public_context():
        assert Domain.objects.filter(domain="acacia.localhost").exists()
    assert answer("acacia-old.localhost").status_code == 404
    owner.execute("UPDATE tenants_domain SET domain = 'acacia-old.localhost' WHERE domain = 'acacia.localhost'")
    try:
        assert answer("acacia.localhost").status_code == 404
        assert answer("acacia-old.localhost").status_code == 200
    finally:
        owner.execute("UPDATE tenants_domain SET domain = 'acacia.localhost' WHERE domain = 'acacia-old.localhost'")
