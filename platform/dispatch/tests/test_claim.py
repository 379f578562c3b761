"""Claiming: fair between tenants, by priority and age, never one row twice."""

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from time import monotonic
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dispatch.leases import LEASE_SECONDS
from dispatch.models import Work
from dispatch.services import CLAIM, TENANT_CONCURRENCY, Claim, claim, due_by_queue, finish

pytestmark = pytest.mark.committed
Add = Callable[..., None]


def take(queue: str = "runs") -> Claim | None:
    return claim(queue=queue, worker="me")


def take_and_finish() -> Claim | None:
    taken = take()
    if taken:
        finish(taken.lease)
    return taken


def test_nothing_is_claimed_where_nothing_is_due(add: Add) -> None:
    assert take() is None
    add("acacia", queue="ai")
    add("acacia", "later", due_at=timezone.now() + timedelta(minutes=1))
    assert take() is None
    assert due_by_queue(at_most=9) == {"ai": 1}


def test_a_claim_says_what_for_whom_and_leases_the_row(add: Add) -> None:
    add("acacia")
    began = timezone.now()
    taken = take()
    assert taken is not None
    assert (taken.tenant, taken.handler, taken.subject) == ("acacia", "tests.work", "one")
    assert (taken.lease.fence, taken.lease.wakes, taken.lease.attempts) == (1, 1, 1)
    row = Work.objects.get()
    assert row.worker == "me"
    assert row.leased_until is not None
    assert began < row.leased_until - timedelta(seconds=LEASE_SECONDS) < timezone.now()
    assert take() is None


def test_a_flood_of_one_tenant_does_not_delay_another(add: Add) -> None:
    for number in range(30):
        add("acacia", f"flood {number}")
    assert take_and_finish() is not None
    add("harbour")
    taken = take_and_finish()
    assert taken is not None
    assert taken.tenant == "harbour"


def test_tenants_take_turns(add: Add) -> None:
    for number in range(12):
        add("acacia", f"a {number}")
    for number in range(6):
        add("harbour", f"h {number}")
    order = [taken.tenant for taken in iter(take_and_finish, None)]
    assert len(order) == 18
    turns = order[:12]
    assert all(first != second for first, second in pairwise(turns))
    assert order[12:] == ["acacia"] * 6


def test_within_a_tenant_what_is_urgent_goes_first_until_the_other_is_old(add: Add, age: Callable[..., None]) -> None:
    add("acacia", "usual", priority=5)
    add("acacia", "urgent", priority=3)
    add("acacia", "old", priority=5)
    age("old", seconds=180)
    order = [taken.subject for taken in iter(take_and_finish, None)]
    assert order == ["old", "urgent", "usual"]


def test_of_the_same_priority_the_one_due_first_goes_first(add: Add, age: Callable[..., None]) -> None:
    for subject, seconds in (("b", 20), ("a", 30), ("c", 10)):
        add("acacia", subject)
        age(subject, seconds=seconds)
    assert [taken.subject for taken in iter(take_and_finish, None)] == ["a", "b", "c"]


def test_a_tenant_has_so_many_rows_worked_on_at_once_and_no_more(add: Add) -> None:
    for number in range(TENANT_CONCURRENCY + 2):
        add("acacia", f"a {number}")
    add("acacia", "elsewhere", queue="ai")
    taken = [take() for _ in range(TENANT_CONCURRENCY)]
    assert all(taken)
    assert take() is None
    assert take("ai") is not None  # each queue counts for itself
    add("harbour")
    other = take()
    assert other is not None
    assert other.tenant == "harbour"
    assert taken[0] is not None
    finish(taken[0].lease)
    assert take() is not None
    assert take() is None


def test_leases_that_ran_out_do_not_count_as_being_worked_on(add: Add, age: Callable[..., None]) -> None:
    for number in range(TENANT_CONCURRENCY):
        add("acacia", f"a {number}")
        assert take() is not None
        age(f"a {number}")
    add("acacia", "next")
    assert take() is not None


def test_parked_rows_are_left_alone(add: Add) -> None:
    add("acacia")
    Work.objects.update(parked_at=timezone.now())
    assert take() is None
    assert due_by_queue(at_most=9) == {}


def test_a_row_that_another_is_just_claiming_is_passed_over_without_waiting(
    add: Add, at_once: Callable[..., list[Any]]
) -> None:
    add("acacia")
    with transaction.atomic():
        assert take() is not None
        assert at_once(take) == [None]
        add_in_thread = at_once(lambda: add("harbour"), lambda: None)
        assert add_in_thread == [None, None]
        [other] = at_once(take)
        assert other.tenant == "harbour"


def test_no_row_is_ever_claimed_twice(add: Add, at_once: Callable[..., list[Any]]) -> None:
    for number in range(20):
        add("acacia", f"a {number}")
        add("harbour", f"h {number}")

    def take_all() -> list[str]:
        done = []
        while Work.objects.exists():  # claims at the same moment may meet a row that is just taken: look again
            if one := take_and_finish():
                done.append(one.subject)
        return done

    taken = [subject for outcome in at_once(*[take_all] * 4) for subject in outcome]
    assert Counter(taken).most_common(1)[0][1] == 1
    assert len(taken) == 40
    assert not Work.objects.exists()


def flood(owner: Any, rows: int, *, queue: str = "runs", due: str = "now()", parked: str = "NULL") -> None:
    owner.execute(
        "INSERT INTO dispatch_work (id, owner, tenant, queue, handler, subject, priority, due_at, created_at, wakes,"
        " fence, worker, attempts, error, parked_at) SELECT gen_random_uuid(), t.owner, schema_name, %s, 'tests.work',"
        f" 'row ' || n, 5, {due}, now(), 1, 0, '', 0, '', {parked} FROM generate_series(1, %s) n, tenants_tenant t"
        " WHERE schema_name = 'acacia'",
        [queue, rows],
    )


@pytest.fixture
def no_dead_rows(committed: None, owner: Any) -> None:
    """Earlier tests have left none: a claim would look at them too, for as long as any snapshot may see them."""
    owner.execute("TRUNCATE dispatch_work, dispatch_served")


def pages_read(queue: str = "runs") -> int:
    """How many pages of the database one claim looks at; it is rolled back.

    The least of a few: those that make a plan, or make it anew since the tables were just analyzed, read the catalog.
    """
    given: dict[str, str | int] = {"queue": queue, "worker": "me", "lease": 20, "concurrency": TENANT_CONCURRENCY}
    read = []
    for _ in range(4):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {CLAIM}", given)
            [plan] = cursor.fetchone()[0]
            transaction.set_rollback(True)
        assert plan["Plan"]["Actual Rows"] == 1
        read.append(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])
    return int(min(read))


ELSEWHERE: dict[str, dict[str, str]] = {
    "due in this queue": {},
    "due in another queue": {"queue": "ai"},
    "not yet due": {"due": "now() + interval '1 hour'"},
    "parked": {"parked": "now()"},
}


@pytest.mark.usefixtures("no_dead_rows")
@pytest.mark.parametrize("where", ELSEWHERE)
def test_a_claim_costs_the_same_whatever_else_waits(add: Add, owner: Any, where: str) -> None:
    add("harbour")
    add("acacia")
    assert pages_read() < 100
    flood(owner, 20_000, **ELSEWHERE[where])
    assert pages_read() < 100


@pytest.mark.usefixtures("no_dead_rows")
def test_a_claim_costs_little_where_hundreds_of_tenants_wait(add: Add, owner: Any) -> None:
    add("acacia")
    owner.execute(
        "INSERT INTO dispatch_work (id, owner, tenant, queue, handler, subject, priority, due_at, created_at, wakes,"
        " fence, worker, attempts, error) SELECT gen_random_uuid(), 'nobody', 'tenant ' || n % 300, 'runs',"
        " 'tests.work', 'row ' || n, 5, now(), now(), 1, 0, '', 0, '' FROM generate_series(1, 20000) n"
    )
    assert pages_read() < 3000  # three or four for each tenant


def test_once_a_tenants_work_is_due_a_flood_gets_no_more_claims_than_are_under_way(
    add: Add, owner: Any, at_once: Callable[..., list[Any]]
) -> None:
    workers, others, apart = 4, 25, 60
    flood(owner, 2000)
    due: dict[str, float] = {}
    count = itertools.count(1)

    def work() -> list[tuple[str, str, float, float]]:
        done = []
        while len(found) < others:
            began = monotonic()
            taken = take()
            if taken is None:
                break
            done.append((taken.tenant, taken.subject, began, monotonic()))
            if taken.tenant == "harbour":
                found.append(taken.subject)
            finish(taken.lease)
            if (number := next(count)) % apart == 0 and number <= others * apart:
                add("harbour", str(number))
                due[str(number)] = monotonic()
        return done

    found: list[str] = []
    claims = [one for outcome in at_once(*[work] * workers) for one in outcome]
    assert sorted(found) == sorted(due)
    assert len(due) == others
    flooding = [ended for tenant, _, _, ended in claims if tenant == "acacia"]
    assert len(flooding) > others, "the flood was worked on all the while"
    # A claim that had begun is not called back. Any that begins later takes the other's work, or meets one that does.
    for _, subject, began, _ in (one for one in claims if one[0] == "harbour"):
        between = [ended for ended in flooding if due[subject] < ended < began]
        assert len(between) < workers, (subject, len(between))


def test_a_tenant_all_of_whose_rows_are_locked_keeps_nobody_waiting(
    add: Add, owner: Any, at_once: Callable[..., list[Any]]
) -> None:
    add("acacia")
    add("acacia", "two")
    add("harbour")
    with transaction.atomic():
        assert len(Work.objects.select_for_update().filter(tenant="acacia")) == 2
        [other] = at_once(take)
        assert other.tenant == "harbour"
        assert at_once(take) == [None]
    assert take() is not None


def test_who_is_served_often_in_one_queue_does_not_lose_its_turn_in_another(add: Add) -> None:
    for number in range(3):
        add("acacia", f"a {number}")
    assert take_and_finish() is not None
    for number in range(3):
        add("harbour", f"ai {number}", queue="ai")
        taken = take("ai")
        assert taken is not None
        finish(taken.lease)
    add("harbour")
    taken = take_and_finish()
    assert taken is not None
    assert taken.tenant == "harbour"


def test_the_limit_of_a_tenant_is_exceeded_by_no_more_than_the_claims_of_one_moment(
    owner: Any, committed: None, at_once: Callable[..., list[Any]]
) -> None:
    claimers = 8
    flood(owner, 100)
    first = at_once(*[take] * claimers)
    taken = [one for one in first if isinstance(one, Claim)]
    assert len({one.lease.work for one in taken}) == len(taken)
    assert TENANT_CONCURRENCY <= len(taken) <= TENANT_CONCURRENCY + claimers - 1
    assert at_once(*[take] * claimers) == [None] * claimers


@pytest.mark.usefixtures("no_dead_rows")
@pytest.mark.parametrize("known", [True, False], ids=["statistics of an empty table", "no statistics"])
def test_what_was_planned_while_little_waited_costs_no_more_in_a_flood(add: Add, owner: Any, known: bool) -> None:
    if known:
        add("acacia")
        assert take_and_finish() is not None
        owner.execute("VACUUM ANALYZE dispatch_work, dispatch_served")
    connection.close()
    for number in range(10):  # after five times the server keeps a plan, whatever the values
        add("acacia", str(number))
        assert take_and_finish() is not None
    flood(owner, 20_000)
    assert pages_read() < 100
