"""Makes docs/rights.md of the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from tests.rights.table import ANYONE, EVERYONE, OPERATOR, model_rules, rules

HEAD = """# Who may do what

Made from `tests/rights/table.txt` by `make rights`. `tests/test_rights.py` visits each route with each method as each
role, and the API with a token of each scope, and fails where the answer is another; a route without a line fails too.
A token acts as its person: it needs the scope **and** its person the role. Another tenant's people get 404.
"""
TITLES = {
    "portal": "Pages",
    "documents": "Documents of the API",
    "api": "API",
    "admin pages": "Admin of a tenant",
    "admin": "Models in the admin of a tenant",
    "public host": "Public host",
    "operators' admin": "Models in the operators' admin",
}


def _table(head: list[str], lines: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for line in lines:
        yield f"| {' | '.join(line)} |"


def _columns(section: str) -> tuple[str, ...]:
    return (OPERATOR, ANYONE) if section in ("public host", "operators' admin") else (*EVERYONE, ANYONE)


def page() -> str:
    """The text of docs/rights.md."""
    parts = [HEAD]
    for section, found in groupby(rules(), key=lambda rule: rule.section):
        columns = _columns(section)
        scoped = section == "api"
        lines = [
            [f"{rule.method} `{rule.path}`"]
            + ([f"`{rule.scope}`" if rule.scope else "any token"] if scoped else [])
            + ["✓" if role in rule.roles else "" for role in columns]
            for rule in found
        ]
        head = ["route", *(["scope"] if scoped else []), *columns]
        parts.append("\n".join([f"## {TITLES[section]}", "", *_table(head, lines), ""]))
    for section, of_models in groupby(model_rules(), key=lambda rule: rule.section):
        columns = tuple(role for role in _columns(section) if role != ANYONE)
        lines = [
            [f"{rule.right} `{rule.model}`", *("✓" if role in rule.roles else "" for role in columns)]
            for rule in of_models
        ]
        parts.append("\n".join([f"## {TITLES[section]}", "", *_table(["right", *columns], lines), ""]))
    return "\n".join(parts)
