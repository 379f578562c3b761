"""Expressions: typed references, null for what is not there, nothing beyond event, steps and tenant."""

import pytest

from workflows.expressions import BadExpression, check, condition, fill, is_never_true

NAMES = {
    "event": {"message": "m-1", "count": 3, "list": [1, 2], "auto_generated": False},
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
        ("${event.list[5]}", None),
        ("${event.list.filter(item, item > 1)}", [2]),
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
        ("event.list.exists(item, item == event.list[1])", True),
    ],
)
def test_a_condition_holds_only_when_it_is_true(source: str | None, expected: bool) -> None:
    assert condition(source, NAMES) is expected


@pytest.mark.parametrize("source", ["a ===", "", "secrets.key", "event.x +"])
def test_what_does_not_compile_or_looks_elsewhere_is_refused(source: str) -> None:
    with pytest.raises(BadExpression):
        check(source)


@pytest.mark.parametrize(
    "source", ["event.message > 3", "event.count / 0 == 1", "event.count * 9223372036854775807 > 1"]
)
def test_what_has_no_value_is_told_and_not_swallowed(source: str) -> None:
    check(source)
    with pytest.raises(BadExpression):
        condition(source, NAMES)


def test_a_name_that_only_a_macro_gives_is_no_name_from_outside() -> None:
    check("event.list.all(item, item > 0)")
    with pytest.raises(BadExpression, match="not item"):
        check("event.list.all(item, item > 0) && item > 0")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("false", True),
        ("1 == 2", True),
        ("'true'", True),
        ("event.count > 2 && false", True),
        ("[1].exists(item, item == 2)", False),
        ("true", False),
        ("event.count > 2", False),
        ("has(event.count)", False),
        ("size(steps) == 0", False),
        ("1 / 0 == 1", False),
    ],
)
def test_a_condition_is_never_true_where_no_name_can_change_it(source: str, expected: bool) -> None:
    assert is_never_true(source) is expected


def test_an_expression_that_would_exhaust_the_stack_is_refused_before_it_is_read() -> None:
    """The library ends the process at some 40,000 characters of a sum: a worker of the web, with all its requests."""
    endless = "1" + "+1" * 40_000
    with pytest.raises(BadExpression, match="2000 characters at most"):
        check(endless)
    with pytest.raises(BadExpression, match="2000 characters at most"):
        fill("${" + endless + "}", NAMES)
    check("1" + "+1" * 999)
