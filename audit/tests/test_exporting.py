"""The ledger as a file: every entry once, in its exact text, and the export told of."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from audit import exporting, registry
from audit.canonical import canonical
from audit.exporting import Export, lines
from audit.finding import Filters
from audit.models import Entry
from audit.registry import register
from audit.services import Actor, record

TESTS = Actor.system("exporters")


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    register("tests.told", "Something was told", {"amount", "words"})
    yield
    del registry._known["tests.told"]


def read(export: Export) -> list[str]:
    found: list[Entry] = []
    while batch := export.after(found[-1].pk if found else None):
        found += batch
    return lines(found).split("\n")[:-1]


def test_a_line_is_the_exact_text_with_seal_and_seq_behind_its_last_field(in_acacia: None) -> None:
    target = f"thing:{uuid7()}"
    text = record(event="tests.told", target=target, actor=TESTS, data={"words": 'Ä "\\ \u2028 }', "amount": 7}).text
    (line,) = read(Export(Filters(target=target), actor=TESTS))
    assert line == text[:-1] + ',"seal":null,"seq":null}'
    told = json.loads(line)
    assert [told.pop(name) for name in ("seal", "seq")] == [None, None]
    assert canonical(told) == text


def test_all_batches_are_read_oldest_first_up_to_the_export_itself(
    in_acacia: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 7)
    target = f"thing:{uuid7()}"
    written = [record(event="tests.told", target=target, actor=TESTS).text for _ in range(21)]
    export = Export(Filters(actor=TESTS.key), actor=TESTS)
    record(event="tests.told", target=target, actor=TESTS)  # while it is read
    found = [json.loads(line) for line in read(export)]
    assert [told["id"] for told in found[:-1]] == [json.loads(text)["id"] for text in written]
    assert found[-1]["event"] == "ledger.exported"


def test_an_export_leaves_an_entry_with_its_filters_and_no_word_that_somebody_typed(in_acacia: None) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    ident = uuid7()
    Export(Filters(target="contact:georgia@example.com", event="approval.*", actor="system:mail"), actor=TESTS)
    Export(Filters(about=f"contact:{ident}", run=str(ident), since=since), actor=TESTS)
    newest, former = (entry.body for entry in Entry.objects.order_by("-id")[:2])
    assert newest["actor"] == former["actor"] == TESTS.key
    assert newest["data"] == {
        "filters": {"about": f"contact:{ident}", "run": str(ident), "since": "2026-01-01T00:00:00.000000Z"}
    }
    assert former["data"] == {"filters": {"target": "no key of ours", "event": "approval.*", "actor": "system:mail"}}
