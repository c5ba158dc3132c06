"""BG/NBD and gamma-gamma as the papers print them, and a plain maximiser: the tests' oracle.

Fader, Hardie and Lee (2005), Marketing Science 24:2, equation 6; Fader and Hardie (2013), note
025, equation 1a. Nothing here is shared with the simulation.
"""

from __future__ import annotations

from collections.abc import Callable
from math import lgamma

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]


def bg_nbd(logs: Array, x: Array, recency: Array, age: Array) -> float:
    """Return minus the mean log-likelihood at log(r, alpha, a, b)."""
    r, alpha, a, b = np.exp(logs)
    first = _log_gammas(r + x) - lgamma(r) + r * np.log(alpha)
    second = lgamma(a + b) + _log_gammas(b + x) - lgamma(b) - _log_gammas(a + b + x)
    third = -(r + x) * np.log(alpha + age)
    fourth = np.full(len(x), -np.inf)
    again = x > 0
    fourth[again] = (
        np.log(a) - np.log(b + x[again] - 1) - (r + x[again]) * np.log(alpha + recency[again])
    )
    return -float(np.mean(first + second + np.logaddexp(third, fourth)))


def gamma_gamma(logs: Array, x: Array, mean: Array) -> float:
    """Return minus the mean log-likelihood at log(p, q, v), for x orders of that mean amount."""
    p, q, v = np.exp(logs)
    found = _log_gammas(p * x + q) - _log_gammas(p * x) - lgamma(q) + q * np.log(v)
    found += (p * x - 1) * np.log(mean) + p * x * np.log(x) - (p * x + q) * np.log(v + x * mean)
    return -float(np.mean(found))


def _log_gammas(values: Array) -> Array:
    distinct, place = np.unique(values, return_inverse=True)
    return np.asarray(np.array([lgamma(value) for value in distinct])[place])


def minimised(function: Callable[[Array], float], start: Array, *, steps: int = 600) -> Array:
    """Return where the function is least, by Nelder and Mead's simplex."""
    size = len(start)
    points = [start] + [start + 0.3 * np.eye(size)[place] for place in range(size)]
    values = [function(point) for point in points]
    for _ in range(steps):
        order = np.argsort(values)
        points, values = [points[i] for i in order], [values[i] for i in order]
        if values[-1] - values[0] < 1e-10:
            break
        centre = np.mean(points[:-1], axis=0)
        tried, value = _tried(function, centre, points[-1], 1.0)
        if value < values[0]:
            further, better = _tried(function, centre, points[-1], 2.0)
            if better < value:
                tried, value = further, better
        elif value >= values[-2]:
            tried, value = _tried(function, centre, points[-1], -0.5)
            if value >= values[-1]:
                points = [(point + points[0]) / 2 for point in points]
                values = [function(point) for point in points]
                continue
        points[-1], values[-1] = tried, value
    return np.asarray(points[int(np.argmin(values))])


def _tried(
    function: Callable[[Array], float], centre: Array, worst: Array, reach: float
) -> tuple[Array, float]:
    point = centre + reach * (centre - worst)
    return point, function(point)
