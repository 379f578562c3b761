"""Figures as people read them."""

from __future__ import annotations

from ai.evaluation.comparing import Figure, Line


def percent(share: float) -> str:
    """92.0 %"""
    return f"{100 * share:.1f} %"


def points(share: float) -> str:
    """+3.1 or −3.1; points of a percentage."""
    written = f"{100 * share:+.1f}"
    return "0.0" if written in ("+0.0", "-0.0") else written.replace("-", "−")


def figure_words(figure: Figure) -> str:
    """92.0 % (95 %: 81.2 % to 96.9 %, n 50)"""
    low, high = percent(figure.interval.low), percent(figure.interval.high)
    return f"{percent(figure.mean)} (95 %: {low} to {high}, n {figure.total})"


def difference_words(line: Line) -> str:
    """−4.0 points (95 %: −9.1 to +2.3), p = 0.38 by McNemar, exact: not significant"""
    found = line.difference
    bounds = f"{points(found.interval.low)} to {points(found.interval.high)}"
    p = "p < 0.001" if found.p < 0.001 else f"p = {found.p:.3f}"
    verdict = "significant" if line.significant else "not significant"
    return f"{points(found.mean)} points (95 %: {bounds}), {p} by {found.method}: {verdict}"


def change_words(line: Line) -> str:
    """Intent right: 96.0 % to 92.0 % of 50 examples, 3 worse and 1 better; −4.0 points …"""
    return (
        f"{line.metric.label}: {percent(line.before)} to {percent(line.after)} of {line.total} examples,"
        f" {line.worse} worse and {line.better} better; {difference_words(line)}."
    )
