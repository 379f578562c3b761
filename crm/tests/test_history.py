"""Who wrote which field when: from the ledger, in words, without the values."""

import pytest
from uuid_utils.compat import uuid7

from audit.services import Actor
from crm import records, services
from crm.history import changed_since, history

pytestmark = pytest.mark.usefixtures("in_acacia")


@pytest.fixture
def mei(cast):
    return Actor("person", str(cast.bob.id), "Mei", person=cast.bob.id)


def told(kind, record):
    return [f"{each.who} {each.did}" for each in history(kind, record.id)]


def test_history_says_who_wrote_which_fields_in_words(mei):
    listing = services.listing_create(actor=mei, address="14 Wattle Street")
    services.listing_update(listing=listing.id, actor=mei, price_guide="$1,500,000", facts={"pets": "A cat"})
    assert told("listing", listing) == ["Mei changed Facts and Price guide", "Mei added this"]
    assert "1,500,000" not in repr(history("listing", listing.id))


def test_a_run_is_told_as_the_workflow_with_its_run(mei):
    contact = services.contact_create(actor=mei, name="Georgia")
    run = uuid7()
    services.contact_update(contact=contact.id, actor=Actor("run", str(run)), run=run, phone="0491 570 156")
    latest = history("contact", contact.id)[0]
    assert (latest.who, latest.did, latest.run, latest.by_run) == ("The workflow", "changed Phone", run, True)
    records.record_revert(
        kind="contact", id=contact.id, changes={"phone": ("", "0491 570 156")}, created=False, actor=mei, run=run
    )
    assert told("contact", contact)[0] == "Mei took back Phone"


def test_only_what_was_written_since_a_version_counts_as_changed(mei, cast):
    contact = services.contact_create(actor=mei, name="Georgia")
    services.contact_update(contact=contact.id, actor=mei, phone="1")
    alice = Actor("person", str(cast.alice.id), "Alice", person=cast.alice.id)
    services.contact_update(contact=contact.id, actor=alice, phone="2", email="g@example.com")
    assert {name: each.who for name, each in changed_since("contact", contact.id, 1).items()} == {
        "phone": "Alice",
        "email": "Alice",
    }
    assert set(changed_since("contact", contact.id, 2)) == {"phone", "email"}
    assert changed_since("contact", contact.id, 3) == {}
