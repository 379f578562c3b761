"""Who may do what: every route and method, asked by every role and with every scope, held against the table."""

from collections.abc import Iterator
from typing import Any

import pytest

from conftest import Cast
from tests.rights.expected import expected, undeclared
from tests.rights.table import ANYONE, EVERYONE, OPERATOR, model_rules
from tests.rights.visits import ABSENT, ALLOWED, BASE, NO_METHOD, REFUSED, Visitor, fault, outcome
from tests.rights.world import CANARY, KINDS, World, canary, made_world

ACACIA, HARBOUR = f"acacia.{BASE}", f"harbour.{BASE}"
PUBLIC = {"public host", "operators' admin"}
# Where Django's admin leads, with a sentence, when there is no such row.
ADMIN_HOME = "/admin/"
pytestmark = pytest.mark.xdist_group("rights")


@pytest.fixture(scope="module")
def world(cast: Cast, owner_url: str, django_db_blocker: Any) -> Iterator[World]:
    with made_world(cast, owner_url, django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def visitors(world: World) -> dict[str, Visitor]:
    """Each role of acacia with a session, and one without."""
    found = {role: Visitor(ACACIA, person=world.people[role], schema="acacia") for role in EVERYONE}
    return found | {ANYONE: Visitor(ACACIA)}


def report(faults: list[str]) -> None:
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)


@pytest.mark.parametrize("role", [*EVERYONE, ANYONE])
def test_every_page_lets_in_whom_the_table_names_and_nobody_else(
    world: World, visitors: dict[str, Visitor], role: str
) -> None:
    found, seen = [], set[str]()
    for route, rule in expected():
        if rule.section == "api" or rule.section in PUBLIC:
            continue
        answer = visitors[role].visit(world, route, rule.method)
        found.append(fault(rule, role, answer))
        seen.update(kind for kind in KINDS if canary(kind).encode() in answer.read)
    report([line for line in found if line])
    assert role != "owner" or seen == set(KINDS), "a word that even the owner reads nowhere proves nothing"


def test_every_action_of_an_admin_is_offered_to_whom_the_table_names(
    world: World, visitors: dict[str, Visitor]
) -> None:
    told: dict[tuple[str, str], set[str]] = {}
    for line in model_rules():
        if line.right not in ("view", "add", "change", "delete"):
            for role in line.roles:
                told.setdefault((line.model, role), set()).add(line.right)
    found = []
    for route, rule in expected():
        if (rule.section, route.page, rule.method) != ("admin", "changelist", "GET"):
            continue
        for role in rule.roles:
            form = visitors[role].visit(world, route, "GET").context["action_form"]
            offered = {name for name, _ in form.fields["action"].choices} if form else set()
            offered -= {"", "delete_selected"}  # the latter is told by the right to delete
            if offered != told.get((route.model, role), set()):
                found.append(f"{route.model} as {role}: offers {offered}, the table says otherwise")
    report(found)


def test_every_page_of_the_public_host_is_for_operators_alone(world: World) -> None:
    found = []
    visitors = {OPERATOR: Visitor(BASE, person=world.olga), ANYONE: Visitor(BASE)}
    for route, rule in expected():
        if rule.section in PUBLIC:
            found += [fault(rule, role, visitor.visit(world, route, rule.method)) for role, visitor in visitors.items()]
    report([line for line in found if line])


def test_every_endpoint_answers_the_roles_that_the_table_names(world: World) -> None:
    found = []
    visitors = {role: Visitor(ACACIA, token=world.tokens[role]) for role in EVERYONE} | {ANYONE: Visitor(ACACIA)}
    for route, rule in expected():
        if rule.section == "api":
            found += [fault(rule, role, visitor.visit(world, route, rule.method)) for role, visitor in visitors.items()]
    report([line for line in found if line])


def test_every_endpoint_asks_for_exactly_its_scope(world: World) -> None:
    """Its scope alone opens it, and all the others together do not; what asks for none is opened by each."""
    found = []
    alone = {scope: Visitor(ACACIA, token=token) for scope, token in world.scoped.items()}
    others = {scope: Visitor(ACACIA, token=token) for scope, token in world.scoped_but.items()}
    for route, rule in expected():
        if rule.section != "api":
            continue
        visits = [(f"with {scope}", alone[scope], ALLOWED) for scope in ([rule.scope] if rule.scope else alone)]
        if rule.scope:
            visits.append((f"with all but {rule.scope}", others[rule.scope], REFUSED))
        for tokens, visitor, wanted in visits:
            got = outcome(visitor.visit(world, route, rule.method))
            if got != wanted:
                found.append(f"{rule.method} {rule.path} {tokens}: {got}, the table says {wanted}")
    report(found)


def test_a_method_that_no_line_names_is_none(world: World, visitors: dict[str, Visitor]) -> None:
    found = []
    token, olga = Visitor(ACACIA, token=world.tokens["owner"]), Visitor(BASE, person=world.olga)
    for route, method in undeclared():
        visitor = token if route.section == "api" else olga if route.section in PUBLIC else visitors["owner"]
        got = outcome(visitor.visit(world, route, method))
        if got != NO_METHOD and not (route.redirects and got == ALLOWED):
            found.append(f"{method} {route.path}: {got}, and no line of tests/rights/table.txt says who may")
    report(found)


def test_no_page_takes_a_post_without_its_csrf_token(world: World) -> None:
    found = []
    visitor = Visitor(ACACIA, person=world.people["owner"], schema="acacia", csrf=True)
    for route, rule in expected():
        if rule.method == "POST" and rule.section not in {"api", *PUBLIC} and rule.roles:
            got = outcome(visitor.visit(world, route, "POST"))
            if got not in (REFUSED, ABSENT):
                found.append(f"POST {rule.path}: {got} without a CSRF token")
    report(found)


def test_charlie_of_harbour_finds_nothing_of_acacia(world: World) -> None:
    found = []
    session = Visitor(HARBOUR, person=world.charlie, schema="harbour")
    token = Visitor(HARBOUR, token=world.charlies_token)
    for route, rule in expected():
        if rule.section in PUBLIC or not rule.roles:
            continue
        answer = (token if rule.section == "api" else session).visit(world, route, rule.method)
        if CANARY.encode() in answer.read.lower() or CANARY in str(answer.headers).lower():
            found.append(f"{rule.method} {rule.path}: shows what is acacia's")
        gone = outcome(answer) == ABSENT or answer.headers.get("Location") == ADMIN_HOME
        if ("<uuid:" in route.path or "<path:object_id>" in route.path) and not gone:
            found.append(f"{rule.method} {rule.path}: answered {answer.status_code} for what is acacia's, not 404")
    report(found)


def test_charlie_of_harbour_is_nobody_at_acacia(world: World) -> None:
    found = []
    session = Visitor(ACACIA)
    session.client.cookies = Visitor(HARBOUR, person=world.charlie, schema="harbour").client.cookies
    token = Visitor(ACACIA, token=world.charlies_token)
    for route, rule in expected():
        if rule.section in PUBLIC:
            continue
        if rule.section == "api":
            found.append(fault(rule, ANYONE, token.visit(world, route, rule.method)))
            continue
        answer = session.visit(world, route, rule.method)
        found.append(fault(rule, ANYONE, answer))
        if ANYONE not in rule.roles and CANARY.encode() in answer.read.lower():
            found.append(f"{rule.method} {rule.path}: shows what is acacia's")
    report([line for line in found if line])
