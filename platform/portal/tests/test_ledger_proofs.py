"""The ledger verified from the page, the API and the admin, and proofs that an auditor checks without our code."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from uuid_utils.compat import uuid7

from audit import standing
from audit.keys import signing_key
from audit.services import Actor, record
from audit.tests.sealed import sealed
from conftest import Cast
from portal.tests.test_api import Api
from tenants.selectors import tenant_context
from tests.pages import signed_in

pytestmark = pytest.mark.usefixtures("in_committed_acacia")


@pytest.fixture(autouse=True)
def _each_time(monkeypatch: pytest.MonkeyPatch, in_committed_acacia: None) -> Iterator[None]:
    """Have each verification done, however long the one before took."""
    monkeypatch.setattr(standing, "RESTS", -1)
    cache.delete_many([standing.LASTED, standing.UNDER_WAY])
    yield
    with tenant_context("acacia"):
        cache.delete_many([standing.LASTED, standing.UNDER_WAY])


def happen() -> str:
    return str(record(event="thread.taken_over", target=f"thread:{uuid7()}", actor=Actor.system("tests")).id)


def tamper(owner: psycopg.Connection[Any], entry: str) -> None:
    owner.execute("ALTER TABLE acacia.audit_entry DISABLE TRIGGER USER")
    owner.execute(
        "UPDATE acacia.audit_entry SET text = replace(text, 'taken_over', 'given_back') WHERE id = %s", [entry]
    )
    owner.execute("ALTER TABLE acacia.audit_entry ENABLE TRIGGER USER")


def test_entries_have_their_place_once_sealed_and_the_three_statements_say_how_far(cast: Cast) -> None:
    first = happen()
    sealed()
    later = happen()
    api = Api(cast.alice)
    places = {entry["id"]: (entry["seq"], entry["seal"]) for entry in api.get("audit").json()["results"]}
    last, seal = places[first]
    assert last == max(seq for seq, _ in places.values() if seq)
    assert seal
    assert places[later] == (None, None)
    told = api.get("audit/verify").json()
    assert (told["holds"], told["broken"], told["kept"]) == (True, None, None)
    assert (told["sealed"], told["not_sealed"]) == (last, 1)
    assert told["statements"] == [
        f"Sealed up to {last}.",
        "1 not yet sealed.",
        "Its heads are kept only on this server.",
    ]
    page = signed_in(cast.alice).get("/ledger/").content.decode()
    assert f'Sealed up to <b class="num">{last}</b>' in page
    assert '<b class="num">1</b> not yet sealed' in page
    assert "Heads are kept only on this server" in page
    assert f'href="/ledger/entries/{first}/proof/"' in page
    assert f'href="/ledger/entries/{later}/proof/"' not in page


def test_what_somebody_changed_in_the_database_is_named_by_page_api_and_admin(
    cast: Cast, owner: psycopg.Connection[Any]
) -> None:
    entries = [happen() for _ in range(3)]
    sealed()
    client = signed_in(cast.alice)
    assert client.post("/ledger/verify/?event=run.queued").headers["Location"] == "/ledger/?event=run.queued#standing"
    assert "are what was sealed" in client.get("/ledger/").content.decode()
    tamper(owner, entries[1])
    told = Api(cast.alice).get("audit/verify").json()
    assert not told["holds"]
    assert told["broken"]["entry"] == entries[1]
    what = f"Entry {told['broken']['seq']}, {entries[1]}, was changed."
    assert told["statements"] == [what]
    page = client.get("/ledger/").content.decode()
    assert what in page, "what it last came to is kept"
    assert re.findall(r'<tr id="e-([^"]*)" class="is-broken">', page) == [entries[1]]
    [there] = re.findall(r'href="(/ledger/\?cursor=[^"#]*)#e-', page)
    [first, *_] = re.findall(r'<tr id="e-([^"]*)"', client.get(there).content.decode())
    assert first == entries[1], "its page begins with it, however far back it is"
    assert client.post("/admin/audit/entry/verify/").status_code == 302
    assert f"The ledger does not hold. {what}" in client.get("/admin/audit/entry/").content.decode()


REWRITTEN = [
    "{}",
    "[]",
    "null",
    '"x"',
    '{"at":1,"event":[],"actor":{},"target":null,"run":7,"data":"x"}',
    '{"at":"soon"}',
]


def test_no_page_breaks_over_what_somebody_made_of_an_entry_and_each_says_which_it_is(
    cast: Cast, owner: psycopg.Connection[Any]
) -> None:
    entry = happen()
    sealed()
    client, api = signed_in(cast.alice), Api(cast.alice)
    for text in REWRITTEN:
        owner.execute("ALTER TABLE acacia.audit_entry DISABLE TRIGGER USER")
        owner.execute("UPDATE acacia.audit_entry SET text = %s WHERE id = %s", [text, entry])
        owner.execute("ALTER TABLE acacia.audit_entry ENABLE TRIGGER USER")
        client.post("/ledger/verify/")
        page = client.get("/ledger/")
        assert page.status_code == 200, text
        assert f'<tr id="e-{entry}" class="is-broken">' in page.content.decode()
        for path in ("/admin/audit/entry/", f"/admin/audit/entry/{entry}/change/"):
            assert client.get(path).status_code == 200, (text, path)
        assert entry in [each["id"] for each in api.get("audit").json()["results"]], text


@pytest.mark.parametrize("by_page", [True, False])
def test_an_auditor_checks_a_proof_with_what_page_and_api_give(cast: Cast, tmp_path: Path, by_page: bool) -> None:
    entry = [happen() for _ in range(3)][1]
    sealed()
    files = {"proof.json": b"", "verify_entry.py": b"", "public.pem": b""}
    if by_page:
        client, key = signed_in(cast.alice), signing_key().public.id
        addresses = (f"entries/{entry}/proof/", "verifier/", f"keys/{key}/")
        files = {name: client.get(f"/ledger/{at}").content for name, at in zip(files, addresses, strict=True)}
    else:
        api = Api(cast.alice)
        files["proof.json"] = api.get(f"audit/{entry}/proof").content
        files["verify_entry.py"] = api.get("audit/verifier").content
        [files["public.pem"]] = [k["pem"].encode() for k in api.get("audit/keys").json()["keys"] if k["in_force"]]
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-I", "verify_entry.py", "proof.json", "--key", "public.pem"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert entry in done.stdout


def test_what_is_not_sealed_or_not_ours_has_no_proof(cast: Cast) -> None:
    ours = happen()
    sealed()
    waits = happen()
    for answer in (
        Api(cast.alice).get(f"audit/{waits}/proof"),
        Api(cast.charlie, "harbour").get(f"audit/{ours}/proof"),
        signed_in(cast.alice).get(f"/ledger/entries/{waits}/proof/"),
        signed_in(cast.alice).get("/ledger/keys/none-of-ours/"),
    ):
        assert answer.status_code == 404


def test_one_verification_at_a_time(cast: Cast) -> None:
    cache.add(standing.UNDER_WAY, True, timeout=60)
    answer = Api(cast.alice).get("audit/verify")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:countersign:problem:verification-under-way"
    client = signed_in(cast.alice)
    assert "just now" in client.post("/ledger/verify/", follow=True).content.decode()
    with tenant_context("acacia"):
        cache.delete(standing.UNDER_WAY)
    assert Api(cast.alice).get("audit/verify").json()["holds"]


def test_a_ledger_is_not_verified_again_before_ten_times_as_long_has_passed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen()
    sealed()
    api = Api(cast.alice)
    first = api.get("audit/verify").json()["verified_at"]
    assert api.get("audit/verify").json()["verified_at"] > first
    monkeypatch.setattr(standing, "RESTS", 10**9)
    kept = api.get("audit/verify").json()["verified_at"]
    assert api.get("audit/verify").json()["verified_at"] == kept
