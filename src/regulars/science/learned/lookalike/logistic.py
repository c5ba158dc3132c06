"""Ridge logistic regression by Newton's method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS_MAX = 30
_TOLERANCE = 1e-6
# In units of a whole class: both classes weigh 1 together, whatever their sizes.
_PENALTY = 2e-3


def fitted(values: Floats, positive: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Return weights and intercept; positives and the others weigh the same as classes.

    Minimises the mean log loss plus the penalty on squared weights; the problem is convex, and a
    step that would overshoot is halved.
    """
    size = values.shape[1]
    design = np.column_stack([values, np.ones(len(values))])
    y = positive.astype(np.float64)
    weight = np.where(positive, 0.5 / max(y.sum(), 1.0), 0.5 / max((1 - y).sum(), 1.0))
    ridge = np.append(np.full(size, _PENALTY), 0.0)
    found = np.zeros(size + 1)
    loss = _loss(design, y, weight, ridge, found)
    for _ in range(_STEPS_MAX):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ found, -30.0, 30.0)))
        gradient = design.T @ (weight * (p - y)) + 2.0 * ridge * found
        curved = weight * p * (1.0 - p)
        hessian = (design * curved[:, None]).T @ design + np.diag(2.0 * ridge + 1e-9)
        step = np.linalg.solve(hessian, gradient)
        length = 1.0
        while (after := _loss(design, y, weight, ridge, found - length * step)) > loss:
            length /= 2.0
            if length < 1e-6:
                return found[:-1], float(found[-1])
        found = found - length * step
        gained, loss = loss - after, after
        if gained < _TOLERANCE:
            break
    return found[:-1], float(found[-1])


def _loss(design: Floats, y: Floats, weight: Floats, ridge: Floats, found: Floats) -> float:
    score = design @ found
    return float((weight * (np.logaddexp(0.0, score) - y * score)).sum() + (ridge * found**2).sum())
