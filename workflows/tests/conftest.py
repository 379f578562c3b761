"""What tests of undoing start from."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from accounts.services import person_add
from approvals.selectors import approval_get
from approvals.services import approval_decide
from audit.services import Actor
from conftest import PASSWORD, Cast
from tests.story import Asked, due_now, person
from workflows.tests.deeds import Deeds
from workflows.tests.undoing import status

Work = Callable[[], None]


@pytest.fixture
def done(asked: Asked, cast: Cast, work: Work, owner: Any) -> Asked:
    """The run has recorded, booked, made a task and sent its reply."""
    shown = approval_get(asked.approval.id)
    approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(cast.bob))
    work()
    due_now(owner)
    work()
    assert status(asked.run.id) == "succeeded"
    return asked


@pytest.fixture
def deeds(in_committed_acacia: None) -> Deeds:
    """Makes runs that did something."""
    return Deeds()


@pytest.fixture
def dora(in_committed_acacia: None, owner: Any) -> Iterator[Any]:
    """Another manager, so that there is a second person."""
    email = f"{uuid4().hex}@example.com"
    tests = Actor.system("tests")
    yield Actor(
        "person",
        str(key := person_add(email=email, name="Dora", role="manager", password=PASSWORD, actor=tests)),
        "Dora",
        person=key,
    )
    owner.execute("UPDATE acacia.accounts_user SET is_active = false WHERE id = %s", [key])
