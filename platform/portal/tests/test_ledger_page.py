"""The ledger's page: what it filters by, where its rows lead, and that it stays cheap."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.services import approval_decide
from audit.services import Actor, record
from conftest import Cast
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import Asked, person

pytestmark = pytest.mark.usefixtures("in_committed_acacia")


def rows(page: str) -> str:
    """The page without its filters, which name every event."""
    return page[page.index("</form>", page.index('class="filters"')) :]


def test_entries_are_found_by_who_what_about_and_day(asked: Asked, cast: Cast) -> None:
    digest = asked.approval.digest
    approval_decide(approval_id=asked.approval.id, decision="approve", digest=digest, actor=person(cast.bob))
    client = signed_in(cast.alice)

    def shown(query: str) -> str:
        return rows(client.get(f"/ledger/?{query}").content.decode())

    bobs = shown(f"actor=person:{cast.bob.id}")
    assert "A person approved a proposal" in bobs
    assert "The run waits" not in bobs
    assert "A person approved a proposal" in shown("event=approval.approved")
    about = shown(f"target=approval:{asked.approval.id}")
    assert "A proposal was put before a person" in about
    assert f'href="/approvals/{asked.approval.id}/"' in about
    assert f'href="/runs/{asked.run.id}/"' in shown(f"run={asked.run.id}")
    day = asked.approval.created_at.astimezone(ZoneInfo("Australia/Sydney")).date()
    assert "A proposal was put before a person" in shown(f"from={day}&to={day}")
    assert "No entry fits." in shown(f"to={day - timedelta(days=2)}")  # it may be just after midnight
    assert "is no date" in shown("from=2026-13-01")
    assert "No entry fits." in shown("run=none-of-ours")


def test_another_agencys_entries_are_not_there(asked: Asked, cast: Cast) -> None:
    client = signed_in(cast.charlie, "harbour")
    assert "No entry fits." in client.get(f"/ledger/?run={asked.run.id}").content.decode()


def test_a_thousand_entries_cost_as_many_queries_as_ten(cast: Cast, in_committed_acacia: Any) -> None:
    client = signed_in(cast.alice)

    def more(count: int) -> None:
        with tenant_context("acacia"):
            for _ in range(count):
                record(event="run.waiting", target=f"run:{UUID(int=7)}", actor=Actor.system("tests"))

    def queries() -> int:
        client.get("/ledger/")
        with CaptureQueriesContext(connection) as asked_of:
            assert client.get("/ledger/").status_code == 200
        return len(asked_of)

    more(10)
    few = queries()
    more(990)
    assert queries() == few < 20
