"""From a model's scores to probabilities that mean what they say.

Isotonic regression (Zadrozny and Elkan 2002, KDD: pairs are pooled until the share rises with the
score) where there are enough members for it, else a sigmoid with two parameters (Platt 1999), as
Niculescu-Mizil and Caruana (2005, ICML) advise: below about 1,000 the steps follow chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ISOTONIC_MIN = 1_000
_STEPS_MAX = 100


@dataclass(frozen=True, slots=True)
class Calibration:
    """A rising function through points: scores (log-odds) and probabilities, ends held."""

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __call__(self, score: Floats) -> Floats:
        """Return the probability of each score."""
        return np.asarray(np.interp(score, self.scores, self.probabilities))


def calibrated(score: Floats, happened: Floats) -> Calibration:
    """Return the calibration that fits members whom the model has not seen."""
    if len(score) >= ISOTONIC_MIN:
        return _isotonic(score, happened)
    return _sigmoid(score, happened)


def _isotonic(score: Floats, happened: Floats) -> Calibration:
    from scipy.optimize import isotonic_regression

    values, group, count = np.unique(score, return_inverse=True, return_counts=True)
    share = np.bincount(group, happened) / count
    found = isotonic_regression(share, weights=count.astype(np.float64))
    first = found.blocks[:-1]
    weight = np.add.reduceat(count, first)
    # A pool stands at its middle, and never says that something is certain.
    middle = np.add.reduceat(values * count, first) / weight
    held = np.add.reduceat(share * count, first)
    probability = (held + 0.5) / (weight + 1.0)
    rising = np.maximum.accumulate(probability)
    return Calibration(tuple(middle.tolist()), tuple(rising.tolist()))


def _sigmoid(score: Floats, happened: Floats) -> Calibration:
    """Newton's method on the two parameters, with Platt's softened targets."""
    ours, theirs = happened.sum(), (1.0 - happened).sum()
    target = np.where(happened > 0, (ours + 1) / (ours + 2), 1 / (theirs + 2))
    design = np.stack([np.ones_like(score), score])
    parameters = np.array([np.log((ours + 1) / (theirs + 1)), 0.0])
    for _ in range(_STEPS_MAX):
        p = 1.0 / (1.0 + np.exp(-parameters @ design))
        hessian = (design * (p * (1 - p))) @ design.T + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, design @ (target - p))
        parameters += step
        if np.abs(step).max() < 1e-10:
            break
    if parameters[1] < 0:  # it would turn the model's order round, which then knows nothing
        share = (ours + 1) / (len(score) + 2)
        parameters = np.array([np.log(share / (1 - share)), 0.0])
    points = np.linspace(score.min() - 1.0, score.max() + 1.0, 101)
    p = 1.0 / (1.0 + np.exp(-(parameters[0] + parameters[1] * points)))
    return Calibration(tuple(points.tolist()), tuple(p.tolist()))
