"""What a newcomer, an integrator and an attacker see of a running stack."""

import json
import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from stack import ports
from tests.live.conftest import ROOT, Stack, Tenant, running, send, until

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(400)]


def pending(tenant: Tenant, count: int = 1) -> list[dict[str, Any]]:
    """The proposals that wait, when there are `count` of them."""
    found = tenant.get("approvals?status=pending")["results"]
    return found if len(found) >= count else []


def test_the_demo_prints_the_story_up_to_the_approval(stack: Stack) -> None:
    told = until(lambda: "waits for approval" in stack.log() and stack.log(), "the demo's story")
    assert "mei@acacia.example" in told
    assert "250 OK" in told
    assert f"http://acacia.localhost:{stack.http_port}/approvals/" in told


def test_status_names_every_process(stack: Stack) -> None:
    processes = {process["name"]: process["state"] for process in stack.status()["processes"]}
    for name in ("postgres", "valkey", "web", "runs", "ai", "notify", "scheduler", "provisioner", "smtp"):
        assert processes[name] == "running"


def test_health_answers_on_every_host(stack: Stack) -> None:
    for host in ("localhost", "acacia.localhost", "nobody.localhost"):
        for path in ("healthz", "readyz"):
            answer = httpx2.get(f"http://127.0.0.1:{stack.http_port}/{path}", headers={"Host": host})
            assert answer.status_code == 200, answer.text


def test_an_unknown_host_gets_404(stack: Stack) -> None:
    for host in ("nobody.localhost", "evil.example", "127.0.0.1"):
        assert httpx2.get(f"http://127.0.0.1:{stack.http_port}/", headers={"Host": host}).status_code == 404


def test_a_mail_is_approved_by_api_and_sent_once(stack: Stack) -> None:
    tenant = stack.tenant("birch")
    message_id = send(
        stack, tenant.inbound_address, "Do you have a house with a garden in Newtown? My number is 0491 570 110."
    )
    shown = until(lambda: pending(tenant), "a proposal")[0]
    wrong = tenant.call("POST", f"approvals/{shown['id']}/decide", json={"decision": "approve", "digest": "0" * 64})
    assert (wrong.status_code, wrong.headers["content-type"]) == (409, "application/problem+json")
    body = {"decision": "approve", "digest": shown["digest"]}
    assert tenant.call("POST", f"approvals/{shown['id']}/decide", json=body).status_code == 200
    assert tenant.call("POST", f"approvals/{shown['id']}/decide", json=body).status_code == 409
    run = until(
        lambda: (found := tenant.get(f"runs/{shown['run']}"))["status"] == "succeeded" and found, "the end of the run"
    )
    replies = tenant.get("messages?direction=out")["results"]
    assert [reply["in_reply_to"].strip("<>") for reply in replies] == [message_id.strip("<>")]
    assert [effect["status"] for effect in run["effects"]] == ["done"] * len(run["effects"])
    events = {entry["event"] for entry in tenant.get(f"audit?run={run['id']}")["results"]}
    assert {"approval.approved", "effect.done", "run.succeeded"} <= events


def test_a_worker_killed_in_mid_run_costs_nothing_but_time(stack: Stack) -> None:
    tenant = stack.tenant("cedar")
    victims = {p["name"]: p["pid"] for p in stack.status()["processes"] if p["name"] in ("ai", "runs")}
    with stack.database() as database:
        # The run is claimed and its first step cannot commit: the worker is killed at just that point.
        with database.transaction():
            database.execute("LOCK TABLE cedar.workflows_step IN SHARE MODE")
            send(stack, tenant.inbound_address, "When can I see 14 Wattle Street?")
            until(
                lambda: database.execute(
                    "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'cedar.workflows_step'::regclass"
                ).fetchone(),
                "a worker that waits for its first step",
            )
            for pid in victims.values():
                os.killpg(os.getpgid(pid), signal.SIGKILL)
    shown = until(lambda: pending(tenant), "a proposal in spite of the killed worker", 200)[0]
    tenant.call("POST", f"approvals/{shown['id']}/decide", json={"decision": "approve", "digest": shown["digest"]})
    until(lambda: tenant.get(f"runs/{shown['run']}")["status"] == "succeeded", "the end of the run")
    assert len(tenant.get("messages?direction=out")["results"]) == 1
    assert len(tenant.get("runs")["results"]) == 1


def test_another_tenants_token_opens_nothing(stack: Stack) -> None:
    birch, elm = stack.tenant("birch"), stack.tenant("elm")
    kinds = ("runs", "messages", "approvals", "events", "contacts", "listings", "enquiries", "tasks", "appointments")
    stolen = Tenant("birch", "", elm.token, stack.http_port)
    for kind in kinds:
        assert stolen.call("GET", kind).status_code == 401
        for row in birch.get(kind)["results"]:
            assert elm.call("GET", f"{kind}/{row['id']}").status_code == 404


@pytest.mark.parametrize(
    ("to", "code"), [("nobody@in.localhost", 550), ("someone@elsewhere.example", 550), ("garbage", 550)]
)
def test_a_recipient_of_no_tenant_is_refused(stack: Stack, to: str, code: int) -> None:
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=60) as client:
        client.ehlo()
        client.mail("a@example.com")
        assert client.rcpt(to)[0] in (code, 553, 501)


def test_a_message_of_40_mb_is_refused_and_nothing_is_stored(stack: Stack) -> None:
    tenant = stack.tenant("fir")
    with (
        smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=120) as client,
        pytest.raises(smtplib.SMTPException) as refused,
    ):
        client.sendmail(
            "a@example.com", [tenant.inbound_address], b"Subject: big\r\n\r\n" + b"x" * 78 + b"\r\n" * 20_000_000
        )
    assert "552" in str(refused.value)
    assert tenant.get("messages")["results"] == []


def test_a_suspended_tenant_is_asked_to_wait_and_told_so(stack: Stack) -> None:
    tenant = stack.tenant("gum")
    stack.manage("suspend_tenant", "gum")
    try:
        assert tenant.call("GET", "me").status_code == 403
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(stack, tenant.inbound_address, "hello")
        assert next(iter(refused.value.recipients.values()))[0] == 450
        given = stack.manage("deliver", "--to", tenant.inbound_address, input="Subject: x\n\nhello\n", check=False)
        assert given.returncode == 75
    finally:
        stack.manage("resume_tenant", "gum")
    assert tenant.get("me")["tenant"]["slug"] == "gum"
    assert stack.manage("suspend_tenant", "nobody", check=False).returncode != 0


def test_mail_from_a_pipe_is_taken(stack: Stack) -> None:
    tenant = stack.tenant("hazel")
    stack.manage("deliver", "--to", tenant.inbound_address, input="From: a@example.com\nSubject: Pipe\n\nhello\n")
    assert until(
        lambda: [mail["subject"] for mail in tenant.get("messages")["results"] if mail["subject"]], "the mail, read"
    ) == ["Pipe"]
    assert stack.manage("deliver", "--to", "nobody@in.localhost", input="x: y\n\n", check=False).returncode == 67
    assert stack.manage("deliver", "--to", tenant.inbound_address, input="", check=False).returncode == 65


def test_a_definition_with_unknown_fields_is_refused_with_every_path(stack: Stack) -> None:
    tenant = stack.tenant("birch")
    definition = tenant.get("workflows/property-enquiry/versions/1")["definition"]
    definition["surprise"] = 1
    definition["steps"][0]["colour"] = "red"
    answer = tenant.call("POST", "workflows/property-enquiry/versions", json={"definition": definition})
    assert answer.status_code == 422
    assert {fault["path"] for fault in answer.json()["errors"]} == {"surprise", "steps[0].colour"}


def test_a_malformed_setting_stops_the_start_with_one_line(stack: Stack) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**stack.env, "SMTP_PORT": "smtp"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert done.stderr.strip().splitlines() == ["countersign: SMTP_PORT must be a whole number, not 'smtp'"]


def test_a_port_in_use_is_said_in_one_line(stack: Stack, tmp_path: Path) -> None:
    env = {**stack.env, "DATA_DIR": str(tmp_path / "data"), "SMTP_PORT": str(ports.free())}
    done = subprocess.run(
        [sys.executable, "manage.py", "stack", "up"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert str(stack.http_port) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_serving_as_superuser_or_owner_is_refused(stack: Stack) -> None:
    owner = stack.addresses["database_owner_url"]
    done = stack_check({**stack.env, "DATABASE_URL": owner, "DATABASE_OWNER_URL": owner})
    assert done.returncode != 0
    assert "tenants.E004" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("-m", "gunicorn", "config.wsgi:application", "--bind", "127.0.0.1:0", "--no-control-socket"),
        ("-m", "celery", "--app", "config.celery", "worker", "--pool", "solo"),
        ("manage.py", "smtp", "--port", "0"),
        ("manage.py", "scheduler"),
    ],
)
def test_no_process_serves_with_the_owners_login(stack: Stack, words: tuple[str, ...]) -> None:
    own = stack.addresses
    env = {**stack.env, "DATABASE_URL": own["database_owner_url"], "REDIS_URL": own["redis_url"]}
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "owns tables" in done.stderr


def stack_check(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """`manage.py check --database default` with an environment."""
    words = [sys.executable, "manage.py", "check", "--database", "default"]
    return subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A second stack: on a domain of its own, without TLS, with the vendor's API instead of the offline provider."""
    port = ports.free()
    vendor = subprocess.Popen([sys.executable, "-m", "tests.vendor", "--port", str(port)], cwd=ROOT)
    env = {
        "AI_PROVIDER": "anthropic",
        "ANTHROPIC_API_KEY": "test-key",
        "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}",
        "BASE_DOMAIN": "agency.test",
        "INBOUND_DOMAIN": "in.agency.test",
    }
    try:
        with running(tmp_path_factory.mktemp("elsewhere") / "data", **env) as found:
            yield found
    finally:
        vendor.terminate()
        vendor.wait(10)


def test_the_same_story_with_the_vendors_api(elsewhere: Stack) -> None:
    told = until(lambda: "waits for approval" in elsewhere.log() and elsewhere.log(), "the demo's story")
    assert "AI_PROVIDER" not in told
    with elsewhere.database() as database:
        rows = database.execute("SELECT provider, cost_usd FROM acacia.ai_call").fetchall()
        document = database.execute("SELECT document FROM acacia.approvals_approval").fetchone()
    assert {row[0] for row in rows} == {"anthropic"}
    assert all(row[1] > 0 for row in rows)
    assert document is not None
    assert document[0]["provenance"]["provider"] == "anthropic"
    json.dumps(document[0])


def test_the_portal_answers_plain_http_on_a_domain_of_ones_own(elsewhere: Stack) -> None:
    made = json.loads(
        elsewhere.manage("create_tenant", "oak", "--name", "Oak", "--owner-email", "o@oak.example").stdout
    )
    assert (made["host"], made["inbound_address"].split("@")[1]) == ("oak.agency.test", "in.agency.test")
    url = f"http://127.0.0.1:{elsewhere.http_port}"
    page = httpx2.get(f"{url}/sign-in/", headers={"Host": f"oak.agency.test:{elsewhere.http_port}"})
    assert page.status_code == 200
    headers = {"Host": "oak.agency.test", "Authorization": f"Bearer {made['api_token']}"}
    assert httpx2.get(f"{url}/api/v1/me", headers=headers).json()["tenant"]["slug"] == "oak"
    assert httpx2.get(f"{url}/api/v1/me", headers={**headers, "Host": "oak.localhost"}).status_code == 404


@pytest.mark.timeout(400)
def test_the_proof_holds_on_a_running_stack(stack: Stack) -> None:
    until(lambda: "waits for approval" in stack.log(), "the demo's story")
    told = stack.manage("demo", "--prove", seconds=360).stdout.partition("What must be refused")[2]
    lines = [line.split() for line in told.splitlines()[1:]]
    assert {line[0] for line in lines} == {"held"}, told
    assert len(lines) >= 15, told
    assert "404 at its own address, 401 at acacia's" in told
    assert "409 wrong-digest" in told
    assert "409 stale, 0 replies" in told
    assert "is $530.00 per quarter), reply stopped" in told
    assert "reply stopped; the second email waits with a proposal of its own" in told
    assert "the colleague's number stays; a second start 409 already-started" in told
    assert "marked at “Council rates: $512.40 per quarter.”; API 422 unsupported, page 422" in told
    assert "409 stale; renewed, “Council rates: $512.40 per quarter.” is marked: 422 unsupported" in told
    assert (
        "its draft refused 4 times, local-1's waits instead of claude-sonnet-5-5's; page warns; approved unread" in told
    )
    assert " records 0 changed, 3 new, this customer's; reply to its sender alone" in told
    assert "its draft refused 4 times (Its sources do not say “price”, “guide”, “$1,250,000”.)" in told
    assert "run succeeded, 1 reply" in told
    states = {process["name"]: process["state"] for process in stack.status()["processes"]}
    assert (states["ai"], states["runs"]) == ("running", "running")
