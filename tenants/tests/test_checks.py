"""A login whose rights would make the isolation of tenants a fiction is not served with."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from psycopg import sql

from tenants.checks import UNFIT_TO_SERVE, exit_unless_restricted, login_faults, login_is_restricted, tls_in_front

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def wrong_login(owner: psycopg.Connection[Any], log_in: Callable[[str], None]) -> Iterator[Callable[..., None]]:
    """Serve with a login that the given statements set up; `{between}` is a role between it and others."""
    name = f"{owner.info.dbname}_login"  # roles are cluster-wide, and other databases are tested beside this one
    login, between, me = (sql.Identifier(each) for each in (name, f"{name}_between", owner.info.user))
    database = sql.Identifier(owner.info.dbname)
    for statement in (
        "CREATE ROLE {login} LOGIN PASSWORD 'secret'",
        "CREATE ROLE {between} NOLOGIN",
        "GRANT {between}, {login} TO {me} WITH INHERIT TRUE, SET TRUE",
        "GRANT CONNECT ON DATABASE {database} TO {login}",
    ):
        owner.execute(sql.SQL(statement).format(login=login, between=between, me=me, database=database))

    def serve(*statements: str, **names: str) -> None:
        for statement in statements:
            known = {name: sql.Identifier(value) for name, value in names.items()}
            owner.execute(sql.SQL(statement).format(login=login, between=between, **known))
        log_in(f"postgresql://{name}:secret@{owner.info.host}:{owner.info.port}/{owner.info.dbname}")

    yield serve
    connections.close_all()
    owner.execute(sql.SQL("DROP OWNED BY {}, {}").format(login, between))
    owner.execute(sql.SQL("DROP ROLE {}, {}").format(login, between))


def test_the_apps_own_login_may_serve(db: None) -> None:
    assert login_faults() == []
    assert login_is_restricted(databases=["default"]) == []


def test_a_member_of_a_role_that_owns_tables_may_not_serve(wrong_login: Callable[..., None]) -> None:
    wrong_login(
        "CREATE TABLE test_table (id int)",
        "GRANT CREATE ON SCHEMA public TO {between}",
        "ALTER TABLE test_table OWNER TO {between}",
        "GRANT {between} TO {login} WITH INHERIT FALSE, SET TRUE",
    )
    [fault] = login_faults()
    assert "owns tables" in fault


def test_who_inherits_a_tenants_role_by_way_of_another_may_not_serve(
    wrong_login: Callable[..., None], owner: psycopg.Connection[Any]
) -> None:
    found = owner.execute("SELECT owner FROM tenants_tenant WHERE slug = 'acacia'").fetchone()
    assert found is not None
    wrong_login(
        "GRANT {tenant} TO {between} WITH INHERIT TRUE",
        "GRANT {between} TO {login} WITH INHERIT TRUE",
        tenant=found[0],
    )
    [fault] = login_faults()
    assert "inherits a tenant's role" in fault


def test_serving_as_the_owner_is_refused_by_the_system_check(owner_url: str) -> None:
    found = subprocess.run(
        [sys.executable, "manage.py", "check", "--database", "default"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": owner_url, "PYTHONPATH": str(ROOT / "platform")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert "tenants.E004" in found.stderr
    assert "owns tables" in found.stderr
    assert owner_url not in found.stdout + found.stderr


def test_the_web_process_does_not_start_as_the_owner(owner_url: str) -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": owner_url, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == UNFIT_TO_SERVE
    assert found.stderr.startswith("countersign: refuses to serve. The login ")
    assert found.stderr.count("\n") == 1


def test_a_process_that_may_serve_is_let_through_and_hands_no_connection_on(committed: None) -> None:
    exit_unless_restricted()
    assert connection.connection is None


def test_readiness_names_a_login_that_must_not_serve(as_owner: None) -> None:
    answered = Client(headers={"host": "localhost"}).get("/readyz")
    assert answered.status_code == 503
    assert "owns tables" in json.loads(answered.content)["database"]["detail"]
    assert str(settings.DATABASES["default"]["PASSWORD"]) not in answered.text


@pytest.mark.parametrize(
    ("domain", "behind_tls", "warned"),
    [
        ("localhost", False, False),
        ("cs.localhost", False, False),
        ("example.com", False, True),
        ("example.com", True, False),
    ],
)
def test_a_domain_that_others_reach_without_tls_is_warned_of(
    settings: Any, domain: str, behind_tls: bool, warned: bool
) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"base_domain": domain})
    settings.BEHIND_TLS = behind_tls
    assert [found.id for found in tls_in_front()] == (["tenants.W001"] if warned else [])
