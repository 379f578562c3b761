from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from uuid_utils.compat import uuid7

from audit.selectors import entries
from audit.services import Actor
from crm import records
from crm.errors import Changed, Taken
from crm.services import contact_create
from tenants.selectors import tenant_context

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("in_committed_acacia")]
ACTOR = Actor.system("tests")


def at_once(*acts):
    """Run the acts in threads that start together; returns what each gave back or raised."""
    barrier = Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(place, act):
        try:
            with tenant_context("acacia"), transaction.atomic():
                barrier.wait(timeout=20)
                outcomes[place] = act()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def test_of_changes_from_the_same_before_one_is_written():
    contact = contact_create(actor=ACTOR, name="Georgia").id

    def write(phone):
        return lambda: records.record_update(kind="contact", id=contact, changes={"phone": ("", phone)}, actor=ACTOR)

    outcomes = at_once(*(write(str(number)) for number in range(1, 5)))
    written = [each for each in outcomes if isinstance(each, dict)]
    assert sum(isinstance(each, Changed) for each in outcomes) == 3
    assert records.fields("contact", contact) == written[0]
    assert entries(target=f"contact:{contact}").count() == 2


def test_of_contacts_with_one_address_one_is_added():
    def add():
        return records.record_create(kind="contact", id=uuid7(), fields={"email": "georgia@example.com"}, actor=ACTOR)

    outcomes = at_once(add, add, add)
    assert sum(isinstance(each, Taken) for each in outcomes) == 2
    assert sum(isinstance(each, dict) for each in outcomes) == 1


def test_a_created_record_is_taken_back_or_changed_but_not_both():
    contact = uuid7()
    records.record_create(kind="contact", id=contact, fields={"name": "Georgia"}, actor=ACTOR)

    def take_back():
        changes = {"name": (None, "Georgia")}
        return records.record_revert(kind="contact", id=contact, changes=changes, created=True, actor=ACTOR)

    def change():
        return records.record_update(kind="contact", id=contact, changes={"phone": ("", "1")}, actor=ACTOR)

    kept, changed = at_once(take_back, change)
    if records.fields("contact", contact) is None:
        assert kept == []
        assert isinstance(changed, Exception)
    else:
        assert [item.field for item in kept] == ["phone"]
        assert changed["phone"] == "1"
