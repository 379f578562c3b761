"""The crash matrix: the process of a pool is killed at each named point of each kind of work, again and again."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from dispatch.services import MAX_ATTEMPTS
from tests.chaos.background import Background
from tests.chaos.cases import RECORDS, Office
from tests.chaos.world import World
from workflows.actions import ACTIONS
from workflows.steps import STEP_KINDS

AT_WORK = 10  # customers at a time
OUTSTANDING = 4  # orders at a time
LONGEST_SECONDS = 150.0  # for a point to be reached


def points() -> list[str]:
    """Every point at which a worker is killed."""
    effects = [*STEP_KINDS, *ACTIONS, "smtp", "undo", *(f"undo.{action}" for action in RECORDS), "evaluation"]
    commits = ["mail.parse", *STEP_KINDS, "run", "rest", "proposal", "actions", "intent", "outcome", "seal"]
    commits += ["undo", "evaluation"]
    handlers = ["mail.parse", "workflows.advance", "workflows.branch", "workflows.undo", "ai.evaluate"]
    return [
        *(f"claimed:{name}" for name in handlers),
        *(f"{when}_effect:{name}" for name in effects for when in ("before", "after")),
        *(f"{when}_commit:{name}" for name in commits for when in ("before", "after")),
    ]


def sequence(seed: int) -> Iterator[str]:
    """The points in the order in which `seed` has them, for ever: each once before any comes again."""
    chance = random.Random(seed)
    while True:
        cycle = points()
        chance.shuffle(cycle)
        yield from cycle


def matrix(world: World, *, seed: int, first: int, kills: int, minutes: float) -> bool:
    """Kill `kills` workers, the `first` of the sequence before; True when every promise was kept."""
    office = Office(world)
    background = Background(office)
    world.workers("workers", "runs,ai,notify", 3)
    world.program("scheduler", "manage.py scheduler")
    wanted = enumerate(islice(sequence(seed), first, None), first)
    following = next(wanted)
    orders: dict[str, Order] = {}
    done, began = 0, time.monotonic()
    while done < kills and time.monotonic() - began < minutes * 60:
        for point, pid in world.carried_out():
            order = orders.pop(point)
            done += 1
            print(f"{order.number:5} {point:34} killed {pid} after {time.monotonic() - order.since:4.1f} s", flush=True)
        while len(orders) < min(OUTSTANDING, kills - done) and following[1] not in orders:
            number, point = following
            orders[point] = Order(number)
            following = next(wanted)
        late = [point for point, order in orders.items() if time.monotonic() - order.since > LONGEST_SECONDS]
        assert not late, f"nothing reaches {late}"
        _give(world, office, orders)
        background.keep_busy(orders)
        office.approve_all()
        while office.open() < AT_WORK:
            office.write()
        time.sleep(0.05)
    for point in orders:
        world.withdraw(point)
    office.rest(300)
    background.rest(300)
    verdict = office.judge() + background.judge()
    office.close()
    for words in verdict.broken:
        print(f"BROKEN {words}")
    print(
        f"{done} kills at {len(points())} points, seed {seed}, {first} to {first + done}, {len(office.cases)} runs in"
        f" {time.monotonic() - began:.0f} s: {verdict}",
        flush=True,
    )
    return not verdict.broken and done >= kills


@dataclass
class Order:
    """The `number`th kill of the sequence, wanted `since`; `given` while a worker can meet it."""

    number: int
    since: float = field(default_factory=time.monotonic)
    given: bool = False


def _give(world: World, office: Office, orders: dict[str, Order]) -> None:
    """Give the orders; take them back while some work has come near the number of deaths after which it is parked."""
    [row] = office.rows("SELECT coalesce(max(attempts), 0) AS most FROM public.dispatch_work")
    spare = row["most"] >= MAX_ATTEMPTS - 2
    for point, order in orders.items():
        if spare and order.given:
            order.given = not world.withdraw(point)
        elif not spare and not order.given:
            world.order(point)
            order.given = True
