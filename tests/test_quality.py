"""What people make of the AI's proposals is counted as they decide, and read on a page, as CSV and by the API."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.services import person_change
from ai.fallbacks import FallbackKind
from ai.models import Call, Judgement
from ai.purposes import PURPOSES
from ai.quality.drift import BASELINE, BLOCK
from ai.quality.services import Judged, judgement_keep
from ai.selectors import calls
from ai.tests.judging import decided
from approvals.selectors import RejectionKind
from approvals.services import approval_decide, approval_edit
from audit.services import Actor
from conftest import Cast, Person
from crm.selectors import listing_list
from crm.services import listing_update
from portal.tests.people import sign_in, somebody, visitor
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import Asked, due_now, person
from workflows.services import approval_take_back

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
COSTS = (("0.02", 2_000), ("0.031", 5_500))
PAGE, API = "/quality/", "/api/v1/ai/quality"


def decide(asked: Asked, who: Person, decision: Any = "approve", digest: str = "", **said: str) -> None:
    approval_decide(
        approval_id=asked.approval.id, decision=decision, digest=digest or asked.approval.digest, actor=person(who),
        **said,
    )  # fmt: skip


def kept(asked: Asked) -> Judgement:
    return Judgement.objects.get(approval=asked.approval.id)


def test_an_approval_as_drafted_is_counted_for_its_version(asked: Asked, cast: Cast) -> None:
    assert not Judgement.objects.exists()
    decide(asked, cast.bob)
    found = kept(asked)
    assert (found.workflow, found.version) == ("property-enquiry", asked.run.version)
    assert (found.decision, found.edited, found.words_changed) == ("approve", False, 0.0)
    assert (found.intent, found.provider, found.prompt_version) == (
        "inspection",
        "local",
        PURPOSES["draft"].prompt_version,
    )
    assert timedelta() < found.waited < timedelta(hours=1)


def test_a_decision_knows_what_the_calls_behind_it_came_to(asked: Asked, cast: Cast) -> None:
    decide(asked, cast.bob)
    made = list(calls(run_id=asked.run.id))
    found = kept(asked)
    assert len(made) >= len(PURPOSES)
    assert (found.cost_usd, found.run_fell_back) == (Decimal(0), False)
    assert found.latency_ms == sum(call.latency_ms for call in made)


def test_drift_of_what_calls_come_to_stands_on_the_page(cast: Cast, work: Work) -> None:
    workflow = f"enquiry-{uuid4().hex[:8]}"
    with tenant_context("acacia"):
        first, now = ({"cost_usd": Decimal(usd), "latency_ms": ms, "run_fell_back": False} for usd, ms in COSTS)
        decided(workflow, BASELINE, **first)
        decided(workflow, BLOCK, **now)
    work()
    alice = signed_in(cast.alice)
    page = alice.get(PAGE, {"workflow": workflow}).content.decode()
    assert "Cost of a proposal (median): US$0.0200 to US$0.0310." in page
    assert "Time that models took (median): 2.0 s to 5.5 s." in page
    assert page.count("its first proposals beside its newest") == 1
    rows = list(
        csv.reader(io.StringIO(alice.get("/quality/csv/", {"table": "looks", "workflow": workflow}).content.decode()))
    )
    (cost,) = (row for row in rows if row[3] == "cost")
    assert cost[4:6] == [f"median US$0.0200 of {BASELINE}", f"median US$0.0310 of {BLOCK}"]
    (look,) = api(cast.alice, workflow=workflow).json()["looks"]
    assert {test["signal"] for test in look["tests"] if test["drifted"]} == {"cost", "latency"}


def test_an_edit_counts_with_the_words_that_it_changed(asked: Asked, cast: Cast) -> None:
    text = asked.approval.document["reply"]["text"]
    edited = approval_edit(
        approval_id=asked.approval.id, digest=asked.approval.digest, edits={"reply": {"text": "Call me.\n\nBob"}},
        actor=person(cast.bob),
    )  # fmt: skip
    decide(asked, cast.bob, digest=edited.digest)
    found = kept(asked)
    assert (found.decision, found.edited) == ("approve", True)
    assert found.words_changed is not None
    assert 0.5 < found.words_changed <= 1
    assert len(text.split()) > 20


def test_a_rejection_is_counted_and_its_reason_read(asked: Asked, cast: Cast) -> None:
    decide(asked, cast.bob, "reject", comment="She sold that unit last year.")
    assert kept(asked).decision == "reject"
    page = signed_in(cast.alice).get(PAGE).content.decode()
    assert "She sold that unit last year." in page
    assert f"/approvals/{asked.approval.id}/" in page
    other = signed_in(cast.alice).get(PAGE, {"intent": "complaint"}).content.decode()
    assert "She sold that unit last year." not in other


def test_the_kind_of_a_rejections_reason_is_counted_where_it_is_decided(asked: Asked, cast: Cast) -> None:
    decide(asked, cast.bob, "reject", rejection="wrong_facts")
    assert kept(asked).rejection == "wrong_facts"
    page = signed_in(cast.alice).get(PAGE).content.decode()
    assert "1 of 1 proposals were rejected, 100.0%." in page
    assert "<b>Wrong facts.</b>" in page
    shown = signed_in(cast.alice).get(f"/approvals/{asked.approval.id}/").content.decode()
    assert re.search(r"Bob.* rejected this .*: Wrong facts\.</p>", shown)


def test_a_reply_taken_back_is_counted(asked: Asked, cast: Cast, work: Work) -> None:
    decide(asked, cast.bob)
    work()
    assert kept(asked).taken_back_at is None
    approval_take_back(approval_id=asked.approval.id, actor=person(cast.bob))
    assert kept(asked).taken_back_at is not None


def test_what_is_decided_twice_counts_once(asked: Asked, cast: Cast, work: Work, owner: Any) -> None:
    """Approved, found stale before its reply left, and then rejected."""
    decide(asked, cast.bob)
    work()
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    facts = {**listing.facts, "council_rates": "$600.00 per quarter"}
    listing_update(listing=listing.id, facts=facts, actor=person(cast.alice))
    due_now(owner)
    work()
    decide(asked, cast.alice, "reject")
    assert kept(asked).decision == "reject"
    assert Judgement.objects.count() == 1


def judged(version: int, unedited: int, edited: int) -> None:
    """So many proposals of a version were approved."""
    with tenant_context("acacia"):
        for number in range(unedited + edited):
            keep(version, edited=number >= unedited)


def keep(
    version: int, *, edited: bool, decision: str = "approve", rejection: str = "", intent: str = "inspection"
) -> None:
    judgement_keep(
        Judged(
            approval=uuid4(), workflow="enquiry", version=version, intent=intent, provider="local",
            model="local", prompt_version="draft@1", fell_back=False, decision=decision, rejection=rejection,
            edited=edited, drafted="a b c d", final="a b x d" if edited else "a b c d",
            waited=timedelta(minutes=1), at=timezone.now() - timedelta(minutes=1),
        )
    )  # fmt: skip


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>([^<]*)</h1>", page)
    assert found
    return found[1]


def test_the_heading_is_the_answer(cast: Cast) -> None:
    alice = signed_in(cast.alice)
    assert heading(alice.get(PAGE).content.decode()) == "Nothing to measure in this period"
    judged(12, 20, 15)
    assert heading(alice.get(PAGE).content.decode()) == "57.1% of version 12 is approved unedited"
    judged(13, 8, 2)
    assert heading(alice.get(PAGE).content.decode()) == "Whether version 13 is better than 12 is open"
    judged(13, 42, 0)
    page = alice.get(PAGE).content.decode()
    assert heading(page) == "Version 13 is edited less than 12"
    # In words, too, and with what a share rests on.
    assert "Version 13 96.2% (87.0% to 98.9%, 50 of 52" in page


def test_each_chart_has_its_table_and_its_csv(cast: Cast) -> None:
    judged(1, 3, 1)
    alice = signed_in(cast.alice)
    page = alice.get(PAGE).content.decode()
    assert page.count('role="img"') == page.count('class="chart-plot"') > 0
    names = set(re.findall(r"/quality/csv/\?table=([a-z]+)", page))
    assert {"versions", "words", "intents"} <= names
    for name in names:
        answer = alice.get("/quality/csv/", {"table": name})
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        headings, *rows = csv.reader(io.StringIO(answer.content.decode()))
        assert all(len(row) == len(headings) for row in rows)
    assert next(csv.reader(io.StringIO(alice.get("/quality/csv/").content.decode()).readlines()[1:]))[:6] == [
        "enquiry", "1", "3", "4", "75.0%", "30.1%",
    ]  # fmt: skip
    assert alice.get("/quality/csv/", {"table": "nonsense"}).status_code == 404


@pytest.mark.parametrize(
    "asked_for",
    [
        {"from": "2999-01-01"}, {"from": "2001-01-01"}, {"to": "2001-01-01"}, {"from": "x"}, {"workflow": "<script>"}, {"intent": "a" * 500}, {"from": "2026-02-30", "to": "2026-01-01"},
    ],
)  # fmt: skip
def test_whatever_the_address_asks_for_is_a_page(cast: Cast, asked_for: dict[str, str]) -> None:
    judged(1, 1, 0)
    alice = signed_in(cast.alice)
    answer = alice.get(PAGE, asked_for)
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().partition("<main")[2]
    assert alice.get("/quality/csv/", asked_for).status_code == 200


def rejected(version: int, intent: str, *kinds: str) -> None:
    with tenant_context("acacia"):
        for kind in kinds:
            keep(version, edited=False, decision="reject", rejection=kind, intent=intent)


def test_reasons_to_reject_are_counted_by_version_purpose_and_intent(cast: Cast) -> None:
    judged(1, 4, 0)
    rejected(1, "inspection", "wrong_facts", "wrong_facts", "")
    rejected(2, "offer", "needs_person")
    alice = signed_in(cast.alice)
    page = alice.get(PAGE).content.decode()
    assert "4 of 8 proposals were rejected, 50.0%." in page
    told = re.findall(r'<ul class="reasons">(.*?)</ul>', page, re.DOTALL)[0]
    assert re.findall(r"<span>([^<]+)</span>", told) == ["Wrong facts", "A person should answer", "Not said"]
    assert re.findall(r"<b class=\"num\">(\d+)</b>", told) == ["2", "1", "1"]
    rows = list(csv.reader(io.StringIO(alice.get("/quality/csv/", {"table": "rejections"}).content.decode())))
    assert rows == [
        [
            "counted by",
            "which",
            "proposals",
            "rejected",
            *(label.lower() for label in RejectionKind.labels),
            "not said",
        ],
        ["all", "everything", "8", "4", "2", "0", "0", "1", "0", "0", "1"],
        ["version", "enquiry 1", "7", "3", "2", "0", "0", "0", "0", "0", "1"],
        ["version", "enquiry 2", "1", "1", "0", "0", "0", "1", "0", "0", "0"],
        ["purpose", "draft", "8", "4", "2", "0", "0", "1", "0", "0", "1"],
        ["intent", "inspection", "7", "3", "2", "0", "0", "0", "0", "0", "1"],
        ["intent", "offer", "1", "1", "0", "0", "0", "1", "0", "0", "0"],
    ]
    (first, second) = api(cast.alice).json()["results"]
    assert first["judged"]["rejections"] == [
        {"rejection": "wrong_facts", "proposals": 2}, {"rejection": None, "proposals": 1},
    ]  # fmt: skip
    assert second["judged"]["rejections"] == [{"rejection": "needs_person", "proposals": 1}]


def fell_back(*codes: str, hours: int = 0) -> None:
    """An answer in another model's place for each of these causes, so many hours ago; of none: the model's own."""
    at = timezone.now() - timedelta(hours=hours)
    with tenant_context("acacia"):
        for code in codes:
            Call.objects.create(
                purpose="draft", provider="local" if code else "anthropic", model_requested="claude-sonnet-5-5",
                model_served="local" if code else "claude-sonnet-5-5", fallback_reason="Why." if code else None,
                fallback_error=code, prompt_version="draft@1", workflow="enquiry", run_id=str(uuid4()), step="draft",
                inputs_digest="0" * 64, outcome="succeeded", created_at=at,
            )  # fmt: skip


def test_fallbacks_are_drawn_by_reason_with_their_share_and_their_table(cast: Cast) -> None:
    alice = signed_in(cast.alice)
    fell_back("", "", "", hours=48)
    page = alice.get(PAGE).content.decode()
    assert "None of 3 answers." in page
    assert 'class="chart-column' not in page
    fell_back("overloaded", "overloaded", "rate_limit", "timeout", "timeout", "budget", "bad_key", "")
    page = alice.get(PAGE).content.decode()
    legend = re.findall(r'class="legend">(.*?)</ul>', page, re.DOTALL)[0]
    assert re.findall(r"</svg>([^<]+)</li>", legend) == ["Overloaded", "Too slow or out of reach", "Other reasons"]
    assert "7 of 11 answers, 63.6%" in page
    # Today's are 7 of 8; a test that runs through midnight has them yesterday.
    assert re.search(r">88% (today|on \d+ [A-Z][a-z]+)</text>", page)
    assert "Overloaded 37.5%, Too slow or out of reach 25.0%, Other reasons 25.0%</title>" in page
    headings, first, *rows = csv.reader(io.StringIO(alice.get("/quality/csv/?table=fallbacks").content.decode()))
    assert headings[4:] == [str(kind.label).lower() for kind in FallbackKind]
    assert first[1:] == ["0", "3", "0.0%", *["0"] * 6]
    assert rows[-1][1:] == ["7", "8", "87.5%", "3", "2", "0", "1", "1", "0"]
    kinds = api(cast.alice).json()["fallback_kinds"]
    assert kinds[:2] == [{"kind": "overloaded", "answers": 3}, {"kind": "unreachable", "answers": 2}]


def test_of_a_long_period_fallbacks_are_told_by_week(cast: Cast) -> None:
    fell_back("overloaded", "budget", hours=24 * 20)
    fell_back("")
    since = (timezone.now() - timedelta(days=200)).date()
    alice = signed_in(cast.alice)
    rows = list(csv.reader(io.StringIO(alice.get(f"/quality/csv/?table=fallbacks&from={since}").content.decode())))
    assert rows[0][0] == "week from"
    assert rows[1][1:] == ["2", "2", "100.0%", "1", "0", "0", "1", "0", "0"]
    page = alice.get(PAGE, {"from": f"{since}"}).content.decode()
    # A test that runs through the midnight of Sunday has them in a week that is over.
    assert re.search(r">0% (this week|in the week from \d+ [A-Z][a-z]+)</text>", page)


def test_no_cell_of_a_csv_is_a_formula(cast: Cast) -> None:
    judgement_keep(
        Judged(
            approval=uuid4(), workflow="enquiry", version=1, intent='=HYPERLINK("http://evil.example")',
            provider="local", model="local", prompt_version="draft@1", fell_back=False, decision="approve",
            edited=False, drafted="", final="", waited=timedelta(), at=timezone.now(),
        )
    )  # fmt: skip
    answer = signed_in(cast.alice).get("/quality/csv/", {"table": "intents"})
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[1][0] == '\'=HYPERLINK("http://evil.example")'


def test_who_may_not_read_calls_reads_no_quality(cast: Cast) -> None:
    bob = signed_in(cast.bob)
    assert bob.get(PAGE).status_code == 403
    assert bob.get("/quality/csv/").status_code == 403
    assert PAGE not in bob.get("/inbox/").content.decode()
    assert PAGE in signed_in(cast.alice).get("/inbox/").content.decode()


def api(who: Person, *, path: str = API, **given: str) -> Any:
    client = Client(HTTP_HOST="acacia.localhost", headers={"authorization": f"Bearer {who.token}"})
    return client.get(path, given)


def test_the_api_tells_each_share_with_its_bounds(cast: Cast) -> None:
    judged(1, 3, 1)
    answer = api(cast.alice).json()
    assert (answer["group_by"], answer["currency"]) == ("version", "USD")
    (row,) = answer["results"]
    assert row["key"] == "enquiry/1"
    assert row["calls"] is None
    assert row["judged"]["proposals"] == 4
    rate = row["judged"]["unedited_rate"]
    assert (rate["hits"], rate["n"], rate["share"]) == (3, 4, 0.75)
    assert (rate["low"], rate["high"]) == pytest.approx((0.3006418, 0.9544127), abs=1e-6)
    assert row["judged"]["waited_median_seconds"] == 60
    for by in ("purpose", "model", "intent", "prompt", "day", "week"):
        assert api(cast.alice, group_by=by).json()["group_by"] == by
    assert api(cast.alice, workflow="other").json()["results"] == []


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"group_by": "mood"}, "group_by"),
        ({"since": "2020-01-01T00:00:00Z"}, "since"),
        ({"until": "2020-01-01T00:00:00Z", "since": "2020-02-01T00:00:00Z"}, "since"),
        ({"version": "0"}, "version"),
    ],
)
def test_the_api_says_what_it_cannot_understand(cast: Cast, given: dict[str, str], path: str) -> None:
    answer = api(cast.alice, **given)
    assert answer.status_code in (400, 422)
    assert path in {error["path"] for error in answer.json()["errors"]}


def test_calls_that_only_tried_something_are_listed_apart(asked: Asked, cast: Cast) -> None:
    tried = Call.objects.create(
        purpose="draft", provider="local", model_requested="local", model_served="local", prompt_version="draft@1",
        step="case", inputs_digest="0" * 64, use="evaluation", outcome="succeeded",
    )  # fmt: skip

    def listed(**given: str) -> list[str]:
        return [row["id"] for row in api(cast.alice, path="/api/v1/ai/calls", **given).json()["results"]]

    ours = [str(call.pk) for call in calls(run_id=asked.run.id)]
    assert listed(use="evaluation") == [str(tried.pk)]
    assert listed(use="work") == ours
    assert listed() == [str(tried.pk), *ours]
    assert listed(use="evaluation", purpose="understand") == []
    wrong = api(cast.alice, path="/api/v1/ai/calls", use="fun")
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (400, "use")


def test_a_manager_reads_a_calls_words_and_an_auditor_how_long_they_are(asked: Asked, cast: Cast) -> None:
    (first, *_) = calls(run_id=asked.run.id)
    auditor = somebody("Aud", "auditor")
    try:
        client = visitor()
        sign_in(client, auditor.email)
        page, admin = f"/quality/calls/{first.pk}/", f"/admin/ai/call/{first.pk}/change/"
        read = signed_in(cast.alice).get(page).content.decode()
        outline = client.get(page).content.decode()
        assert "Georgia" in read
        assert "Georgia" not in outline
        assert "characters]" in outline
        assert "Georgia" not in client.get(admin).content.decode()
        told = api(cast.alice, path=f"/api/v1/ai/calls/{first.pk}").json()
        assert (told["id"], told["redacted"]) == (str(first.pk), False)
        assert "Georgia" in told["answer"]
        assert signed_in(cast.bob).get(page).status_code == 403
        assert signed_in(cast.alice).get(f"/quality/calls/{uuid4()}/").status_code == 404
    finally:
        with tenant_context("acacia"):
            person_change(person=auditor.id, fields={"is_active": False}, actor=Actor.system("tests"))
