"""What is new in a reply."""

import pytest

from mail.parsing.new_text import new_text
from mail.parsing.results import RangeKind
from mail.tests.messages import corpus


def test_the_new_text_of_real_replies_is_found():
    files = corpus("reply_trimmer/emails", "*.txt")
    wrong = []
    for file in files:
        expected = (file.parent.parent / "trimmed" / file.name).read_text()
        if new_text(file.read_text()).text.strip() != expected.strip():
            wrong.append(file.name)
    share = 1 - len(wrong) / len(files)
    print(f"\nnew text found exactly: {share:.1%} of {len(files)} replies")
    assert share >= 0.93, wrong


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\n\nis the flat free on Saturday at 10:30?\n\nGeorgia\n0491 570 156",
        "I saw it listed from: $1,200,000\nto: $1,300,000\n\nIs that right?",
        "Your colleague told me:\nthe inspection is on Monday.\nIs it?",
        "On your website you wrote on 3 May:\nthe guide is 1.2 million.\nIs that still so?",
    ],
)
def test_a_first_mail_is_new_as_a_whole(text):
    assert new_text(text).text == text


def test_quotes_are_ranges_of_the_whole_text():
    text = "Saturday suits me.\n\nOn Mon, 23 Nov 2026 at 09:00, Acacia <a@in.test> wrote:\n> Which day?\n> Jane\n"
    found = new_text(text)
    assert found.text == "Saturday suits me."
    assert [text[r.start : r.end].split("\n")[0][:6] for r in found.ranges] == ["On Mon"]
    assert found.ranges[0].kind == RangeKind.QUOTE


def test_answers_in_place_stay_with_what_they_answer():
    text = (
        "On Mon, 23 Nov 2026 at 09:00, Acacia <a@in.test> wrote:\n> Which day?\n\nSaturday.\n\n> And when?\n\nAt ten.\n"
    )
    found = new_text(text)
    assert found.text == "> Which day?\n\nSaturday.\n\n> And when?\n\nAt ten."
    quoted = [text[r.start : r.end] for r in found.ranges if r.kind == RangeKind.INLINE_QUOTE]
    assert quoted == ["> Which day?\n", "> And when?\n"]


def test_a_signature_is_marked():
    text = "Saturday suits me.\n\n-- \nGeorgia Papadopoulos\n0491 570 156\n"
    found = new_text(text)
    assert found.text == "Saturday suits me."
    assert [(r.kind, text[r.start : r.end]) for r in found.ranges] == [
        (RangeKind.SIGNATURE, "-- \nGeorgia Papadopoulos\n0491 570 156\n")
    ]


def test_text_below_the_searched_part_counts_as_new():
    text = "word\n" * 30_000 + "\nOn Mon, 23 Nov 2026 at 09:00, A <a@in.test> wrote:\n> quoted\n"
    assert new_text(text).text == text.strip()


@pytest.mark.parametrize(
    "text",
    ["On " + " " * 90_000 + "wrote", "On On On On\n" * 8_000 + "wrote:", "From: x\n \n" * 20_000, "> " * 50_000,
     "-" * 100_000, "\n" * 100_000, "@" * 100_000, ("a" * 300 + ":\n") * 300],
)  # fmt: skip
@pytest.mark.timeout(150)
def test_text_made_to_hang_the_search_does_not(text):
    new_text(text)
