"""Chains: what an expression names is read off its text, and nothing is seen that is not there."""

import pytest

from workflows.chains import chains


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("steps.match.listing", [("steps", "match", "listing")]),
        ("steps . match\n.listing // steps.other", [("steps", "match", "listing")]),
        ("steps['match'].slots[0].text", [("steps", "match", "slots", 0, "text")]),
        ('"steps.nobody" == event.type', [("event", "type")]),
        (r"r'\' + event.a", [("event", "a")]),
        (r"'it\'s steps.nobody' + event.a", [("event", "a")]),
        ("'''a 'b' steps.nobody''' + event.a", [("event", "a")]),
        ("steps.draft.text.startsWith(event.x.y)", [("steps", "draft", "text"), ("event", "x", "y")]),
        ("size(steps.match.slots) > 1.5e3", [("steps", "match", "slots")]),
        ("steps[event.key].x", [("steps",), ("event", "key")]),
        ("(steps.match).listing", [("steps", "match")]),
        ("event.a ? event.b : {'steps': event.c}", [("event", "a"), ("event", "b"), ("event", "c")]),
        ("event.all.filter(steps, steps.x > 1) == steps.y", [("event", "all"), ("steps", "y")]),
        ("event.a.exists(x, x.b.exists(y, y == x)) && event.z", [("event", "a"), ("event", "z")]),
        ("event.map.map(x, x)", [("event", "map")]),
        ("steps.a in event.b", [("steps", "a"), ("event", "b")]),
        ("-event.a[1u]", [("event", "a")]),
        ("true && null == false", []),
    ],
)
def test_an_expressions_chains(source: str, expected: list[tuple[str | int, ...]]) -> None:
    assert [chain.parts for chain in chains(source)] == expected


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("has(event.a.b)", ("event", "a", "b")),
        ("'b' in event.a", ("event", "a", "b")),
    ],
)
def test_asking_whether_something_is_there_guards_it(source: str, parts: tuple[str, ...]) -> None:
    assert [(chain.parts, chain.guarded) for chain in chains(source)] == [(parts, True)]
