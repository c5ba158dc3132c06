"""The chain that all models are tried on."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.science.simulation import SimulationOptions
from regulars.science.simulation.lake_side import SimulatedFacts, simulated_facts

MEMBERS = int(os.environ.get("REGULARS_BENCH_MODELS_MEMBERS", "20000"))
FIRST, UNTIL = date(2023, 7, 1), date(2025, 7, 1)

Numbers = npt.NDArray[np.float64]


def chain() -> SimulatedFacts:
    return simulated_facts(SimulationOptions(members=MEMBERS, months=24, seed=1, until=UNTIL))


def truth_of(people: pa.Table, column: str, members: pa.ChunkedArray) -> Any:
    """Return what is true of each member."""
    known = people.filter(people["is_member"])
    at = pa.compute.index_in(members, known["member_id"].combine_chunks())
    return known[column].take(at)


def ranks(values: npt.ArrayLike) -> Numbers:
    held = np.asarray(values, dtype=np.float64)
    _, group, count = np.unique(held, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray(((last - count + 1 + last) / 2.0)[group])


def rank_correlation(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def auc(score: npt.ArrayLike, positive: npt.ArrayLike) -> float:
    mine = np.asarray(positive, dtype=np.bool_)
    ours, theirs = int(mine.sum()), int((~mine).sum())
    return float((ranks(score)[mine].sum() - ours * (ours + 1) / 2) / (ours * theirs))
