"""Random numbers that depend on the seed and on what they are for, and on nothing else."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.signedinteger[Any]]
Flags = npt.NDArray[np.bool_]


def stream(seed: int, purpose: str, chunk: int = 0) -> np.random.Generator:
    """Return the generator of one purpose in one chunk of people.

    Each purpose has its own stream, so that a new question to one part of the simulation does
    not change every answer of the others.
    """
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(purpose.encode()), chunk]))


def picked(rng: np.random.Generator, weights: Floats) -> Ints:
    """Return one column per row, drawn with the row's weights (rows by columns, not negative)."""
    sums = np.cumsum(weights, axis=1)
    thrown = rng.random(len(weights)) * sums[:, -1]
    return np.asarray(np.minimum((sums <= thrown[:, None]).sum(axis=1), weights.shape[1] - 1))
