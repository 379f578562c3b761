"""`deliver`: what a mail server that pipes mail to us reads off the exit code."""

import json
import os
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.core.management import execute_from_command_line

from mail.selectors import message_list, raw_content
from mail.tests.messages import mail
from tenants.selectors import tenant_by_slug, tenant_context

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("committed")]


@pytest.fixture
def deliver(app_url):
    def run(raw: bytes, *args: str, database_url: str = app_url, **environment: str):
        return subprocess.run(
            [sys.executable, "manage.py", "deliver", *args],
            cwd=Path(settings.ROOT),
            env={**os.environ, "DATABASE_URL": database_url, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
            input=raw,
            capture_output=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def deliver_here(monkeypatch, capfd):
    """The same without a process of its own, which takes more than a second to begin."""

    def run(raw: bytes, *args: str, **environment: str):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(raw)))
        try:
            execute_from_command_line(["manage.py", "deliver", *args])
        except SystemExit as ended:
            return Ended(int(ended.code or 0), capfd.readouterr().err)
        return Ended(0, capfd.readouterr().err)

    return run


class Ended(NamedTuple):
    returncode: int
    stderr: str


def address() -> str:
    return tenant_by_slug("acacia").inbound_address


def stored():
    with tenant_context("acacia"):
        return message_list().items


def test_a_mail_is_stored(deliver):
    done = deliver(mail(), "--to", address(), "--json")
    assert done.returncode == 0, done.stderr
    (message,) = stored()
    assert json.loads(done.stdout) == {"ids": [str(message.id)]}
    assert message.from_email == "georgia@customer.test"


def test_a_mailbox_line_is_no_part_of_the_mail(deliver_here):
    assert deliver_here(b"From georgia@customer.test Mon Nov 23\n" + mail(), "--to", address()).returncode == 0
    with tenant_context("acacia"):
        assert raw_content(message_list().items[0].id) == mail()


def test_only_an_empty_sender_that_was_given_is_the_null_return_path(deliver, deliver_here):
    assert deliver(mail(), "--to", address(), SENDER="g@customer.test").returncode == 0
    deliver_here(mail(message_id="<2@customer.test>"), "--to", address(), "--from", "")
    assert [m.from_email for m in stored()] == ["", "g@customer.test"]


NO_SUCH_ADDRESS = "CommandError: There is no such address here"


def test_67_there_is_no_such_address(deliver):
    done = deliver(mail(), "--to", "nobody@in.localhost")
    assert (done.returncode, done.stderr.decode().strip()) == (67, NO_SUCH_ADDRESS)


@pytest.mark.parametrize("recipient", ["nobody@in.localhost", "someone@elsewhere.test", ""])
def test_67_neither_of_ours_nor_of_another_nor_none_at_all(deliver_here, recipient):
    done = deliver_here(mail(), "--to", recipient)
    assert (done.returncode, done.stderr.strip()) == (67, NO_SUCH_ADDRESS)


def test_65_it_is_no_message(deliver):
    assert deliver(b"no header here", "--to", address()).returncode == 65
    assert stored() == ()


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"no header here", b"\x00\x01\x02"])
def test_65_nothing_and_garbage_are_no_message(deliver_here, raw):
    assert deliver_here(raw, "--to", address()).returncode == 65
    assert stored() == ()


def test_75_a_suspended_tenant_asks_to_try_again(deliver, owner):
    owner.execute("UPDATE public.tenants_tenant SET status = 'suspended' WHERE slug = 'acacia'")
    try:
        assert deliver(mail(), "--to", address()).returncode == 75
    finally:
        owner.execute("UPDATE public.tenants_tenant SET status = 'active' WHERE slug = 'acacia'")


def test_75_a_database_that_is_away_asks_to_try_again(deliver):
    done = deliver(mail(), "--to", address(), database_url="postgres://nobody@127.0.0.1:1/none")
    assert done.returncode == 75
    assert done.stderr.decode().count("\n") == 1
