"""Reads table.txt, the one list of who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("table.txt")
EVERYONE = ("owner", "manager", "agent", "viewer", "auditor")
ANYONE = "signed out"
OPERATOR = "operator"
MODELS = {"admin", "operators' admin"}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
_WORDS = {"everyone": EVERYONE, "anyone": (*EVERYONE, OPERATOR, ANYONE), "nobody": ()}


@dataclass(frozen=True)
class Rule:
    """Who may use a method of a route; in the API with a token of which scope (empty: any token)."""

    section: str
    method: str
    path: str
    roles: frozenset[str]
    scope: str = ""


@dataclass(frozen=True)
class ModelRule:
    """Who has a right in the admin of a model: view, add, change, delete, or the name of an action."""

    section: str
    model: str
    right: str
    roles: frozenset[str]


def _lines() -> Iterator[tuple[str, list[str]]]:
    section = ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            yield section, line.split()


def _roles(words: list[str]) -> frozenset[str]:
    return frozenset(role for word in words for role in _WORDS.get(word, (word,)))


def rules() -> list[Rule]:
    """The rules of routes, in the order in which they are written."""
    found = []
    for section, words in _lines():
        if section in MODELS:
            continue
        methods = [word for word in words if word in METHODS]
        path, *rest = words[len(methods) :]
        scope = ""
        if section == "api":
            scope, *rest = rest
        roles = _roles(rest)
        found += [Rule(section, method, path, roles, "" if scope == "any" else scope) for method in methods]
    return found


def model_rules() -> list[ModelRule]:
    """The rules of the two admins' models."""
    return [
        ModelRule(section, words[0], words[1], _roles(words[2:])) for section, words in _lines() if section in MODELS
    ]
