"""One rule for all surfaces: what portal, admin, API and a decision about several let through, and what they refuse."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.services import person_add, person_change, person_role_set
from approvals.models import Decision
from approvals.selectors import ApprovalView, RejectionKind, approval_get
from audit.selectors import entries, views
from audit.services import Actor
from conftest import PASSWORD, Cast, Person
from crm.selectors import listing_list
from crm.services import listing_update
from gateway.scopes import SCOPES
from gateway.services import token_create
from mail.selectors import outbox
from tenants.selectors import tenant_context
from tests.story import Asked, rebound
from tests.surfaces import SURFACES, Answer, Surface, api
from workflows.approvers import approvers_set

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")


@pytest.fixture(params=SURFACES, ids=lambda surface: surface.__name__)
def surface(request: pytest.FixtureRequest) -> Surface:
    found: Surface = request.param
    return found


def now(asked: Asked) -> ApprovalView:
    with tenant_context("acacia"):
        return approval_get(asked.approval.id)


def changed(asked: Asked, **values: Any) -> None:
    """Have the proposal be another one, as if its workflow, its cause or the time were."""
    with tenant_context("acacia"):
        rebound(asked, **values)


def decide(
    surface: Surface, asked: Asked, who: Person, decision: str = "approve", digest: str = "", **more: str
) -> Answer:
    return surface(who, asked.approval, decision, digest or now(asked).digest, **more)


def refused(surface: Surface, asked: Asked, who: Person, words: str, **given: Any) -> None:
    """Refused with these words; nothing of the proposal has changed."""
    before = now(asked)
    answer = decide(surface, asked, who, **given)
    assert not answer.done, answer
    assert words in answer.words, answer
    assert now(asked) == before


def colleague(role: str) -> Person:
    """Somebody of acacia besides the cast, with a token of all scopes."""
    email = f"{uuid4().hex}@example.com"
    with tenant_context("acacia"):
        person = person_add(email=email, name="Vera", role=role, password=PASSWORD, actor=TESTS)
        return Person(person, email, "Vera", token_create(person=person, name="t", scopes=SCOPES, actor=TESTS))


@contextmanager
def without(person: Person) -> Iterator[None]:
    """Afterwards nobody can sign in as them any more: people stay in the database."""
    try:
        yield
    finally:
        with tenant_context("acacia"):
            person_change(person=person.id, fields={"is_active": False}, actor=TESTS)


@pytest.mark.parametrize(("decision", "status"), [("approve", "approved"), ("reject", "rejected")])
def test_a_decision_is_its_persons_with_one_entry(
    surface: Surface, asked: Asked, cast: Cast, decision: str, status: str
) -> None:
    assert decide(surface, asked, cast.bob, decision).done
    shown = now(asked)
    assert (shown.status, [(d.person, d.digest) for d in shown.decisions]) == (
        status,
        [(cast.bob.id, asked.approval.digest)],
    )
    with tenant_context("acacia"):
        [entry] = entries(target=f"approval:{asked.approval.id}", event=f"approval.{status}")
    assert entry.body["data"]["digest"] == asked.approval.digest
    before = now(asked)
    again = decide(surface, asked, cast.alice, "reject")
    assert (again.done, "Bob decided" in again.words) == (False, status != "executed")
    assert now(asked) == before


@pytest.mark.parametrize("kind", RejectionKind.values)
def test_who_rejects_may_say_why_in_a_word_that_stands_in_the_ledger(
    surface: Surface, asked: Asked, cast: Cast, kind: str
) -> None:
    assert decide(surface, asked, cast.bob, "reject", rejection=kind).done
    assert [decision.rejection for decision in now(asked).decisions] == [kind]
    with tenant_context("acacia"):
        [entry] = views(entries(target=f"approval:{asked.approval.id}", event="approval.rejected"))
    assert entry.data == {"digest": asked.approval.digest, "rejection": kind}


def test_who_rejects_without_saying_why_says_nothing(surface: Surface, asked: Asked, cast: Cast) -> None:
    more = {} if surface is api else {"rejection": ""}
    assert decide(surface, asked, cast.bob, "reject", **more).done
    assert [decision.rejection for decision in now(asked).decisions] == [""]


def test_a_reason_that_is_none_rejects_nothing(surface: Surface, asked: Asked, cast: Cast) -> None:
    refused(surface, asked, cast.bob, "", decision="reject", rejection="Georgia said so")


def test_an_approval_has_no_reason_to_be_rejected(surface: Surface, asked: Asked, cast: Cast) -> None:
    """What somebody chose in a form before they approved after all is not sent on; the API is told that it errs."""
    if surface is api:
        refused(surface, asked, cast.bob, "Only a rejection has a reason", rejection="other")
        return
    assert decide(surface, asked, cast.bob, rejection="other").done
    assert [decision.rejection for decision in now(asked).decisions] == [""]


def test_the_database_keeps_no_reason_that_is_none(asked: Asked, cast: Cast) -> None:
    for decision, kind in (("approve", "other"), ("reject", "because")):
        with tenant_context("acacia"), pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(
                approval_id=asked.approval.id, person=cast.bob.id, name="Bob", decision=decision, digest="0" * 64,
                rejection=kind,
            )  # fmt: skip


def test_nothing_is_decided_that_was_not_shown_or_that_one_caused(surface: Surface, asked: Asked, cast: Cast) -> None:
    refused(surface, asked, cast.bob, "has changed since you saw it", digest="0" * 64)
    refused(surface, asked, cast.bob, "has changed since you saw it", digest="0" * 64, decision="reject")
    changed(asked, requesters=[cast.bob.id, cast.alice.id])
    for one in (cast.bob, cast.alice):
        refused(surface, asked, one, "You caused this request")
    changed(asked, blocked_reason="Approve is off: one sentence has no source.")
    third = colleague("agent")
    with without(third):
        refused(surface, asked, third, "one sentence has no source")
    assert decide(surface, asked, cast.bob, "reject").done, "one's own request can be rejected"


def test_two_are_two_people_and_none_of_them_wrote_it(surface: Surface, asked: Asked, cast: Cast) -> None:
    changed(asked, required_approvers=2, editors=[str(cast.bob.id)])
    refused(surface, asked, cast.bob, "one of its authors")
    assert decide(surface, asked, cast.alice).done
    assert now(asked).status == "pending"
    refused(surface, asked, cast.alice, "You have decided already")
    third = colleague("agent")
    with without(third):
        assert decide(surface, asked, third).done
    assert now(asked).status == "approved"


def test_who_has_not_the_right_or_is_not_asked_is_refused(surface: Surface, asked: Asked, cast: Cast) -> None:
    viewer = colleague("viewer")
    with without(viewer):
        before = now(asked)
        assert not decide(surface, asked, viewer).done
        assert now(asked) == before
    answer = surface(cast.charlie, asked.approval, "approve", asked.approval.digest, slug="harbour")
    assert (answer.status == 404 or "There is no such approval" in answer.words, now(asked)) == (True, before)
    changed(asked, approver_role="manager")
    refused(surface, asked, cast.bob, "This waits for the role manager")
    with tenant_context("acacia"):
        approvers_set(slug="property-enquiry", people=[cast.bob.id], roles=[], actor=TESTS)
    refused(surface, asked, cast.alice, "Only Bob may decide this")
    changed(asked, expires_at=timezone.now())
    refused(surface, asked, cast.bob, "This has expired")


def test_who_was_removed_or_demoted_neither_decides_nor_has_decided(
    surface: Surface, asked: Asked, cast: Cast, work: Work
) -> None:
    former = colleague("agent")
    with tenant_context("acacia"):
        person_role_set(person=former.id, role="viewer", actor=TESTS)
    before = now(asked)
    assert not decide(surface, asked, former).done
    assert now(asked) == before
    with tenant_context("acacia"):
        person_role_set(person=former.id, role="agent", actor=TESTS)
    assert decide(surface, asked, former).done
    with tenant_context("acacia"):
        person_change(person=former.id, fields={"is_active": False}, actor=TESTS)
    work()
    shown = now(asked)
    assert (shown.status, [fact["field"] for fact in shown.stale]) == ("stale", ["may decide"])
    with tenant_context("acacia"):
        assert outbox().items == ()
    before = now(asked)
    assert not decide(surface, asked, former, "reject").done
    assert now(asked) == before


def test_what_went_stale_is_said_to_be_and_can_only_be_rejected(surface: Surface, asked: Asked, cast: Cast) -> None:
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    listing_update(listing=listing.id, open_times=[], actor=TESTS)
    answer = decide(surface, asked, cast.bob)
    assert (answer.done, "What this rests on has changed" in answer.words) == (False, True)
    assert now(asked).status == "stale"
    refused(surface, asked, cast.alice, "rests on facts that have changed")
    assert decide(surface, asked, cast.alice, "reject").done
