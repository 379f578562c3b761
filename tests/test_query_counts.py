"""What a page asks of the database does not grow with what is stored: found from the URLs, with 10 and 1,000 rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from tenants.selectors import tenant_context
from tests.rights.expected import expected
from tests.rights.many import FIRST, multiply
from tests.rights.routes import Route
from tests.rights.visits import BASE, Visitor
from tests.rights.world import World, made_world

pytestmark = [pytest.mark.xdist_group("rights"), pytest.mark.timeout(600)]

# The frame of a page asks 10 times: whose host, who this is, their rights, what waits, the switch, support.
MOST = 20
# A thousand, less what a table refuses as a second of its kind; no page shows so many at once.
ENOUGH, NOT_LISTED = 240, {"accounts_user_groups", "mail_rawmessage", "audit_leaf", "audit_seal", "audit_kepthead"}
FEW, MANY = range(1, 10 // FIRST), range(10 // FIRST, 1000 // FIRST)


@pytest.fixture(scope="module")
def world(cast: Cast, owner_url: str, django_db_blocker: Any) -> Iterator[World]:
    with made_world(cast, owner_url, django_db_blocker) as world:
        yield world


def counts(world: World, before: dict[str, int] | None = None) -> dict[str, int]:
    """How many statements each page, each page of the admin and each list of the API makes, for the owner.

    What is read once in a while is read by a visit that is not counted: of all pages, or, where it is known how many
    there were `before`, of those that now ask otherwise.
    """
    session = Visitor(f"acacia.{BASE}", person=world.people["owner"], schema="acacia")
    token = Visitor(f"acacia.{BASE}", token=world.tokens["owner"])
    found = {}
    for route, rule in expected():
        if rule.method != "GET" or rule.section not in ("portal", "api", "admin") or "owner" not in rule.roles:
            continue
        visitor = token if rule.section == "api" else session
        found[rule.path] = _asked(visitor, world, route)
        if before is None or found[rule.path] != before[rule.path]:
            found[rule.path] = _asked(visitor, world, route)
    return found


def _asked(visitor: Visitor, world: World, route: Route) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = visitor.visit(world, route, "GET")
    assert answer.status_code < 400, (route.path, answer.status_code)
    asked = [query["sql"] for query in captured]
    return sum(not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")) for sql in asked)


def test_no_page_asks_more_of_the_database_when_there_is_more_in_it(world: World) -> None:
    with transaction.atomic():
        with tenant_context("acacia"):
            multiply(FEW)
        few = counts(world)
        with tenant_context("acacia"):
            stored = multiply(MANY)
        many = counts(world, few)
        transaction.set_rollback(True)
    scarce = {name: count for name, count in stored.items() if count < ENOUGH and name not in NOT_LISTED}
    assert not scarce, f"tests/rights/many.py could not multiply {scarce}: the counts prove nothing about them"
    table = "\n".join(f"{few[path]:4} {many[path]:4}  {path}" for path in few)
    wrong = [path for path in few if few[path] != many[path] or many[path] >= MOST]
    assert not wrong, f"with 10 rows, with 1,000 rows:\n{table}\nToo many, or growing: {', '.join(wrong)}"
