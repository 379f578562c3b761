"""The edit form: what it shows, and what it makes of what was typed."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import AwareDatetime, BaseModel, Field

from approvals.errors import InvalidEdit, WrongDigest
from approvals.forms import EditForm, edit_form, revision_of
from approvals.proposals import Takes

SYDNEY = ZoneInfo("Australia/Sydney")
LISTING = "01a21ad8-791a-7619-b372-bb1faef2db83"
CUSTOMER = {"$step": "record", "field": "contact"}


class Booking(BaseModel):
    listing: Annotated[UUID, Field(json_schema_extra={"record": "listing"})]
    customer: Annotated[Any, Field(json_schema_extra={"record": "contact"})] = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    guests: int = Field(2, ge=1, le=40)
    deposit: Annotated[Decimal, Field(ge=0)] | None = None
    way: Literal["in_person", "by_video"] = "in_person"
    keys: bool = False
    note: Annotated[str, Field(max_length=20)] = ""
    tags: list[str] = []


class Reply(BaseModel):
    to: list[str]
    subject: str = Field(max_length=300)
    text: str = Field(title="Reply", min_length=1, max_length=20_000)


TAKES = {
    "crm.book": Takes("crm.book", "Book", "Books.", Booking.model_json_schema(), tuple(Booking.model_fields)),
    "mail.send_reply": Takes("mail.send_reply", "Reply by email", "Answers.", Reply.model_json_schema()),
}


def document() -> dict[str, Any]:
    shown = {"starts_at": "2026-11-20T23:30:00+00:00", "ends_at": None, "guests": 2, "deposit": None}
    return {
        "customer": {"name": "Georgia"},
        "sources": [{"kind": "listing", "id": LISTING, "title": "14 Wattle Street"}],
        "actions": [
            {
                "step": "record",
                "action": "crm.record",
                "input": {},
                "changes": [{"record": {"kind": "contact", "id": None}, "label": "Customer"}],
            },
            {
                "step": "book",
                "action": "crm.book",
                "label": "Book",
                "input": {"listing": LISTING, "customer": CUSTOMER, "way": "in_person", "keys": False, **shown},
                "editable": [*shown, "listing", "customer", "way", "keys", "note", "tags"],
            },
            {
                "step": "reply",
                "action": "mail.send_reply",
                "label": "Reply by email",
                "input": {"to": ["g@example.com"], "subject": "Re: Hello", "text": "Hi,\n\nyes.", "hold_seconds": 10},
                "editable": ["subject", "text"],
            },
        ],
        "reply": {"step": "reply", "subject": "Re: Hello", "text": "Hi,\n\nyes."},
    }


def form(typed: dict[str, str] | None = None, leave_out: list[str] | None = None) -> EditForm:
    return edit_form(document(), TAKES, SYDNEY, typed, leave_out)


def sent(**more: str) -> dict[str, str]:
    """What a browser sends when nothing is touched but `more`."""
    return {field.name: field.value for action in form().actions for field in action.fields} | more


def changed(**fields: str) -> dict[str, Any]:
    """What a changed field of the booking comes to."""
    revision = revision_of(form(sent(**{f"edits.book.{name}": value for name, value in fields.items()})))
    return {} if revision is None else revision.edits["book"]


def refused(**fields: str) -> dict[str, str]:
    """What is said beside the fields of the booking, which keep what was typed."""
    shown = form(sent(**{f"edits.book.{name}": value for name, value in fields.items()}))
    with pytest.raises(InvalidEdit) as refusal:
        revision_of(shown)
    assert shown.tell(refusal.value) == "This was not saved."
    items = [item for action in shown.actions for item in action.fields]
    assert {item.field: item.value for item in items if item.field in fields} == fields
    return {item.field: item.error for item in items if item.error}


def test_only_the_editable_fields_of_an_action_have_an_input_and_the_reply_comes_first():
    shown = form()
    assert [action.step for action in shown.actions] == ["reply", "record", "book"]
    assert [item.name for item in shown.actions[0].fields] == ["edits.reply.subject", "edits.reply.text"]
    assert {item.field: item.kind for item in shown.actions[2].fields} == {
        "listing": "choice",
        "customer": "choice",
        "starts_at": "moment",
        "ends_at": "moment",
        "guests": "whole",
        "deposit": "number",
        "way": "choice",
        "keys": "switch",
        "note": "line",
    }
    assert [item.kind for item in shown.actions[0].fields] == ["line", "lines"]


def test_a_form_that_comes_back_untouched_edits_nothing():
    assert revision_of(form(sent())) is None


def test_line_breaks_of_a_browser_are_no_edit():
    assert revision_of(form(sent(**{"edits.reply.text": "Hi,\r\n\r\nyes."}))) is None


def test_times_are_shown_in_the_tenants_zone_and_come_back_in_utc():
    starts_at = next(item for item in form().actions[2].fields if item.field == "starts_at")
    assert (starts_at.input_type, starts_at.value) == ("datetime-local", "2026-11-21T10:30")
    assert changed(starts_at="2026-11-21T11:00") == {"starts_at": "2026-11-21T00:00:00+00:00"}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("guests", "3", 3),
        ("deposit", "$1,500.50", "1500.50"),
        ("way", "by_video", "by_video"),
        ("keys", "true", True),
        ("customer", "", None),
        ("note", "Side gate", "Side gate"),
    ],
)
def test_each_kind_of_field_comes_back_as_its_type(field: str, text: str, value: Any):
    assert changed(**{field: text}) == {field: value}


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("guests", "many", "This is a number."),
        ("guests", "2.5", "This is a whole number."),
        ("guests", "0", "This is 1 at least."),
        ("guests", "41", "This is 40 at most."),
        ("deposit", "NaN", "This is a number."),
        ("starts_at", "", "This cannot be empty."),
        ("starts_at", "soon", "This is a day and a time."),
        ("ends_at", "2026-10-04T02:30", "The clocks skip this time on that day."),
        ("way", "by_pigeon", "This is not among the choices any more."),
        ("listing", LISTING.replace("0", "1"), "This is not among the choices any more."),
        ("note", "x" * 21, "This is 21 characters long; 20 is the most."),
    ],
)
def test_what_is_no_value_is_refused_beside_its_field_and_stays_typed(field: str, text: str, words: str):
    assert refused(**{field: text}) == {field: words}


def test_everything_that_is_wrong_is_told_at_once():
    assert refused(guests="many", ends_at="never") == {
        "guests": "This is a number.",
        "ends_at": "This is a day and a time.",
    }


def test_what_was_typed_stays_whatever_the_answer():
    shown = form(sent(**{"edits.reply.text": "Mine"}), ["book"])
    assert next(item.value for item in shown.actions[0].fields if item.field == "text") == "Mine"
    assert [action.left_out for action in shown.actions] == [False, False, True]
    assert shown.tell(WrongDigest("This has changed.")) == "This has changed."


def test_an_action_is_added_with_its_fields_and_the_records_of_this_enquiry():
    asked = form(sent(more="crm.book"))
    assert asked.asks
    (added,) = asked.added
    assert [item.field for item in added.fields if item.focus] == [added.fields[0].field]
    choices = {item.field: [(each.label, each.means) for each in item.choices] for item in added.fields}
    assert choices["listing"] == [("14 Wattle Street", LISTING)]
    assert choices["customer"] == [("Georgia (recorded with this)", CUSTOMER)]
    typed = {item.name: item.value for item in added.fields} | {"add[0].action": "crm.book"}
    assert typed["add[0].input.guests"] == "2"
    typed["add[0].input.starts_at"] = "2026-11-21T11:00"
    revision = revision_of(form(sent(**typed)))
    assert revision is not None
    (item,) = revision.add
    assert item["action"] == "crm.book"
    assert item["input"]["listing"] == LISTING
    assert item["input"]["customer"] == CUSTOMER
    assert datetime.fromisoformat(item["input"]["starts_at"]) == datetime(2026, 11, 21, 11, tzinfo=SYDNEY)


def test_another_one_and_one_less_keep_what_was_typed():
    two = {
        "add[0].action": "crm.book",
        "add[0].input.note": "First",
        "add[1].action": "crm.book",
        "add[1].input.note": "Second",
    }
    shown = form(sent(**two, drop="0", **{"edits.reply.text": "Mine"}))
    assert [action.path for action in shown.added] == ["add[0]"]
    assert [item.value for item in shown.added[0].fields if item.field == "note"] == ["Second"]
    assert next(item.value for item in shown.actions[0].fields if item.field == "text") == "Mine"


def test_what_may_not_be_added_or_lacks_a_record_is_not_offered():
    assert [each.action for each in form().may_add] == ["crm.book"]
    assert form(sent(more="mail.send_reply")).added == []
    assert form(sent(more="no.such")).added == []
    without = {**document(), "sources": []}
    assert edit_form(without, TAKES, SYDNEY, {"more": "crm.book"}).added == []
