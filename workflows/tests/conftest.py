"""A workflow of a test's own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from audit.services import Actor
from workflows.selectors import RunView
from workflows.services import event_receive, version_activate, version_publish
from workflows.tests.looking import seen

TESTS = Actor.system("tests")


@pytest.fixture
def start(work: Callable[[], None], owner: Any) -> Iterator[Callable[..., RunView]]:
    """Publish steps as a workflow of its own, tell of its event, and work until it rests."""

    def begin(steps: str, **data: Any) -> RunView:
        text = f"name: under-test\non: {{event: test.happened}}\nsteps:\n{steps}"
        made = version_publish(source=text, actor=TESTS)
        version_activate(slug="under-test", number=made.number, actor=TESTS)
        received = event_receive(type="test.happened", data=data, actor=TESTS)
        work()
        return seen(received.runs[0])

    yield begin
    owner.execute("TRUNCATE acacia.workflows_run CASCADE")
    for table in ("workflowversion", "workflow"):
        owner.execute(f"ALTER TABLE acacia.workflows_{table} DISABLE TRIGGER USER")
    owner.execute(
        "DELETE FROM acacia.workflows_workflowversion v USING acacia.workflows_workflow w"
        " WHERE w.id = v.workflow_id AND w.slug = 'under-test'"
    )
    owner.execute("DELETE FROM acacia.workflows_workflow WHERE slug = 'under-test'")
    for table in ("workflowversion", "workflow"):
        owner.execute(f"ALTER TABLE acacia.workflows_{table} ENABLE TRIGGER USER")
