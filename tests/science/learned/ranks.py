"""Order statistics, written out: what models are judged by in tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.float64]


def ranks(values: npt.ArrayLike) -> Numbers:
    """Return the mean rank of each value, from 1."""
    held = np.asarray(values, dtype=np.float64)
    _, group, count = np.unique(held, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray(((last - count + 1 + last) / 2.0)[group])


def rank_correlation(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return Spearman's correlation."""
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def auc(score: npt.ArrayLike, positive: npt.ArrayLike) -> float:
    """Return the share of pairs of a positive and a negative that the score puts right."""
    mine = np.asarray(positive, dtype=np.bool_)
    ours, theirs = int(mine.sum()), int((~mine).sum())
    return float((ranks(score)[mine].sum() - ours * (ours + 1) / 2) / (ours * theirs))


def by_member(people: pa.Table, column: str, members: Sequence[str]) -> Numbers:
    """Return what is true of each member."""
    known = dict(zip(people["member_id"].to_pylist(), people[column].to_pylist(), strict=True))
    return np.array([known[member] for member in members], dtype=np.float64)
