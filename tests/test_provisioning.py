"""A tenant is made whole or not at all, by the database's owner only, whatever goes wrong on the way."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from audit.selectors import entries
from audit.services import Actor
from dispatch.connection import tenant_connection
from dispatch.worker import run_next
from portal.onboarding import tenant_onboard
from tenants import grants
from tenants.backend.base import PublicAs
from tenants.database_roles import database_id, operator_role
from tenants.errors import TenantRefused
from tenants.models import Tenant, TenantRequest
from tenants.selectors import public_context, tenant_context
from tenants.services import tenant_request
from workflows import packs
from workflows.errors import InvalidDefinition
from workflows.selectors import workflow_list

pytestmark = [pytest.mark.ddl, pytest.mark.committed]
GROVE = {"slug": "grove", "name": "Grove & Sons", "owner_email": "owner@grove.example"}


def there() -> dict[str, set[Any]]:
    """Everything that a tenant is, as the database has it. Roles of other databases of the cluster are left out."""
    ours = f"cs_{database_id()}_"
    statements = {
        "roles": f"SELECT rolname FROM pg_roles WHERE starts_with(rolname, '{ours}')",
        "schemas": "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'",
        "memberships": "SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members"
        f" WHERE starts_with(roleid::regrole::text, '{ours}')",
        "tenants": "SELECT slug FROM public.tenants_tenant",
        "hosts": "SELECT domain FROM public.tenants_domain",
        "addresses": "SELECT local_part FROM public.tenants_inboundaddress",
    }
    found = {}
    for what, statement in statements.items():
        with connection.cursor() as cursor:
            cursor.execute(statement)
            found[what] = set(cursor.fetchall())
    return found


def onboard(**changes: Any) -> Any:
    with transaction.atomic():
        return tenant_onboard(**{**GROVE, **changes})


def test_a_new_tenant_works_at_once(as_owner: None) -> None:
    made = onboard(timezone="Australia/Perth")
    assert grants.actual("grove") == grants.wanted("grove")
    with tenant_context("grove"):
        assert [(workflow.slug, workflow.active_version) for workflow in workflow_list()] == [("property-enquiry", 1)]
        [person] = User.objects.all()
        assert (person.email, person.role) == ("owner@grove.example", "owner")
        assert check_password(made.owner_password, person.password)
    client = Client(headers={"host": "grove.localhost"})
    me = client.get("/api/v1/me", headers={"authorization": f"Bearer {made.api_token}"})
    assert me.json()["tenant"] == {"slug": "grove", "name": "Grove & Sons"}
    assert client.post("/sign-in/", {"username": made.owner_email, "password": made.owner_password}).status_code == 302
    assert client.get("/inbox/").status_code == 200


def test_a_malformed_owners_address_leaves_nothing(as_owner: None) -> None:
    before = there()
    with pytest.raises(ValidationError):
        onboard(owner_email="not an address")
    assert there() == before
    assert tenant_connection().schema_name == "public"


def test_a_pack_with_an_invalid_definition_leaves_nothing(
    as_owner: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "phrases.yaml").write_text("{}")
    (tmp_path / "broken" / "enquiry.yaml").write_text(
        "name: enquiry\non: {event: email.received}\nsteps: []\nmore: 1\n"
    )
    monkeypatch.setattr(packs, "FOLDER", tmp_path)
    before = there()
    with pytest.raises(InvalidDefinition):
        onboard(pack="broken")
    assert there() == before


def test_an_unknown_pack_is_refused_before_anything_is_made(as_owner: None) -> None:
    with pytest.raises(LookupError, match="there is no pack fishing"):
        onboard(pack="fishing")


def test_of_two_that_make_the_same_tenant_at_once_one_is_told_that_it_is_taken(
    as_owner: None, at_once: Callable[..., list[Any]]
) -> None:
    outcomes = at_once(onboard, onboard)
    made = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    [told] = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert isinstance(told, TenantRefused)
    assert str(told) == "there is a tenant grove already"
    assert len(made) == 1
    assert Tenant.objects.filter(slug="grove").count() == 1
    assert len([role for (role,) in there()["roles"] if role == Tenant.objects.get(slug="grove").owner]) == 1


def test_two_tenants_can_be_made_at_once(as_owner: None, at_once: Callable[..., list[Any]]) -> None:
    outcomes = at_once(lambda: onboard(pack="none"), lambda: onboard(slug="heath", pack="none"))
    assert [outcome.tenant.slug for outcome in outcomes] == ["grove", "heath"]
    for schema in ("grove", "heath", "public"):
        assert grants.actual(schema) == grants.wanted(schema)


# --- the command -------------------------------------------------------------------------------


def create(*more: str, slug: str = "grove", email: str = "o@grove.example") -> Any:
    out = StringIO()
    call_command("create_tenant", slug, "--name", "Grove", "--owner-email", email, *more, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_prints_what_its_contract_names(as_owner: None) -> None:
    made = create("--json", "--pack", "none")
    assert list(made) == ["slug", "schema", "host", "inbound_address", "owner_email", "owner_password", "api_token"]
    assert (made["slug"], made["schema"], made["host"]) == ("grove", "grove", "grove.localhost")
    assert made["inbound_address"].startswith("grove-")
    assert made["inbound_address"].endswith("@in.localhost")


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"slug": "acacia"}, "there is a tenant acacia already"),
        ({"slug": "Grove!"}, "'Grove!' cannot be a tenant's name"),
        ({"email": "nobody"}, "Enter a valid email address."),
    ],
)
def test_the_command_says_in_one_line_why_it_makes_none(as_owner: None, given: dict[str, str], line: str) -> None:
    before = there()
    with pytest.raises(CommandError) as caught:
        create("--pack", "none", **given)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)
    assert there() == before


# --- the provisioner ---------------------------------------------------------------------------


@pytest.fixture
def request_id(committed: None) -> UUID:
    """A tenant that an operator asked for in the admin, with the app's login."""
    with public_context(PublicAs(operator_role())):
        return tenant_request(
            slug="grove",
            name="Grove",
            timezone="Australia/Perth",
            owner_email="owner@grove.example",
            owner_password_hash=make_password("a-password-of-grove"),
            pack="real_estate",
            actor=Actor.system("tests"),
        )


def asked(request: UUID) -> tuple[str, str]:
    found = TenantRequest.objects.get(pk=request)
    return found.status, found.error


def told(request: UUID) -> list[str]:
    return [entry.body["event"] for entry in entries(target=f"tenantrequest:{request}")]


def test_the_provisioner_makes_the_tenant_that_was_asked_for(request_id: UUID, as_owner: None) -> None:
    assert run_next("provision")
    assert not run_next("provision")
    assert asked(request_id) == ("created", "")
    assert told(request_id) == ["tenant.provisioned", "tenant.requested"]
    with tenant_context("grove"):
        assert check_password("a-password-of-grove", User.objects.get().password)
    assert Client(headers={"host": "grove.localhost"}).get("/sign-in/").status_code == 200


def test_a_request_that_cannot_be_carried_out_says_why(request_id: UUID, as_owner: None) -> None:
    onboard(pack="none")
    assert run_next("provision")
    assert asked(request_id) == ("failed", "there is a tenant grove already")
    assert told(request_id) == ["tenant.failed", "tenant.requested"]
    assert not run_next("provision")


def test_a_request_that_keeps_failing_is_given_up_with_its_reason(request_id: UUID, as_owner: None, owner: Any) -> None:
    owner.execute("UPDATE tenants_tenantrequest SET owner_email = 'nobody'")
    owner.execute("UPDATE dispatch_work SET attempts = 4")
    before = there()
    assert run_next("provision")
    status, error = asked(request_id)
    assert status == "failed"
    assert "valid email address" in error
    assert told(request_id) == ["tenant.failed", "tenant.requested"]
    assert there() == before


def test_a_request_is_not_taken_by_a_worker_that_a_message_sends_there(request_id: UUID) -> None:
    from dispatch.tasks import work

    for _ in range(6):
        work.apply(args=("provision",))
    with connection.cursor() as cursor:
        cursor.execute("SELECT attempts, parked_at FROM dispatch_work")
        assert cursor.fetchall() == [(0, None)]
