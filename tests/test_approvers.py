"""Who a workflow names to decide its proposals decides them, nobody else: in portal, admin, API, and when it is done."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.services import person_add, person_change
from approvals.errors import NotAllowed
from approvals.selectors import approval_get
from approvals.services import approval_decide, approval_edit
from audit.selectors import entries, views
from audit.services import Actor
from conftest import PASSWORD, Cast
from mail.selectors import outbox
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import Asked, due_now, person
from workflows.approvers import approvers_of, approvers_set
from workflows.errors import ApproversRefused, NoSuchWorkflow
from workflows.selectors import run_get

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
TESTS = Actor.system("tests")
SLUG = "property-enquiry"
PAGE = "/settings/approvers/"
Work = Callable[[], None]


def name(*people: Any, roles: tuple[str, ...] = ()) -> None:
    with tenant_context("acacia"):
        approvers_set(slug=SLUG, people=[who.id for who in people], roles=roles, actor=TESTS)


def decide(asked: Asked, who: Any) -> Any:
    return approval_decide(
        approval_id=asked.approval.id, decision="approve", digest=asked.approval.digest, actor=person(who)
    )


def status_of(asked: Asked) -> str:
    with tenant_context("acacia"):
        return approval_get(asked.approval.id).status


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def only_bob(asked: Asked, cast: Cast) -> Asked:
    """Bob is named; Alice, who ranks above him, is not."""
    name(cast.bob)
    return asked


def test_in_the_portal_only_who_is_named_finds_the_buttons_and_may_press_them(only_bob: Asked, cast: Cast) -> None:
    page = f"/approvals/{only_bob.approval.id}/"
    alice, bob = signed_in(cast.alice), signed_in(cast.bob)
    assert "Only Bob may decide this." in text(alice.get(page))
    assert "then waits once more for the same people" in text(alice.get(page))
    assert 'value="approve"' not in text(alice.get(page))
    for decision in ("approve", "reject"):
        answer = alice.post(f"{page}decide/", {"decision": decision, "digest": only_bob.approval.digest})
        assert (answer.status_code, "Only Bob may decide this." in text(answer)) == (403, True)
    assert status_of(only_bob) == "pending"
    assert 'value="approve"' in text(bob.get(page))
    bob.post(f"{page}decide/", {"decision": "approve", "digest": only_bob.approval.digest})
    assert status_of(only_bob) == "approved"


def test_in_the_admin_too(only_bob: Asked, cast: Cast) -> None:
    page = f"/admin/approvals/approval/{only_bob.approval.id}/change/"
    answer = signed_in(cast.alice).post(page, {"decision": "approve", "digest": only_bob.approval.digest})
    assert (answer.status_code, "Only Bob may decide this." in text(answer)) == (403, True)
    assert status_of(only_bob) == "pending"
    signed_in(cast.bob).post(page, {"decision": "approve", "digest": only_bob.approval.digest})
    assert status_of(only_bob) == "approved"


def test_in_the_api_too(only_bob: Asked, cast: Cast, client: Any) -> None:
    def call(token: str, act: str, **more: Any) -> Any:
        return client.post(
            f"/api/v1/approvals/{only_bob.approval.id}/{act}",
            {"digest": only_bob.approval.digest, **more},
            content_type="application/json",
            headers={"host": "acacia.localhost", "authorization": f"Bearer {token}"},
        )

    for act, more in (("decide", {"decision": "approve"}), ("edit", {"edits": {}})):
        answer = call(cast.alice.token, act, **more)
        assert (answer.status_code, answer.json()["detail"]) == (403, "Only Bob may decide this. Alice is manager.")
    assert status_of(only_bob) == "pending"
    assert call(cast.bob.token, "decide", decision="approve").status_code == 200


def test_a_role_is_named_for_exactly_those_who_have_it(asked: Asked, cast: Cast) -> None:
    name(roles=("manager",))
    with pytest.raises(NotAllowed, match="Only the role manager may decide this"):
        decide(asked, cast.bob)
    assert decide(asked, cast.alice).status == "approved"


def test_where_nobody_is_named_any_more_the_proposals_own_rule_holds_again(only_bob: Asked, cast: Cast) -> None:
    name()
    assert decide(only_bob, cast.alice).status == "approved"


def test_who_may_not_decide_may_not_edit_either(only_bob: Asked, cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="Only Bob"):
        approval_edit(
            approval_id=only_bob.approval.id,
            digest=only_bob.approval.digest,
            edits={"reply": {"subject": "Mine"}},
            actor=person(cast.alice),
        )


def test_an_approval_of_somebody_who_is_named_no_more_is_not_carried_out(
    only_bob: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    decide(only_bob, cast.bob)
    name(cast.alice)
    work()
    due_now(owner)
    work()
    shown = approval_get(only_bob.approval.id)
    assert (shown.status, [fact["field"] for fact in shown.stale]) == ("stale", ["may decide"])
    assert not outbox().items
    run = run_get(only_bob.run.id)
    assert run is not None
    assert run.status == "waiting"


def test_a_held_reply_does_not_leave_on_the_word_of_somebody_who_is_named_no_more(
    only_bob: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    decide(only_bob, cast.bob)
    work()
    assert status_of(only_bob) == "executing"
    name(cast.alice)
    due_now(owner)
    work()
    assert status_of(only_bob) == "stale"
    assert [reply.status for reply in outbox().items] != ["sent"]


def test_a_manager_names_people_and_roles_on_a_page_and_the_ledger_tells(asked: Asked, cast: Cast) -> None:
    alice = signed_in(cast.alice)
    assert f'href="{PAGE}{SLUG}/"' in text(alice.get(PAGE))
    assert "Bob, agent" in text(alice.get(f"{PAGE}{SLUG}/"))
    sent = {"people": [str(cast.bob.id)], "roles": ["owner"]}
    shown = text(alice.post(f"{PAGE}{SLUG}/", sent, follow=True))
    assert "Only Bob and the role owner" in shown
    assert "checked" in text(alice.get(f"{PAGE}{SLUG}/"))
    alice.post(f"{PAGE}{SLUG}/", sent)
    with tenant_context("acacia"):
        (entry,) = views(entries(event="workflow.approvers_set"))
    assert entry.data == {"slug": SLUG, "people": [str(cast.bob.id)], "roles": ["owner"]}
    assert entry.actor_name == "Alice"


def test_agents_read_who_approves_and_change_nothing(cast: Cast) -> None:
    bob = signed_in(cast.bob)
    assert SLUG in text(bob.get(PAGE))
    assert f"{PAGE}{SLUG}/" not in text(bob.get(PAGE))
    assert bob.post(f"{PAGE}{SLUG}/", {"people": [str(cast.bob.id)]}).status_code == 403
    assert signed_in(cast.alice).get(f"{PAGE}no-such/").status_code == 404


def test_only_who_decides_proposals_can_be_named(cast: Cast) -> None:
    vera = person_add(email="vera@named.example", name="Vera", role="viewer", password=PASSWORD, actor=TESTS)
    try:
        for people, roles in (([vera], []), ([cast.charlie.id], []), ([], ["auditor"])):
            with pytest.raises(ApproversRefused):
                approvers_set(slug=SLUG, people=people, roles=roles, actor=TESTS)
        assert approvers_of(SLUG) is None
        with pytest.raises(NoSuchWorkflow):
            approvers_set(slug="no-such", people=[], roles=[], actor=TESTS)
        answer = signed_in(cast.alice).post(f"{PAGE}{SLUG}/", {"people": [str(vera)]})
        assert (answer.status_code, "is not one of the available choices" in text(answer)) == (422, True)
    finally:
        with tenant_context("acacia"):
            person_change(person=vera, fields={"is_active": False}, actor=TESTS)


def test_the_page_warns_where_nobody_who_is_named_can_sign_in(cast: Cast, owner: Any) -> None:
    gone = person_add(email="gone@named.example", name="Gone", role="agent", password=PASSWORD, actor=TESTS)
    approvers_set(slug=SLUG, people=[gone], roles=[], actor=TESTS)
    alice = signed_in(cast.alice)
    assert "Nobody of them can sign in and decide" not in text(alice.get(PAGE))
    with tenant_context("acacia"):
        person_change(person=gone, fields={"is_active": False}, actor=TESTS)
    assert "Nobody of them can sign in and decide" in text(alice.get(PAGE))
