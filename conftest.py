"""The tests' world: one database an xdist worker, made by the owner, used by the app's restricted login.

Two tenants stand for the whole session, acacia and harbour, with a fixed cast: Alice (manager of
acacia), Bob (agent of acacia), Charlie (owner of harbour, who must see nothing of acacia), Olga
(operator).
"""

import gc
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from psycopg import sql

from dispatch.connection import tenant_connection

if TYPE_CHECKING:
    from tests.story import Asked
    from workflows.selectors import RunView

PASSWORD = "a-long-test-password"
# Any number: it tells our advisory lock from others. Roles are cluster-wide, so databases are made one by one.
MAKING_A_DATABASE = 7_301_426
# The broker has the first of Valkey's sixteen databases.
CACHES = 15

# The same examples each time, however slow the machine; `--hypothesis-profile=default` looks for others.
hypothesis.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Give each xdist worker a cache of its own: what one counts or clears is no matter of another's tests."""
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    cache: dict[str, Any] = settings.CACHES["default"]
    cache["LOCATION"] = f"{cache['LOCATION'][:-1]}{1 + int(worker[2:]) % CACHES}"


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One more than there are cores: tests of whole stacks mostly wait for processes of their own."""
    cores = yield
    return min(cores + 1, CACHES)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector out of what is loaded, which stays: a tenth of the whole suite was its walks."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        gc.set_threshold(10_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with those that may take longest, so that no worker is left with one of them at the end."""
    items.sort(key=lambda item: -next((mark.args[0] for mark in item.iter_markers("timeout")), 0))


@dataclass(frozen=True)
class Person:
    """One of the cast."""

    id: UUID
    email: str
    name: str
    token: str
    password: str = PASSWORD


def _login(url: str | None, *, tenant_roles: bool) -> None:
    """Let the default connection use another login from now on; keeps the test database's name."""
    from config.settings import _database

    connection.close()
    wanted = _database(url, tenant_roles=tenant_roles)
    for key in ("USER", "PASSWORD", "HOST", "PORT"):
        connection.settings_dict[key] = wanted[key]
    connection.settings_dict["OPTIONS"] = wanted["OPTIONS"]
    tenant_connection().tenant_roles = tenant_roles


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Make the database, its roles and the two tenants as owner; then become the app."""
    from portal.onboarding import tenant_onboard
    from tenants.database_roles import database_id

    env = settings.COUNTERSIGN
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    # What they do in a minute is more than anybody's; a test of the limits sets its own.
    unlimited = ("api_rate_per_minute", "api_failures_per_minute", "hook_rate_per_minute")
    settings.COUNTERSIGN = env.model_copy(update=dict.fromkeys(unlimited, 10**9))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # slowness is no matter of tests
    with django_db_blocker.unblock():
        _login(env.database_owner_url, tenant_roles=False)
        connections.settings["default"]["TEST"]["MIGRATE"] = True
        name = f"test_countersign{'_' + worker if worker else ''}"
        with psycopg.connect(str(env.database_owner_url), autocommit=True) as owner:
            owner.execute("SELECT pg_advisory_lock(%s)", [MAKING_A_DATABASE])
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            # As the stack makes it: only the app's login comes in, and nobody makes temporary tables.
            owner.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            owner.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                    sql.Identifier(name), sql.Identifier(settings.APP_ROLE)
                )
            )
            connection.close()
            connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
            call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
            for slug, title, zone in (
                ("acacia", "Acacia Realty", "Australia/Sydney"),
                ("harbour", "Harbour Homes", "Europe/London"),
            ):
                with transaction.atomic():
                    tenant_onboard(
                        slug=slug,
                        name=title,
                        timezone=zone,
                        owner_email=f"owner@{slug}.example",
                        owner_password_hash=None,
                        pack="real_estate",
                    )
        _login(env.database_url, tenant_roles=True)
    yield
    with django_db_blocker.unblock():
        roles = f"cs_{database_id()}_"
        connections.close_all()
        with psycopg.connect(str(env.database_owner_url), autocommit=True) as owner:
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            for role in owner.execute(
                "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", [roles]
            ).fetchall():
                owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(*role)))


@pytest.fixture(scope="session", autouse=True)
def _static_files_found_once() -> Iterator[None]:
    """Every test client makes the middleware anew: it looks for the static files once a process all the same."""
    from portal.delivery import StaticFilesMiddleware, version

    found: dict[tuple[object, ...], dict[str, Any]] = {}

    def add_files_from_finders(self: StaticFilesMiddleware) -> None:
        told = (version(), self.static_prefix, self.max_age)
        if told not in found:
            find(self)
            found[told] = self.files
        self.files = found[told]

    find = StaticFilesMiddleware.add_files_from_finders
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StaticFilesMiddleware, "add_files_from_finders", add_files_from_finders)
        yield


@dataclass(frozen=True)
class Cast:
    """The people every test knows."""

    alice: Person
    bob: Person
    charlie: Person
    olga: Person


# What a test that commits leaves behind, and is removed after it; people, tokens and workflows stay.
ACTIVITY = ("mail_", "mfa_", "guardian_", "accounts_invitation", "notify_", "gateway_keptanswer", "gateway_hook", "crm_", "knowledge_", "ai_call", "ai_budget", "ai_reservation", "ai_judgement", "ai_look", "ai_routeversion", "ai_forbiddentopic", "evaluation_", "approvals_", "workflows_event", "workflows_run", "workflows_step",
            "workflows_automation", "tenants_tenantpulse", "tenants_supportaccess", "catalog_switch",
            "workflows_effect", "workflows_erasure", "workflows_undoplan", "workflows_correction", "audit_entry", "audit_leaf", "audit_seal", "audit_kepthead", "tenants_tenantrequest", "django_session", "django_admin_log")  # fmt: skip


def _clean(owner: psycopg.Connection[Any]) -> None:
    rows = owner.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE (schemaname IN ('acacia', 'harbour', 'public')"
        " AND tablename LIKE ANY(%s)) OR tablename LIKE 'dispatch\\_%%'",
        [[f"{prefix}%" for prefix in ACTIVITY]],
    ).fetchall()
    tables = [sql.Identifier(*row) for row in rows]
    used = sql.SQL(" UNION ALL ").join(
        sql.SQL("(SELECT {} WHERE EXISTS (SELECT 1 FROM {}))").format(sql.Literal(number), table)
        for number, table in enumerate(tables)
    )
    tables = [tables[number] for (number,) in owner.execute(used).fetchall()]
    if not tables:
        return
    for table in (t for t in tables if t._obj[1] in ("audit_entry", "audit_leaf", "audit_seal")):
        owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
    owner.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(tables)))
    for table in (t for t in tables if t._obj[1] in ("audit_entry", "audit_leaf", "audit_seal")):
        owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))


@pytest.fixture(scope="session")
def owner_url(django_db_setup: None) -> str:
    """How the database's owner reaches this worker's database; for arranging and for breaking things."""
    return f"{str(settings.COUNTERSIGN.database_owner_url).rsplit('/', 1)[0]}/{settings.DATABASES['default']['NAME']}"


@pytest.fixture(scope="session")
def app_url(django_db_setup: None) -> str:
    """How the app's restricted login reaches this worker's database."""
    return f"{str(settings.COUNTERSIGN.database_url).rsplit('/', 1)[0]}/{settings.DATABASES['default']['NAME']}"


@pytest.fixture(scope="session")
def cast(django_db_setup: None, django_db_blocker: Any) -> Cast:
    """Alice, Bob, Charlie and Olga, each able to sign in; the first three with a token of all scopes."""
    from accounts.models import User
    from accounts.services import person_add
    from audit.services import Actor
    from gateway.scopes import SCOPES
    from gateway.services import token_create
    from tenants.backend.base import PublicAs
    from tenants.database_roles import operator_role
    from tenants.selectors import public_context, tenant_context

    tests = Actor.system("tests")

    def add(name: str, role: str) -> Person:
        email = f"{name.lower()}@example.com"
        person = person_add(email=email, name=name, role=role, password=PASSWORD, actor=tests)
        token = token_create(person=person, name="tests", scopes=SCOPES, actor=tests)
        return Person(person, email, name, token)

    with django_db_blocker.unblock():
        with tenant_context("acacia"):
            alice, bob = add("Alice", "manager"), add("Bob", "agent")
        with tenant_context("harbour"):
            charlie = add("Charlie", "owner")
        with public_context(PublicAs(operator_role())):
            olga = User.objects.create_superuser("olga@example.com", PASSWORD, name="Olga")
    return Cast(alice, bob, charlie, Person(olga.pk, olga.email, olga.name, ""))


@pytest.fixture
def in_acacia(db: None, cast: Cast) -> Iterator[None]:
    """Work inside acacia, in a transaction that is rolled back."""
    from tenants.selectors import tenant_context

    with tenant_context("acacia"):
        yield


@pytest.fixture(scope="session")
def _cleaning(owner_url: str) -> Iterator[psycopg.Connection[Any]]:
    """What cleans up after tests, for all of them: it knows all tables, which a new connection learns in 30 ms."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        yield owner


@pytest.fixture
def committed(cast: Cast, _cleaning: psycopg.Connection[Any], django_db_blocker: Any) -> Iterator[None]:
    """Commit for real, as production does; all activity of all tenants is removed afterwards."""
    with django_db_blocker.unblock():
        tenant_connection().set_schema_to_public()
        yield
        connections.close_all()
        tenant_connection().set_schema_to_public()
        _clean(_cleaning)


@pytest.fixture
def in_committed_acacia(committed: None) -> Iterator[None]:
    """Work inside acacia, committing for real."""
    from tenants.selectors import tenant_context

    with tenant_context("acacia"):
        yield


@pytest.fixture
def as_owner(committed: None, owner_url: str) -> Iterator[None]:
    """Work with the owner's login, as the provisioner does; tenants made meanwhile are removed afterwards."""
    _login(settings.COUNTERSIGN.database_owner_url, tenant_roles=False)
    yield
    connections.close_all()
    _login(settings.COUNTERSIGN.database_url, tenant_roles=True)
    with psycopg.connect(owner_url) as owner:
        made = owner.execute(
            "SELECT id, schema_name, owner FROM tenants_tenant WHERE slug NOT IN ('acacia', 'harbour')"
        ).fetchall()
        for tenant, schema, role in made:
            owner.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
            for table in ("tenants_tenantpulse", "tenants_inboundaddress", "tenants_domain"):
                owner.execute(sql.SQL("DELETE FROM {} WHERE tenant_id = %s").format(sql.Identifier(table)), [tenant])
            owner.execute("DELETE FROM tenants_tenant WHERE id = %s", [tenant])
            owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.fixture
def log_in(committed: None) -> Iterator[Callable[[str], None]]:
    """Have the default connection use another login, as a wrong DATABASE_URL would."""
    yield lambda url: _login(url, tenant_roles=True)
    connections.close_all()
    _login(settings.COUNTERSIGN.database_url, tenant_roles=True)


@pytest.fixture
def enter() -> Callable[[str], AbstractContextManager[None]]:
    """How a tenant is entered, for tests of the floors below it."""
    from tenants.selectors import tenant_context

    return tenant_context


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Run functions at the same time, each in a thread with a connection of its own.

    Gives back what each returned, or the exception that it raised, in their order.
    """

    def run(*acts: Callable[[], Any]) -> list[Any]:
        start = threading.Barrier(len(acts))

        def one(act: Callable[[], Any]) -> Any:
            try:
                start.wait(timeout=30)
                return act()
            except Exception as error:
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(one, acts))

    return run


@pytest.fixture
def owner(owner_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the database's owner."""
    with psycopg.connect(owner_url, autocommit=True) as found:
        yield found


@pytest.fixture
def work() -> Callable[[], None]:
    """Work on everything that is due, in this process, as workers would: until nothing is."""
    from dispatch.worker import run_next
    from tenants.selectors import public_context

    def until_nothing_is_due() -> None:
        with public_context():
            while any(run_next(queue) for queue in ("runs", "ai", "notify")):
                pass

    return until_nothing_is_due


@pytest.fixture
def asked(in_committed_acacia: None, work: Callable[[], None]) -> "Asked":
    """A customer of acacia has written; the run has come to its proposal and waits for a person."""
    from tests.story import mail, receive, samples, waiting

    samples()
    receive(mail())
    work()
    return waiting()


@pytest.fixture
def publish(in_committed_acacia: None, owner: psycopg.Connection[Any]) -> Iterator[Callable[[str], None]]:
    """Puts the definition of a workflow in force in acacia; it is removed after the test, with all runs."""
    from audit.services import Actor
    from workflows.services import version_activate, version_publish

    tests, names = Actor.system("tests"), []

    def put_in_force(text: str) -> None:
        made = version_publish(source=text, actor=tests)
        version_activate(slug=made.workflow, number=made.number, actor=tests)
        names.append(made.workflow)

    yield put_in_force
    owner.execute("TRUNCATE acacia.workflows_run CASCADE")
    for table in ("workflowversion", "workflow"):
        owner.execute(f"ALTER TABLE acacia.workflows_{table} DISABLE TRIGGER USER")
    owner.execute(
        "DELETE FROM acacia.workflows_workflowversion v USING acacia.workflows_workflow w"
        " WHERE w.id = v.workflow_id AND w.slug = ANY(%s)",
        [names],
    )
    owner.execute("DELETE FROM acacia.workflows_workflow WHERE slug = ANY(%s)", [names])
    for table in ("workflowversion", "workflow"):
        owner.execute(f"ALTER TABLE acacia.workflows_{table} ENABLE TRIGGER USER")


@pytest.fixture
def start(publish: Callable[[str], None], work: Callable[[], None]) -> Callable[..., "RunView"]:
    """Publish steps as a workflow of its own, tell of its event, and work until it rests."""
    from audit.services import Actor
    from tests.looking import seen
    from workflows.services import event_receive

    def begin(steps: str, **data: Any) -> "RunView":
        publish(f"name: under-test\non: {{event: test.happened}}\nsteps:\n{steps}")
        received = event_receive(type="test.happened", data=data, actor=Actor.system("tests"))
        work()
        return seen(received.runs[0])

    return begin
