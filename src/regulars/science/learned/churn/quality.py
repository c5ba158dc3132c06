"""How good probabilities are: whether they rank, and whether they mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.base.errors import RuleError

Floats = NDArray[np.float64]
_BINS = 10
# An empty share would make the index infinite.
_SHARE_MIN = 1e-4


@dataclass(frozen=True, slots=True)
class Quality:
    """Of probabilities of one group of members.

    Attributes:
        auc: Share of pairs of one who left and one who stayed that are in the right order.
        brier: Mean squared distance of probability and outcome (Brier 1950).
        calibration_error: Expected calibration error: over ten groups of equal size by probability,
            the mean distance of mean probability and share who left (Naeini et al. 2015, AAAI).
        members, share: How many there are, and what share of them left.
    """

    auc: float
    brier: float
    calibration_error: float
    members: int
    share: float


def quality(probability: ArrayLike, happened: ArrayLike) -> Quality:
    """Return how good ``probability`` is, given who it ``happened`` to (one entry per member).

    Raises:
        RuleError: The arrays differ in length, or nobody left, or everybody.
    """
    p, y = _checked(probability, happened)
    groups = reliability(p, y)
    error = sum(count * abs(told - found) for count, told, found in groups) / len(p)
    return Quality(_auc(p, y > 0), float(((p - y) ** 2).mean()), error, len(p), float(y.mean()))


def reliability(probability: ArrayLike, happened: ArrayLike) -> list[tuple[int, float, float]]:
    """Return (members, mean probability, share it happened to) of ten groups by probability."""
    p, y = _checked(probability, happened)
    order = np.argsort(p, kind="stable")
    parts = [part for part in np.array_split(order, _BINS) if len(part)]
    return [(len(part), float(p[part].mean()), float(y[part].mean())) for part in parts]


def stability_index(before: ArrayLike, now: ArrayLike) -> float:
    """Return the population stability index of shares of groups: the sum of (b - n) ln(b / n).

    Above 0.1 something has moved, above 0.25 much has (Siddiqi 2006, Credit Risk Scorecards).
    """
    b, n = (np.maximum(np.asarray(part, dtype=np.float64), _SHARE_MIN) for part in (before, now))
    if b.shape != n.shape:
        raise RuleError(f"{b.size} groups are now {n.size}", fix="Pass shares of the same groups")
    return float(((b - n) * np.log(b / n)).sum())


def _auc(p: Floats, happened: NDArray[np.bool_]) -> float:
    """Mann-Whitney's U, ties counted half."""
    _, group, count = np.unique(p, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2.0)[group]
    ours = int(happened.sum())
    wins = rank[happened].sum() - ours * (ours + 1) / 2.0
    return float(wins / (ours * (len(p) - ours)))


def _checked(probability: ArrayLike, happened: ArrayLike) -> tuple[Floats, Floats]:
    p, y = (np.asarray(part, dtype=np.float64) for part in (probability, happened))
    if p.ndim != 1 or p.shape != y.shape:
        raise RuleError(f"{p.size} probabilities stand beside {y.size} outcomes")
    if not 0 < y.sum() < len(y):
        raise RuleError(
            "there is nothing to tell apart: nobody left, or everybody",
            where="happened",
            fix="Take another horizon, or more members",
        )
    return p, y
