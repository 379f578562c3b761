"""A former colleague is erased: their name and address go, what they decided stays, and others keep theirs."""

from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.invitations import invitation_create
from accounts.selectors import person_get
from accounts.services import person_add, person_change
from approvals.selectors import approval_get
from approvals.services import (
    approval_answer,
    approval_ask,
    approval_claim,
    approval_decide,
    approval_delegate,
    approval_edit,
)
from audit.selectors import names_of, story, views
from audit.tests.sealed import sealed
from audit.verification import verify
from conftest import Cast, _login
from gateway.services import token_create
from mail.services import note_add
from tenants.selectors import tenant_context
from tests.erased import Customer, Work, dump, found_in, helen
from tests.story import due_now, mail, person, receive, samples, waiting

pytestmark = pytest.mark.usefixtures("in_committed_acacia")


class Colleague(Customer):
    """Somebody with a name and an address of their own in each test."""

    def __init__(self) -> None:
        self.name = f"Wilhelmina Ashgrove {uuid4().hex[:8]}"
        self.email = f"w.ashgrove.{uuid4().hex}@example.com"
        self.id = person_add(email=self.email, name=self.name, role="owner", password="x" * 12, actor=helen())

    def needles(self) -> list[str]:
        return [self.name, "Wilhelmina", "Ashgrove", self.email]


def erase(*arguments: str) -> str:
    """The command, with the owner's login as it has."""
    _login(settings.COUNTERSIGN.database_owner_url, tenant_roles=False)
    try:
        call_command("erase_colleague", *arguments, stdout=(out := StringIO()))
    finally:
        _login(settings.COUNTERSIGN.database_url, tenant_roles=True)
    return out.getvalue()


def test_a_former_colleagues_name_goes_and_what_they_decided_stays(work: Work, cast: Cast, owner: Any) -> None:
    samples()
    former = Colleague()
    receive(mail())
    work()
    asked, she = waiting().approval, person(former)
    approval_claim(approval_id=asked.id, actor=she)
    text = "Hi Georgia,\n\nThank you for your email. We call you back.\n\nAcacia Realty"
    edited = approval_edit(approval_id=asked.id, digest=asked.digest, edits={"reply": {"text": text}}, actor=she)
    approval_ask(approval_id=edited.id, colleague=former.id, note="Who said so?", actor=person(cast.alice))
    approval_answer(approval_id=edited.id, answer="The owner did.", actor=she)
    approval_ask(approval_id=edited.id, colleague=cast.alice.id, note="Is this so?", actor=she)
    answered = approval_answer(approval_id=edited.id, answer="It is.", actor=person(cast.alice))
    approval_delegate(approval_id=edited.id, to=former.id, actor=person(cast.alice))
    approval_decide(approval_id=edited.id, decision="approve", digest=answered.digest, actor=she, comment="Fine")
    work()
    due_now(owner)
    work()
    invitation_create(email=f"new.{uuid4().hex}@example.com", role="agent", actor=she)
    token_create(person=former.id, name="of a program", scopes=["runs:read"], actor=she)
    note_add(thread_id=approval_get(asked.id).thread, text="I have called.", actor=she)
    work()
    assert found_in(dump(owner), former) != []
    with pytest.raises(CommandError, match="can still sign in"):
        erase("acacia", former.email)
    with pytest.raises(CommandError, match="nobody of acacia has the address"):
        erase("acacia", "nobody@example.com")
    with tenant_context("acacia"):
        person_change(person=former.id, fields={"is_active": False}, actor=helen())
        work()
    erase("acacia", former.email.upper())
    found = {tuple(place.split(": ")) for place in found_in(dump(owner), former)}
    assert {table for table, _ in found} == {"acacia.approvals_approval"}, (
        "what they wrote is theirs there, as approved"
    )
    names = "SELECT edited_by, claimed_name, delegated_name FROM acacia.approvals_approval WHERE id = %s"
    assert owner.execute(names, [asked.id]).fetchone() == ("[erased]",) * 3
    assert former.email not in {needle for _, needle in found}
    with tenant_context("acacia"):
        decided = approval_get(asked.id)
        assert [(each.person, each.decision) for each in decided.decisions] == [(former.id, "approve")]
        assert decided.status == "executed"
        told = [view for view in views(story(decided.run)) if view.actor == f"person:{former.id}"]
        assert {view.actor_name for view in told} == {"A former colleague"}
        assert names_of([f"person:{cast.alice.id}"]) == {f"person:{cast.alice.id}": "Alice"}
        known = person_get(former.id)
        assert known is not None
        assert (known.name, known.active) == ("A former colleague", False)
        sealed()
        assert verify().holds
