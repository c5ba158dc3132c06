"""Empirical Bayes: what one group shows, drawn towards what all groups show.

A group's estimate y with variance v is held to come from a normal of mean m and variance T around
the truth of all; its best guess is then (y / v + m / T) / (1 / v + 1 / T), with the variance
1 / (1 / v + 1 / T) (Morris 1983, "Parametric empirical Bayes inference", JASA 78). T is found by
moments (DerSimonian and Laird 1986, "Meta-analysis in clinical trials").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Groups are never held to be wholly alike: one would then learn nothing from its own facts.
_VARIANCE_MIN = 1e-6


def drawn_together(estimate: Floats, information: Floats) -> tuple[Floats, float]:
    """Return the groups' best guesses and the mean of all; ``information`` is 1 / variance.

    A group without information gets the mean.
    """
    total = information.sum()
    if total <= 0:
        return np.zeros_like(estimate), 0.0
    mean = float((information * estimate).sum() / total)
    spread = float((information * (estimate - mean) ** 2).sum())
    groups = int((information > 0).sum())
    scale = total - float((information**2).sum()) / total
    between = max((spread - (groups - 1)) / scale if scale > 0 else 0.0, _VARIANCE_MIN)
    weight = 1.0 / (between + np.divide(1.0, information, where=information > 0,
                                        out=np.full_like(information, np.inf)))  # fmt: skip
    mean = float((weight * estimate).sum() / weight.sum())
    guess = (information * estimate + mean / between) / (information + 1.0 / between)
    return guess, mean


def variance_between(score: Floats, information: Floats) -> float:
    """Return the variance of members' own slopes around their category's, by moments.

    ``score`` is each member's first derivative of the log-likelihood, whose variance is
    information + variance x information squared.
    """
    scale = float((information**2).sum())
    if scale <= 0:
        return _VARIANCE_MIN
    return max(float((score**2 - information).sum()) / scale, _VARIANCE_MIN)
