"""The supervisor with real services and tiny programs: whatever happens, nothing is left running."""

import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import psycopg
import pytest

from stack import leftovers
from stack.tests.conftest import PATIENCE, SmallStack, awaited, mentioning
from stack.tests.small_stack import WEB

WEB_PROGRAM = {"name": "web", "command": [sys.executable, "-I", "-S", "-c", WEB]}


def shell(name: str, script: str, **more: object) -> dict[str, object]:
    return {"name": name, "command": ["bash", "-c", script], **more}


def pid_of(state: dict[str, Any], name: str) -> Any:
    """The process id, or None while it does not run."""
    return next(process["pid"] for process in state["processes"] if process["name"] == name)


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_finds_its_data(small_stack: SmallStack):
    first = small_stack.up()
    with psycopg.connect(first["database_owner_url"]) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert len(small_stack.left()) > 8
    os.kill(first["pid"], signal.SIGKILL)
    small_stack.output()
    # What a reboot leaves: a pid file whose number now belongs to some other process.
    awaited(lambda: not small_stack.left())
    (small_stack.layout.postgres / "postmaster.pid").write_text(f"{os.getpid()}\n{small_stack.layout.postgres}\n")

    second = small_stack.up()
    assert second["database_url"] == first["database_url"]
    with psycopg.connect(second["database_owner_url"]) as owner:
        assert owner.execute("SELECT answer FROM kept").fetchone() == (42,)
    os.kill(second["pid"], signal.SIGTERM)
    assert "stopped" in small_stack.output()
    assert not small_stack.left()
    assert not small_stack.layout.state.exists()


def test_a_supervisor_killed_together_with_its_sentinel_is_cleaned_up_by_the_next_start(
    small_stack: SmallStack,
):
    first = small_stack.up()
    (sentinel,) = mentioning(first["mark"])
    os.kill(sentinel, signal.SIGSTOP)  # so that it cannot act between the two
    os.kill(first["pid"], signal.SIGKILL)
    os.kill(sentinel, signal.SIGKILL)
    small_stack.output()
    orphans = small_stack.left()
    assert orphans
    small_stack.up()
    assert not {pid for pid in orphans if leftovers.alive(pid)}
    assert not Path(first["runtime"]).exists()


def test_ctrl_c_stops_everything_even_what_does_not_listen(small_stack: SmallStack):
    small_stack.on_given_services()
    small_stack.up()
    assert small_stack.supervisor is not None
    small_stack.supervisor.send_signal(signal.SIGINT)
    assert "SIGINT: stopping" in small_stack.output()
    assert small_stack.supervisor.returncode == 0
    assert not small_stack.left()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_started_by_make_it_stops_when_make_is_told_to(small_stack: SmallStack, tmp_path: Path, number):
    small_stack.on_given_services()
    small_stack.programs(served=[WEB_PROGRAM])
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@exec {sys.executable} -m stack.tests.small_stack up --with-parent\n")
    make = subprocess.Popen(["make", "-f", makefile, "run"], env=small_stack.environment)
    small_stack.until(lambda found: found["phase"] == "ready")
    make.send_signal(number)
    make.wait(timeout=PATIENCE)
    awaited(lambda: not small_stack.left() and not small_stack.layout.state.exists())


def test_a_killed_sentinel_is_replaced_and_the_new_one_knows_everything(small_stack: SmallStack):
    small_stack.on_given_services()
    state = small_stack.up()
    (first,) = mentioning(state["mark"])
    os.kill(first, signal.SIGKILL)
    awaited(lambda: mentioning(state["mark"]) - {first})
    os.kill(state["pid"], signal.SIGKILL)
    awaited(lambda: not small_stack.left())


def test_a_program_that_crashes_is_started_again(small_stack: SmallStack):
    small_stack.on_given_services()
    before = pid_of(small_stack.up(), "worker")
    os.kill(before, signal.SIGKILL)
    after = small_stack.until(lambda found: pid_of(found, "worker") not in (None, before))
    assert pid_of(after, "web")
    os.kill(after["pid"], signal.SIGTERM)
    assert "worker ended with signal SIGKILL; starting it again" in small_stack.output()


def test_an_embedded_service_that_crashes_is_started_again(small_stack: SmallStack):
    small_stack.programs(served=[WEB_PROGRAM])
    state = small_stack.up()
    os.kill(pid_of(state, "postgres"), signal.SIGKILL)

    def works():
        try:
            with psycopg.connect(state["database_url"]) as app:
                return app.execute("SELECT 1").fetchone()
        except psycopg.OperationalError:
            return None

    small_stack.until(lambda found: pid_of(found, "postgres") not in (None, pid_of(state, "postgres")))
    assert awaited(works) == (1,)


def test_a_program_that_crashes_again_and_again_stops_the_stack(small_stack: SmallStack):
    small_stack.on_given_services()
    small_stack.programs(served=[WEB_PROGRAM, shell("worker", "echo no broker; exit 3")])
    small_stack.start()
    printed = small_stack.output()
    assert small_stack.supervisor is not None
    assert small_stack.supervisor.returncode == 1
    assert "worker     | no broker" in printed
    assert "stack: worker ended 5 times within 60 seconds, the last time with exit code 3" in printed
    assert not small_stack.left()


def test_programs_run_in_their_order_and_only_an_owner_is_given_the_owners_login(small_stack: SmallStack):
    small_stack.on_given_services()
    told = 'echo "${DATABASE_OWNER_URL:-none}"'
    small_stack.programs(
        before=[shell("migrate", told, owner=True)],
        served=[WEB_PROGRAM, shell("worker", f"{told}; sleep 1000")],
        seeding=[shell("seed", "echo alice may sign in")],
        shown=[shell("demo", "echo shown")],
    )
    state = small_stack.up()
    assert small_stack.supervisor is not None
    assert small_stack.supervisor.stdout is not None
    lines = iter(small_stack.supervisor.stdout.readline, "")
    seen = []
    for line in lines:
        seen.append(line.strip())
        if line.startswith("demo"):
            break
    assert f"migrate    | {state['database_owner_url']}" in seen
    assert "worker     | none" in seen
    assert "ready at" in seen[-3]
    assert seen[-2:] == ["seed       | alice may sign in", "demo       | shown"]


def test_without_the_demo_nothing_is_seeded_nor_shown(small_stack: SmallStack):
    small_stack.on_given_services()
    small_stack.programs(seeding=[shell("seed", "exit 9")], shown=[shell("demo", "echo shown")])
    assert "seed failed with exit code 9" in small_stack.command("up").stderr
    small_stack.start("--no-demo")
    small_stack.until(lambda found: found["phase"] == "ready")
    assert small_stack.supervisor is not None
    small_stack.supervisor.send_signal(signal.SIGTERM)
    told = small_stack.output()
    assert "ready at" in told
    assert "shown" not in told


def test_a_failed_migration_stops_the_stack_and_says_why(small_stack: SmallStack):
    small_stack.on_given_services()
    small_stack.programs(before=[shell("migrate", "echo the disk is full; exit 9")])
    ran = small_stack.command("up")
    assert ran.returncode == 1
    assert ran.stderr == "stack: migrate failed with exit code 9: the disk is full\n"


def test_a_stack_that_does_not_get_ready_says_what_is_missing(small_stack: SmallStack):
    small_stack.on_given_services()
    small_stack.environment["MISSING"] = '{"ready": false, "workers": {"ok": false, "detail": "0 alive"}}'
    small_stack.environment["READY_SECONDS"] = "3"
    ran = small_stack.command("up")
    assert ran.returncode == 1
    assert ran.stderr == "stack: Not ready after 3 seconds: workers (0 alive)\n"


def test_detached_it_returns_when_ready_and_down_stops_it(small_stack: SmallStack):
    small_stack.on_given_services()
    assert small_stack.command("up", "--detach").returncode == 0
    port = small_stack.environment["HTTP_PORT"]
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").status == 200
    state = small_stack.until(lambda found: found["phase"] == "ready")
    assert stat.S_IMODE(small_stack.layout.state.stat().st_mode) == 0o600

    refused = small_stack.command("up")
    assert refused.returncode == 1
    assert refused.stderr == f"stack: A stack already runs on {small_stack.layout.root} (process {state['pid']})\n"

    assert f'"pid": {pid_of(state, "web")}' in small_stack.command("status", "--json").stdout
    assert small_stack.command("down").returncode == 0
    assert not small_stack.left()
    assert small_stack.command("status").returncode == 1


def test_detached_it_tells_why_it_did_not_get_ready(small_stack: SmallStack):
    small_stack.on_given_services()
    small_stack.programs(before=[shell("migrate", "echo the disk is full; exit 9")])
    ran = small_stack.command("up", "--detach")
    assert ran.returncode == 1
    assert "migrate failed with exit code 9" in ran.stderr
    assert "migrate    | the disk is full" in ran.stderr


@pytest.mark.parametrize("name", ["HTTP_PORT", "SMTP_PORT"])
def test_a_port_in_use_is_said_before_anything_is_started(small_stack: SmallStack, name):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a closed connection may linger on it
        other.bind(("127.0.0.1", int(small_stack.environment[name])))
        other.listen()
        ran = small_stack.command("up")
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1
    assert f"{name} {small_stack.environment[name]} is in use" in ran.stderr
    assert not small_stack.layout.postgres.exists()


def test_services_that_are_given_are_looked_at_first(small_stack: SmallStack):
    small_stack.on_given_services()
    small_stack.environment["REDIS_URL"] = "redis://127.0.0.1:1/0"
    ran = small_stack.command("up")
    assert ran.returncode == 1
    assert ran.stderr.startswith("stack: REDIS_URL: ")
