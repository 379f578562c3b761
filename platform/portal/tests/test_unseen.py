"""A person who signs sees what stands there, also what has no shape, turns others around, or only looks like a letter."""

from typing import Any

import pytest

from approvals.selectors import approval_get
from approvals.services import approval_edit
from conftest import Cast
from portal.unseen import unseen_shown
from tests.pages import signed_in
from tests.story import Asked, person


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pay \u202e001\u202c now", "pay [U+202E]001[U+202C] now"),
        ("no\u200bthing", "no[U+200B]thing"),
        ("x\u2060\u2060\u2060y", "x[U+2060 × 3]y"),
        ("\U000e0041\U000e0042", "[U+E0041][U+E0042]"),
        ("a\u200db", "a[U+200D]b"),
        ("ge\u043ergia@example.com", "ge[\u043e U+043E]rgia@example.com"),
        ("see https://\u0430cacia.example/pay", "see https://[\u0430 U+0430]cacia.example/pay"),
        ("\U0001f600\ufe0f\ufe0f", "\U0001f600\ufe0f[U+FE0F]"),
    ],
)
def test_what_eyes_miss_is_shown_by_its_number(text: str, shown: str) -> None:
    found = unseen_shown(f"<p>{text}</p>")
    for mark in ('<span class="unseen" title="', "</span>"):
        assert mark in found
    bare = found.removeprefix("<p>").removesuffix("</p>")
    while '<span class="unseen"' in bare:
        before, _, rest = bare.partition('<span class="unseen"')
        inside, _, after = rest.partition(">")[2].partition("</span>")
        bare = f"{before}[{inside}]{after}"
    assert bare == shown


@pytest.mark.parametrize(
    "text",
    [
        "Καλημέρα, η Γεωργία", "שלום וברכה", "مرحبا", "می\u200cخواهم", "क\u094d\u200dष", "👩\u200d👩\u200d👧", "❤\ufe0f\u200d🔥", "1\ufe0f\u20e3",
        "Zoë Müller, zoë@example.com", "“bob@example.com”", "请写到 bob@example.com", "é e\u0301",
    ],
)  # fmt: skip
def test_what_people_write_is_left_as_it_is(text: str) -> None:
    assert unseen_shown(f"<p>{text}</p>") == f"<p>{text}</p>"


def test_what_a_form_sends_is_left_as_it_is() -> None:
    html = '<input value="a\u202eb &lt;\u0430@b&gt;"><p>\u202e</p>'
    assert unseen_shown(html).startswith('<input value="a\u202eb &lt;\u0430@b&gt;"><p><span')


@pytest.mark.usefixtures("in_committed_acacia")
def test_the_page_of_a_proposal_shows_them_in_portal_and_admin(asked: Asked, cast: Cast) -> None:
    hostile = (
        "Hi Georgia,\n\nPay \u202e0051\u202c into <b>ours</b> {{ 7|add:7 }}\u200b<script>alert(1)</script>.\n\nBob"
    )
    edits: dict[str, Any] = {"reply": {"text": hostile}, "follow_up": {"title": "Call\u2066 {{ 7|add:7 }}<i>"}}
    edited = approval_edit(
        approval_id=asked.approval.id,
        digest=approval_get(asked.approval.id).digest,
        edits=edits,
        actor=person(cast.bob),
    )
    assert edited.document["reply"]["text"] == hostile, "what is bound is what was typed"
    one = f"/approvals/{asked.approval.id}/"
    for path in (
        one,
        f"/inbox/together/?id={asked.approval.id}",
        f"/admin/approvals/approval/{asked.approval.id}/change/",
    ):
        page = signed_in(cast.bob).get(path).content.decode()
        told = page.partition("What will happen</")[2].partition('<form class="decision')[0]
        for number in ("U+202E", "U+202C", "U+200B", "U+2066"):
            assert f">{number}</span>" in told, (path, number)
        for live in ("<script>alert", "<b>ours", "<i>", " 14<", "}14"):
            assert live not in told, (path, live)
        assert "{{ 7|add:7 }}" in told, path
