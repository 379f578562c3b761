"""Numbers for Prometheus: counted together by all processes, told as its text format, and never in anybody's way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as found_settings
from django.test import Client

from observability.cache import server
from observability.metrics import KEY, Metric, Sample, count, exposition, known, metric

LINE = re.compile(r'[a-z0-9_]+(\{([a-z]+="([^"\\\n]|\\\\|\\"|\\n)*",?)*\})? -?[0-9.e+-]+')


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    server().delete(KEY)
    yield
    server().delete(KEY)


@pytest.fixture
def made() -> Callable[..., Metric]:
    """A metric of a name that no other test has."""
    return lambda *labels, **more: metric(f"tests_{uuid4().hex}_total", "Of a test", *labels, **more)


def value(line: str) -> float:
    (told,) = [row for row in exposition().splitlines() if row.startswith(line + " ")]
    return float(told.rpartition(" ")[2])


def test_amounts_of_the_same_labels_add_up(made: Callable[..., Metric]) -> None:
    one = made("tenant", "kind")
    count([Sample(one, 1, ("acacia", "x")), Sample(one, 2.5, ("acacia", "x")), Sample(one, 1, ("harbour", "x"))])
    count([Sample(one, 1, ("acacia", "x"))])
    assert value(f'{one.name}{{tenant="acacia",kind="x"}}') == 4.5
    assert value(f'{one.name}{{tenant="harbour",kind="x"}}') == 1
    assert f"# TYPE {one.name} counter" in exposition()


def test_what_several_count_at_once_is_counted_in_full(
    made: Callable[..., Metric], at_once: Callable[..., list[Any]]
) -> None:
    one = made()

    def many() -> None:
        for _ in range(50):
            count([Sample(one, 1)])

    assert at_once(*[many] * 4) == [None] * 4
    assert value(one.name) == 200


def test_a_histogram_counts_all_that_is_below_each_bound(made: Callable[..., Metric]) -> None:
    one = made("kind", kind="histogram", buckets=(0.5, 1.0))
    count([Sample(one, amount, ("x",)) for amount in (0.5, 0.7, 3)])
    told = {bound: value(f'{one.name}_bucket{{kind="x",le="{bound}"}}') for bound in ("0.5", "1", "+Inf")}
    assert told == {"0.5": 1, "1": 2, "+Inf": 3}
    assert value(f'{one.name}_count{{kind="x"}}') == 3
    assert value(f'{one.name}_sum{{kind="x"}}') == pytest.approx(4.2)
    assert exposition().count(f"# TYPE {one.name} histogram") == 1


def test_buckets_stand_in_the_order_of_their_bounds(made: Callable[..., Metric]) -> None:
    one = made("kind", kind="histogram", buckets=(0.5, 2.5, 10.0, 100.0))
    count([Sample(one, 0.1, ("x",)), Sample(one, 0.1, ("y",))])
    bounds = re.findall(rf'^{one.name}_bucket.*le="([^"]+)"', exposition(), re.MULTILINE)
    assert bounds == ["0.5", "2.5", "10", "100", "+Inf"] * 2


@pytest.mark.parametrize("label", ['a"b', "a\\b", "a\nb", "ü", "", "a} 1\nevil 2", "x" * 500])
def test_no_label_breaks_a_line(made: Callable[..., Metric], label: str) -> None:
    count([Sample(made("kind"), 1, (label,))])
    lines = [line for line in exposition().splitlines() if not line.startswith("#")]
    assert len(lines) == 1
    assert LINE.fullmatch(lines[0]), lines[0]


def test_where_the_server_is_away_nothing_fails(made: Callable[..., Metric], monkeypatch: pytest.MonkeyPatch) -> None:
    one = made()
    monkeypatch.setitem(found_settings.CACHES["default"], "LOCATION", "redis://127.0.0.1:9/1")
    count([Sample(one, 1)])
    assert exposition() == ""
    monkeypatch.undo()
    assert one.name not in exposition()


def test_the_same_name_says_one_thing(made: Callable[..., Metric]) -> None:
    one = made("tenant")
    assert metric(one.name, "Of a test", "tenant") is not None
    with pytest.raises(ValueError, match=one.name):
        metric(one.name, "Something else")


def visit(host: str = "localhost", **headers: str) -> Any:
    return Client(headers={"host": host, **headers}).get("/metrics")


def test_prometheus_reads_it_on_the_public_host_alone(committed: None) -> None:
    answer = visit()
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    told = answer.content.decode()
    assert 'countersign_work_due{queue="runs"} 0' in told
    for line in told.splitlines():
        assert line.startswith("# ") or LINE.fullmatch(line), line
    assert visit("acacia.localhost").status_code == 404
    assert visit("nobody.localhost").status_code == 404


@pytest.mark.parametrize(
    ("header", "status"),
    [("Bearer 0123456789abcdef", 200), ("Bearer 0123456789abcdeX", 401), ("0123456789abcdef", 401), ("", 401),
     ("Bearer ü", 401)],
)  # fmt: skip
def test_with_a_token_it_is_for_who_has_it(committed: None, settings: Any, header: str, status: int) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"metrics_token": "0123456789abcdef"})
    answer = visit(authorization=header)
    assert answer.status_code == status
    assert ("countersign" in answer.content.decode()) == (status == 200)


def test_what_is_counted_names_its_unit() -> None:
    for one in known():
        if one.name.startswith("countersign_"):
            assert re.fullmatch(r"countersign_[a-z_]+", one.name)
            assert one.kind != "counter" or one.name.endswith("_total")
