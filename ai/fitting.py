"""A softmax regression on sentence embeddings, fitted in the repository and not when a process starts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.embedding import embed

STRENGTH = 100.0  # of the examples against the wish for small weights
ROUNDS = 4_000
AT_ONCE = 32  # texts
Floats = npt.NDArray[np.float64]


class Task:
    """Examples as (kind, text) in numbers, and how far weights are from fitting them. Each kind counts the same."""

    def __init__(self, known: Sequence[tuple[str, str]]) -> None:
        self.names = sorted({kind for kind, _ in known})
        self.digest = digest(known)
        texts = [text for _, text in known]
        vectors = np.vstack([embed(texts[i : i + AT_ONCE]) for i in range(0, len(texts), AT_ONCE)])
        labels, kinds = np.array([self.names.index(kind) for kind, _ in known]), len(self.names)
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


def digest(known: Sequence[tuple[str, str]]) -> str:
    """Of the examples, to tell whether weights were fitted to them."""
    return hashlib.sha256("\n".join(f"{kind}\t{text}" for kind, text in known).encode()).hexdigest()


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


def store(task: Task, path: Path) -> None:
    """Fits and writes names, weights, bias, mean and the digest of the examples to an .npz file."""
    weights, bias = fit(task)
    numbers = {"weights": weights, "bias": bias, "mean": task.mean}
    stored: dict[str, Any] = {name: value.astype(np.float32) for name, value in numbers.items()}
    np.savez(path, names=np.array(task.names), digest=np.array(task.digest), **stored)
