"""The SMTP server over real sockets: who is let in, what is answered, and that 250 means committed."""

import asyncio
import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from mail.parsing.caps import MESSAGE_BYTES
from mail.selectors import message_list, raw_content
from mail.smtp.server import listen, serve_until
from mail.tests.messages import mail
from tenants.selectors import tenant_by_slug, tenant_context

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("committed")]


@contextmanager
def serving() -> Iterator[int]:
    """A server of ours in a thread; its port."""
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    ready = threading.Event()
    stopping: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    thread = threading.Thread(
        target=serve_until, args=(listening, lambda *given: stopping.append(given)), kwargs={"ready": ready.set}
    )
    thread.start()
    assert ready.wait(60)
    try:
        yield port
    finally:
        loop, stop = stopping[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        assert not thread.is_alive()


@pytest.fixture
def port() -> Iterator[int]:
    with serving() as found:
        yield found


@pytest.fixture
def client(port) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as found:
        found.ehlo()
        yield found


def address(slug: str, tag: str = "") -> str:
    local, _, domain = tenant_by_slug(slug).inbound_address.partition("@")
    return f"{local}{tag}@{domain}"


def stored(slug: str):
    with tenant_context(slug):
        return message_list().items


def test_a_mail_is_committed_when_250_is_said(client):
    client.mail("georgia@customer.test")
    client.rcpt(address("acacia").upper())
    code, said = client.data(mail())
    assert code == 250
    (message,) = stored("acacia")
    assert str(message.id) in said.decode()
    with tenant_context("acacia"):
        assert raw_content(message.id) == mail()
    assert stored("harbour") == ()


def test_the_recipient_decides_the_tenant(client):
    client.sendmail("g@customer.test", [address("harbour"), address("acacia", "+x")], mail())
    assert len(stored("acacia")) == len(stored("harbour")) == 1


@pytest.mark.parametrize("recipient", ["nobody@in.localhost", "acacia@elsewhere.test", "acacia", '"a b"@in.localhost'])
def test_an_unknown_recipient_is_refused_for_good(client, recipient):
    client.mail("georgia@customer.test")
    code, _ = client.rcpt(recipient)
    assert code in (550, 553)


def test_a_suspended_tenant_asks_to_wait(client, owner):
    owner.execute("UPDATE public.tenants_tenant SET status = 'suspended' WHERE slug = 'acacia'")
    try:
        client.mail("georgia@customer.test")
        assert client.rcpt(address("acacia"))[0] == 450
    finally:
        owner.execute("UPDATE public.tenants_tenant SET status = 'active' WHERE slug = 'acacia'")


def test_a_delivery_report_is_taken(client):
    client.sendmail("", [address("acacia")], mail())
    assert len(stored("acacia")) == 1


def test_too_large_a_mail_is_refused_by_its_announced_size_and_by_its_true_one(client):
    assert client.mail("g@customer.test", [f"size={40 * 1024 * 1024}"])[0] == 552
    client.mail("g@customer.test")
    client.rcpt(address("acacia"))
    code, _ = client.data(mail() + b"x" * 998 + b"\r\n" + (b"y" * 998 + b"\r\n") * (MESSAGE_BYTES // 1_000))
    assert code == 552
    assert stored("acacia") == ()


def test_long_lines_are_taken_as_they_are(client):
    raw = mail() + b"x" * 100_000 + b"\r\n"
    client.sendmail("g@customer.test", [address("acacia")], raw)
    with tenant_context("acacia"):
        assert raw_content(message_list().items[0].id) == raw


def test_a_mail_that_goes_in_circles_is_refused(client):
    hops = b"".join(b"Received: from a by b; x\r\n" for _ in range(51))
    with pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("g@customer.test", [address("acacia")], hops + mail())
    assert refused.value.smtp_code == 554
    client.sendmail("g@customer.test", [address("acacia")], hops[: len(hops) // 51 * 50] + mail())
    assert len(stored("acacia")) == 1


def test_a_second_try_of_the_sender_is_taken_and_stored_once(client):
    for _ in range(2):
        client.sendmail("g@customer.test", [address("acacia")], mail())
    assert len(stored("acacia")) == 1


def test_garbage_gets_answers_and_breaks_nothing(port):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as raw, raw.makefile("rb") as answers:
        assert answers.readline().startswith(b"220")
        raw.sendall(b"EHLO x\r\n")
        while answers.readline()[3:4] == b"-":
            pass
        for line in (b"\xff\xfe\x00", b"MAIL FROM:<<<>", b"MAIL FROM:" + b"(" * 400, b"RCPT TO:<" + b"a" * 300 + b">",
                     b"DATA", b"MAIL FROM:<a@b.test> SIZE=x"):  # fmt: skip
            raw.sendall(line + b"\r\n")
            assert answers.readline()[:1] == b"5", line
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.sendmail("g@customer.test", [address("acacia")], b"\x00\xff\xfe no header at all \x01")
    assert len(stored("acacia")) == 1


def test_bytes_of_other_lines_cannot_smuggle_a_second_mail(port):
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo()
        client.mail("g@customer.test")
        client.rcpt(address("acacia"))
        assert client.docmd("DATA")[0] == 354
        client.send(mail() + b"\n.\nMAIL FROM:<evil@x.test>\r\nRCPT TO:<x@y.test>\r\n.\r\n")
        assert client.getreply()[0] == 250
    (message,) = stored("acacia")
    with tenant_context("acacia"):
        assert b"evil@x.test" in raw_content(message.id)


def test_a_fault_of_ours_is_451_and_passes(client, owner):
    client.mail("g@customer.test")
    client.rcpt(address("acacia"))
    owner.execute("ALTER TABLE acacia.mail_rawmessage RENAME TO mail_hidden")
    try:
        code, said = client.data(mail())
    finally:
        owner.execute("ALTER TABLE acacia.mail_hidden RENAME TO mail_rawmessage")
    assert code == 451
    assert b"mail_rawmessage" not in said
    client.sendmail("g@customer.test", [address("acacia")], mail())
    assert len(stored("acacia")) == 1


def test_connections_that_the_database_has_cut_are_replaced(client, app_url):
    client.sendmail("g@customer.test", [address("acacia")], mail())
    with psycopg.connect(app_url, autocommit=True) as app:  # a role may end its own sessions
        app.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND usename = session_user"
        )
    connections.close_all()
    client.sendmail("g@customer.test", [address("acacia")], mail(message_id="<2@customer.test>"))
    assert len(stored("acacia")) == 2


def test_each_answer_comes_at_once(port):
    """40 ms an answer is what a missing TCP_NODELAY costs: all but the first few. A busy machine delays some."""
    took = []
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo()
        for _ in range(100):
            started = time.monotonic()
            client.noop()
            took.append(time.monotonic() - started)
    assert sorted(took)[40] < 0.03


def test_many_at_once_are_all_stored(port):
    def send(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
            client.sendmail("g@customer.test", [address("acacia")], mail(message_id=f"<{number}@customer.test>"))
        connections.close_all()

    threads = [threading.Thread(target=send, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored("acacia")) == 20


def _command(*args: str, database_url: str) -> subprocess.Popen[str]:
    root = Path(settings.ROOT)
    return subprocess.Popen(
        [sys.executable, "manage.py", "smtp", *args],
        cwd=root,
        env={**os.environ, "DATABASE_URL": database_url, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_serves_and_ends_on_sigterm(app_url):
    process = _command("--port", "0", database_url=app_url)
    try:
        assert process.stdout
        said, _, port = process.stdout.readline().rpartition(" ")
        assert said == "receiving mail on port"
        with smtplib.SMTP("127.0.0.1", int(port), timeout=60) as client:
            client.sendmail("g@customer.test", [address("acacia")], mail())
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()
    assert len(stored("acacia")) == 1


def test_a_port_in_use_is_one_clear_line(app_url, port):
    process = _command("--port", str(port), database_url=app_url)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert said.strip() == f"CommandError: SMTP_PORT {port} cannot be used: Address already in use"


def test_it_does_not_serve_as_the_owner(owner_url):
    process = _command("--port", "0", database_url=owner_url)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "restricted" in said or "owns tables" in said


def test_the_database_knows_this_test_suite_runs_as_the_app(app_url):
    with psycopg.connect(app_url) as connection:
        row = connection.execute("SELECT session_user").fetchone()
    assert row and row[0] == settings.APP_ROLE
