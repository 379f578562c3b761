"""The edit form: what it shows, and what it makes of what was typed."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from approvals.errors import InvalidEdit
from approvals.forms import edit_form, edits_of

SYDNEY = ZoneInfo("Australia/Sydney")


def document() -> dict[str, Any]:
    return {
        "actions": [
            {
                "step": "book",
                "action": "crm.book_appointment",
                "label": "Book",
                "input": {"listing": "x", "starts_at": "2026-11-20T23:30:00+00:00", "ends_at": None, "guests": 2},
                "editable": ["ends_at", "guests", "starts_at"],
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


def typed(**more: str) -> dict[str, str]:
    form = edit_form(document(), SYDNEY)
    return {field.name: field.value for action in form.actions for field in action.fields} | more


def test_only_the_editable_fields_of_an_action_have_an_input_and_the_reply_comes_first():
    form = edit_form(document(), SYDNEY)
    assert [action.step for action in form.actions] == ["reply", "book"]
    assert [field.name for field in form.actions[0].fields] == ["edits.reply.subject", "edits.reply.text"]
    assert {field.field for field in form.actions[1].fields} == {"starts_at", "ends_at", "guests"}


def test_a_form_that_comes_back_untouched_edits_nothing():
    form = edit_form(document(), SYDNEY, typed())
    assert edits_of(form, SYDNEY) == {}


def test_line_breaks_of_a_browser_are_no_edit():
    form = edit_form(document(), SYDNEY, typed(**{"edits.reply.text": "Hi,\r\n\r\nyes."}))
    assert edits_of(form, SYDNEY) == {}


def test_times_are_shown_in_the_tenants_zone_and_come_back_in_utc():
    form = edit_form(document(), SYDNEY)
    starts_at = next(f for f in form.actions[1].fields if f.field == "starts_at")
    assert (starts_at.input_type, starts_at.value) == ("datetime-local", "2026-11-21T10:30")
    form = edit_form(document(), SYDNEY, typed(**{"edits.book.starts_at": "2026-11-21T11:00"}))
    assert edits_of(form, SYDNEY) == {"book": {"starts_at": "2026-11-21T00:00:00+00:00"}}


def test_a_number_comes_back_as_a_number_and_nonsense_is_refused_with_its_path():
    form = edit_form(document(), SYDNEY, typed(**{"edits.book.guests": "3"}))
    assert edits_of(form, SYDNEY) == {"book": {"guests": 3}}
    form = edit_form(document(), SYDNEY, typed(**{"edits.book.guests": "many"}))
    with pytest.raises(InvalidEdit) as refusal:
        edits_of(form, SYDNEY)
    assert refusal.value.path == "edits.book.guests"
    assert form.mark(refusal.value.path, refusal.value.sentence)


def test_what_was_typed_stays_whatever_the_answer():
    form = edit_form(document(), SYDNEY, typed(**{"edits.reply.text": "Mine"}), ["book"])
    assert next(f.value for f in form.actions[0].fields if f.field == "text") == "Mine"
    assert [action.left_out for action in form.actions] == [False, True]
