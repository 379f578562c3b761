"""Who must approve is held by the database too: a statement that goes past the services is refused."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from uuid_utils.compat import uuid7

from approvals.models import Approval, Decision
from approvals.proposals import Proposal
from approvals.services import proposal_open
from audit.services import Actor
from conftest import Cast

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")


def opened(**given: Any) -> Approval:
    proposal = Proposal(
        run=uuid7(), key="answer", title="Reply", risk="low", document={}, binding={}, basis=[], **given
    )  # fmt: skip
    return Approval.objects.get(pk=proposal_open(proposal=proposal, actor=TESTS))


def approved_by(approval: Approval, *people: Any, decision: str = "approve", digest: str = "") -> None:
    for person in people:
        Decision.objects.create(
            approval=approval, person=person, name="", decision=decision, digest=digest or approval.digest
        )


def write(approval: Approval, **values: Any) -> None:
    """As any statement of the app's role would; refused or not, the test goes on."""
    with transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(**values)


def refused(approval: Approval, constraint: str, **values: Any) -> None:
    with pytest.raises(IntegrityError) as error:
        write(approval, **values)
    assert error.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


@pytest.mark.parametrize("status", ["approved", "executing"])
def test_nothing_is_approved_without_its_approvers(cast: Cast, status: str) -> None:
    approval = opened(required_approvers=2)
    refused(approval, "approvals_approvers_counted", status=status)
    approved_by(approval, cast.alice.id)
    refused(approval, "approvals_approvers_counted", status=status)
    approved_by(approval, uuid7(), decision="reject")
    approved_by(approval, uuid7(), digest="another")
    refused(approval, "approvals_approvers_counted", status=status)
    approved_by(approval, cast.bob.id)
    write(approval, status=status)


def test_the_same_person_is_not_counted_twice(cast: Cast) -> None:
    approval = opened(required_approvers=2)
    approved_by(approval, cast.alice.id)
    with pytest.raises(IntegrityError, match="one_decision_a_person"), transaction.atomic():
        approved_by(approval, cast.alice.id)
    refused(approval, "approvals_approvers_counted", status="approved")


def test_who_caused_it_is_not_counted(cast: Cast) -> None:
    approval = opened(requesters={cast.alice.id, cast.bob.id})
    approved_by(approval, cast.alice.id, cast.bob.id)
    refused(approval, "approvals_approvers_counted", status="approved")
    approved_by(approval, uuid7())
    write(approval, status="approved")


def test_who_wrote_it_is_counted_only_where_one_suffices(cast: Cast) -> None:
    for needed, more in ((1, []), (2, [uuid7()])):
        approval = opened(required_approvers=needed)
        write(approval, editors=[str(cast.alice.id)])
        approved_by(approval, cast.alice.id)
        if more:
            approved_by(approval, uuid7())
            refused(approval, "approvals_approvers_counted", status="approved")
        approved_by(approval, *more)
        write(approval, status="approved")


def test_what_is_asked_is_not_lowered_under_the_same_digest(cast: Cast) -> None:
    approval = opened(required_approvers=2, requesters={cast.bob.id})
    write(approval, editors=[str(cast.alice.id)])
    lowered: tuple[dict[str, Any], ...] = ({"required_approvers": 1}, {"requesters": []}, {"editors": []})
    for values in lowered:
        refused(approval, "approvals_rule_stands", **values)
    refused(approval, "approval_needs_somebody", required_approvers=0, digest="another")
    write(approval, required_approvers=1, digest="another")


def test_what_was_approved_gets_no_other_digest(cast: Cast) -> None:
    approval = opened()
    approved_by(approval, cast.alice.id)
    write(approval, status="approved")
    approved_by(approval, cast.bob.id, digest="another")
    refused(approval, "approvals_rule_stands", digest="another", binding={"plans": []})


def test_nothing_is_put_in_as_approved(cast: Cast) -> None:
    approval = opened()
    copy = Approval.objects.get(pk=approval.pk)
    copy.pk, copy.key, copy.status = uuid7(), "other", "approved"
    with pytest.raises(IntegrityError, match="0 of 1 approvers"), transaction.atomic():
        copy.save(force_insert=True)


def test_the_app_cannot_switch_it_off(cast: Cast) -> None:
    for statement in (
        "ALTER TABLE approvals_approval DISABLE TRIGGER USER",
        "DROP TRIGGER approvals_approvers_counted ON approvals_approval",
        "DELETE FROM approvals_decision",
        "UPDATE approvals_decision SET decision = 'approve'",
    ):
        with pytest.raises(Exception, match=r"must be owner|permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)
