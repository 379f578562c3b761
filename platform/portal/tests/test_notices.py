"""Notice of waiting: emailed to those who may decide, as often as they want it, once, and never to the customer."""

import email
import email.policy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from pytest_httpserver import HTTPServer

from accounts.services import person_change
from ai.quality.drift import BASELINE, BLOCK
from ai.tests.judging import decided
from approvals.selectors import approval_get, approvals
from approvals.services import (
    approval_answer,
    approval_ask,
    approval_decide,
    approval_delegate,
    approval_recall_question,
)
from audit.services import Actor
from conftest import Cast
from crm.selectors import listing_list
from crm.services import listing_update
from notify import notices
from notify.looking import left, saw
from notify.notices import Pace, next_time, notice_choose
from notify.services import endpoint_add
from portal.tests.people import Somebody, sign_in, somebody, visitor
from tenants.selectors import tenant_context
from tests.sink import Sink, sink
from tests.story import CUSTOMER, Asked, due_now, mail, person, receive, samples, waiting
from workflows.approvers import approvers_set
from workflows.services import event_receive

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")
WORKFLOW = "asks"
Ask = Callable[[], UUID]


@pytest.fixture
def server(settings: Any) -> Iterator[Sink]:
    """The outgoing mail server, which takes everything."""
    with sink("take") as serving:
        url = f"smtp://127.0.0.1:{serving.port}"
        settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"smtp_out_url": url})
        yield serving


def go(who: Somebody) -> None:
    """Somebody leaves the workspace: who stays would be told of every proposal of later tests."""
    with tenant_context("acacia"):
        person_change(person=who.id, fields={"is_active": False}, actor=TESTS)


@pytest.fixture
def dora(in_committed_acacia: None) -> Iterator[Somebody]:
    """A new agent, who has never looked at the workspace."""
    made = somebody("Dora")
    yield made
    go(made)


def told(server: Sink, to: str) -> list[EmailMessage]:
    """The emails that somebody got."""
    read = [(to_all, email.message_from_bytes(raw, policy=email.policy.default)) for _, to_all, raw in server.taken]
    return [message for to_all, message in read if to_all == [to]]


def words(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def arrives(work: Work, text: str = "Is 14 Wattle Street open on Saturday?\n\nGeorgia") -> Asked:
    """A customer writes, and the run comes to its proposal."""
    samples()
    receive(mail(text))
    work()
    return waiting()


ASKS = """
name: asks
on: {event: test.asked}
steps:
  - {key: note, do: crm.create_task, with: {title: "${event.title}"},
     approval: {ask: always, approvers: {role: agent}, expires: 24h, escalate_to: {role: manager}}}
"""


@pytest.fixture
def ask(publish: Callable[[str], None], work: Work) -> Callable[[], UUID]:
    """Has another proposal wait, and everybody told who is to be at once; its id."""
    publish(ASKS)

    def again() -> UUID:
        received = event_receive(type="test.asked", data={"title": "Call Georgia"}, actor=TESTS)
        work()
        found = approvals(run=received.runs[0], status="pending").get()
        return UUID(str(found.pk))

    return again


def decide(approval: UUID, decision: Any, who: Any) -> None:
    shown = approval_get(approval)
    approval_decide(approval_id=approval, decision=decision, digest=shown.digest, actor=person(who))


def time_passes(owner: Any, work: Work) -> None:
    """Long enough for whoever is to be told of something later."""
    owner.execute("UPDATE acacia.notify_notice SET due_at = now() - interval '1 second' WHERE told_at IS NULL")
    due_now(owner)
    work()


def test_who_may_decide_is_told_once_with_a_link_and_no_word_of_the_customer(
    server: Sink, dora: Somebody, work: Work, owner: Any
) -> None:
    asked = arrives(work)
    time_passes(owner, work)
    (message,) = told(server, dora.email)
    assert message["Subject"] == "A proposal waits for you: Acacia Realty"
    assert message["Auto-Submitted"] == "auto-generated"
    link = f"http://acacia.localhost:8000/approvals/{asked.approval.id}/"
    assert link in words(message).splitlines()
    assert f'<a href="{link}">' in words(message, "html")
    assert "Reply by email" in words(message)
    for word in ("Georgia", "Wattle", "Saturday", CUSTOMER, "Inspection"):
        assert word not in f"{message['Subject']} {words(message)} {words(message, 'html')}"
    assert CUSTOMER not in [to for _, to_all, _ in server.taken for to in to_all]


def test_nobody_else_is_told(server: Sink, dora: Somebody, ask: Ask, work: Work, cast: Cast) -> None:
    viewer, auditor = somebody("Vic", "viewer"), somebody("Aud", "auditor")
    ask()
    assert told(server, dora.email)
    assert not [each for each in (viewer, auditor, cast.charlie, cast.olga) if told(server, each.email)]
    go(viewer)
    go(auditor)


def test_whom_a_workflow_names_alone_is_told(server: Sink, dora: Somebody, ask: Ask, work: Work, cast: Cast) -> None:
    left(cast.bob.id)
    approvers_set(slug=WORKFLOW, people=[dora.id], roles=[], actor=TESTS)
    ask()
    assert len(told(server, dora.email)) == 1
    assert told(server, cast.bob.email) == []


def test_who_is_looking_is_told_when_they_have_left_and_it_still_waits(
    server: Sink, dora: Somebody, ask: Ask, work: Work, owner: Any
) -> None:
    browser = visitor()
    sign_in(browser, dora.email)
    assert browser.get("/inbox/").status_code == 200
    with tenant_context("acacia"):
        ask()
    assert told(server, dora.email) == []
    browser.post("/sign-out/")
    with tenant_context("acacia"):
        time_passes(owner, work)
    assert len(told(server, dora.email)) == 1


def test_what_was_decided_meanwhile_is_no_news(
    server: Sink, dora: Somebody, ask: Ask, work: Work, cast: Cast, owner: Any
) -> None:
    saw(dora.id)
    decide(ask(), "reject", cast.bob)
    left(dora.id)
    time_passes(owner, work)
    assert told(server, dora.email) == []
    open_for_her = "SELECT 1 FROM acacia.notify_notice WHERE told_at IS NULL AND person_id = %s"
    assert owner.execute(open_for_her, [dora.id]).fetchall() == []  # others may just be looking


def test_what_was_taken_from_somebody_is_no_news_for_them(
    server: Sink, dora: Somebody, ask: Ask, work: Work, cast: Cast, owner: Any
) -> None:
    saw(dora.id)
    ask()
    approvers_set(slug=WORKFLOW, people=[cast.bob.id], roles=[], actor=TESTS)
    left(dora.id)
    time_passes(owner, work)
    assert told(server, dora.email) == []


def test_what_was_given_to_one_colleague_is_no_news_for_the_others(
    server: Sink, dora: Somebody, ask: Ask, work: Work, cast: Cast, owner: Any
) -> None:
    saw(dora.id)
    approval_delegate(approval_id=ask(), to=cast.bob.id, actor=person(cast.alice))
    left(dora.id)
    time_passes(owner, work)
    assert told(server, dora.email) == []


def subjects(server: Sink, to: str) -> list[str]:
    return [message["Subject"].partition(":")[0] for message in told(server, to)]


def test_who_is_asked_is_told_each_time_and_who_asked_of_the_answer(
    server: Sink, ask: Ask, work: Work, owner: Any
) -> None:
    viewer, asker = somebody("Vic", "viewer"), somebody("Amy")
    try:
        asked = ask()
        for note in ("Is the studio approved by the council?", "And the shed?"):
            approval_ask(approval_id=asked, colleague=viewer.id, note=note, actor=person(asker))
            work()
            time_passes(owner, work)
            approval_answer(approval_id=asked, answer="Yes, since May.", actor=person(viewer))
            work()
            time_passes(owner, work)
        assert subjects(server, viewer.email) == ["A colleague asks you about a proposal"] * 2
        answered = "What you asked about a proposal was answered"
        assert subjects(server, asker.email) == ["A proposal waits for you", answered, answered]
        link = f"http://acacia.localhost:8000/approvals/{asked}/"
        for to in (viewer, asker):
            for message in told(server, to.email)[-2:]:
                assert link in words(message).splitlines()
                assert not [word for word in ("studio", "shed", "May", "Georgia", "Amy") if word in words(message)[20:]]
    finally:
        go(viewer)
        go(asker)


def test_a_question_that_was_taken_back_is_no_news(
    server: Sink, dora: Somebody, ask: Ask, work: Work, cast: Cast, owner: Any
) -> None:
    asked = ask()
    approval_ask(approval_id=asked, colleague=dora.id, note="Is it?", actor=person(cast.alice))
    work()
    approval_recall_question(approval_id=asked, actor=person(cast.alice))
    time_passes(owner, work)
    assert subjects(server, dora.email) == ["A proposal waits for you"]
    assert "A colleague asks you about a proposal" not in subjects(server, cast.alice.email)


def test_who_asked_is_told_that_nobody_answered(server: Sink, ask: Ask, work: Work, cast: Cast, owner: Any) -> None:
    asker = somebody("Amy")
    try:
        asked = ask()
        approval_ask(approval_id=asked, colleague=cast.bob.id, note="Is it?", actor=person(asker))
        owner.execute("UPDATE acacia.approvals_question SET until = now() - interval '1 second'")
        due_now(owner)
        work()
        time_passes(owner, work)
        assert approval_get(asked).status == "pending"
        assert subjects(server, asker.email)[-1] == "Nobody answered what you asked about a proposal"
    finally:
        go(asker)


def test_who_is_given_a_proposal_is_told_of_that_alone(
    server: Sink, dora: Somebody, ask: Ask, work: Work, cast: Cast, owner: Any
) -> None:
    saw(dora.id)
    left(cast.bob.id)
    approval_delegate(approval_id=ask(), to=dora.id, actor=person(cast.alice))
    work()
    left(dora.id)
    time_passes(owner, work)
    assert subjects(server, dora.email) == ["A proposal was given to you"]
    assert "A proposal was given to you" not in subjects(server, cast.bob.email)


def test_what_one_is_asked_stands_in_the_inbox_until_it_is_answered(ask: Ask, cast: Cast) -> None:
    viewer = somebody("Vic", "viewer")
    try:
        asked = ask()
        approval_ask(approval_id=asked, colleague=viewer.id, note="Is it?", actor=person(cast.alice))
        browser = visitor()
        sign_in(browser, viewer.email)
        assert "You are asked" in browser.get("/inbox/").text
        with tenant_context("acacia"):
            approval_answer(approval_id=asked, answer="It is.", actor=person(viewer))
        assert "You are asked" not in browser.get("/inbox/").text
    finally:
        go(viewer)


def test_what_comes_together_is_told_together(server: Sink, dora: Somebody, ask: Ask, work: Work, owner: Any) -> None:
    saw(dora.id)
    asked = [ask() for _ in range(3)]
    left(dora.id)
    time_passes(owner, work)
    (message,) = told(server, dora.email)
    assert message["Subject"] == "3 proposals need you: Acacia Realty"
    assert all(f"/approvals/{each}/" in words(message) for each in asked)


def test_the_next_email_takes_its_time(server: Sink, dora: Somebody, ask: Ask, work: Work, owner: Any) -> None:
    ask()
    ask()
    assert len(told(server, dora.email)) == 1, "the second comes with what the next five minutes bring"
    time_passes(owner, work)
    assert len(told(server, dora.email)) == 2


def test_nobody_is_told_who_wants_none(server: Sink, dora: Somebody, ask: Ask, work: Work, owner: Any) -> None:
    notice_choose(pace="never", actor=person(dora))
    ask()
    time_passes(owner, work)
    assert told(server, dora.email) == []


def test_a_digest_waits_for_its_time(
    server: Sink, dora: Somebody, ask: Ask, work: Work, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Far from now, whatever the clock says while this runs.
    monkeypatch.setattr(notices, "EIGHT", (datetime.now(SYDNEY) + timedelta(hours=12)).time())
    notice_choose(pace="daily", actor=person(dora))
    ask()
    ask()
    assert told(server, dora.email) == []
    time_passes(owner, work)
    (message,) = told(server, dora.email)
    assert message["Subject"].startswith("2 proposals need you")


def test_who_chooses_none_is_not_told_of_what_had_come_before(
    server: Sink, dora: Somebody, ask: Ask, work: Work, owner: Any
) -> None:
    saw(dora.id)
    ask()
    notice_choose(pace="never", actor=person(dora))
    left(dora.id)
    time_passes(owner, work)
    assert told(server, dora.email) == []


def test_who_chooses_to_be_told_at_once_is_told_of_what_had_come_before(
    server: Sink, dora: Somebody, ask: Ask, work: Work
) -> None:
    notice_choose(pace="daily", actor=person(dora))
    ask()
    notice_choose(pace="at_once", actor=person(dora))
    work()
    assert len(told(server, dora.email)) == 1


def test_what_is_passed_on_and_what_has_expired_is_told(
    server: Sink, dora: Somebody, ask: Ask, work: Work, owner: Any
) -> None:
    manager = somebody("Max", "manager")
    try:
        asked = ask()
        for _ in range(2):
            owner.execute("UPDATE acacia.approvals_approval SET expires_at = now() - interval '1 second'")
            due_now(owner)
            work()
            time_passes(owner, work)
        assert approval_get(asked).status == "expired"
        subjects = [message["Subject"].partition(":")[0] for message in told(server, manager.email)]
        assert subjects == [
            "A proposal waits for you", "A proposal was passed on to you", "Nobody decided in time about a proposal",
        ]  # fmt: skip
        assert len(told(server, dora.email)) == 1, "it was passed on: it is no agent's any more"
    finally:
        go(manager)


def test_a_held_reply_that_was_stopped_since_facts_changed_is_told(
    server: Sink, dora: Somebody, work: Work, cast: Cast, owner: Any
) -> None:
    asked = arrives(work, "What are the rates of 14 Wattle Street per quarter?\n\nGeorgia")
    decide(asked.approval.id, "approve", cast.bob)
    work()
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    facts = {**listing.facts, "council_rates": "$600.00 per quarter"}
    listing_update(listing=listing.id, facts=facts, actor=person(cast.alice))
    due_now(owner)
    work()
    time_passes(owner, work)
    assert approval_get(asked.approval.id).status == "stale"
    last = told(server, dora.email)[-1]
    assert last["Subject"] == "The facts under a proposal have changed: Acacia Realty"


def test_without_a_mail_server_nothing_is_written(dora: Somebody, ask: Ask, work: Work, owner: Any) -> None:
    ask()
    for table in ("notify_email", "notify_notice"):
        assert owner.execute(f"SELECT 1 FROM acacia.{table}").fetchall() == []


def test_a_worker_that_died_before_its_commit_tells_nobody_twice(
    server: Sink, dora: Somebody, ask: Ask, work: Work, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written of an email and that it was written are one commit."""

    def dies(**given: Any) -> None:
        notices.news_told(**given)
        if given["person"] == dora.id:
            monkeypatch.setattr("portal.handlers.news_told", notices.news_told)
            raise ConnectionError("the worker is gone")

    monkeypatch.setattr("portal.handlers.news_told", dies)
    ask()
    assert told(server, dora.email) == []
    time_passes(owner, work)
    time_passes(owner, work)
    assert len(told(server, dora.email)) == 1


def test_drift_is_told_to_who_may_change_workflows_with_a_link(
    server: Sink, dora: Somebody, work: Work, owner: Any
) -> None:
    max_ = somebody("Max", "manager")
    workflow = f"enquiry-{uuid4().hex[:8]}"
    decided(workflow, BASELINE)
    decided(workflow, BLOCK, edited=True)
    work()
    time_passes(owner, work)
    (message,) = told(server, max_.email)
    assert message["Subject"] == f"Version 1 of {workflow} does not work as it did: Acacia Realty"
    assert "Approved unedited: 100.0% to 0.0%" in words(message)
    assert f"http://acacia.localhost:8000/quality/?workflow={workflow}" in words(message).splitlines()
    assert told(server, dora.email) == []
    go(max_)


SYDNEY = ZoneInfo("Australia/Sydney")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 11, 26, 7, 59, tzinfo=SYDNEY), datetime(2026, 11, 26, 8, tzinfo=SYDNEY)),
        (datetime(2026, 11, 26, 8, 0, tzinfo=SYDNEY), datetime(2026, 11, 27, 8, tzinfo=SYDNEY)),
        # Clocks go forward on 4 October, and back on 5 April.
        (datetime(2026, 10, 3, 9, 0, tzinfo=SYDNEY), datetime(2026, 10, 4, 8, tzinfo=SYDNEY)),
        (datetime(2026, 4, 4, 9, 0, tzinfo=SYDNEY), datetime(2026, 4, 5, 8, tzinfo=SYDNEY)),
    ],
)
def test_a_day_begins_at_eight_in_the_zone_of_the_workspace(now: datetime, then: datetime) -> None:
    assert next_time(Pace.DAILY, now.astimezone(UTC), None) == then.astimezone(UTC)


def test_the_other_paces() -> None:
    now = datetime(2026, 11, 26, 23, 40, tzinfo=UTC)
    assert next_time(Pace.HOURLY, now, None) == datetime(2026, 11, 27, 0, 0, tzinfo=UTC)
    assert next_time(Pace.AT_ONCE, now, None) == now
    assert next_time(Pace.AT_ONCE, now, now - timedelta(minutes=1)) == now - timedelta(minutes=1) + notices.BREATH
    assert next_time(Pace.AT_ONCE, now, now - timedelta(days=1)) == now


def test_the_page_of_notices_keeps_what_a_person_chooses(dora: Somebody) -> None:
    browser = visitor()
    sign_in(browser, dora.email)
    page = browser.get("/settings/notices/")
    assert "No email leaves this workspace." in page.text
    assert browser.post("/settings/notices/", {"pace": "hourly"}).status_code == 302
    refused = browser.post("/settings/notices/", {"pace": "often"})
    assert refused.status_code == 422
    assert "Choose one of these." in refused.text
    with tenant_context("acacia"):
        assert notices.pace_of(dora.id) == "hourly"


def test_a_channel_is_told_in_a_sentence_with_a_link_and_no_word_of_the_customer(
    work: Work, httpserver: HTTPServer, settings: Any, owner: Any, cast: Cast
) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"webhooks_allow_loopback": True})
    httpserver.expect_request("/services/T0/B0").respond_with_data("ok")
    types = ["approval.pending", "approval.asked", "approval.answered", "approval.expired", "run.waiting",
             "message.received"]  # fmt: skip
    endpoint_add(url=httpserver.url_for("/services/T0/B0"), types=types, kind="slack", actor=TESTS)
    asked = arrives(work)
    approval_ask(
        approval_id=asked.approval.id, colleague=cast.bob.id, note="Georgia, really?", actor=person(cast.alice)
    )
    approval_answer(approval_id=asked.approval.id, answer="Georgia it is.", actor=person(cast.bob))
    for _ in range(2):
        owner.execute("UPDATE acacia.approvals_approval SET expires_at = now() - interval '1 second'")
        due_now(owner)
        work()
    bodies = [json.loads(request.get_data()) for request, _ in httpserver.log]
    page = f"<http://acacia.localhost:8000/approvals/{asked.approval.id}/|Open it>"
    said = [body.pop("text") for body in bodies]
    assert bodies == [{}] * len(said)
    assert f"Acacia Realty: A proposal waits for a person. {page}" in said
    assert f"Acacia Realty: A colleague is asked about a proposal. {page}" in said
    assert f"Acacia Realty: A question about a proposal was closed, and it waits again. {page}" in said
    assert f"Acacia Realty: Nobody decided in time: a proposal was passed on. {page}" in said
    assert f"Acacia Realty: Nobody decided in time. {page}" in said
    assert not [text for text in said if "Georgia" in text or "Wattle" in text]


def test_a_webhook_of_a_form_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="pigeon"):
        endpoint_add(url="https://example.com/", types=["run.failed"], kind="pigeon", actor=TESTS)
