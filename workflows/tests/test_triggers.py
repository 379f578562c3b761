"""Triggers: which events start a run, asked of the event and the tenant."""

import pytest

from audit.services import Actor
from workflows.services import event_receive, version_activate, version_publish

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")


@pytest.mark.parametrize(
    ("when", "runs"),
    [
        ("tenant.slug == 'acacia'", 1),
        ("tenant.slug == 'harbour'", 0),
        ("event.type == 'test.happened' && event.id != ''", 1),
        ("!event.auto_generated", 1),
        ("event.count / event.none == 1", 0),
        ("event.list[5] == 1", 0),
        ("event.list.exists(item, item == event.count)", 1),
    ],
)
def test_an_event_starts_a_run_where_the_condition_is_true_and_none_where_it_has_no_value(when: str, runs: int) -> None:
    definition = {
        "name": "triggered",
        "on": {"event": "test.happened", "when": when},
        "steps": [{"key": "match", "do": "crm.match"}],
    }
    made = version_publish(source=definition, actor=TESTS)
    version_activate(slug="triggered", number=made.number, actor=TESTS)
    received = event_receive(type="test.happened", data={"count": 2, "none": 0, "list": [1, 2]}, actor=TESTS)
    assert len(received.runs) == runs
