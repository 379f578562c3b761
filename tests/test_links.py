"""Emailed links decide nothing: whoever follows them, submits their forms or runs their scripts changes no row.

Mail scanners fetch every link of an email, with GET and HEAD; some open it in a browser, and some submit what forms
they find. None of them has a session.
"""

import email
import email.policy
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import psycopg
import pytest
import requests
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import sync_playwright
from psycopg import sql

from accounts.services import person_add
from approvals.services import approval_answer, approval_ask, approval_delegate
from audit.services import Actor
from conftest import Cast
from notify.looking import left
from portal.invitations import password_link, person_invite
from tenants.selectors import tenant_context
from tests.live.conftest import CHROMIUM
from tests.sink import sink
from tests.story import due_now, mail, person, receive, samples, waiting

Owner = psycopg.Connection[Any]
# A visit may leave these: who signs in nowhere has a session all the same, where the page keeps a secret in it.
SESSIONS = "django_session"
PURPOSES = {"notice", "invitation", "password"}

NOTICES = {
    "A proposal waits for you",
    "A proposal was given to you",
    "A colleague asks you about a proposal",
    "What you asked about a proposal was answered",
}


class Serving(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quietly(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served() -> Iterator[int]:
    """The workspace's pages, served by this process; gives their port."""
    pages = get_wsgi_application()

    def answer(environ: Any, start: Any) -> Iterator[bytes]:
        page = pages(environ, start)
        try:
            yield from page
        finally:
            page.close()
            connections.close_all()

    with make_server("127.0.0.1", 0, answer, server_class=Serving, handler_class=Quietly) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


class Forms(HTMLParser):
    """The forms of a page that are posted, each with its action and the values that stand in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.found.append((given.get("action", ""), {}))
        elif tag in ("input", "button", "textarea") and self.found and given.get("name"):
            self.found[-1][1][given["name"]] = given.get("value", "")


def database(owner: Owner) -> dict[str, str]:
    """The digest of every table, whoever's it is."""
    tables = owner.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('acacia', 'harbour', 'public')"
        " AND tablename <> %s ORDER BY 1, 2",
        [SESSIONS],
    ).fetchall()
    every = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {}, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t").format(
            sql.Literal(".".join(table)), sql.Identifier(*table)
        )
        for table in tables
    )
    return dict(owner.execute(every).fetchall())


def links_in(raw: bytes) -> set[str]:
    """Every address in an email, in its text and its markup."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return {link for part in parts for link in re.findall(r"https?://[^\s\"<>]+", part)}


class Scanner:
    """A program that follows links, in the way of mail filters. (*.localhost need not resolve.)"""

    def ask(self, method: str, link: str, session: requests.Session, **more: Any) -> requests.Response:
        parts = urlsplit(link)
        there = link.replace(parts.netloc, f"127.0.0.1:{parts.port}", 1)
        headers = {"Host": parts.netloc, "Referer": link, **more.pop("headers", {})}
        return session.request(method, there, headers=headers, allow_redirects=False, timeout=30, **more)

    def follow(self, method: str, link: str, session: requests.Session, **more: Any) -> tuple[str, requests.Response]:
        """The last page that a link leads to."""
        answer = self.ask(method, link, session, **more)
        for _ in range(5):
            if "Location" not in answer.headers:
                break
            link = urljoin(link, answer.headers["Location"])
            answer = self.ask("HEAD" if method == "HEAD" else "GET", link, session)
        return link, answer

    def visit(self, link: str) -> None:
        """By GET, HEAD and POST; then every form of the page is posted as it stands, its token included."""
        for method in ("GET", "HEAD"):
            assert self.follow(method, link, requests.Session())[1].status_code == 200, (method, link)
        blind = self.ask("POST", link, requests.Session(), data={"decision": "approve", "digest": "0" * 64})
        assert blind.status_code in (302, 403, 405), (link, blind.status_code)
        session = requests.Session()
        page, answer = self.follow("GET", link, session)
        forms = Forms(answer.text).found
        assert forms, f"{page} has a form: the page of a proposal leads to the sign-in"
        for action, values in forms:
            posted = self.ask("POST", urljoin(page, action), session, data=values)
            assert posted.status_code < 500


def browse(links: list[str]) -> None:
    """Open each in a browser that runs scripts, stay until it is quiet, and have scripts submit every form."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP *.localhost 127.0.0.1"],
        )
        for link in links:
            page = browser.new_context().new_page()
            answer = page.goto(link, wait_until="networkidle")
            assert answer is not None and answer.status == 200, link
            for number in range(page.locator("form").count()):
                page.goto(link, wait_until="networkidle")
                page.evaluate("number => document.forms[number].submit()", number)
                page.wait_for_load_state("networkidle")
        browser.close()


def told_of_hands(owner: Owner, work: Callable[[], None], boss: Actor, cast: Cast) -> None:
    """A colleague is asked, answers, and is given the proposal; each time, who is to know is told."""
    asked = waiting().approval.id
    bob = person(cast.bob)
    for act in (
        lambda: approval_ask(approval_id=asked, colleague=cast.bob.id, note="Is it so?", actor=boss),
        lambda: approval_answer(approval_id=asked, answer="It is.", actor=bob),
        lambda: approval_delegate(approval_id=asked, to=cast.bob.id, actor=boss),
    ):
        act()
        work()
        owner.execute("UPDATE acacia.notify_notice SET due_at = now() - interval '1 second' WHERE told_at IS NULL")
        due_now(owner)
        work()


@pytest.fixture
def emailed(
    in_committed_acacia: None, cast: Cast, work: Callable[[], None], settings: Any, owner: Owner
) -> Iterator[list[str]]:
    """Every link of every kind of email that leaves for colleagues, while the pages are served."""
    with served() as port, sink("take") as server:
        settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
            update={"smtp_out_url": f"smtp://127.0.0.1:{server.port}", "http_port": port}
        )
        host = f"http://acacia.localhost:{port}"
        tests = Actor.system("tests")
        boss = person_add(
            email=f"boss-{uuid4().hex[:8]}@acacia.example", name="Boss", role="owner", password="a-long-test-password",
            actor=tests,
        )  # fmt: skip
        actor = Actor("person", str(boss), "Boss", person=boss)
        left(cast.bob.id)
        samples()
        receive(mail())
        person_invite(email=f"new-{uuid4().hex[:8]}@acacia.example", role="agent", host=host, actor=actor)
        password_link(person=cast.bob.id, host=host, actor=actor)
        asks = requests.Session()
        forgotten = f"{host}/password-forgotten/"
        ((action, values), *_) = Forms(Scanner().ask("GET", forgotten, asks).text).found
        field = next(name for name in values if name not in ("csrfmiddlewaretoken",))
        Scanner().ask("POST", urljoin(forgotten, action), asks, data={**values, field: cast.alice.email})
        work()
        told_of_hands(owner, work, actor, cast)
        purposes = {purpose for (purpose,) in owner.execute("SELECT purpose FROM acacia.notify_email").fetchall()}
        assert purposes == PURPOSES
        read = [email.message_from_bytes(raw, policy=email.policy.default) for _, _, raw in server.taken]
        assert {message["Subject"].partition(":")[0] for message in read} >= NOTICES
        with tenant_context("acacia"):
            yield sorted({link for _, _, raw in server.taken for link in links_in(raw)})


def test_no_emailed_link_changes_anything_by_being_followed(
    emailed: list[str], owner: Owner, at_once: Callable[..., list[Any]]
) -> None:
    kinds = {re.sub(r"[0-9a-zA-Z_-]{20,}", "…", urlsplit(link).path) for link in emailed}
    assert kinds >= {"/approvals/…/", "/inbox/", "/settings/notices/", "/join/…/", "/password-new/…/"}
    before = database(owner)
    scanner = Scanner()
    for link in emailed:
        scanner.visit(link)
    assert database(owner) == before
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: followed by programs only")
    assert at_once(lambda: browse(emailed)) == [None]
    assert database(owner) == before
