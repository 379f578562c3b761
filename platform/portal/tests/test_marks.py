"""Marks over texts: every character is kept, whatever overlaps."""

from hypothesis import given
from hypothesis import strategies as st

from portal.proposals.diff import changed
from portal.proposals.marks import Mark, merged, paragraphs, places


def plain(found):
    lines = ["\n".join("".join(p.text for r in line for p in r.pieces) for line in par.lines) for par in found]
    return "\n\n".join(lines)


def test_a_quote_is_found_across_line_breaks_and_other_kinds_of_quotes():
    assert places("it's  open", "yes, it’s\nopen now") == [(5, 14)]
    assert places("   ", "anything") == []


def test_two_claims_on_the_same_words_become_one_mark_with_both_numbers():
    text = "Open Saturday, 10:30 to 11:00 am."
    (paragraph,) = paragraphs(text, [Mark(0, 32, (2,)), Mark(5, 32, (3,))])
    run = paragraph.lines[0][0]
    assert (run.claims, run.begins, run.ends) == ("2 3", True, True)
    assert paragraph.numbers == [2, 3]


def test_an_unsupported_sentence_is_marked_as_a_whole_though_a_part_of_it_has_a_source():
    (mark,) = merged([Mark(0, 20, (), "unsupported"), Mark(4, 9, (1,))])
    assert (mark.verdict, mark.start, mark.end) == ("unsupported", 0, 20)
    (mark,) = merged([Mark(0, 20, (1,), "own_words"), Mark(4, 9, (2,))])
    assert (mark.verdict, mark.numbers) == ("own_words", (1, 2))


def test_blank_lines_part_paragraphs_and_single_breaks_part_lines():
    found = paragraphs("Hi,\n\nyes.\n\nRegards\nMei")
    assert [len(paragraph.lines) for paragraph in found] == [1, 1, 2]


def test_a_number_stands_where_its_mark_ends_and_only_there():
    found = paragraphs("one\ntwo three", [Mark(0, 7, (1,))])
    runs = [run for line in found[0].lines for run in line if run.numbers]
    assert [run.ends for run in runs] == [False, True]
    assert [run.begins for run in runs] == [True, False]


@given(
    st.text("ab \n.", max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(1, 5)), max_size=5),
)
def test_no_mark_ever_changes_a_word(text, spans):
    marks = [Mark(start, min(len(text), start + size), (n,)) for start, size, n in spans if start < len(text)]
    assert plain(paragraphs(text, marks)).split() == text.split()


def test_an_exchanged_sentence_is_one_removal_and_one_addition():
    old = "Rates are $512.40. The studio was approved by council in 2019.\n\nKind regards"
    new = "Rates are $512.40. I’ll check the studio’s approval and come back.\n\nKind regards"
    (change,) = changed(old, new)
    assert change.removed == "The studio was approved by council in 2019."
    assert new[change.start : change.end] == "I’ll check the studio’s approval and come back."


@given(st.text("abc .\n", max_size=50), st.text("abc .\n", max_size=50))
def test_a_diff_tells_how_the_old_text_becomes_the_new_one(old, new):
    rebuilt, at = [], 0
    for change in changed(old, new):
        rebuilt += [new[at : change.start], change.removed]
        at = change.end
    assert "".join([*rebuilt, new[at:]]) == old
    shown = paragraphs(new, (), changed(old, new))
    kept = "".join(
        piece.text
        for p in shown
        for line in p.lines
        for run in line
        for piece in run.pieces
        if piece.change != "removed"
    )
    assert kept.replace(" ", "") == new.replace("\n", "").replace(" ", "")
