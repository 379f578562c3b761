"""What the table says of each method of each route, and where table and routes do not meet."""

from __future__ import annotations

from tests.rights.routes import Route, routes
from tests.rights.table import FILE, Rule, model_rules, rules

# What one needs for the pages of a model in the admin.
_NEEDS = {
    ("changelist", "GET"): ("view", "change"),
    ("changelist", "POST"): ("view", "change"),
    ("add", "GET"): ("add",),
    ("add", "POST"): ("add",),
    ("change", "GET"): ("view", "change"),
    ("change", "POST"): ("change",),
    ("history", "GET"): ("view", "change"),
    ("history", "POST"): ("view", "change"),
    ("delete", "GET"): ("delete",),
    ("delete", "POST"): ("delete",),
}


def expected() -> list[tuple[Route, Rule]]:
    """Each method of each route with its rule; a method that no line allows has a rule without roles."""
    written = {(rule.section, rule.path, rule.method): rule for rule in rules()}
    of_model = {(rule.section, rule.model, rule.right): rule.roles for rule in model_rules()}
    found = []
    for route in routes():
        for method in route.methods:
            if route.model:
                needs = _NEEDS[(route.page, method)]
                roles = frozenset[str]().union(
                    *(of_model.get((route.section, route.model, right), frozenset()) for right in needs)
                )
                found.append((route, Rule(route.section, method, route.path, roles)))
            elif rule := written.get((route.section, route.path, method)):
                found.append((route, rule))
    return found


def missing() -> list[str]:
    """A line for each route of which the table says nothing, and for each line that fits no route."""
    written = {(rule.section, rule.path) for rule in rules()}
    there = {(route.section, route.path) for route in routes() if not route.model}
    models = {(route.section, route.model) for route in routes() if route.model}
    told = {(rule.section, rule.model) for rule in model_rules()}
    where = f"tests/rights/{FILE.name}"
    lines = [
        f"{path} has no line: say who may use which method of it under [{section}] in {where}, for example\n"
        f"    GET  {path}  {'contacts:read  ' if section == 'api' else ''}owner manager agent viewer auditor"
        for section, path in sorted(there - written)
    ]
    lines += [
        f"{model} has no line: say who may view, add, change or delete it under [{section}] in {where}, for example\n"
        f"    {model}  view  owner manager"
        for section, model in sorted(models - told)
    ]
    lines += [
        f"{path} under [{section}] in {where} is no route: take the line out" for section, path in written - there
    ]
    lines += [f"{model} under [{section}] in {where} is in no admin: take it out" for section, model in told - models]
    return lines


def undeclared() -> list[tuple[Route, str]]:
    """The methods of routes of which the table says nothing. (Pages of an admin's models are told by their rights.)"""
    written = {(rule.section, rule.path, rule.method) for rule in rules()}
    return [
        (route, method)
        for route in routes()
        for method in route.methods
        if not route.model and (route.section, route.path, method) not in written
    ]
