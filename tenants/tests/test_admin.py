"""The operators' admin: tenants are asked for, suspended and resumed; work that was given up goes on."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.test import Client

from accounts.attempts import TOO_MANY
from accounts.services import operator_add
from audit.selectors import entries
from audit.services import Actor
from conftest import Cast
from dispatch.services import MAX_ATTEMPTS, heartbeat, work_add
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.models import TenantRequest
from tenants.selectors import public_context, tenant_by_slug, tenant_context

BASE = settings.COUNTERSIGN.base_domain
REQUESTS = "/admin/tenants/tenantrequest/"
TENANTS = "/admin/tenants/tenant/"
WORK = "/admin/dispatch/work/"
PASSWORD = "walked-nine-miles-today"
ASKED = {
    "slug": "wattle",
    "name": "Wattle Homes",
    "timezone": "Australia/Sydney",
    "owner_email": "Owner@Wattle.example",
    "pack": "real_estate",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture
def operating(db: None, cast: Cast) -> Iterator[None]:
    with public_context(PublicAs(operator_role())):
        yield


@pytest.fixture
def olga(operating: None, cast: Cast) -> Client:
    client = Client(headers={"host": BASE})
    client.force_login(get_user_model().objects.get(pk=cast.olga.id))
    return client


def as_operator() -> Any:
    return public_context(PublicAs(operator_role()))


def told(target: str) -> list[tuple[str, str, Any]]:
    with as_operator():
        return [(row.body["event"], row.body["actor"], row.body["data"]) for row in entries(target=target)]


def move(client: Client, action: str, slug: str, **more: str) -> Any:
    tenant = tenant_by_slug(slug)
    sent = {"action": action, "_selected_action": [str(tenant.id)], "index": "0"}
    return client.post(TENANTS, sent | {"post": "yes", "reason": "Unpaid since June."} | more, follow=True)


def status(slug: str) -> str:
    with public_context():
        return tenant_by_slug(slug).status


def test_the_list_tells_each_tenants_host_and_address(olga: Client) -> None:
    page = olga.get(TENANTS).content.decode()
    for slug in ("acacia", "harbour"):
        tenant = tenant_by_slug(slug)
        assert tenant.host in page
        assert tenant.inbound_address in page


def test_a_suspended_tenant_says_so_until_it_is_resumed(olga: Client, cast: Cast) -> None:
    target = f"tenant:{tenant_by_slug('harbour').id}"
    assert "Harbour Homes is suspended now." in move(olga, "suspend", "harbour").content.decode()
    assert Client(headers={"host": f"harbour.{BASE}"}).get("/").status_code == 403
    assert "Harbour Homes is suspended already." in move(olga, "suspend", "harbour").content.decode()
    move(olga, "resume", "harbour")
    assert Client(headers={"host": f"harbour.{BASE}"}).get("/").status_code == 302
    operator = f"operator:{cast.olga.id}"
    assert told(target)[:2] == [
        ("tenant.resumed", operator, {"slug": "harbour"}),
        ("tenant.suspended", operator, {"slug": "harbour"}),
    ]


def test_a_tenant_is_suspended_when_a_reason_was_given_and_it_is_shown(olga: Client) -> None:
    tenant = tenant_by_slug("harbour")
    chosen = {"action": "suspend", "_selected_action": [str(tenant.id)], "index": "0"}
    asks = olga.post(TENANTS, chosen).content.decode()
    assert "Suspend Harbour Homes" in asks
    assert status("harbour") == "active"
    for wrong in ("  ", "x" * 501):
        refused = olga.post(TENANTS, chosen | {"post": "yes", "reason": wrong}).content.decode()
        assert "Say why" in refused
    assert status("harbour") == "active"
    move(olga, "suspend", "harbour")
    page = olga.get(f"{TENANTS}{tenant.id}/change/").content.decode()
    assert "Unpaid since June." in page
    assert ">Resume</button>" in page
    with as_operator():
        assert not any("Unpaid" in row.text for row in entries())


def test_the_list_costs_the_same_for_many_tenants(olga: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(20) as few:
        olga.get(TENANTS)
    with django_assert_max_num_queries(20) as one:
        olga.get(TENANTS, {"q": "acacia"})
    assert len(few) == len(one)


def test_a_new_tenant_is_asked_for_not_made(olga: Client, cast: Cast) -> None:
    assert olga.get(f"{TENANTS}add/").headers["Location"] == f"{REQUESTS}add/"
    answer = olga.post(f"{REQUESTS}add/", ASKED)
    assert answer.status_code == 302
    with as_operator():
        request = TenantRequest.objects.get(slug="wattle")
        work = olga.get(WORK).context["cl"].result_list
        assert [(row.handler, row.subject, row.queue) for row in work] == [
            ("portal.provision", str(request.pk), "provision")
        ]
    assert (request.status, request.pack, request.owner_email) == ("requested", "real_estate", "owner@wattle.example")
    assert check_password(PASSWORD, request.owner_password_hash)
    assert told(f"tenantrequest:{request.pk}") == [
        ("tenant.requested", f"operator:{cast.olga.id}", {"slug": "wattle", "pack": "real_estate"})
    ]
    page = olga.get(f"{REQUESTS}{request.pk}/change/").content.decode()
    assert "Wattle Homes" in page
    assert request.owner_password_hash not in page


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("slug", "acacia", "there is a tenant acacia already"),
        ("slug", "admin", "admin is reserved"),
        ("slug", "Big_One", "use small letters"),
        ("timezone", "Mars/Olympus", "not one of the available choices"),
        ("pack", "no_such_trade", "not one of the available choices"),
        ("owner_email", "nobody", "valid email address"),
        ("password2", "another-one-12345", "match"),
    ],
)
def test_what_cannot_be_a_tenant_is_told_at_its_field(olga: Client, field: str, value: str, why: str) -> None:
    answer = olga.post(f"{REQUESTS}add/", ASKED | {field: value})
    assert why in str(answer.context["adminform"].form.errors[field])
    with as_operator():
        assert not TenantRequest.objects.exists()


def test_a_common_or_short_password_is_refused(olga: Client) -> None:
    answer = olga.post(f"{REQUESTS}add/", ASKED | {"password1": "password12", "password2": "password12"})
    assert "password2" in answer.context["adminform"].form.errors


def test_work_that_was_given_up_goes_on_when_an_operator_says_so(
    committed: None, cast: Cast, work: Callable[[], None], owner: Any
) -> None:
    with tenant_context("acacia"):
        work_add(handler="nobody.knows", subject="this")
    for _ in range(MAX_ATTEMPTS):
        work()
        owner.execute("UPDATE public.dispatch_work SET due_at = now() - interval '1 second'")
    heartbeat(process="tests", kind="worker")
    olga = Client(headers={"host": BASE})
    with as_operator():
        olga.force_login(get_user_model().objects.get(pk=cast.olga.id))
    (parked,) = olga.get(WORK, {"state": "parked"}).context["cl"].result_list
    assert "no handler is registered as nobody.knows" in olga.get(WORK).content.decode()
    sent = {"action": "work_go_on", "_selected_action": [str(parked.pk)], "index": "0"}
    assert "1 of 1 will be tried again." in olga.post(WORK, sent, follow=True).content.decode()
    assert "0 of 1 will be tried again." in olga.post(WORK, sent, follow=True).content.decode()
    (due,) = olga.get(WORK, {"state": "due"}).context["cl"].result_list
    assert (due.pk, due.attempts, due.parked_at) == (parked.pk, 0, None)
    assert told(f"work:{parked.pk}") == [
        ("work.retried", f"operator:{cast.olga.id}", {"tenant": "acacia", "handler": "nobody.knows"})
    ]
    assert "tests" in olga.get("/admin/dispatch/heartbeat/").content.decode()


def test_the_public_ledger_and_the_operators_are_only_shown(olga: Client, cast: Cast) -> None:
    for page in ("audit/entry/", "accounts/user/", "dispatch/work/", "dispatch/heartbeat/"):
        assert olga.get(f"/admin/{page}").status_code == 200
        assert olga.get(f"/admin/{page}add/").status_code == 403
    shown = olga.get(f"/admin/accounts/user/{cast.olga.id}/change/")
    assert not shown.context["has_change_permission"]
    assert olga.post(f"/admin/accounts/user/{cast.olga.id}/change/", {"name": "Mallory"}).status_code == 403


def test_createsuperuser_makes_an_operator_and_tells_of_it(operating: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with public_context():
        call_command("createsuperuser", interactive=False, email="Otto@Example.com", name="Otto", verbosity=0)
    client = Client(headers={"host": BASE})
    answer = client.post("/admin/login/", {"username": "otto@example.com", "password": PASSWORD, "next": "/admin/"})
    assert answer.headers["Location"] == "/admin/"
    otto = client.get("/admin/").context["user"].pk
    assert told(f"person:{otto}") == [
        ("person.signed_in", f"operator:{otto}", {"second_factor": False}),
        ("person.added", "system:command line", {"role": "operator"}),
    ]


def test_an_operators_password_cannot_be_guessed_from_many_addresses(operating: None) -> None:
    email = f"{uuid4().hex}@example.com"
    with as_operator():
        operator_add(email=email, name="Opal", password=PASSWORD, actor=Actor.system("tests"))

    def shown(number: int, password: str) -> str:
        client = Client(headers={"host": BASE}, REMOTE_ADDR=f"203.0.113.{number}")
        return client.post("/admin/login/", {"username": email, "password": password}).content.decode()

    assert not any(TOO_MANY in shown(number, "wrong") for number in range(5))
    assert TOO_MANY in shown(6, PASSWORD)
