"""The ledger's page: what it filters by, where its rows lead, and that it stays cheap."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.services import approval_decide
from audit.canonical import canonical
from audit.services import Actor, record
from conftest import Cast
from crm.services import contact_create, enquiry_create
from gateway.services import token_create, token_find
from portal.tests.test_api import Api
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import CUSTOMER, Asked, person

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


def test_a_persons_tokens_count_as_the_person(cast: Cast) -> None:
    token = token_find(token_create(person=cast.bob.id, name="of Bob", scopes=["audit:read"], actor=person(cast.alice)))
    assert token is not None
    acts = Actor("token", str(token.pk), "Bob (of Bob)", person=cast.bob.id)
    record(event="thread.taken_over", target=f"thread:{UUID(int=7)}", actor=acts)
    record(event="thread.given_back", target=f"thread:{UUID(int=7)}", actor=person(cast.alice))
    page = rows(signed_in(cast.alice).get(f"/ledger/?actor=person:{cast.bob.id}").content.decode())
    assert "A person took over a conversation" in page
    assert "A conversation was given back" not in page
    listed = Api(cast.alice).get("audit", actor=f"person:{cast.bob.id}", event="thread.*").json()["results"]
    assert [entry["actor"] for entry in listed] == [acts.key]


def test_everything_about_a_customer_is_found_by_the_address_of_their_page(asked: Asked, cast: Cast) -> None:
    """Also the email's run, in which nothing of theirs was written yet, and their enquiry."""
    sender = contact_create(actor=person(cast.bob), name="Georgia", email=CUSTOMER)
    enquiry = enquiry_create(actor=person(cast.bob), contact=sender.id, summary="By phone").id
    stranger = contact_create(actor=person(cast.bob), name="Stranger", email=f"{uuid4()}@example.com").id
    client = signed_in(cast.alice)
    for about in (f"contact:{sender.id}", f"http://acacia.localhost/customers/{sender.id}/"):
        page = rows(client.get("/ledger/", {"about": about}).content.decode())
        assert f'Everything about the <a class="link mono" href="/customers/{sender.id}/">' in page
        assert f'title="enquiry:{enquiry}"' in page
        assert f'title="run:{asked.run.id}"' in page
        assert f'title="approval:{asked.approval.id}"' in page
    only = rows(client.get("/ledger/", {"target": f"contact:{sender.id}"}).content.decode())
    assert f'title="enquiry:{enquiry}"' not in only
    listed = Api(cast.alice).get("audit", about=f"contact:{sender.id}", event="approval.*").json()["results"]
    assert {entry["target"] for entry in listed} == {f"approval:{asked.approval.id}"}
    alone = Api(cast.alice).get("audit", about=f"contact:{stranger}").json()["results"]
    assert [entry["target"] for entry in alone] == [f"contact:{stranger}"]


def test_what_fits_is_exported_as_a_file_by_the_page_and_the_api_alike(asked: Asked, cast: Cast) -> None:
    client = signed_in(cast.alice)
    query = f"target=approval:{asked.approval.id}"
    assert f'action="/ledger/export/?{query.replace(":", "%3A")}"' in client.get(f"/ledger/?{query}").content.decode()
    by_page = client.post(f"/ledger/export/?{query}")
    by_api = Api(cast.alice).get("audit/export", target=f"approval:{asked.approval.id}", format="jsonl")
    for answer in (by_page, by_api):
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/jsonl"
        assert answer["Content-Disposition"].startswith('attachment; filename="ledger-acacia-')
    lines = [json.loads(line) for line in exported(by_api).splitlines()]
    assert exported(by_page).splitlines() == [line.encode() for line in map(json_text, lines)], "the same bytes"
    listed = Api(cast.alice).get("audit", target=f"approval:{asked.approval.id}").json()["results"]
    shown = ("id", "event", "actor", "target", "data", "run", "seq", "seal")
    assert [{name: line[name] for name in shown} for line in lines] == [
        {name: entry[name] for name in shown} for entry in reversed(listed)
    ]
    told = Api(cast.alice).get("audit", event="ledger.exported").json()["results"]
    assert [entry["actor"].partition(":")[0] for entry in told] == ["token", "person"]
    assert [entry["data"] for entry in told] == [{"filters": {"target": f"approval:{asked.approval.id}"}}] * 2


def exported(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def json_text(line: dict[str, Any]) -> str:
    """A line as it is exported: the canonical text, seal and seq behind its last field."""
    last = {name: line.pop(name) for name in ("seal", "seq")}
    text = canonical(line)[:-1] + "," + canonical(last)[1:]
    line.update(last)
    return text


def test_another_agencys_entries_are_in_no_export(asked: Asked, cast: Cast) -> None:
    assert exported(Api(cast.charlie, "harbour").get("audit/export", run=str(asked.run.id))) == b""


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"format": "csv"}, "format"),
        ({"event": "approval"}, "event"),
        ({"since": "yesterday"}, "since"),
        ({"until": "0001-01-01T00:00:00Z"}, "until"),
        ({"about": "georgia"}, "about"),
    ],
)
def test_a_filter_that_is_none_exports_nothing(cast: Cast, query: dict[str, str], field: str) -> None:
    answer = Api(cast.alice).get("audit/export", **query)
    assert answer.status_code == 400
    assert [error["path"] for error in answer.json()["errors"]] == [field]
    assert Api(cast.alice).get("audit", event="ledger.exported").json()["results"] == []


def test_a_period_that_is_none_exports_nothing_and_the_page_says_why(cast: Cast) -> None:
    client = signed_in(cast.alice)
    answer = client.post("/ledger/export/?from=2026-13-01&event=run.queued")
    assert answer.status_code == 302
    assert "is no date" in client.get(answer["Location"]).content.decode()
    assert Api(cast.alice).get("audit", event="ledger.exported").json()["results"] == []


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
