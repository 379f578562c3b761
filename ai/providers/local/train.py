"""Fitting the intent classifier: `python -m ai.providers.local.train` writes intents.npz anew from examples.tsv and the
build half of the labelled emails (ai/tests/mails). The test half is never read here.

A softmax regression on embeddings. It is fitted here, in the repository, and not when a process starts.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.providers.local.embedding import embed
from ai.providers.local.intents import WEIGHTS, as_read

EXAMPLES = Path(__file__).with_name("examples.tsv")
MAILS = Path(__file__).resolve().parents[2] / "tests" / "mails" / "build.jsonl"
STRENGTH = 100.0  # of the examples against the wish for small weights
ROUNDS = 4_000
Floats = npt.NDArray[np.float64]


def examples() -> list[tuple[str, str, str]]:
    """(intent, language, text) of each hand-written sentence, and of each email of the build half as it is read."""
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    found = [(intent, language, text) for intent, language, text in (line.split("\t") for line in lines)]
    mails = [json.loads(line) for line in MAILS.read_text(encoding="utf-8").splitlines()]
    return found + [(mail["intent"], mail["language"], as_read(mail["subject"], mail["text"])) for mail in mails]


class Task:
    """The examples as numbers, and how far weights are from fitting them. Each kind counts the same."""

    def __init__(self) -> None:
        known = examples()
        self.names = sorted({intent for intent, _, _ in known})
        vectors = np.vstack([embed([text for _, _, text in known[i : i + 32]]) for i in range(0, len(known), 32)])
        labels, kinds = np.array([self.names.index(intent) for intent, _, _ in known]), len(self.names)
        self.mean: Floats = vectors.mean(axis=0).astype(np.float64)
        self.x: Floats = vectors.astype(np.float64) - self.mean
        self.truth: Floats = np.eye(kinds)[labels]
        self.share: Floats = (len(labels) / (kinds * np.bincount(labels, minlength=kinds)))[labels][:, None]

    def slope(self, weights: Floats, bias: Floats) -> tuple[Floats, Floats]:
        """The gradient; nothing where they fit best, and weights are no farther from that than it is long."""
        scores = self.x @ weights + bias
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        error = STRENGTH * self.share * (chances - self.truth)
        return self.x.T @ error + weights, error.sum(axis=0)


def fit(task: Task) -> tuple[Floats, Floats]:
    """(weights, bias): scores are (vector - mean) @ weights + bias."""
    count, kinds = task.truth.shape
    weights, bias = np.zeros((task.x.shape[1], kinds)), np.zeros(kinds)
    ahead_w, ahead_b, momentum = weights.copy(), bias.copy(), 1.0
    # Momentum carries it past the best, and is taken from it there: so it comes as near as numbers allow.
    step = 1.0 / (1.0 + STRENGTH * 0.5 * float(np.linalg.norm(task.x, 2) ** 2 + count) * float(task.share.max()))
    for _ in range(ROUNDS):
        slope_w, slope_b = task.slope(ahead_w, ahead_b)
        next_w, next_b = ahead_w - step * slope_w, ahead_b - step * slope_b
        if np.sum(slope_w * (next_w - weights)) + slope_b @ (next_b - bias) > 0:
            momentum = 1.0
        faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead_w = next_w + (momentum - 1) / faster * (next_w - weights)
        ahead_b = next_b + (momentum - 1) / faster * (next_b - bias)
        weights, bias, momentum = next_w, next_b, float(faster)
    return weights, bias


def main() -> None:
    task = Task()
    weights, bias = fit(task)
    numbers = {"weights": weights, "bias": bias, "mean": task.mean}
    stored: dict[str, Any] = {name: value.astype(np.float32) for name, value in numbers.items()}
    np.savez(WEIGHTS, names=np.array(task.names), **stored)


if __name__ == "__main__":
    main()
