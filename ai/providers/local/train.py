"""Fitting the intent classifier: `python -m ai.providers.local.train` writes intents.npz anew from
examples.tsv.

A softmax regression on embeddings. It is fitted here, in the repository, and not when a process starts.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ai.providers.local.embedding import Vectors, embed
from ai.providers.local.intents import WEIGHTS

EXAMPLES = Path(__file__).with_name("examples.tsv")
STRENGTH = 10.0  # of the examples against the wish for small weights
ROUNDS = 4_000


def examples() -> list[tuple[str, str, str]]:
    """(intent, language, sentence) of each hand-written example."""
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    return [(intent, language, text) for intent, language, text in (line.split("\t") for line in lines)]


def fit(vectors: Vectors, labels: npt.NDArray[np.int64], kinds: int) -> tuple[npt.NDArray[np.float64], ...]:
    """(weights, bias, mean): scores are (vector - mean) @ weights + bias. Each kind counts the same."""
    mean = vectors.mean(axis=0).astype(np.float64)
    x = vectors.astype(np.float64) - mean
    truth = np.eye(kinds)[labels]
    share = (len(labels) / (kinds * np.bincount(labels, minlength=kinds)))[labels][:, None]
    weights, bias = np.zeros((x.shape[1], kinds)), np.zeros(kinds)
    ahead_w, ahead_b, momentum = weights.copy(), bias.copy(), 1.0
    step = 1.0 / (1.0 + STRENGTH * 0.5 * float(np.linalg.norm(x, 2) ** 2 + len(labels)) * float(share.max()))
    for _ in range(ROUNDS):
        scores = x @ ahead_w + ahead_b
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        error = STRENGTH * share * (chances - truth)
        next_w = ahead_w - step * (x.T @ error + ahead_w)
        next_b = ahead_b - step * error.sum(axis=0)
        faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead_w = next_w + (momentum - 1) / faster * (next_w - weights)
        ahead_b = next_b + (momentum - 1) / faster * (next_b - bias)
        weights, bias, momentum = next_w, next_b, float(faster)
    return weights, bias, mean


def fitted() -> dict[str, npt.NDArray[np.float32] | npt.NDArray[np.str_]]:
    """What intents.npz holds: names, weights, bias, mean."""
    known = examples()
    names = sorted({intent for intent, _, _ in known})
    vectors = np.vstack([embed([text for _, _, text in known[i : i + 32]]) for i in range(0, len(known), 32)])
    labels = np.array([names.index(intent) for intent, _, _ in known])
    weights, bias, mean = fit(vectors, labels, len(names))
    numbers = {"weights": weights, "bias": bias, "mean": mean}
    return {"names": np.array(names), **{name: value.astype(np.float32) for name, value in numbers.items()}}


def main() -> None:
    np.savez(WEIGHTS, **fitted())  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
