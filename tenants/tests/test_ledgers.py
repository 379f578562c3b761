"""Ledgers are sealed by themselves once they have grown; the command verifies them all."""

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from audit.heads import append
from audit.keeping import head_last
from audit.registry import _known, register
from audit.selectors import entries
from audit.services import Actor, record
from audit.verification import verify
from dispatch.registry import scheduled_all
from dispatch.services import errors_of
from tenants import ledgers
from tenants.ledgers import Growth, ledger_context, seal_soon, seal_what_has_grown
from tenants.selectors import public_context

TESTS = Actor.system("ledgers")
PATIENCE = 150.0


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    register("tests.grew", "A ledger has grown", set())
    yield
    del _known["tests.grew"]


def until(found: Callable[[], Any], what: str) -> Any:
    """The first true value; tests of other workers may hold transactions, and counts come when they come."""
    deadline = time.monotonic() + PATIENCE
    while not (value := found()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)
    return value


def grow(schema: str) -> None:
    with ledger_context(schema), transaction.atomic():
        record(event="tests.grew", target="thing:1", actor=TESTS)


def all_sealed(schema: str) -> bool:
    with ledger_context(schema):
        verdict = verify()
        assert verdict.holds, verdict.broken
        return verdict.sealed > 0 and verdict.waiting == 0


def worked_off(schema: str, work: Callable[[], None], owner: psycopg.Connection[Any]) -> None:
    """Have workers seal it, as often as it takes."""

    def tried() -> bool:
        owner.execute("UPDATE dispatch_work SET due_at = now() WHERE handler = 'audit.seal'")
        work()
        return all_sealed(schema)

    until(tried, f"the seal of {schema}")


@pytest.mark.parametrize("schema", ["acacia", "public"])
def test_a_ledger_is_sealed_by_a_worker_and_its_head_kept_in_the_file(
    committed: None,
    work: Callable[[], None],
    owner: psycopg.Connection[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    schema: str,
) -> None:
    heads = tmp_path / "heads.jsonl"
    monkeypatch.setattr(settings, "COUNTERSIGN", settings.COUNTERSIGN.model_copy(update={"audit_heads_file": heads}))
    for lines in (1, 2):
        grow(schema)
        with public_context():
            seal_soon(schema, due_at=timezone.now())
        worked_off(schema, work, owner)
        with ledger_context(schema):
            verdict = verify()
        assert verdict.kept is not None
        assert (verdict.kept.place, verdict.kept.seq, verdict.kept.compared) == (str(heads), verdict.sealed, True)
        assert len(heads.read_text().splitlines()) >= lines


def test_what_grows_is_noticed_by_counts_that_writing_does_not_pay_for(committed: None) -> None:
    growth = Growth()
    assert set(growth.look()) == {"acacia", "harbour", "public"}
    until(lambda: growth.look() == [], "counts that rest")
    grow("harbour")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    until(lambda: "harbour" in growth.look(), "the count of harbour")


def test_the_scheduler_has_every_ledger_sealed_that_has_grown(committed: None, owner: psycopg.Connection[Any]) -> None:
    assert seal_what_has_grown in [task.run for task in scheduled_all()]
    ledgers._growth = Growth()
    seal_what_has_grown()
    found = owner.execute("SELECT tenant, owner, queue FROM dispatch_work WHERE handler = 'audit.seal'").fetchall()
    assert {row[0] for row in found} == {"acacia", "harbour", "public"}
    roles = dict(owner.execute("SELECT schema_name, owner FROM tenants_tenant").fetchall())
    assert {row[0]: row[1] for row in found} == {**roles, "public": settings.APP_ROLE}


def test_a_transaction_that_holds_the_seal_for_minutes_is_told(
    committed: None, owner_url: str, work: Callable[[], None], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledgers, "HELD_TOO_LONG", timedelta(0))
    with psycopg.connect(owner_url) as other:
        other.execute("SELECT pg_current_xact_id()")
        grow("acacia")
        with public_context():
            seal_soon("acacia", due_at=timezone.now())
        work()
        with public_context():
            [error] = errors_of("audit.seal")
    assert error.startswith("WatermarkHeld: entries have waited to be sealed for ")
    assert client.get("/readyz").json()["ledger"] == {"ok": True, "detail": f"1 not sealed: {error}"}


def test_a_file_of_heads_that_cannot_be_written_keeps_no_auditor_waiting(
    committed: None,
    owner: psycopg.Connection[Any],
    tmp_path: Path,
    work: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nowhere = {"audit_heads_file": tmp_path}  # a folder
    monkeypatch.setattr(settings, "COUNTERSIGN", settings.COUNTERSIGN.model_copy(update=nowhere))
    grow("acacia")
    with public_context():
        seal_soon("acacia", due_at=timezone.now())
    worked_off("acacia", work, owner)
    with public_context():
        [error] = errors_of("audit.seal")
    assert error.startswith("IsADirectoryError")
    due = owner.execute("SELECT subject FROM dispatch_work WHERE handler = 'notify.heads' AND tenant = 'acacia'")
    assert {subject for (subject,) in due} == {"email", "webhook"}


# --- the command -------------------------------------------------------------------------------


def told(*arguments: str) -> Any:
    out = StringIO()
    call_command("verify_audit", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_verifies_all_ledgers_or_one(committed: None) -> None:
    assert [each["name"] for each in told()] == ["public", "acacia", "harbour"]
    assert [(each["name"], each["holds"]) for each in told("harbour")] == [("harbour", True)]
    with pytest.raises(CommandError, match="there is no tenant nowhere"):
        told("nowhere")
    with pytest.raises(CommandError, match=r"no/such: .*No such file"):
        told("--heads", "no/such")


def test_heads_that_could_not_be_compared_with_anything_are_no_proof(
    committed: None, owner: psycopg.Connection[Any], tmp_path: Path, work: Callable[[], None]
) -> None:
    for schema in ("acacia", "harbour"):
        grow(schema)
        with public_context():
            seal_soon(schema, due_at=timezone.now())
        worked_off(schema, work, owner)
        with ledger_context(schema):
            last = head_last()
            assert last is not None
            append(tmp_path / schema, [last.head])
    kept, others = str(tmp_path / "acacia"), str(tmp_path / "harbour")
    assert told("acacia", "--heads", kept)[0]["holds"]
    assert {each["holds"] for each in told("--heads", kept)} == {True}
    with pytest.raises(CommandError, match=r"holds no head of this ledger, .*: nothing was compared"):
        told("acacia", "--heads", others)
    # A ledger that is gone, or goes by another id since, has nobody to miss it but its heads.
    text = (tmp_path / "acacia").read_text()
    stranger = str(uuid4())
    (tmp_path / "acacia").write_text(text + re.sub(r"[0-9a-f-]{36}", stranger, text))
    with pytest.raises(CommandError, match=f"holds heads of ledgers that are not here: {stranger}"):
        told("--heads", kept)


def test_the_command_names_what_is_broken_and_fails(
    committed: None, work: Callable[[], None], owner: psycopg.Connection[Any]
) -> None:
    grow("acacia")
    with public_context():
        seal_soon("acacia", due_at=timezone.now())
    worked_off("acacia", work, owner)
    owner.execute("ALTER TABLE acacia.audit_entry DISABLE TRIGGER USER")
    seq, entry = owner.execute("SELECT seq, entry FROM acacia.audit_leaf ORDER BY seq DESC LIMIT 1").fetchone() or (
        0,
        "",
    )
    owner.execute("UPDATE acacia.audit_entry SET text = replace(text, 'thing:1', 'thing:2') WHERE id = %s", [entry])
    owner.execute("ALTER TABLE acacia.audit_entry ENABLE TRIGGER USER")
    out = StringIO()
    with pytest.raises(CommandError, match="broken: acacia"):
        call_command("verify_audit", stdout=out)
    assert f"acacia            BROKEN  Entry {seq}, {entry}, was changed." in out.getvalue()
    with pytest.raises(CommandError):
        call_command("verify_audit", "acacia", "--json", stdout=(out := StringIO()))
    [broken] = json.loads(out.getvalue())
    assert (broken["broken"]["seq"], broken["broken"]["entry"]) == (seq, str(entry))


def test_a_rotated_key_is_told_in_every_ledger_and_its_public_half_exported(
    committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(Path(str(settings.COUNTERSIGN.audit_signing_key_file)).read_bytes())
    own = settings.COUNTERSIGN.model_copy(update={"audit_signing_key_file": file})
    monkeypatch.setattr(settings, "COUNTERSIGN", own)

    def said(*arguments: str) -> Any:
        call_command("audit_key", *arguments, "--json", stdout=(out := StringIO()))
        return json.loads(out.getvalue())

    [before] = said("list")
    rotated = said("rotate")
    assert rotated["former"] == before["id"]
    assert said("list") == [{"id": rotated["key"], "in_force": True}, {"id": rotated["former"], "in_force": False}]
    assert said("export")["pem"] == rotated["public"] != said("export", before["id"])["pem"]
    with pytest.raises(CommandError, match="there is no key nothing"):
        said("export", "nothing")
    for schema in ("acacia", "harbour", "public"):
        with ledger_context(schema):
            [told] = entries(event="audit.key_rotated")
        assert told.body["data"] == {"former": rotated["former"], "key": rotated["key"]}
