"""Conditions and references of definitions: CEL over `event`, `steps` and `tenant`.

A `${…}` that is a whole value keeps its type; inside a longer text it becomes text. What is not
there is null, so that a skipped step's output can be asked for.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import cel

REFERENCE = re.compile(r"\$\{([^{}]*)\}")
ROOTS = frozenset({"event", "steps", "tenant"})


class BadExpression(ValueError):
    """An expression that cannot be compiled, or names what there is not."""


@lru_cache(maxsize=1024)
def _compiled(source: str) -> Any:
    return cel.compile(source)


def check(source: str) -> None:
    """Refuse an expression that does not compile or looks beyond event, steps and tenant."""
    try:
        program = _compiled(source)
    except ValueError as error:
        raise BadExpression(_first_line(str(error))) from None
    if unknown := set(program.variables()) - ROOTS:
        raise BadExpression(f"only event, steps and tenant can be named, not {', '.join(sorted(unknown))}")


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if "ERROR" in line), text.splitlines()[0])


def evaluate(source: str, context: Mapping[str, Any]) -> Any:
    """The value of an expression; null where it names something that is not there. Raises BadExpression."""
    try:
        return _compiled(source).execute(dict(context))
    except (KeyError, AttributeError):
        return None
    except TypeError as error:
        # A field of a skipped step's output, which is null: what is not there.
        empty = {**context, "steps": {key: {} if value is None else value for key, value in _steps(context)}}
        try:
            return _compiled(source).execute(empty)
        except (KeyError, AttributeError):
            return None
        except (ValueError, TypeError, RuntimeError):
            raise BadExpression(f"{source}: {str(error).split('.')[0]}") from None
    except (ValueError, RuntimeError) as error:
        raise BadExpression(f"{source}: {_first_line(str(error))}") from None


def _steps(context: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    steps: Mapping[str, Any] = context.get("steps") or {}
    return steps.items()


def condition(source: str | None, context: Mapping[str, Any]) -> bool:
    """Whether a condition holds; one that is not given does, one about what is not there does not."""
    return True if source is None else evaluate(source, context) is True


def expressions_in(value: Any) -> list[str]:
    """Every `${…}` inside a value."""
    if isinstance(value, str):
        return REFERENCE.findall(value)
    if isinstance(value, Mapping):
        return [found for item in value.values() for found in expressions_in(item)]
    if isinstance(value, list):
        return [found for item in value for found in expressions_in(item)]
    return []


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
