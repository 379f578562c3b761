"""The inbox and the decision bar: whose proposals are shown, in which order, and what can be done with each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from accounts.services import person_add
from approvals.proposals import Proposal
from approvals.selectors import approval_get, waiting, waiting_around, waiting_page
from approvals.services import approval_decide, approval_edit, approval_settle, approvals_withdraw, proposal_open
from audit.services import Actor
from conftest import PASSWORD, Cast, Person
from crm.selectors import listing_list
from crm.services import listing_update
from portal.views.waiting import row_of
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import Asked, person, two_must_approve
from workflows.approvers import approvers_set
from workflows.services import approval_take_back

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
TESTS = Actor.system("tests")
Work = Callable[[], None]


def propose(title: str, **given: Any) -> UUID:
    """A proposal of no run, for lists."""
    document = {
        "customer": {"name": title, "email": f"{title.split()[0].lower()}@example.com"},
        "message": {"subject": f"About {title}"},
        "actions": [],
    }
    proposal = Proposal(
        run=uuid7(), key="answer", title=f"Reply to {title}", risk="low", document=document, binding={}, basis=[],
        **given,
    )  # fmt: skip
    return proposal_open(proposal=proposal, actor=TESTS)


def page_of(asked: Asked, tail: str = "") -> str:
    return f"/approvals/{asked.approval.id}/{tail}"


def shown(who: Person, path: str) -> str:
    return str(signed_in(who).get(path).content.decode())


def test_the_soonest_expiry_comes_first_and_pages_hold_each_once(cast: Cast) -> None:
    made = [propose(f"Customer {n:03}", lasts=timedelta(hours=n + 1)) for n in range(120)]
    found, seen, after = waiting(), [], None
    while True:
        page = waiting_page(found, after=after)
        seen += [view.id for view in page.items]
        if page.later is None:
            break
        after = page.later
    assert seen == made
    back = waiting_page(found, before=seen[100])
    assert [view.id for view in back.items] == made[50:100]
    assert (back.sooner, back.later) == (made[50], made[99])
    place = waiting_around(found, approval_get(made[60]))
    assert (place.number, place.former, place.following) == (61, made[59], made[61])
    client = signed_in(cast.bob)
    first = client.get("/inbox/").content.decode()
    assert "Customer 024" in first
    assert "Customer 025" not in first
    assert "Customer 025" in client.get(f"/inbox/?cursor=o{made[24]}").content.decode()
    assert client.get("/inbox/?cursor=nonsense").status_code == 404
    shown_far_down = client.get(f"/approvals/{made[60]}/").content.decode()
    assert "61 of 120" in shown_far_down
    assert f'href="/inbox/?cursor=o{made[59]}#{made[60]}" data-back' in shown_far_down
    with tenant_context("acacia"), transaction.atomic():
        approvals_withdraw(run=approval_get(made[60]).run, reason="newer_message", actor=TESTS)
    withdrawn = client.get(f"/approvals/{made[60]}/").content.decode()
    assert f'href="/inbox/?cursor=o{made[59]}#{made[61]}" data-back' in withdrawn


def test_mine_are_those_i_may_approve(cast: Cast) -> None:
    propose("Any Agent")
    propose("Only Manager", approver_role="manager")
    propose("Own Request", requesters={cast.bob.id})
    bob, alice = shown(cast.bob, "/inbox/"), shown(cast.alice, "/inbox/")
    assert ("Any Agent" in bob, "Only Manager" in bob, "Own Request" in bob) == (True, False, False)
    assert all(name in alice for name in ("Any Agent", "Only Manager", "Own Request"))
    every = shown(cast.bob, "/inbox/?show=all")
    assert all(name in every for name in ("Any Agent", "Only Manager", "Own Request"))


def test_what_i_have_approved_or_written_waits_for_others(cast: Cast, asked: Asked) -> None:
    digest = two_must_approve(asked).digest
    approval_decide(approval_id=asked.approval.id, decision="approve", digest=digest, actor=person(cast.bob))
    assert "Nothing waits for you; 1 waits for others." in shown(cast.bob, "/inbox/")
    assert "1 of 2 people approved" in shown(cast.alice, "/inbox/")
    assert "You have approved.</b> 1 more person is needed." in shown(cast.bob, page_of(asked))
    with tenant_context("acacia"):
        edit = {"follow_up": {"title": "Call Georgia"}}
        approval_edit(approval_id=asked.approval.id, digest=digest, edits=edit, actor=person(cast.alice))
    assert "Approve is off: you have edited this." in shown(cast.alice, page_of(asked))


def test_words_find_customer_address_and_subject(cast: Cast) -> None:
    propose("Georgia Papadopoulos")
    propose("Wei Zhang")
    for words in ("papadop", "georgia@example.com", "ABOUT Georgia"):
        found = shown(cast.bob, f"/inbox/?q={words}")
        assert ("Georgia Papadopoulos" in found, "Wei Zhang" in found) == (True, False), words
    assert "Nothing that waits fits “nobody”." in shown(cast.bob, "/inbox/?q=nobody")
    assert "&lt;script&gt;" in shown(cast.bob, "/inbox/?q=<script>")


def test_the_list_says_of_a_proposal_what_the_proposal_itself_says(cast: Cast, asked: Asked) -> None:
    bare = proposal_open(
        proposal=Proposal(run=uuid7(), key="a", title="Bare", risk="low", document={}, binding={}, basis=[]),
        actor=TESTS,
    )
    found = {line.id: row_of(line, {}) for line in waiting_page(waiting()).items}
    assert found == {ident: row_of(approval_get(ident), {}) for ident in (asked.approval.id, bare)}
    assert "book" in found[asked.approval.id].what


def test_the_list_goes_along_to_the_proposal_and_back(cast: Cast, asked: Asked) -> None:
    assert f'href="{page_of(asked)}?show=all&amp;q=georgia"' in shown(cast.bob, "/inbox/?show=all&q=georgia")
    page = shown(cast.bob, page_of(asked, "?show=all&q=georgia"))
    assert f'href="{page_of(asked)}?show=all&amp;q=georgia"' in page
    assert f'href="/inbox/?show=all&amp;q=georgia#{asked.approval.id}" data-back' in page
    decide = {"decision": "reject", "digest": asked.approval.digest}
    gone = signed_in(cast.bob).post(page_of(asked, "decide/?show=all&q=georgia"), decide)
    assert gone.headers["Location"] == page_of(asked, "?show=all&q=georgia")


def test_arrivals_tell_what_the_list_would_begin_with(cast: Cast) -> None:
    first, second = propose("Wei Zhang"), propose("Only Manager", approver_role="manager")
    told = signed_in(cast.bob).get("/inbox/arrivals/").json()
    assert told == {"waiting": [str(first)], "count": 1}
    told = signed_in(cast.bob).get("/inbox/arrivals/?show=all").json()
    assert signed_in(cast.bob).get("/inbox/arrivals/?only=count").json() == {"count": told["count"]}
    assert (set(told["waiting"]), told["count"]) == ({str(first), str(second)}, 2)
    assert signed_in(cast.charlie, "harbour").get("/inbox/arrivals/").json() == {"waiting": [], "count": 0}


def test_a_thousand_cost_as_many_queries_as_ten(cast: Cast, asked: Asked) -> None:
    client = signed_in(cast.bob)

    def queries(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked_of:
            assert client.get(path).status_code == 200
        return len(asked_of)

    paths = ("/inbox/", "/inbox/?show=all&q=customer", page_of(asked), "/inbox/arrivals/")
    with tenant_context("acacia"):
        for n in range(10):
            propose(f"Customer {n}")
    few = [queries(path) for path in paths]
    with tenant_context("acacia"):
        for n in range(990):
            propose(f"Customer {n}", lasts=timedelta(hours=30))
    assert [queries(path) for path in paths] == few
    assert 0 < min(few) <= max(few) < 20, few


def test_no_state_of_a_proposal_costs_twenty_queries(cast: Cast, asked: Asked, work: Work) -> None:
    with tenant_context("acacia"):
        approvers_set(slug="property-enquiry", people=[cast.bob.id], roles=["manager"], actor=TESTS)
    client, cost = signed_in(cast.bob), {}

    def look(state: str) -> None:
        client.get(page_of(asked))
        with CaptureQueriesContext(connection) as asked_of:
            answer = client.get(page_of(asked))
        assert f'data-status="{state}"' in answer.content.decode()
        cost[state] = len(asked_of)

    look("pending")
    decide(asked, cast.bob)
    look("approved")
    work()
    look("executing")
    with tenant_context("acacia"):
        approval_take_back(approval_id=asked.approval.id, actor=person(cast.bob))
    look("taken_back")
    assert max(cost.values()) < 20, cost


def bar(asked: Asked, who: Person) -> str:
    """The decision bar, its white space made one."""
    page = shown(who, page_of(asked))
    part = page[page.index('id="decide"') if 'id="decide"' in page else page.index('id="decision"') :]
    return " ".join(part.split())


def decide(asked: Asked, who: Any, word: Any = "approve") -> None:
    with tenant_context("acacia"):
        digest = approval_get(asked.approval.id).digest
        approval_decide(approval_id=asked.approval.id, decision=word, digest=digest, actor=person(who))


def test_the_bar_of_a_proposal_that_is_ready(asked: Asked, cast: Cast) -> None:
    ready = bar(asked, cast.bob)
    assert 'value="approve" data-key="a"' in ready
    assert "Nothing leaves for 10 seconds. You sign as Bob, agent." in ready


def test_the_bar_says_why_approve_is_off(asked: Asked, cast: Cast, owner: Any) -> None:
    owner.execute("UPDATE acacia.approvals_approval SET blocked_reason = 'Approve is off: one claim has no source.'")
    blocked = bar(asked, cast.bob)
    assert "Approve is off: one claim has no source.</b> Fix, remove or edit it." in blocked
    assert 'value="approve"' not in blocked
    owner.execute("UPDATE acacia.approvals_approval SET blocked_reason = '', requesters = %s", [[cast.bob.id]])
    own = bar(asked, cast.bob)
    assert "Approve is off: you caused this request.</b> Somebody else must approve it." in own
    assert 'value="reject"' in own
    owner.execute("UPDATE acacia.approvals_approval SET expires_at = now() - interval '1 minute'")
    assert "Approve is off: this has expired." in bar(asked, cast.alice)


def test_the_bar_for_those_who_may_not_decide(asked: Asked, cast: Cast, owner: Any) -> None:
    for role in ("viewer", "auditor"):
        email = f"{role}-{asked.run.id}@example.com"
        with tenant_context("acacia"):
            reader = person_add(email=email, name="Vera", role=role, password=PASSWORD, actor=TESTS)
        told = bar(asked, Person(reader, email, "Vera", ""))
        assert f"You can read this, not decide it.</b> The role {role} decides no proposals." in told
    owner.execute("UPDATE acacia.approvals_approval SET approver_role = 'manager'")
    assert "This waits for the role manager." in bar(asked, cast.bob)


def test_the_bar_while_it_is_carried_out_held_taken_back_and_done(asked: Asked, cast: Cast, work: Work) -> None:
    decide(asked, cast.bob)
    assert "It is being carried out." in bar(asked, cast.bob)
    work()
    held = bar(asked, cast.bob)
    assert "The reply leaves in" in held
    assert 'value="take_back" data-key="z"' in held
    other = bar(asked, cast.alice)
    assert 'value="take_back"' in other
    assert 'data-key="z"' not in other, "z takes back one's own last decision"
    with tenant_context("acacia"):
        approval_take_back(approval_id=asked.approval.id, actor=person(cast.alice))
    taken = bar(asked, cast.bob)
    assert "Taken back by Alice" in taken
    assert "What was recorded before stays" in taken


def test_the_bar_once_the_reply_is_leaving_and_has_left(asked: Asked, cast: Cast, work: Work, owner: Any) -> None:
    decide(asked, cast.bob)
    work()
    owner.execute("UPDATE acacia.workflows_effect SET status = 'intended' WHERE status = 'held'")
    owner.execute("UPDATE acacia.mail_message SET status = 'sending' WHERE status = 'held'")
    assert "The reply is leaving right now." in bar(asked, cast.bob)
    owner.execute("UPDATE acacia.mail_message SET status = 'sent', sent_at = now() WHERE status = 'sending'")
    with tenant_context("acacia"), transaction.atomic():
        approval_settle(approval_id=asked.approval.id, to="executed", actor=TESTS)
    assert "Done.</b> The reply left today," in bar(asked, cast.bob)


def test_the_bar_of_what_somebody_else_decided(asked: Asked, cast: Cast) -> None:
    decide(asked, cast.alice, "reject")
    told = bar(asked, cast.bob)
    assert "Rejected.</b> Nothing was sent or changed." in told
    assert "Alice rejected this" in told
    late = signed_in(cast.bob).post(page_of(asked, "decide/"), {"decision": "approve", "digest": asked.approval.digest})
    assert late.status_code == 409
    assert "was rejected already. Alice decided. Nothing was done twice." in late.content.decode()


def test_the_bar_of_what_went_stale(asked: Asked, cast: Cast) -> None:
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    listing_update(listing=listing.id, open_times=[], actor=TESTS)
    client = signed_in(cast.bob)
    client.post(page_of(asked, "decide/"), {"decision": "approve", "digest": asked.approval.digest})
    page = shown(cast.bob, page_of(asked))
    assert "Something changed since this was drafted, so nothing runs." in page
    assert "Approve is off: the facts changed." in page
    assert 'value="renew"' in page


def test_the_bar_of_what_ended_without_a_decision(asked: Asked, cast: Cast, owner: Any) -> None:
    with tenant_context("acacia"), transaction.atomic():
        approvals_withdraw(run=asked.run.id, reason="newer_message", actor=TESTS)
    assert "Withdrawn.</b> The conversation moved on" in bar(asked, cast.bob)
    for status, words in (
        ("expired", "Nobody decided in time. Nothing was sent."),
        ("failed", "could not be carried out"),
    ):
        owner.execute("UPDATE acacia.approvals_approval SET status = %s", [status])
        assert words in bar(asked, cast.bob)


def test_an_expiry_that_comes_soon_is_marked(cast: Cast) -> None:
    propose("Wei Zhang", lasts=timedelta(minutes=90))
    propose("Ayesha Rahman", lasts=timedelta(hours=9))
    page = shown(cast.bob, "/inbox/")
    assert page.count('class="end is-warn"') == 1
