"""The backend: what the server was told is what the backend believes, whatever became of the transaction."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from dispatch.connection import tenant_connection
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role, tenant_role
from tenants.models import Tenant
from tenants.selectors import current, public_context, tenant_context

pytestmark = pytest.mark.usefixtures("committed")


def entered() -> tuple[str, str]:
    """The schema and role that the server has, asked without the backend's knowing."""
    schema, role = connection.connection.execute("SELECT current_schema(), current_user").fetchone()
    return schema, role


def fail() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


@pytest.fixture
def acacia() -> Iterator[Tenant]:
    """The tenant acacia, entered."""
    tenant = Tenant.objects.get(slug="acacia")
    tenant_connection().set_tenant(tenant)
    yield tenant
    tenant_connection().set_schema_to_public()


@pytest.fixture
def harbour() -> Tenant:
    with public_context():
        found: Tenant = Tenant.objects.get(slug="harbour")
    return found


def people() -> set[str]:
    return set(User.objects.values_list("name", flat=True)) & {"Alice", "Bob", "Charlie", "Olga"}


def test_role_and_schema_are_set_once_per_switch_not_per_query(acacia: Tenant) -> None:
    people()
    with CaptureQueriesContext(connection) as queries:
        people()
        people()
    assert len(queries) == 2
    assert entered() == ("acacia", acacia.owner)


def test_leaving_a_tenant_takes_its_role_off(acacia: Tenant) -> None:
    people()
    tenant_connection().set_schema_to_public()
    Tenant.objects.count()
    assert entered() == ("public", connection.settings_dict["USER"])


def test_a_tenant_inside_a_tenant_comes_back_to_the_outer_one(acacia: Tenant) -> None:
    with tenant_context("harbour"):
        assert people() == {"Charlie"}
        with tenant_context("acacia"):
            assert people() == {"Alice", "Bob"}
        assert people() == {"Charlie"}
    assert people() == {"Alice", "Bob"}


def test_an_error_inside_a_tenant_leaves_the_context(acacia: Tenant) -> None:
    with pytest.raises(ValueError), tenant_context("harbour"):
        raise ValueError
    assert current().slug == "acacia"


def test_a_rolled_back_switch_is_made_again(acacia: Tenant, harbour: Tenant) -> None:
    people()
    with suppress(ZeroDivisionError), transaction.atomic():
        tenant_connection().set_tenant(harbour)
        assert people() == {"Charlie"}
        raise ZeroDivisionError
    assert entered() == ("acacia", acacia.owner)  # the server took it back
    assert people() == {"Charlie"}


def test_a_commit_that_the_server_turned_into_a_rollback_is_noticed(acacia: Tenant, harbour: Tenant) -> None:
    people()
    with transaction.atomic():
        tenant_connection().set_tenant(harbour)
        assert people() == {"Charlie"}
        with suppress(DatabaseError):
            fail()  # swallowed: COMMIT rolls back, and no error says so
    assert entered() == ("acacia", acacia.owner)
    assert people() == {"Charlie"}


def test_a_switch_inside_a_rolled_back_savepoint_is_made_again(acacia: Tenant, harbour: Tenant) -> None:
    with transaction.atomic():
        people()
        with suppress(ZeroDivisionError), transaction.atomic():
            tenant_connection().set_tenant(harbour)
            assert people() == {"Charlie"}
            raise ZeroDivisionError
        assert people() == {"Charlie"}


def test_a_swallowed_error_in_another_tenants_savepoint_does_not_doom_the_outer_transaction(acacia: Tenant) -> None:
    with transaction.atomic():
        User.objects.filter(name="Alice").update(is_staff=False)
        with pytest.raises(DatabaseError), transaction.atomic():
            with tenant_context("harbour"):
                people()
                with suppress(DatabaseError):
                    fail()
            people()  # back in acacia, in a transaction that is aborted
        assert people() == {"Alice", "Bob"}
    assert not User.objects.get(name="Alice").is_staff
    User.objects.filter(name="Alice").update(is_staff=True)


def test_entering_in_an_aborted_transaction_is_an_error_of_the_database(acacia: Tenant, harbour: Tenant) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        with suppress(DatabaseError):
            fail()
        tenant_connection().set_tenant(harbour)
        people()
    tenant_connection().set_tenant(acacia)
    assert people() == {"Alice", "Bob"}


def test_a_tenant_whose_role_is_gone_cannot_be_entered(acacia: Tenant) -> None:
    acacia.owner = tenant_role(acacia.pk)[:-4] + "gone"
    tenant_connection().set_tenant(acacia)
    with pytest.raises(DatabaseError, match="does not exist"):
        people()


def test_a_server_side_cursor_reads_its_own_tenant(acacia: Tenant) -> None:
    with transaction.atomic():
        assert {person.name for person in User.objects.iterator(chunk_size=1)} >= {"Alice", "Bob"}
    with tenant_context("harbour"):
        assert "Alice" not in {person.name for person in User.objects.iterator(chunk_size=1)}


def test_operators_see_the_public_schema_with_their_role() -> None:
    with public_context(PublicAs(operator_role())):
        assert people() == {"Olga"}
        assert entered() == ("public", operator_role())
