"""Runs and mail in the tenant's admin: shown with all their parts, to whoever may read them."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from approvals.services import approval_decide
from conftest import Cast, Person
from tenants.selectors import tenant_context
from tests.looking import seen
from tests.pages import signed_in
from tests.story import mail, person, receive, samples, waiting
from workflows.selectors import version_list, workflow_get

pytestmark = pytest.mark.usefixtures("in_committed_acacia")


@pytest.fixture
def approved(work: Callable[[], None], cast: Cast) -> Any:
    samples()
    message = mail()
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="payslip.pdf")
    receive(message)
    work()
    asked = waiting()
    approval = asked.approval
    approval_decide(approval_id=approval.id, decision="approve", digest=approval.digest, actor=person(cast.bob))
    work()
    return asked


@pytest.fixture
def bob(cast: Cast) -> Callable[[str], str]:
    client = Client(headers={"host": f"acacia.{settings.COUNTERSIGN.base_domain}"})
    client.force_login(get_user_model().objects.get(pk=cast.bob.id))

    def read(path: str) -> str:
        with tenant_context("acacia"):
            answer = client.get(f"/admin/{path}")
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def test_a_run_is_shown_with_its_steps_and_what_it_did(approved: Any, bob: Callable[[str], str]) -> None:
    page = bob(f"workflows/run/{approved.run.id}/change/")
    for step in approved.run.steps:
        assert step.kind in page
    for part in ("mail.send_reply", "Held", f'href="/runs/{approved.run.id}/"', "property-enquiry"):
        assert part in page
    listed = bob("workflows/run/?status__exact=waiting")
    assert str(approved.run.id) in listed


def test_a_workflow_is_shown_with_its_versions_and_their_definitions(bob: Callable[[str], str]) -> None:
    version = next(version for version in version_list("property-enquiry") if version.status == "active")
    workflow = workflow_get("property-enquiry")
    assert workflow is not None
    assert version.digest in bob(f"workflows/workflow/{workflow.id}/change/")
    found = re.search(r"/workflowversion/([0-9a-f-]{36})/change/", bob("workflows/workflowversion/"))
    assert found
    assert "ai.understand" in bob(f"workflows/workflowversion/{found[1]}/change/")


def test_the_event_that_began_a_run_is_shown(approved: Any, bob: Callable[[str], str]) -> None:
    assert str(approved.run.event) in bob("workflows/event/")


def test_a_message_is_shown_with_its_attachments(approved: Any, bob: Callable[[str], str]) -> None:
    message = approved.approval.document["message"]["id"]
    assert "payslip.pdf" in bob(f"mail/message/{message}/change/")


def act(who: Person, action: str, *runs: Any) -> str:
    client = signed_in(who)
    given = {"action": action, "_selected_action": [str(run.id) for run in runs]}
    with tenant_context("acacia"):
        answer = client.post("/admin/workflows/run/", given, follow=True)
    return html.unescape(answer.content.decode())


def test_runs_are_retried_run_again_and_cancelled_by_whoever_may(
    start: Any, cast: Cast, work: Callable[[], None]
) -> None:
    steps = '  - {key: find, do: crm.match, with: {facts: "${event.facts}"}}\n'
    failed, well = start(steps, facts="none"), start(steps, facts={})
    assert "goes on" not in act(cast.bob, "retry", failed), "an agent is not offered it"
    told = act(cast.alice, "retry", failed, well)
    assert f"{failed.id} goes on." in told
    assert f"{well.id}: Only a failed run can be retried" in told
    told = act(cast.alice, "cancel", failed, well)
    assert f"{failed.id} is cancelled." in told
    assert f"{well.id} has ended" in told
    assert f"does {well.id} again." in act(cast.alice, "again", well)
    work()
    with tenant_context("acacia"):
        [new] = seen(well).again
        assert (seen(new).status, seen(failed).status) == ("succeeded", "cancelled")
