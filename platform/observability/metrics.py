"""Numbers for Prometheus. All processes count into one hash of the cache's server, so that whoever is asked tells of
all, and a process that ends takes nothing with it. Where that server is away nothing is counted, and nothing fails;
where it was emptied counters begin anew, as Prometheus expects of a restart.

A label holds names of ours and of tenants: never an address, an id or a customer's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import structlog
from redis import RedisError

from observability.cache import server

KEY = "metrics"  # of no tenant: operators read it
LONGEST_LABEL = 100
BOUND = re.compile(r'[{,]le="([^"]+)"')
ADD = """
for place = 1, #ARGV, 2 do redis.call('HINCRBYFLOAT', KEYS[1], ARGV[place], ARGV[place + 1]) end
"""
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Metric:
    """What is counted, in which unit; `buckets` make it a histogram."""

    name: str
    words: str
    labels: tuple[str, ...]
    kind: Literal["counter", "gauge", "histogram"] = "counter"
    buckets: tuple[float, ...] = ()


@dataclass(frozen=True)
class Sample:
    """An amount of a metric, to be added; of a gauge the value itself. `labels` in the metric's order."""

    metric: Metric
    amount: float
    labels: tuple[str, ...] = ()


_known: dict[str, Metric] = {}


def metric(
    name: str,
    words: str,
    *labels: str,
    kind: Literal["counter", "gauge", "histogram"] = "counter",
    buckets: tuple[float, ...] = (),
) -> Metric:
    """Register what is counted; the name says its unit."""
    made = Metric(name, words, labels, kind, buckets)
    if _known.setdefault(name, made) != made:
        raise ValueError(f"the metric {name} is registered already, and says something else")
    return made


def known() -> list[Metric]:
    """All that can be counted, by name."""
    return [_known[name] for name in sorted(_known)]


def count(samples: Iterable[Sample]) -> None:
    """Add these amounts, in one trip to the server. Never raises for its sake."""
    added = [text for sample in samples for field, amount in _fields(sample) for text in (field, repr(amount))]
    try:
        if added:
            server().eval(ADD, 1, KEY, *added)
    except RedisError as error:
        log.warning("metrics_not_counted", error=str(error))


def _fields(sample: Sample) -> Iterator[tuple[str, float]]:
    """The lines of the text format that a sample adds to, and by how much."""
    labels = tuple(zip(sample.metric.labels, sample.labels, strict=True))
    if sample.metric.kind != "histogram":
        yield _line(sample.metric.name, labels), sample.amount
        return
    for bound in sample.metric.buckets:
        if sample.amount <= bound:
            yield _line(f"{sample.metric.name}_bucket", (*labels, ("le", f"{bound:g}"))), 1
    yield _line(f"{sample.metric.name}_bucket", (*labels, ("le", "+Inf"))), 1
    yield _line(f"{sample.metric.name}_sum", labels), sample.amount
    yield _line(f"{sample.metric.name}_count", labels), 1


@lru_cache(maxsize=4096)
def _line(name: str, labels: tuple[tuple[str, str], ...]) -> str:
    if not labels:
        return name
    told = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels)
    return f"{name}{{{told}}}"


def _escaped(value: str) -> str:
    return value[:LONGEST_LABEL].replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def exposition(gauges: Iterable[Sample] = ()) -> str:
    """The text that Prometheus reads: what was counted, and these gauges as they are now."""
    lines: dict[str, list[str]] = {}
    for field, value in sorted(_counted().items(), key=_place):
        lines.setdefault(_metric_of(field), []).append(f"{field} {value}")
    for gauge in gauges:
        for field, amount in _fields(gauge):
            lines.setdefault(gauge.metric.name, []).append(f"{field} {amount:g}")
    told = []
    for one in known():
        if one.name in lines:
            told += [f"# HELP {one.name} {one.words}", f"# TYPE {one.name} {one.kind}", *lines[one.name]]
    return "\n".join([*told, ""])


def _place(counted: tuple[str, str]) -> tuple[str, float]:
    """Where a line stands: buckets by their bounds, as the format wants them."""
    bound = BOUND.search(counted[0])
    return (BOUND.sub("", counted[0]), float(bound[1])) if bound else (counted[0], 0.0)


def _counted() -> dict[str, str]:
    try:
        return {str(name): str(value) for name, value in server().hgetall(KEY).items()}
    except RedisError as error:
        log.warning("metrics_not_read", error=str(error))
        return {}


def _metric_of(field: str) -> str:
    """The metric of a line; of a histogram's, the histogram."""
    name = field.partition("{")[0]
    whole = name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
    return whole if whole in _known and _known[whole].kind == "histogram" else name
