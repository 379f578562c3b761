"""Expressions: typed references, null for what is not there, nothing beyond event, steps and tenant."""

import pytest

from workflows.expressions import BadExpression, check, condition, fill

NAMES = {
    "event": {"message": "m-1", "count": 3, "auto_generated": False},
    "steps": {"understand": {"facts": {"name": "Georgia"}, "slot": None}, "skipped": None},
    "tenant": {"name": "Acacia"},
}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("${event.count}", 3),
        ("${steps.understand.facts}", {"name": "Georgia"}),
        ("Hello ${steps.understand.facts.name} of ${tenant.name}", "Hello Georgia of Acacia"),
        ("${steps.nobody.output}", None),
        ("${steps.skipped.output}", None),
        ("no reference", "no reference"),
        ({"a": ["${event.message}", 1]}, {"a": ["m-1", 1]}),
        ("x ${event.nothing} y", "x  y"),
    ],
)
def test_references_keep_their_type_and_what_is_not_there_is_null(given: object, expected: object) -> None:
    assert fill(given, NAMES) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, True),
        ("!event.auto_generated", True),
        ("steps.understand.slot != null", False),
        ("event.count > 2", True),
        ("event.nothing", False),
        ("event.message", False),
    ],
)
def test_a_condition_holds_only_when_it_is_true(source: str | None, expected: bool) -> None:
    assert condition(source, NAMES) is expected


@pytest.mark.parametrize("source", ["a ===", "", "secrets.key", "event.x +"])
def test_what_does_not_compile_or_looks_elsewhere_is_refused(source: str) -> None:
    with pytest.raises(BadExpression):
        check(source)


def test_a_type_error_is_told_and_not_swallowed() -> None:
    with pytest.raises(BadExpression):
        condition("event.message > 3", NAMES)
