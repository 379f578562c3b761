"""`manage.py runs`: what operators see and do about runs from a terminal."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.selectors import entries
from audit.services import Actor
from tenants.selectors import tenant_context
from tests.looking import seen
from tests.story import Asked
from workflows.services import event_receive

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
MATCH = '  - {key: find, do: crm.match, with: {facts: "${event.facts}"}}\n'
CAUSE = "crm.match:ValidationError"


def run_command(*words: object) -> str:
    out = StringIO()
    call_command("runs", *map(str, words), stdout=out)
    return out.getvalue().strip()


def answered(*words: object) -> Any:
    return json.loads(run_command(*words, "--json"))


def repair(owner: Any) -> None:
    owner.execute("UPDATE acacia.workflows_event SET data = '{\"facts\": {}}'")


def test_runs_are_listed_of_all_tenants_or_one_by_state_cause_and_time(start: Any, work: Work) -> None:
    run = start(MATCH, facts="none")
    [row] = answered("list", "--cause", CAUSE)
    assert (row["tenant"], row["id"], row["status"], row["cause"]) == ("acacia", str(run.id), "failed", CAUSE)
    hour_ago = (timezone.now() - timedelta(hours=1)).isoformat()
    soon = (timezone.now() + timedelta(hours=1)).isoformat()
    assert len(answered("list", "--cause", CAUSE, "--since", hour_ago)) == 1
    assert answered("list", "--since", soon) == answered("list", "--tenant", "harbour") == []
    assert answered("list", "--status", "succeeded") == answered("list", "--workflow", "property-enquiry") == []
    line = run_command("list", "--tenant", "acacia")
    assert str(run.id) in line
    assert CAUSE in line
    assert run_command("list", "--tenant", "harbour") == "no run fits"


def test_a_run_is_shown_with_its_tries(start: Any) -> None:
    run = start(MATCH, facts="none")
    shown = answered("show", run.id)
    assert shown["steps"][0]["tries"][0]["outcome"] == "failed"
    text = run_command("show", run.id)
    assert "find" in text
    assert "1. " in text
    assert f"cause {CAUSE}" in text


def test_a_failed_run_is_retried_and_the_ledger_says_from_where(start: Any, work: Work, owner: Any) -> None:
    run = start(MATCH, facts="none")
    repair(owner)
    assert run_command("retry", run.id) == f"run {run.id} of acacia goes on from find"
    work()
    with tenant_context("acacia"):
        assert seen(run).status == "succeeded"
        [entry] = entries(event="run.retried")
        assert entry.body["actor"] == "system:command line"


def test_all_of_one_cause_are_retried_in_every_tenant(start: Any, work: Work, owner: Any) -> None:
    first = start(MATCH, facts="none")
    event_receive(type="test.happened", data={"facts": "none"}, actor=Actor.system("tests"))
    work()
    repair(owner)
    again = answered("again", first.id)
    assert again["origin"] == str(first.id)
    done = answered("retry", "--cause", CAUSE, "--since", "2026-01-01")
    assert len(done["retried"]) == 1
    assert [(one["run"], one["tenant"]) for one in done["skipped"]] == [(str(first.id), "acacia")]
    text = run_command("retry", "--cause", CAUSE, "--since", "2026-01-01", "--tenant", "harbour")
    assert text == "0 retried, 0 left as they are"


def test_a_run_is_cancelled_with_a_reason(asked: Asked) -> None:
    assert run_command("cancel", asked.run.id, "--reason", "A drill.") == f"run {asked.run.id} of acacia is cancelled"
    with tenant_context("acacia"):
        assert seen(asked.run).error == "A person cancelled it. A drill."
    with pytest.raises(CommandError, match="has ended"):
        run_command("cancel", asked.run.id)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "019a8f31-7c02-7000-8000-000000000000"), "there is no run 019a8f31"),
        (("show", "seven"), "seven is no id of a run"),
        (("list", "--tenant", "nowhere"), "there is no tenant nowhere"),
        (("list", "--since", "lately"), "lately is no time"),
        (("list", "--status", "odd"), "invalid choice: 'odd'"),
        (("retry",), "name a run, or a --cause and --since"),
        (("retry", "--cause", "worker"), "name a run, or a --cause and --since"),
        (("retry", "019a8f31-7c02-7000-8000-000000000000", "--cause", "worker"), "not both"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError) as caught:
        run_command(*words)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_the_services_refuse_is_said_too(asked: Asked) -> None:
    with pytest.raises(CommandError, match="Only a failed run can be retried: this one waits"):
        run_command("retry", asked.run.id)
