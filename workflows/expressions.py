"""Conditions and references of definitions: CEL over `event`, `steps`, `tenant` and `bundles`.

A `${…}` that is a whole value keeps its type; inside a longer text it becomes text. What is not
there is null, so that a skipped step's output can be asked for.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import ModuleType
from typing import Any

# The library imports its command line with itself: a tenth of the time in which any of our processes starts.
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))
import cel  # noqa: E402

from workflows.chains import chains, goes_over_elements  # noqa: E402

REFERENCE = re.compile(r"\$\{([^{}]*)\}")
ROOTS = frozenset({"event", "steps", "tenant", "bundles"})
# The library walks an expression by recursion: some 20,000 terms of a sum exhaust the stack, and end the process.
LONGEST = 2000
# What the library raises where an expression has no value.
FAILS = (LookupError, AttributeError, TypeError, ValueError, RuntimeError, ArithmeticError)


class BadExpression(ValueError):
    """An expression that cannot be compiled, or names what there is not."""


@lru_cache(maxsize=1024)
def _compiled(source: str) -> Any:
    if len(source) > LONGEST:
        raise ValueError(f"an expression has {LONGEST} characters at most")
    return cel.compile(source)


def check(source: str) -> None:
    """Refuse an expression that does not compile or looks beyond ROOTS."""
    try:
        program = _compiled(source)
    except ValueError as error:
        raise BadExpression(_first_line(str(error))) from None
    # The names that a macro gives to elements are told as variables too: those are its own.
    roots = {chain.root for chain in chains(source)}
    named = {name for name in program.variables() if name in roots or not name.isidentifier()}
    if unknown := named - ROOTS:
        raise BadExpression(f"only event, steps, tenant and bundles can be named, not {', '.join(sorted(unknown))}")


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if "ERROR" in line), text.splitlines()[0])


def evaluate(source: str, context: Mapping[str, Any]) -> Any:
    """The value of an expression; null where it names something that is not there. Raises BadExpression."""
    try:
        return _compiled(source).execute(dict(context))
    except (LookupError, AttributeError):
        return None
    except TypeError as error:
        # A field of a skipped step's output, which is null: what is not there.
        empty = {**context, "steps": {key: {} if value is None else value for key, value in _steps(context)}}
        try:
            return _compiled(source).execute(empty)
        except (LookupError, AttributeError):
            return None
        except FAILS:
            raise BadExpression(f"{source}: {str(error).split('.')[0]}") from None
    except FAILS as error:
        raise BadExpression(f"{source}: {_first_line(str(error))}") from None


def _steps(context: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    steps: Mapping[str, Any] = context.get("steps") or {}
    return steps.items()


def condition(source: str | None, context: Mapping[str, Any]) -> bool:
    """Whether a condition holds; one that is not given does, one about what is not there does not."""
    return True if source is None else evaluate(source, context) is True


def is_never_true(source: str) -> bool:
    """Whether a condition that compiles has a value whatever is named, and this is not true.

    One that goes over elements is not tried: it could take as long as its author likes.
    """
    if goes_over_elements(source):
        return False
    try:
        return _compiled(source).execute({}) is not True
    except FAILS:
        return False


def expressions_in(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every `${…}` inside a value, and the path where it stands."""
    if isinstance(value, str):
        yield from ((path, found) for found in REFERENCE.findall(value))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from expressions_in(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from expressions_in(item, f"{path}[{index}]")


def is_unfinished(text: str) -> bool:
    """Whether a text begins a `${` that is no reference: it would be left as it stands."""
    return "${" in REFERENCE.sub("", text)


def fill(value: Any, context: Mapping[str, Any]) -> Any:
    """`value` with each `${…}` replaced by what it stands for."""
    if isinstance(value, str):
        whole = REFERENCE.fullmatch(value)
        if whole:
            return evaluate(whole[1], context)
        return REFERENCE.sub(lambda found: _text(evaluate(found[1], context)), value)
    return _inside(value, lambda item: fill(item, context))


def _inside(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: change(item) for key, item in value.items()}
    if isinstance(value, list):
        return [change(item) for item in value]
    return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
