"""What looks have found, in words: which signal moved, from what to what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ai.quality.drift import COST, FELL_BACK, LATENCY, MEASURES
from ai.quality.selectors import BASELINE, BLOCK, LookView
from portal.quality.tables import Table, percent

TITLES = {
    "unedited": "Approved unedited",
    "rejected": "Rejected",
    "taken_back": "Taken back",
    "intents": "What emails want",
    FELL_BACK: "Worked on by a fallback",
    COST: "Cost of a proposal (median)",
    LATENCY: "Time that models took (median)",
}


@dataclass(frozen=True)
class Drift:
    """What a look has found in one signal; `about` says once a look what it compared."""

    title: str
    was: str
    now: str
    about: str = ""


def newest(looks: Sequence[LookView]) -> list[LookView]:
    """The last look at each version."""
    seen: dict[tuple[str, int], LookView] = {}
    for look in looks:
        seen.setdefault((look.workflow, look.version), look)
    return list(seen.values())


def drifts_of(look: LookView) -> list[Drift]:
    """What a look has found, a signal each."""
    about = f"Version {look.version} of {look.workflow}: its first proposals beside its newest, at look {look.number}."
    found = [Drift(TITLES[test["signal"]], *_moved(test["signal"], test["was"], test["now"])) for test in look.found]
    return [replace(drift, about=about if drift is found[0] else "") for drift in found]


def looked(looks: Sequence[LookView]) -> str:
    """Since when the newest look compares, and what it takes to be a change."""
    if not looks:
        return f"A version is compared with its beginning once people have decided {BASELINE + BLOCK} of its proposals."
    look = looks[0]
    return (
        f"Version {look.version} of {look.workflow} was looked at {look.number} time{'s' if look.number > 1 else ''}: "
        f"a change counts where chance explains it in fewer than {look.level:.2g} of all cases."
    )


def measured(signal: str, value: float) -> str:
    """A figure in its unit: US$0.0210, 4.2 s."""
    return f"US${value:.4f}" if signal == COST else f"{value / 1000:.1f} s"


def _moved(signal: str, was: Any, now: Any) -> tuple[str, str]:
    """The shares, or the middles, that moved; of kinds, of the one that moved most."""
    if signal in MEASURES:
        return measured(signal, was["median"]), measured(signal, now["median"])
    if isinstance(was, list):
        return percent(was[0] / was[1]), percent(now[0] / now[1])
    before, after = sum(was.values()) or 1, sum(now.values()) or 1
    kinds = sorted(was.keys() | now.keys())
    most = max(kinds, key=lambda kind: abs(now.get(kind, 0) / after - was.get(kind, 0) / before))
    return f"{most} {percent(was.get(most, 0) / before)}", percent(now.get(most, 0) / after)


def sample(signal: str, kept: Any) -> str:
    """What a test has compared, with its size."""
    if signal in MEASURES:
        return f"median {measured(signal, kept['median'])} of {kept['n']}"
    if isinstance(kept, dict):
        return ", ".join(f"{name} {count}" for name, count in sorted(kept.items(), key=lambda item: -item[1]))
    hits, size = kept
    return f"{hits} of {size}"


def _verdict(test: dict[str, Any], level: float) -> str:
    if test["drifted"]:
        return "drifted"
    return "moved too little to matter" if test["p"] < level else "as at first"


def looks_table(found: Sequence[LookView]) -> Table:
    rows = [
        (
            look.workflow, look.version, look.number, test["signal"], sample(test["signal"], test["was"]),
            sample(test["signal"], test["now"]), f"{test['p']:.3g}", f"{look.level:.3g}", _verdict(test, look.level),
        )
        for look in found
        for test in look.tests
    ]  # fmt: skip
    headings = ("workflow", "version", "look", "signal", "first", "lately", "chance", "must be below", "found")
    return Table("looks", "Each version's newest proposals beside its first", headings, tuple(rows))
