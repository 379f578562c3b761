"""Failed runs in the portal: their causes in plain words, retried from there, with changed input, or all at once."""

import html
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.services import Actor
from conftest import Cast, Person
from tenants.selectors import tenant_context
from tests.looking import seen
from tests.pages import signed_in
from tests.story import Asked, due_now
from workflows.causes import cause_told
from workflows.engine import retrying
from workflows.engine.giving_up import run_give_up
from workflows.errors import ConversationMoved, Retryable
from workflows.selectors import RunView, runs
from workflows.services import event_receive
from workflows.steps.match import Match

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
MATCH = '  - {key: find, do: crm.match, with: {facts: "${event.facts}"}}\n'
CAUSE = "crm.match:ValidationError"


def read(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def links(page: str, path: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('href="') if part.startswith(path)]


def now(run: RunView) -> RunView:
    with tenant_context("acacia"):
        return seen(run)


@pytest.fixture
def three(start: Any, work: Work) -> RunView:
    """Three runs have failed alike; gives the first."""
    first: RunView = start(MATCH, facts="none")
    for _ in range(2):
        event_receive(type="test.happened", data={"facts": "none"}, actor=Actor.system("tests"))
    work()
    return first


def test_the_list_of_failed_runs_tells_causes_counts_and_what_to_do(three: RunView, cast: Cast) -> None:
    alice = signed_in(cast.alice)
    page = read(alice, "/runs/?status=failed")
    told = cause_told(CAUSE)
    assert told.happened in page
    assert told.todo in page
    assert "Retry 3 runs" in page
    assert "Retry 3 runs" not in read(signed_in(cast.bob), "/runs/?status=failed"), "an agent may not"
    assert "Why runs failed" not in read(alice, "/runs/")
    [shown] = links(page, "/runs/?status=failed&cause=")
    assert read(alice, shown).count("data-row") == 3
    assert read(alice, "/runs/?status=failed&cause=worker").count("data-row") == 0


def test_many_failures_are_told_with_as_many_queries_as_few(three: RunView, cast: Cast, owner: Any) -> None:
    alice = signed_in(cast.alice)

    def queries() -> int:
        alice.get("/runs/?status=failed")
        with CaptureQueriesContext(connection) as asked_of:
            assert alice.get("/runs/?status=failed").status_code == 200
        return len(asked_of)

    few = queries()
    owner.execute(
        "INSERT INTO acacia.workflows_event (id, type, data, created_at)"
        " SELECT gen_random_uuid(), 'many', '{}', now() FROM generate_series(1, 1000)"
    )
    owner.execute(
        "INSERT INTO acacia.workflows_run (id, version_id, event_id, status, thread, error, cause, cost_usd, created_at,"
        " finished_at, ran) SELECT gen_random_uuid(), r.version_id, e.id, 'failed', '', 'Odd.', 'odd.kind:Odd' ||"
        " ascii(e.id::text) %% 7, 0, now(), now(), '0' FROM acacia.workflows_event e, acacia.workflows_run r"
        " WHERE e.type = 'many' AND r.id = %s",
        [three.id],
    )
    assert queries() == few < 20
    assert "odd.kind: It failed." in read(alice, "/runs/?status=failed"), "a cause that nobody has words for"


def test_all_of_one_cause_are_retried_after_their_number_was_read(
    three: RunView, cast: Cast, work: Work, owner: Any
) -> None:
    alice = signed_in(cast.alice)
    [link] = links(read(alice, "/runs/?status=failed"), "/runs/retry/")
    confirm = read(alice, link)
    assert "Retry 3 failed runs" in confirm
    given = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert "No run has failed of this since then" in read(alice, f"/runs/retry/?cause={CAUSE}&since=2999-01-01T00:00")
    assert "Say since when" in read(alice, f"/runs/retry/?cause={CAUSE}&since=lately")
    assert now(three).status == "failed", "reading changes nothing"
    owner.execute("UPDATE acacia.workflows_event SET data = '{\"facts\": {}}'")
    done = html.unescape(alice.post("/runs/retry/", given, follow=True).content.decode())
    assert "3 runs go on from where they failed." in done
    assert "None of them was retried." in alice.post("/runs/retry/", given, follow=True).content.decode()
    work()
    with tenant_context("acacia"):
        assert {run.status for run in runs()} == {"succeeded"}
    assert signed_in(cast.bob).post("/runs/retry/", given).status_code == 403


def test_many_that_cannot_be_retried_do_not_hide_those_behind_them(
    three: RunView, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrying, "AT_ONCE", 1)

    def moved(run: Any, **_: Any) -> None:
        if run.pk in refused:
            raise ConversationMoved("The customer has written again since.")

    with tenant_context("acacia"):
        refused = set(runs(cause=CAUSE).order_by("pk").values_list("pk", flat=True)[:1])
        monkeypatch.setattr(retrying, "_check_conversation", moved)
    alice = signed_in(cast.alice)
    [link] = links(read(alice, "/runs/?status=failed"), "/runs/retry/")
    for left in (2, 1):
        given = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        done = alice.post("/runs/retry/", given)
        link = done["location"]
        confirm = html.unescape(read(alice, link))
        assert f"Retry {left} failed run" in confirm
        assert f'name="after" value="{parse_qs(urlsplit(link).query)["after"][0]}"' in confirm
    given = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert alice.post("/runs/retry/", given)["location"] == "/runs/?status=failed"
    with tenant_context("acacia"):
        assert set(runs(status="failed").values_list("pk", flat=True)) == refused


def test_a_failed_step_is_retried_with_the_same_input_and_its_tries_are_told(
    start: Any, cast: Cast, work: Work
) -> None:
    run, alice = start(MATCH, facts="none"), signed_in(cast.alice)
    page = read(alice, f"/runs/{run.id}/")
    assert cause_told(CAUSE).happened in page
    assert "Retry from here" in page
    assert "Retry from here" not in read(signed_in(cast.bob), f"/runs/{run.id}/")
    answer = alice.post(f"/runs/{run.id}/retry/", follow=True)
    assert "The run goes on from where it failed." in answer.content.decode()
    work()
    assert "2 attempts that came to nothing" in read(alice, f"/runs/{run.id}/")
    assert signed_in(cast.bob).post(f"/runs/{run.id}/retry/").status_code == 403
    assert signed_in(cast.charlie, "harbour").post(f"/runs/{run.id}/retry/").status_code == 404


def test_each_attempt_is_told_with_its_pause_until_it_succeeds(
    start: Any, cast: Cast, work: Work, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    match, faults = Match.run, iter(["The office is closed.", "The office moves."])

    def closed(kind: Any, given: Any, world: Any) -> dict[str, Any]:
        if fault := next(faults, ""):
            raise Retryable(fault)
        return match(kind, given, world)

    monkeypatch.setattr(Match, "run", closed)
    steps = MATCH.replace("}}", "}, retry: {first_pause: 5m}}")  # longer than any machine is slow
    run, alice = start(steps, facts={}), signed_in(cast.alice)
    assert "Will be tried again" in read(alice, f"/runs/{run.id}/")
    assert "1 attempt that came to nothing" in read(alice, f"/runs/{run.id}/")
    for _ in range(2):
        due_now(owner)
        owner.execute("UPDATE acacia.workflows_step SET due_at = now() WHERE status = 'retrying'")
        work()
    assert now(run).status == "succeeded"
    page = read(alice, f"/runs/{run.id}/")
    assert "2 attempts that came to nothing" in page
    assert page.index("The office is closed.") < page.index("Tried again after") < page.index("The office moves.")
    assert "wf-failed" in page, "they are drawn too"


def test_a_changed_input_is_typed_checked_at_its_path_and_worked_with(start: Any, cast: Cast, work: Work) -> None:
    run, alice = start(MATCH, facts="none"), signed_in(cast.alice)
    path = f"/runs/{run.id}/retry/"
    form = read(alice, f"{path}?step=find")
    assert 'name="input.facts"' in form
    assert '>\n"none"</textarea>' in form
    sent = {"step": "find", "changed": "1"}
    for typed, said in (("{", "This is no JSON"), ("7", "facts: Input should be a valid dictionary")):
        wrong = alice.post(path, {**sent, "input.facts": typed})
        assert wrong.status_code == 422
        assert said in wrong.content.decode()
        assert f">\n{typed}</textarea>" in wrong.content.decode(), "what was typed is kept"
        assert 'aria-describedby="input-facts-error"' in wrong.content.decode()
    done = alice.post(path, {**sent, "input.facts": '{"address": "14 Wattle Street"}'}, follow=True)
    assert "with the changed input" in done.content.decode()
    work()
    assert now(run).steps[0].given == {"facts": {"address": "14 Wattle Street"}}
    assert now(run).status == "succeeded"
    assert alice.post(path, {**sent, "input.facts": "{}"}).status_code == 409
    assert "Only a failed run can be retried" in read(alice, path)


def test_an_actions_texts_are_typed_as_texts_and_its_author_does_not_approve(
    start: Any, cast: Cast, work: Work
) -> None:
    steps = '  - {key: task, do: crm.create_task, needs: [], with: {title: Call, due_at: "${event.due}"}}\n'
    run = start(steps, due="soon")
    alice = signed_in(cast.alice)
    form = read(alice, f"/runs/{run.id}/retry/?step=task")
    assert ">\nCall</textarea>" in form
    typed = {"input.title": "Call Georgia", "input.due_at": "2027-03-01T10:00:00Z", "input.promises": "[]"}
    alice.post(f"/runs/{run.id}/retry/", {"step": "task", "changed": "1", **typed})
    work()
    assert now(run).status == "waiting"
    given = now(run).steps[0].given
    assert given is not None
    assert (given["title"], given["due_at"]) == ("Call Georgia", "2027-03-01T10:00:00Z")


def run_again(who: Person, run: Any) -> Any:
    return signed_in(who).post(f"/runs/{run.id}/again/", follow=True)


def test_an_ended_run_is_run_again_and_both_pages_lead_to_each_other(asked: Asked, cast: Cast, work: Work) -> None:
    assert run_again(cast.alice, asked.run).status_code == 409
    with tenant_context("acacia"):
        run_give_up(str(asked.run.id), "died")
    assert "Run again" in read(signed_in(cast.alice), f"/runs/{asked.run.id}/")
    assert "Run again" not in read(signed_in(cast.bob), f"/runs/{asked.run.id}/")
    assert run_again(cast.bob, asked.run).status_code == 403
    page = run_again(cast.alice, asked.run)
    [new] = now(asked.run).again
    assert page.redirect_chain[-1][0] == f"/runs/{new}/"
    assert f'href="/runs/{asked.run.id}/"' in page.content.decode()
    assert f'href="/runs/{new}/"' in read(signed_in(cast.bob), f"/runs/{asked.run.id}/")
    assert "Why runs failed" not in read(signed_in(cast.alice), "/runs/?status=failed"), "the new one sees to it"
    assert "Went wrong" in read(signed_in(cast.alice), "/")
    assert "A run failed" not in read(signed_in(cast.alice), "/")


def test_a_cancellation_says_what_it_stops_and_why_it_was(asked: Asked, cast: Cast) -> None:
    alice = signed_in(cast.alice)
    assert f"The proposal “{asked.approval.title}” is withdrawn." in read(alice, f"/runs/{asked.run.id}/")
    done = alice.post(f"/runs/{asked.run.id}/cancel/", {"reason": "She called."}, follow=True)
    page = done.content.decode()
    assert "A person cancelled it. She called." in page
    assert "Waits for a decision" not in page, "nothing of it waits any more"
    assert "Not done when the run ended" in page
