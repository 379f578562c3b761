"""Names that are refused, suspension and what it stops, and requests that web processes may make."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from audit.errors import IllegalMove, MovedMeanwhile
from audit.selectors import entries
from audit.services import Actor
from dispatch import registry
from dispatch.services import work_add
from dispatch.worker import run_next
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.errors import NoSuchTenant, NoTenant, TenantRefused
from tenants.models import Tenant, TenantRequest
from tenants.selectors import address_lookup, current, own_addresses, public_context, tenant_context
from tenants.services import slug_check, tenant_create, tenant_request, tenant_resume, tenant_suspend

ACTOR = Actor.system("tests")
REQUEST = {
    "name": "Grove",
    "timezone": "UTC",
    "owner_email": "o@grove.example",
    "owner_password_hash": "!",
    "pack": "real_estate",
}


@pytest.fixture
def operators(committed: None) -> Iterator[None]:
    """Work as an operator on the public host."""
    with public_context(PublicAs(operator_role())):
        yield


@pytest.fixture
def done() -> Iterator[list[str]]:
    """A handler `lifecycle.tell` and the subjects it was called with."""
    subjects: list[str] = []
    registry.handler("lifecycle.tell")(lambda subject, lease: subjects.append(subject))
    yield subjects
    del registry._handlers["lifecycle.tell"]


@pytest.mark.parametrize(
    "slug",
    ["", "A", "Acacia", "1st", "-a", "a-", "a--b", "a_b", "a b", "a.b", "a\n", "é", "a" * 41, "a;drop", 'a"b', "public",
     "www", "admin", "api", "in", "mail", "static", "pg", "pg-catalog"],
)  # fmt: skip
def test_a_name_that_cannot_be_a_host_or_a_schema_is_refused(db: None, slug: str) -> None:
    with pytest.raises(TenantRefused):
        slug_check(slug)


def test_a_name_that_is_taken_is_refused(db: None) -> None:
    with pytest.raises(TenantRefused, match="there is a tenant acacia already"):
        slug_check("acacia")


@pytest.mark.parametrize("slug", ["a", "acacia-2", "a1-b2-c3", "a" * 40])
def test_other_names_are_fine(db: None, slug: str) -> None:
    slug_check(slug)


@pytest.mark.ddl
@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"slug": "information-schema"}, "a schema named information_schema exists already"),
        ({"slug": "grove", "timezone": "Mars/Olympus"}, "Mars/Olympus is not a time zone"),
        ({"slug": "grove", "timezone": "../../etc/passwd"}, "is not a time zone"),
    ],
)
def test_a_tenant_that_cannot_be_made_is_refused_with_the_reason(
    as_owner: None, given: dict[str, str], why: str
) -> None:
    with pytest.raises(TenantRefused, match=why), transaction.atomic():
        tenant_create(name="Grove", actor=ACTOR, **given)


@pytest.mark.ddl
def test_a_tenant_is_not_made_outside_a_transaction(as_owner: None) -> None:
    with pytest.raises(RuntimeError, match="open a transaction"):
        tenant_create(slug="grove", name="Grove", actor=ACTOR)


def test_web_processes_cannot_make_a_tenant_whatever_their_role(operators: None) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        tenant_create(slug="grove", name="Grove", actor=ACTOR)
    with public_context(), pytest.raises(ProgrammingError), transaction.atomic():
        tenant_create(slug="grove", name="Grove", actor=ACTOR)
    assert not Tenant.objects.filter(slug="grove").exists()


def test_a_request_is_a_row_work_for_the_provisioner_and_an_entry(operators: None) -> None:
    request = tenant_request(slug="grove", actor=ACTOR, **REQUEST)
    assert TenantRequest.objects.get().slug == "grove"
    assert [entry.body["event"] for entry in entries(target=f"tenantrequest:{request}")] == ["tenant.requested"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant, queue, handler, subject FROM dispatch_work")
        assert cursor.fetchall() == [("public", "provision", "portal.provision", str(request))]


@pytest.mark.parametrize("change", [{"slug": "www"}, {"timezone": "Mars/Olympus"}, {"pack": "fishing"}])
def test_a_request_for_what_cannot_be_made_is_refused_at_once(operators: None, change: dict[str, str]) -> None:
    with pytest.raises(TenantRefused):
        tenant_request(actor=ACTOR, **{"slug": "grove", **REQUEST, **change})
    assert not TenantRequest.objects.exists()


# --- suspension --------------------------------------------------------------------------------


@pytest.fixture
def suspended(committed: None, owner: Any) -> Iterator[Callable[[], None]]:
    """Acacia, suspended; call it to resume."""
    call_command("suspend_tenant", "acacia", stdout=None)

    def resume() -> None:
        call_command("resume_tenant", "acacia")

    yield resume
    owner.execute("UPDATE tenants_tenant SET status = 'active'")


def due() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, attempts, leased_until IS NULL, due_at FROM dispatch_work")
        return list(cursor.fetchall())


def test_due_work_of_a_suspended_tenant_waits_and_is_done_once_it_is_resumed(
    suspended: Callable[[], None], owner: Any, done: list[str]
) -> None:
    with tenant_context("acacia"):
        work_add(handler="lifecycle.tell", subject="one")
    with tenant_context("harbour"):
        work_add(handler="lifecycle.tell", subject="other")
    for _ in range(3):
        run_next("runs")
    assert done == ["other"]
    [(subject, attempts, free, due_at)] = due()
    assert (subject, attempts, free) == ("one", 0, True)
    assert timedelta(seconds=20) < due_at - timezone.now() < timedelta(seconds=31)
    suspended()
    owner.execute("UPDATE dispatch_work SET due_at = now()")
    while run_next("runs"):
        pass
    assert done == ["other", "one"]
    assert due() == []


def test_a_suspension_never_uses_up_the_attempts_of_what_waits(
    suspended: Callable[[], None], owner: Any, done: list[str]
) -> None:
    with tenant_context("acacia"):
        work_add(handler="lifecycle.tell", subject="one")
    for _ in range(8):
        owner.execute("UPDATE dispatch_work SET due_at = now()")
        assert run_next("runs")
    [(_, attempts, _, _)] = due()
    assert attempts == 0


@pytest.mark.parametrize(
    ("command", "slug", "line"),
    [
        ("suspend_tenant", "nobody", "there is no tenant nobody"),
        ("resume_tenant", "nobody", "there is no tenant nobody"),
        ("resume_tenant", "acacia", "acacia is not suspended"),
    ],
)
def test_a_command_that_cannot_do_it_says_so_in_one_line(committed: None, command: str, slug: str, line: str) -> None:
    with pytest.raises(CommandError) as caught:
        call_command(command, slug)
    assert str(caught.value) == line


def test_of_two_that_suspend_at_once_one_is_told(
    committed: None, owner: Any, at_once: Callable[..., list[Any]]
) -> None:
    def suspend() -> str:
        with public_context(PublicAs(operator_role())):
            tenant_suspend(slug="harbour", actor=ACTOR)
        return "done"

    try:
        outcomes = at_once(suspend, suspend, suspend)
        assert outcomes.count("done") == 1
        assert {type(outcome) for outcome in outcomes} <= {str, MovedMeanwhile, IllegalMove}
        with public_context(PublicAs(operator_role())):
            assert len([e for e in entries(event="tenant.suspended") if e.body["data"]["slug"] == "harbour"]) == 1
            tenant_resume(slug="harbour", actor=ACTOR)
    finally:
        owner.execute("UPDATE tenants_tenant SET status = 'active'")


# --- where we are, and whose address that is ----------------------------------------------------


def test_there_is_no_tenant_by_default(db: None) -> None:
    with pytest.raises(NoTenant):
        current()
    with pytest.raises(NoSuchTenant), tenant_context("nobody"):
        pass
    with pytest.raises(NoSuchTenant), tenant_context("pg_catalog"):
        pass


def test_an_address_leads_to_its_tenant_in_any_case_and_with_a_tag(in_acacia: None) -> None:
    address = current().inbound_address
    assert own_addresses() == {address}
    local, domain = address.split("@")
    for written in (address, address.upper(), f"{local}+Viewing@{domain}", f" {address} "):
        hit = address_lookup(written)
        assert hit is not None
        assert (hit.schema, hit.slug, hit.status) == ("acacia", "acacia", "active")
        assert hit.tag == ("viewing" if "+" in written else "")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "acacia",
        "nobody@in.localhost",
        "@in.localhost",
        "+tag@in.localhost",
        "a\x00b@in.localhost",
        "x" * 300 + "@in.localhost",
    ],
)
def test_an_address_of_nobody_leads_nowhere(db: None, address: str) -> None:
    assert address_lookup(address) is None


def test_an_address_at_another_domain_is_not_ours(in_acacia: None) -> None:
    local = current().inbound_address.split("@")[0]
    assert address_lookup(f"{local}@example.com") is None
    assert address_lookup(f"{local}@in.localhost.example.com") is None
