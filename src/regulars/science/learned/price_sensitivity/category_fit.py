"""How much a discount moves the choice of brand in one category, for people taken together.

A multinomial logit (McFadden 1974, "Conditional logit analysis of qualitative choice behavior"):
brand b is chosen on day t with the probability exp(w_b + s x_bt) / sum over the brands on offer,
x = -ln(price / list price). So a price changes the odds of a brand by (price / list price)^-s.
The lines counted by brand and day say everything the likelihood needs; it is concave, and Newton's
method finds its maximum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS_MAX = 50
_STEP_LENGTH_MAX = 2.0
_TOLERANCE = 1e-9
_INFORMATION_MIN = 1e-6


@dataclass(frozen=True, slots=True)
class CategoryFit:
    """One category: its slope, how much is known of it, and its brands' weights.

    Attributes:
        slope: s; 0 where the offers never differed.
        information: 1 / variance of the slope; 0 where nothing is known of it.
        weights: w, one per brand; -inf for one that nobody bought.
    """

    slope: float
    information: float
    weights: Floats


def fitted(discount: Floats, lines: Floats, offered: NDArray[np.bool_]) -> CategoryFit:
    """Fit one category; the arrays are days by brands."""
    bought = lines.sum(axis=0) > 0
    x, n, there = discount[:, bought], lines[:, bought], offered[:, bought]
    parameters = np.zeros(x.shape[1])  # the first brand's weight is 0; the last entry is s
    hessian = np.zeros((len(parameters), len(parameters)))
    for _ in range(_STEPS_MAX):
        gradient, hessian = _derivatives(parameters, x, n, there)
        # A slope or a brand without any variation has no curvature, and stays where it is.
        step = np.linalg.lstsq(hessian, gradient, rcond=1e-12)[0]
        step *= min(1.0, _STEP_LENGTH_MAX / max(float(np.abs(step).max()), 1e-12))
        parameters += step
        if np.abs(step).max() < _TOLERANCE:
            break
    information = _of_slope(hessian)
    weights = np.full(lines.shape[1], -np.inf)
    weights[bought] = np.concatenate([[0.0], parameters[:-1]])
    slope = float(parameters[-1]) if information else 0.0
    return CategoryFit(slope, information, weights)


def chances(weights: Floats, slope: float, discount: Floats, offered: NDArray[np.bool_]) -> Floats:
    """Return days by brands: with what probability each brand is chosen."""
    utility = np.where(offered, weights + slope * discount, -np.inf)
    top = utility.max(axis=1, keepdims=True)
    odds = np.exp(utility - np.where(np.isfinite(top), top, 0.0))
    total = odds.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(odds, total, out=np.zeros_like(odds), where=total > 0))


def _derivatives(
    parameters: Floats, x: Floats, lines: Floats, offered: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Return the gradient and the negative second derivatives of the log-likelihood."""
    weights = np.concatenate([[0.0], parameters[:-1]])
    p = chances(weights, float(parameters[-1]), x, offered)
    total = lines.sum(axis=1, keepdims=True)
    rest = lines - total * p
    away = x - (p * x).sum(axis=1, keepdims=True)
    held = total * p
    size = len(parameters)
    hessian = np.zeros((size, size))
    hessian[:-1, :-1] = np.diag(held.sum(axis=0)[1:]) - held[:, 1:].T @ p[:, 1:]
    hessian[:-1, -1] = hessian[-1, :-1] = (held * away).sum(axis=0)[1:]
    hessian[-1, -1] = (held * away**2).sum()
    gradient = np.append(rest.sum(axis=0)[1:], (rest * x).sum())
    return gradient, hessian


def _of_slope(hessian: Floats) -> float:
    """Return what is known of the slope once the brands' weights are not."""
    others, between = hessian[:-1, :-1], hessian[:-1, -1]
    explained = between @ np.linalg.lstsq(others, between, rcond=1e-12)[0] if len(between) else 0.0
    information = float(hessian[-1, -1] - explained)
    return information if information > _INFORMATION_MIN else 0.0
