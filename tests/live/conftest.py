"""A stack of its own, started as a newcomer starts it, on free ports and in a folder of its own."""

import json
import os
import shutil
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from stack import ports

ROOT = Path(__file__).resolve().parents[2]
# The tenants of these tests, made by one process: most of a command's time is Python's start.
TENANTS = (
    *("ash", "birch", "cedar", "elm", "fir", "gum", "hazel"),
    *("juniper", "kurrajong", "lilly", "mulga", "nettle", "oleander", "wattle"),
)
MAKE = """
import sys, django
django.setup()
from django.core.management import call_command
for slug in sys.argv[2:]:
    given = {"name": slug.title(), "owner_email": f"owner@{slug}.example", "timezone": "Australia/Sydney"}
    call_command("create_tenant", slug, **given)
"""
PATIENCE = 100.0
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


expect.set_options(timeout=PATIENCE * 1000)


def until(found: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """The first true value of `found`; fails with `what` was waited for when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.1)
    pytest.fail(f"waited {seconds:.0f} s in vain for {what}")


@dataclass
class Tenant:
    """A tenant as `create_tenant` printed it, or one of the demo's with a token."""

    slug: str
    inbound_address: str
    token: str
    port: int
    password: str = ""

    def call(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Call the API as this tenant's owner. (*.localhost need not resolve: the Host header decides.)"""
        headers = {"Host": f"{self.slug}.localhost:{self.port}", "Authorization": f"Bearer {self.token}"}
        headers |= more.pop("headers", {})
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}"
        return httpx2.request(method, url, headers=headers, timeout=60, **more)

    def get(self, path: str) -> Any:
        """What the API answers, as data."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, sent: dict[str, Any]) -> str:
        """Make a record; gives back its id."""
        answer = self.call("POST", path, json=sent)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@dataclass
class Stack:
    """A running stack."""

    env: dict[str, str]
    http_port: int
    smtp_port: int
    tenants: dict[str, Tenant] = field(default_factory=dict)

    def manage(
        self, *words: str, check: bool = True, seconds: float = 120, **more: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command beside it, as a person would in another shell."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=seconds,
            **more,
        )
        if check:
            assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
        return done

    def status(self) -> dict[str, Any]:
        """What it says of itself."""
        return dict(json.loads(self.manage("stack", "status", "--json").stdout))

    def tenant(self, slug: str) -> Tenant:
        """One of TENANTS, with the pack and no samples."""
        if not self.tenants:
            # With the words of the command, by which the settings choose the owner's login.
            words = (sys.executable, "-c", MAKE, "create_tenant", *TENANTS)
            env = {**self.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
            done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, done.stderr
            for made in map(json.loads, done.stdout.splitlines()):
                self.tenants[made["slug"]] = Tenant(
                    made["slug"], made["inbound_address"], made["api_token"], self.http_port, made["owner_password"]
                )
        return self.tenants[slug]

    def log(self) -> str:
        """What it has printed."""
        return (Path(self.env["DATA_DIR"]) / "stack" / "log").read_text()

    @cached_property
    def addresses(self) -> dict[str, Any]:
        """What its status says that stays as it is while it is up: where its services are reached."""
        return {name: value for name, value in self.status().items() if name != "processes"}

    def database(self) -> psycopg.Connection[Any]:
        """A connection as the database's owner."""
        return psycopg.connect(self.addresses["database_owner_url"], autocommit=True)


@contextmanager
def running(folder: Path, *words: str, **env: str) -> Iterator[Stack]:
    """A stack that is up and is taken down at the end."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")}
    http, smtp = ports.free(), ports.free()
    own = {"HTTP_PORT": str(http), "SMTP_PORT": str(smtp), "DATA_DIR": str(folder), "AI_PROVIDER": "local"}
    stack = Stack({**kept, **own, **env}, http, smtp)
    try:
        stack.manage("stack", "up", "--detach", *words, seconds=300)
        yield stack
    finally:
        stack.manage("stack", "down", check=False)


def send(stack: Stack, to: str, text: str, **headers: str) -> str:
    """Hand a mail over by SMTP; returns its Message-ID."""
    message = EmailMessage()
    message["From"] = headers.pop("sender", "Vera Lang <vera@example.net>")
    message["To"] = to
    message["Subject"] = headers.pop("subject", "Question")
    message["Message-ID"] = make_msgid(domain="example.net")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=60) as client:
        client.send_message(message, to_addrs=[to])
    return str(message["Message-ID"])


def sign_in(page: Page, home: str, email: str, password: str) -> None:
    """Sign in to a workspace, and come to its first page."""
    page.goto(home + "sign-in/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, which finds every *.localhost here."""
    if not CHROMIUM:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("no Chromium, and REQUIRE_BROWSER is set")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP *.localhost 127.0.0.1"],
        )
        yield found
        found.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack with its demo, shared by the tests of this folder; its webhooks may go to this machine."""
    with running(tmp_path_factory.mktemp("stack") / "data", WEBHOOKS_ALLOW_LOOPBACK="true") as found:
        yield found
