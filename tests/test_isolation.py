"""The ways in which one tenant's rows reach another, each tried as the app's restricted login.

Both sides of the boundary: what the database refuses, and what code that can issue SET ROLE could do. What is
kept outside of the tables (10) is in test_shared_state.py.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, ProgrammingError, connection, connections, models, transaction
from django.test import override_settings
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from accounts.models import User
from audit.services import Actor
from crm.selectors import contact_list, contact_view
from crm.services import contact_create
from dispatch import registry
from dispatch.connection import tenant_connection
from dispatch.services import work_add
from dispatch.tasks import work
from tenants.checks import login_faults, tenant_settings
from tenants.models import Tenant
from tenants.selectors import current, tenant_context

ACTOR = Actor.system("tests")


def refused(statement: str, *given: Any) -> None:
    """The database itself refuses the statement; an outer transaction goes on."""
    with pytest.raises(ProgrammingError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)
    assert isinstance(caught.value.__cause__, InsufficientPrivilege)


def names() -> list[str]:
    return [contact.name for contact in contact_list().items]


@pytest.fixture
def two_contacts(committed: None) -> None:
    """Georgia is acacia's, Harold is harbour's."""
    with tenant_context("acacia"):
        contact_create(actor=ACTOR, name="Georgia")
    with tenant_context("harbour"):
        contact_create(actor=ACTOR, name="Harold")


@pytest.fixture
def calls() -> Iterator[list[tuple[str, str]]]:
    """A handler `isolation.tell` that notes in which schema it ran, and with what subject."""
    made: list[tuple[str, str]] = []
    registry.handler("isolation.tell")(lambda subject, lease: made.append((current().schema, subject)))
    yield made
    del registry._handlers["isolation.tell"]


# --- whose login this is -----------------------------------------------------------------------


def test_these_tests_run_as_the_restricted_login(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_user, current_user, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolbypassrls,"
            " EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = session_user"
        )
        login, role, *more = cursor.fetchone()
    assert login == role == settings.APP_ROLE
    assert more == [False] * 6
    assert login_faults() == []


# --- 1, 2: behind a pooler ---------------------------------------------------------------------


def test_a_new_connection_is_entered_again(two_contacts: None) -> None:
    with tenant_context("acacia"):
        assert names() == ["Georgia"]
        connection.close()
        assert names() == ["Georgia"]


def test_a_connection_that_the_server_ended_is_entered_again(two_contacts: None, app_url: str) -> None:
    with tenant_context("harbour"):
        assert names() == ["Harold"]
        with psycopg.connect(app_url) as other:
            # With a time-out it waits until the process is gone.
            other.execute("SELECT pg_terminate_backend(%s, 10000)", [connection.connection.info.backend_pid])
        with pytest.raises(DatabaseError):
            names()
        connection.close_if_unusable_or_obsolete()
        assert names() == ["Harold"]


def test_a_connection_that_was_never_entered_reads_nothing(app_url: str, two_contacts: None) -> None:
    with psycopg.connect(app_url) as fresh, pytest.raises(psycopg.errors.UndefinedTable):
        fresh.execute("SELECT * FROM crm_contact")


@override_settings(TENANT_LIMIT_SET_CALLS=True)
def test_the_setting_that_leaks_behind_a_pooler_is_refused() -> None:
    assert [fault.id for fault in tenant_settings()] == ["tenants.E003"]


# --- 3: after the commit -----------------------------------------------------------------------


def test_work_belongs_to_the_tenant_that_added_it_not_to_the_one_at_commit(
    committed: None, calls: list[tuple[str, str]], work: Callable[[], None]
) -> None:
    at_commit = []
    with transaction.atomic():
        with tenant_context("acacia"):
            work_add(handler="isolation.tell", subject="one")
            transaction.on_commit(lambda: at_commit.append(tenant_connection().schema_name))
        tenant_connection().set_tenant(Tenant.objects.get(slug="harbour"))
    tenant_connection().set_schema_to_public()
    assert at_commit == ["harbour"]  # the trap: nothing that runs then may depend on the tenant
    work()
    assert calls == [("acacia", "one")]


# --- 4, 5: objects that travel -----------------------------------------------------------------


def test_a_lazy_query_evaluated_elsewhere_never_shows_the_rows_of_where_it_was_made(two_contacts: None) -> None:
    with tenant_context("acacia"):
        people = User.objects.filter(email__in=["alice@example.com", "charlie@example.com"])
        read = contact_list()
    with tenant_context("harbour"):
        assert [person.name for person in people.all()] == ["Charlie"]
    with pytest.raises(ProgrammingError):
        list(people.all())
    assert [contact.name for contact in read.items] == ["Georgia"]  # what selectors return is read already


def test_an_object_saved_in_another_tenant_overwrites_nothing(committed: None) -> None:
    with tenant_context("acacia"):
        alice = User.objects.get(email="alice@example.com")
    with tenant_context("harbour"):
        before = list(User.objects.order_by("id").values())
        alice.email = "charlie@example.com"
        with pytest.raises(DatabaseError), transaction.atomic():
            alice.save(update_fields=["email"])
        assert list(User.objects.order_by("id").values()) == before


def test_no_table_of_ours_has_keys_that_two_tenants_share() -> None:
    ours = [app for app in apps.get_app_configs() if app.name in settings.TENANT_APPS]
    shared = [
        model._meta.label
        for app in ours
        if not app.name.startswith(("django.", "allauth.", "guardian"))
        for model in app.get_models()
        if isinstance(model._meta.pk, models.AutoField)
    ]
    assert shared == []


# --- 6: threads --------------------------------------------------------------------------------


def test_a_new_thread_is_in_no_tenant(two_contacts: None) -> None:
    seen: list[Any] = []

    def look() -> None:
        seen.append(tenant_connection().schema_name)
        try:
            names()
        except ProgrammingError as error:
            seen.append(type(error.__cause__).__name__)
        connections.close_all()

    with tenant_context("acacia"):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert names() == ["Georgia"]
    assert seen == ["public", "UndefinedTable"]


def test_two_threads_that_switch_all_the_time_never_see_the_others_rows(
    two_contacts: None, at_once: Callable[..., list[Any]]
) -> None:
    def switch(first: str, second: str) -> Callable[[], list[list[str]]]:
        def run() -> list[list[str]]:
            seen = []
            for turn in range(200):
                with tenant_context((first, second)[turn % 2]):
                    seen.append(names())
            return seen

        return run

    georgia, harold = [["Georgia"], ["Harold"]], [["Harold"], ["Georgia"]]
    assert at_once(switch("acacia", "harbour"), switch("harbour", "acacia")) == [georgia * 100, harold * 100]


# --- 7, 8: search path and raw SQL -------------------------------------------------------------


def test_a_table_missing_in_the_tenant_does_not_fall_through_to_public(
    committed: None, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("ALTER TABLE acacia.accounts_user RENAME TO elsewhere")
    try:
        with tenant_context("acacia"):
            refused("SELECT * FROM accounts_user")
    finally:
        owner.execute("ALTER TABLE acacia.elsewhere RENAME TO accounts_user")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM acacia.crm_contact",
        "SELECT count(*) FROM acacia.audit_entry",
        "INSERT INTO acacia.crm_contact SELECT * FROM crm_contact",
        "UPDATE acacia.accounts_user SET is_superuser = true",
        "DELETE FROM acacia.crm_contact",
        "TRUNCATE acacia.crm_contact",
        "TRUNCATE crm_contact",
        "CREATE TABLE acacia.theirs (id int)",
        "CREATE TABLE ours (id int)",
        "CREATE TEMPORARY TABLE accounts_user (id int)",
        "ALTER TABLE crm_contact ADD COLUMN more text",
        "DROP TABLE crm_contact",
        "CREATE SCHEMA theirs",
        "SELECT * FROM public.accounts_user",
        "SELECT * FROM public.audit_entry",
        "SELECT * FROM public.tenants_tenantrequest",
        "UPDATE public.tenants_tenant SET status = 'suspended'",
        "SELECT * FROM pg_authid",
    ],
)
def test_a_statement_that_reaches_out_of_harbour_is_refused_by_the_database(db: None, statement: str) -> None:
    with tenant_context("harbour"):
        refused(statement)


@pytest.mark.parametrize(
    "table", ["acacia.crm_contact", "harbour.crm_contact", "public.accounts_user", "public.audit_entry"]
)
def test_without_a_tenant_the_login_reads_no_tenants_table(db: None, table: str) -> None:
    refused(f"SELECT * FROM {table}")


def test_a_schema_entered_without_its_tenant_is_an_error(db: None) -> None:
    connection.set_schema("acacia")  # type: ignore[attr-defined]
    with pytest.raises(ImproperlyConfigured, match="without its tenant"):
        names()
    tenant_connection().set_schema_to_public()


def test_code_that_can_set_a_role_is_inside_the_trust_boundary(two_contacts: None) -> None:
    """What roles do not stop: docs/security.md says so."""
    with tenant_context("acacia"):
        role = Tenant.objects.get().owner
    with tenant_context("harbour"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
        cursor.execute("SELECT name FROM acacia.crm_contact")
        assert cursor.fetchall() == [("Georgia",)]


# --- 9: messages -------------------------------------------------------------------------------


def test_a_forged_message_only_wakes_what_is_due(committed: None, calls: list[tuple[str, str]]) -> None:
    with tenant_context("acacia"):
        work_add(handler="isolation.tell", subject="one")
    forged = {"_schema_name": "harbour", "tenant": "harbour"}
    work_task(args=["runs"], headers=forged)
    assert calls == [("acacia", "one")]
    work_task(args=["runs"], headers=forged)
    assert len(calls) == 1


@pytest.mark.parametrize("args", [[], ["runs", "harbour"], [{"tenant": "harbour"}]])
def test_a_message_that_carries_more_or_less_does_nothing(
    committed: None, calls: list[tuple[str, str]], args: list[Any]
) -> None:
    with tenant_context("acacia"):
        work_add(handler="isolation.tell", subject="one")
    with pytest.raises((TypeError, DatabaseError)):
        work_task(args=args, headers={})
    assert calls == []


def work_task(*, args: list[Any], headers: dict[str, Any]) -> None:
    """Run the Celery task with a message of these contents, as a worker does."""
    work.apply(args=tuple(args), headers=headers, throw=True)


# --- 11: savepoints ----------------------------------------------------------------------------


def test_an_error_in_a_savepoint_leaves_the_outer_transaction_alive(committed: None) -> None:
    with tenant_context("acacia"), transaction.atomic():
        first = contact_create(actor=ACTOR, name="Georgia")
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        contact_create(actor=ACTOR, name="Theo")
    with tenant_context("acacia"):
        assert sorted(names()) == ["Georgia", "Theo"]
        assert contact_view(first.id) is not None


def test_an_error_after_a_switch_inside_a_savepoint_leaves_the_outer_transaction_in_its_tenant(
    two_contacts: None,
) -> None:
    with tenant_context("acacia"), transaction.atomic():
        with pytest.raises(DatabaseError), transaction.atomic(), tenant_context("harbour"):
            assert names() == ["Harold"]
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        assert names() == ["Georgia"]
        contact_create(actor=ACTOR, name="Theo")
    with tenant_context("harbour"):
        assert names() == ["Harold"]


def test_a_session_that_idles_in_a_transaction_is_ended_on_any_server_and_by_what_its_owner_says(
    committed: None,
) -> None:
    """It would hold back the sealing of all ledgers. Not only the embedded server has a limit."""

    def limit() -> str:
        connection.close()
        with tenant_context("acacia"), connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            return str(cursor.fetchone()[0])

    options = connection.settings_dict["OPTIONS"]
    try:
        for told, comes_to in (("0", "1min"), ("3s", "3s"), ("10min", "10min")):
            server = {"options": f"-c idle_in_transaction_session_timeout={told}"}
            connection.settings_dict["OPTIONS"] = {**options, **server}
            assert limit() == comes_to
    finally:
        connection.settings_dict["OPTIONS"] = options
        connection.close()
