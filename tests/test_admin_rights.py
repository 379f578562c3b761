"""Who gets into which admin, and what they find there."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from accounts.services import person_add
from audit.services import Actor
from conftest import PASSWORD, Cast
from crm.services import contact_create
from tenants.selectors import tenant_context

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")
BASE = settings.COUNTERSIGN.base_domain
ACACIA, HARBOUR = f"acacia.{BASE}", f"harbour.{BASE}"
READS = {
    "approvals.approval", "crm.appointment", "crm.contact", "crm.enquiry", "crm.listing", "crm.task",
    "ai.forbiddentopic", "knowledge.document", "mail.message", "mail.thread", "workflows.automation", "workflows.event", "workflows.run", "workflows.workflow",
    "workflows.workflowversion",
}  # fmt: skip
MANAGES = {"accounts.user", "ai.call", "ai.phrase", "audit.entry", "mail.rawmessage"}
SHOWN = {
    "agent": READS | {"audit.entry"},
    "auditor": READS | {"audit.entry", "ai.call"},
    "manager": READS | MANAGES,
    "owner": READS
    | MANAGES
    | {"gateway.apitoken", "gateway.hook", "notify.delivery", "notify.endpoint", "workflows.erasure"},
}
LOGIN = "/admin/login/"


def person(role: str) -> Any:
    with tenant_context("acacia"):
        key = person_add(email=f"{role}@rights.example", name=role.title(), role=role, password=PASSWORD, actor=TESTS)
        return get_user_model().objects.get(pk=key)


def client_of(user: Any, schema: str = "acacia") -> Client:
    client = Client(headers={"host": f"{schema}.{BASE}"})
    with tenant_context(schema):
        client.force_login(user)
    return client


@pytest.fixture
def bob(cast: Cast) -> Client:
    return client_of(get_user_model().objects.get(pk=cast.bob.id))


def models_shown(client: Client) -> set[str]:
    apps = client.get("/admin/").context["app_list"]
    return {model["model"]._meta.label_lower for app in apps for model in app["models"]}


@pytest.mark.parametrize("role", sorted(SHOWN))
def test_the_admin_shows_each_role_what_its_rights_allow(role: str) -> None:
    assert models_shown(client_of(person(role))) == SHOWN[role]


def test_a_viewer_has_no_admin() -> None:
    viewer = person("viewer")
    assert client_of(viewer).get("/admin/", follow=True).status_code == 403


def test_one_comes_to_a_tenants_admin_by_the_workspaces_sign_in_only(cast: Cast) -> None:
    client = Client(headers={"host": ACACIA})
    typed = {"username": "Bob@Example.com", "password": PASSWORD, "next": "/admin/"}
    assert client.post(LOGIN, typed).headers["Location"] == "/sign-in/?next=/admin/"
    assert client.get("/admin/").status_code == 302
    assert client.post("/sign-in/", typed).headers["Location"] == "/admin/"
    assert client.get("/admin/").context["user"].name == "Bob"


@pytest.mark.parametrize("page", ["accounts/user/", "accounts/user/add/", "gateway/apitoken/", "mail/rawmessage/"])
def test_an_agent_is_refused_what_is_not_theirs(bob: Client, page: str) -> None:
    assert bob.get(f"/admin/{page}").status_code == 403
    assert bob.post(f"/admin/{page}", {"name": "Mallory"}).status_code == 403


def test_an_agent_changes_records_and_deletes_none(bob: Client) -> None:
    with tenant_context("acacia"):
        contact = contact_create(actor=TESTS, name="Georgia")
    assert bob.get(f"/admin/crm/contact/{contact.id}/change/").context["has_change_permission"]
    assert bob.post(f"/admin/crm/contact/{contact.id}/delete/", {"post": "yes"}).status_code == 403


def test_an_auditor_writes_nothing() -> None:
    auditor = client_of(person("auditor"))
    pages = ("crm/contact/", "accounts/user/", "gateway/apitoken/", "ai/phrase/", "approvals/approval/")
    assert {auditor.get(f"/admin/{page}add/").status_code for page in pages} == {403}


def test_another_tenants_session_is_nobodys(cast: Cast, bob: Client) -> None:
    with tenant_context("harbour"):
        owner_of_harbour = get_user_model().objects.get(pk=cast.charlie.id)
    charlie = client_of(owner_of_harbour, "harbour")
    assert charlie.get("/admin/").status_code == 200
    for page in ("", "approvals/approval/", "accounts/user/", "password_change/"):
        answer = charlie.get(f"/admin/{page}", headers={"host": ACACIA})
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(LOGIN)
    assert bob.get("/admin/", headers={"host": HARBOUR}).headers["Location"].startswith(LOGIN)
    assert bob.get("/admin/", headers={"host": BASE}).headers["Location"].startswith(LOGIN)


def test_another_tenants_password_opens_nothing(cast: Cast) -> None:
    for host, page in ((ACACIA, "/sign-in/"), (BASE, LOGIN)):
        answer = Client(headers={"host": host}).post(page, {"username": cast.charlie.email, "password": PASSWORD})
        assert answer.status_code == 200
        assert "sessionid" not in answer.cookies


@pytest.fixture
def olga(cast: Cast) -> Client:
    client = Client(headers={"host": BASE})
    answer = client.post(LOGIN, {"username": cast.olga.email, "password": PASSWORD, "next": "/admin/"})
    assert answer.headers["Location"] == "/admin/"
    return client


def test_an_operator_signs_in_on_the_public_host(olga: Client) -> None:
    assert models_shown(olga) == {
        "accounts.user", "audit.entry", "catalog.modelprice", "catalog.switch", "dispatch.heartbeat", "dispatch.work",
        "tenants.supportaccess", "tenants.tenant", "tenants.tenantrequest",
    }  # fmt: skip


def test_an_operators_session_is_nobodys_at_a_tenant(olga: Client, cast: Cast) -> None:
    assert olga.get("/admin/", headers={"host": ACACIA}).headers["Location"].startswith(LOGIN)
    answer = Client(headers={"host": ACACIA}).post("/sign-in/", {"username": cast.olga.email, "password": PASSWORD})
    assert "sessionid" not in answer.cookies


def test_operators_find_no_tenants_records(olga: Client) -> None:
    for page in ("approvals/approval/", "crm/contact/", "mail/message/", "gateway/apitoken/"):
        assert olga.get(f"/admin/{page}").status_code == 404


def test_the_admin_needs_neither_styles_nor_scripts_of_its_pages(bob: Client) -> None:
    answer = bob.get("/admin/")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert b" style=" not in answer.content
    assert b"<script>" not in answer.content
