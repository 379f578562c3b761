"""The report: ratios of the same round, and goals that are judged by them."""

from dataclasses import replace

from benchmarks.engine.ledger import LedgerCost
from benchmarks.engine.report import Results, goals, percentile, ratio, text
from benchmarks.engine.rounds import Cost, Drain, Level

TITLES = {"countersign": "Countersign", "celery": "Celery chain", "dbos_queue": "DBOS, queue", "floor": "psycopg loop"}


def drained(number: int, speed: float, cpu: float = 10.0) -> Drain:
    cost = Cost(worker_cpu=cpu, postgres_cpu=cpu / 2, statements=20, commits=8)
    return Drain(number, 100, speed, cost, cost, 1.0, 50.0)


def results(*, concurrency: int = 2, **speeds: list[float]) -> Results:
    drains = {key: [drained(number, speed) for number, speed in enumerate(found)] for key, found in speeds.items()}
    return Results({"cores": "2"}, TITLES, {}, [Level(concurrency, drains)], {}, [], [], 300)


def test_a_ratio_compares_what_was_measured_in_the_same_round() -> None:
    # The machine was ten times as slow in the last round, for both.
    found = ratio([200, 220, 20], [100, 100, 10])
    assert (found.middle, found.least, found.most) == (2.0, 2.0, 2.2)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert [percentile(list(range(100)), percent) for percent in (50, 99, 100)] == [50, 99, 99]


def test_goals_say_what_is_missed_held_and_reached() -> None:
    found = goals(results(countersign=[200, 200], celery=[100, 100], dbos_queue=[40, 40], floor=[1000, 1000]))
    verdicts = {goal.name: goal.verdict() for goal in found}
    assert verdicts["runs/s over the Celery chain's"] == "held"
    assert verdicts["runs/s over DBOS's (its better mode)"] == "aim reached"
    assert verdicts["runs/s over the psycopg loop's"] == "MISSED"
    assert verdicts["CPU a run (worker) over the Celery chain's"] == "MISSED"


def test_the_ledgers_goal_is_judged_by_the_middle_round() -> None:
    measured = replace(
        results(countersign=[80.0]), ledger=[LedgerCost(80, 100), LedgerCost(70, 100), LedgerCost(90, 100)]
    )
    [goal] = goals(measured)
    assert (goal.measured, goal.verdict()) == (0.8, "held")
    assert "0.80 (0.70 to 0.90) of them" in text(measured)


def test_a_peer_is_judged_by_the_mode_in_which_it_is_fastest() -> None:
    found = goals(results(countersign=[200], dbos_queue=[100], dbos_direct=[50]))
    assert [goal.measured for goal in found if "DBOS" in goal.name] == [2.0]


def test_what_was_not_measured_has_no_goal() -> None:
    assert goals(results(concurrency=1, countersign=[200], celery=[100])) == []


def test_the_table_shows_ratios_with_their_spread() -> None:
    assert "2.00 (1.00 to 4.00)" in text(results(countersign=[100, 200, 400], celery=[100, 100, 100]))
