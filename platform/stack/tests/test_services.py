"""`python -m stack.services`: real services for one command."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from stack import leftovers
from stack.tests.conftest import PATIENCE, awaited, mentioning

TELL = '''
import json, os, sys, psycopg, redis
names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DATA_DIR", "SECRET_KEY", "MASTER_KEY",
         "AUDIT_SIGNING_KEY_FILE", "COUNTERSIGN_STACK")
told = {name: os.environ[name] for name in names}
told["key"] = open(told["AUDIT_SIGNING_KEY_FILE"]).read()
told["pong"] = redis.Redis.from_url(told["REDIS_URL"].replace("redis+socket", "unix")).ping()
def ask(url, question):
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(question)
            return cursor.fetchone() if cursor.description else "done"
    except psycopg.Error as error:
        return type(error).__name__
rights = """SELECT rolsuper, rolcreaterole, rolinherit, rolcreatedb, rolbypassrls
    FROM pg_roles WHERE rolname = current_user"""
app, owner = told["DATABASE_URL"], told["DATABASE_OWNER_URL"]
told["app"] = [ask(app, q) for q in (rights, "CREATE TABLE t (a int)", "CREATE TEMP TABLE t (a int)",
    "SHOW idle_in_transaction_session_timeout")]
told["owner"] = [ask(owner, q) for q in (rights, "CREATE TABLE t (a int)", "CREATE DATABASE another")]
told["stranger"] = ask(app.replace(app.split(":")[2].split("@")[0], "wrong"), "SELECT 1")
print(json.dumps(told))
sys.exit(7)
'''


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stack.services", *command],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What a command that ran with services saw, and its exit code."""
    ran = run("--", sys.executable, "-c", TELL)
    return {**json.loads(ran.stdout), "exit code": ran.returncode}


def test_the_exit_code_of_the_command_is_passed_on(told):
    assert told["exit code"] == 7


def test_the_command_reaches_both_services(told):
    assert told["pong"] is True
    assert told["REDIS_URL"].startswith("redis+socket:///")
    assert len(told["REDIS_URL"]) < 100
    assert told["key"].startswith("-----BEGIN PRIVATE KEY-----")


def test_the_application_may_neither_make_tables_nor_leave_transactions_open(told):
    superuser, createrole, inherit, createdb, bypass = told["app"][0]
    assert not any((superuser, createrole, inherit, createdb, bypass))
    assert told["app"][1:] == ["InsufficientPrivilege", "InsufficientPrivilege", ["1min"]]


def test_the_owner_makes_roles_tables_and_databases_and_is_no_superuser(told):
    superuser, createrole, inherit, createdb, bypass = told["owner"][0]
    assert (superuser, createrole, inherit, createdb, bypass) == (False, True, True, True, False)
    assert told["owner"][1:] == ["done", "done"]


def test_settings_and_durability_are_as_asked():
    asked = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).execute(\"SELECT current_setting("
    asked += "'fsync'), current_setting('synchronous_commit'), current_setting('work_mem')\").fetchone())"
    ran = run("--durable", "-c", "work_mem=5MB", "--", sys.executable, "-c", asked)
    assert ran.stdout == "('on', 'on', '5MB')\n"


def test_a_wrong_password_is_refused(told):
    assert told["stranger"] == "OperationalError"


def test_nothing_is_left_afterwards(told):
    assert not leftovers.marked(told["COUNTERSIGN_STACK"])
    assert not Path(told["DATA_DIR"]).parent.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(told["DATABASE_URL"])


def test_nothing_is_left_when_it_is_killed():
    script = 'sleep 1000 & setsid sleep 1000 & echo "$COUNTERSIGN_STACK $DATA_DIR"; sleep 1000'
    services = subprocess.Popen(
        [sys.executable, "-m", "stack.services", "--", "bash", "-c", script],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert services.stdout is not None
    mark, data = services.stdout.readline().split()
    awaited(lambda: len(leftovers.marked(mark)) == 5)  # postgres, valkey and three that sleep
    os.kill(services.pid, signal.SIGKILL)
    services.communicate()
    awaited(lambda: not leftovers.marked(mark) and not mentioning(mark))
    assert not leftovers.at_home(Path(data).parent / "postgres")
    assert not Path(data).parent.exists()


def test_a_command_that_does_not_exist_is_one_line():
    ran = run("--", "/no/such/command")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert len(ran.stderr.splitlines()) == 1


def test_a_wrong_command_line_is_refused_without_starting_anything():
    assert run("pytest").returncode == 2
