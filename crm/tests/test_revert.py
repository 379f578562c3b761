import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from audit.selectors import entries
from audit.services import Actor
from crm import records

pytestmark = pytest.mark.usefixtures("in_acacia")
ACTOR = Actor.system("tests")


def held(kind, ident):
    return records.fields(kind, ident)


def entry(ident):
    return entries(target=f"contact:{ident}")[0].body


def create(kind, **fields):
    ident = uuid7()
    after = records.record_create(kind=kind, id=ident, fields=fields, actor=ACTOR)
    return ident, {name: (None, after[name]) for name in fields}


def change(kind, ident, **fields):
    before = held(kind, ident)
    after = records.record_set(kind=kind, id=ident, fields=fields, actor=ACTOR)
    return {name: (before[name], after[name]) for name in fields}


def revert(kind, ident, changes, *, created=False):
    return records.record_revert(kind=kind, id=ident, changes=changes, created=created, actor=ACTOR)


def test_what_was_changed_is_put_back():
    ident, _ = create("contact", name="Georgia", phone="1")
    changes = change("contact", ident, phone="2")
    assert revert("contact", ident, changes) == []
    assert held("contact", ident)["phone"] == "1"
    assert entry(ident)["event"] == "crm.record_reverted"


def test_what_someone_changed_since_stays_and_is_told():
    ident, _ = create("contact", name="Georgia", phone="1")
    changes = change("contact", ident, name="G. Papadopoulos", phone="2")
    change("contact", ident, phone="3")
    kept = revert("contact", ident, changes)
    assert [(item.field, item.wrote, item.now, item.why) for item in kept] == [("phone", "2", "3", "changed")]
    assert held("contact", ident) == {"name": "Georgia", "email": "", "phone": "3"}


def test_what_someone_put_back_already_is_not_told_as_changed():
    ident, _ = create("contact", name="Georgia", phone="1")
    changes = change("contact", ident, phone="2")
    change("contact", ident, phone="1")
    assert revert("contact", ident, changes) == []


def test_taking_back_twice_does_nothing_more():
    ident, _ = create("contact", name="Georgia", phone="1")
    changes = change("contact", ident, phone="2")
    revert("contact", ident, changes)
    before = entries(target=f"contact:{ident}").count()
    assert revert("contact", ident, changes) == []
    assert entries(target=f"contact:{ident}").count() == before


def test_a_created_record_is_removed():
    ident, changes = create("contact", name="Georgia", email="georgia@example.com")
    assert revert("contact", ident, changes, created=True) == []
    assert held("contact", ident) is None
    assert entry(ident)["data"]["removed"] is True
    assert revert("contact", ident, changes, created=True) == []


def test_a_created_record_that_someone_worked_on_stays_whole():
    ident, changes = create("contact", name="Georgia")
    change("contact", ident, phone="0491 570 156")
    kept = revert("contact", ident, changes, created=True)
    assert [(item.field, item.wrote, item.now) for item in kept] == [("phone", "", "0491 570 156")]
    assert held("contact", ident) is not None


def test_a_created_record_that_others_refer_to_stays():
    contact, changes = create("contact", name="Georgia")
    enquiry, enquired = create("enquiry", contact=str(contact))
    kept = revert("contact", contact, changes, created=True)
    assert [(item.field, item.why, item.now) for item in kept] == [("", "referred", [f"enquiry:{enquiry}"])]
    assert revert("enquiry", enquiry, enquired, created=True) == []
    assert revert("contact", contact, changes, created=True) == []


def test_a_record_that_is_gone_cannot_be_put_back():
    ident, _ = create("contact", name="Georgia", phone="1")
    changes = change("contact", ident, phone="2")
    records.record_delete(kind="contact", id=ident, actor=ACTOR)
    assert [(item.field, item.why) for item in revert("contact", ident, changes)] == [("phone", "removed")]


def test_what_is_no_longer_possible_stays_and_the_transaction_goes_on():
    ident, _ = create("contact", email="old@example.com", phone="1")
    changes = change("contact", ident, email="new@example.com", phone="2")
    create("contact", email="old@example.com")
    kept = revert("contact", ident, changes)
    assert {item.why for item in kept} == {"refused"}
    assert held("contact", ident)["email"] == "new@example.com"


def test_a_reference_to_what_is_gone_is_not_put_back():
    contact, _ = create("contact", name="Georgia")
    listing, _ = create("listing", address="14 Wattle Street")
    enquiry, _ = create("enquiry", contact=contact, listing=listing)
    changes = change("enquiry", enquiry, listing=None)
    records.record_delete(kind="listing", id=listing, actor=ACTOR)
    assert [item.why for item in revert("enquiry", enquiry, changes)] == ["refused"]


VALUES = st.fixed_dictionaries({}, optional={"name": st.sampled_from("ab"), "phone": st.sampled_from("12")})


@settings(max_examples=30, deadline=None)
@given(ours=VALUES, theirs=VALUES)
def test_after_taking_back_each_field_is_as_before_or_as_someone_else_left_it(ours, theirs):
    ident, _ = create("contact", name="a", phone="1", email=f"{uuid7()}@example.com")
    before = held("contact", ident)
    changes = change("contact", ident, **ours)
    wrote = held("contact", ident)
    change("contact", ident, **theirs)
    left = held("contact", ident)
    kept = {item.field for item in revert("contact", ident, changes)}
    now = held("contact", ident)
    for field in before:
        touched_since = left[field] != wrote[field]
        assert now[field] == (left[field] if touched_since or field not in changes else before[field])
        assert (field in kept) == (field in changes and touched_since and left[field] != before[field])
