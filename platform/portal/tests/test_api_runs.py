"""Failed runs over the API: found by their cause, retried, run again, cancelled with a reason."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.services import Actor
from conftest import Cast
from portal.tests.test_api import Api
from tests.story import Asked
from workflows.services import event_receive

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
MATCH = '  - {key: find, do: crm.match, with: {facts: "${event.facts}"}}\n'
CAUSE = "crm.match:ValidationError"


def test_a_failed_run_tells_its_cause_and_tries_and_goes_on_with_changed_input(
    start: Any, cast: Cast, work: Work
) -> None:
    run, api = start(MATCH, facts="none"), Api(cast.alice)
    shown = api.get(f"runs/{run.id}").json()
    assert (shown["status"], shown["cause"], shown["origin"], shown["again"]) == ("failed", CAUSE, None, [])
    [step] = shown["steps"]
    [tried] = step["tries"]
    assert (tried["number"], tried["outcome"], tried["error"]) == (1, "failed", step["error"])
    assert datetime.fromisoformat(tried["started_at"]) <= datetime.fromisoformat(tried["finished_at"])
    wrong = api.post(f"runs/{run.id}/retry", {"from_step": "find", "input": {"facts": "still"}})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:countersign:problem:invalid-input")
    assert [fault["path"] for fault in wrong.json()["errors"]] == ["input.facts"]
    assert api.post(f"runs/{run.id}/retry", {"input": [1]}).status_code == 400
    right = api.post(f"runs/{run.id}/retry", {"input": {"facts": {}}})
    assert (right.status_code, right.json()["status"], right.json()["steps"][0]["given"]) == (
        200,
        "running",
        {"facts": {}},
    )
    work()
    assert api.get(f"runs/{run.id}").json()["status"] == "succeeded"
    again = api.post(f"runs/{run.id}/retry")
    assert (again.status_code, again.json()["type"]) == (409, "urn:countersign:problem:not-failed")


def test_runs_are_found_by_cause_and_since_when_they_failed(start: Any, cast: Cast, owner: Any) -> None:
    run, api = start(MATCH, facts="none"), Api(cast.bob)
    owner.execute("UPDATE acacia.workflows_run SET created_at = now() - interval '2 days'")
    minute_ago, soon = timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(minutes=1)

    def found(**query: str) -> list[str]:
        return [row["id"] for row in api.get("runs", **query).json()["results"]]

    assert found(cause=CAUSE) == found(cause=CAUSE, since=minute_ago.isoformat()) == [str(run.id)]
    assert found(cause=CAUSE, since=soon.isoformat()) == found(cause="worker") == []
    assert found(since=minute_ago.isoformat()) == [], "without a cause, since when it was begun"
    assert api.get("runs", since="yesterday").status_code == 400


def test_all_runs_of_one_cause_go_on_together_and_the_answer_says_which(start: Any, cast: Cast, work: Work) -> None:
    first, api = start(MATCH, facts="none"), Api(cast.alice)
    second = event_receive(type="test.happened", data={"facts": "none"}, actor=Actor.system("tests")).runs[0]
    work()
    made = api.post(f"runs/{second}/again")
    assert (made.status_code, made.json()["origin"]) == (201, str(second))
    assert api.get(f"runs/{second}").json()["again"] == [made.json()["id"]]
    body = {"cause": CAUSE, "since": (timezone.now() - timedelta(hours=1)).isoformat(), "workflow": "under-test"}
    done = api.post("runs/retry", body).json()
    assert (done["retried"], done["left"], done["last"]) == ([str(first.id)], 0, str(second))
    assert [(one["run"], one["reason"]) for one in done["skipped"]] == [
        (str(second), "It was run again as a new run: go on with that one.")
    ]
    assert api.post("runs/retry", body).json()["retried"] == [], "a second call does nothing"
    assert api.post("runs/retry", {"cause": CAUSE}).status_code == 400


def test_agents_read_failures_and_strangers_find_nothing(start: Any, cast: Cast) -> None:
    run = start(MATCH, facts="none")
    body = {"cause": CAUSE, "since": "2026-01-01T00:00:00Z"}
    for path, given in ((f"runs/{run.id}/retry", {}), (f"runs/{run.id}/again", {}), ("runs/retry", body)):
        assert Api(cast.bob).post(path, given).status_code == 403
    stranger = Api(cast.charlie, "harbour")
    assert [stranger.post(f"runs/{run.id}/{verb}").status_code for verb in ("retry", "again", "cancel")] == [404] * 3
    assert stranger.post("runs/retry", body).json()["retried"] == []
    assert Api(cast.bob).get(f"runs/{run.id}").json()["status"] == "failed"


def test_why_a_run_was_cancelled_stands_on_it(asked: Asked, cast: Cast) -> None:
    done = Api(cast.alice).post(f"runs/{asked.run.id}/cancel", {"reason": "She called."})
    assert (done.status_code, done.json()["error"]) == (200, "A person cancelled it. She called.")
