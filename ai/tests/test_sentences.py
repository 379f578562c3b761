"""Where a sentence ends."""

from __future__ import annotations

import pytest

from ai.grounding.sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi Georgia,\n\nThanks. Bye.", ["Hi Georgia,", "Thanks.", "Bye."]),
        ("See 14 Wattle St. Marrickville today.", ["See 14 Wattle St. Marrickville today."]),
        ("I saw 27 Park Ave. Would Tuesday work?", ["I saw 27 Park Ave.", "Would Tuesday work?"]),
        ("Am 21. November um 10.30 Uhr. Gut!", ["Am 21. November um 10.30 Uhr.", "Gut!"]),
        ("You asked: “is it?” I'll check.", ["You asked: “is it?”", "I'll check."]),
        ("You asked: “Is it? Is it not?” I'll check.", ["You asked: “Is it? Is it not?”", "I'll check."]),
        ("Sie fragten: „Geht das?“ Das prüfe ich.", ["Sie fragten: „Geht das?“", "Das prüfe ich."]),
        ("Vous demandez : « Où ? » Je vérifie.", ["Vous demandez : « Où ? »", "Je vérifie."]),
        ("您好！我想看房。谢谢", ["您好！", "我想看房。", "谢谢"]),
        ("Rates are $512.40 per quarter. Yes.", ["Rates are $512.40 per quarter.", "Yes."]),
        ("", []),
        (" \n \n", []),
    ],
)
def test_a_text_is_cut_where_a_reader_would_cut_it(text: str, expected: list[str]) -> None:
    assert [span.text for span in sentences(text)] == expected


def test_offsets_point_into_the_text() -> None:
    text = "  Hi Georgia,\n\n  Thanks for asking.  See you! "
    assert all(text[span.start : span.end] == span.text for span in sentences(text))
