"""Maximum likelihood in a handful of positive parameters.

The parameters are fitted as logarithms, so that they stay positive. A fit begins on a sample, which
brings it near, and ends with Newton's steps on all customers: there each step doubles the digits,
so that two or three readings of the data are enough, however many customers there are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from regulars.base.errors import RuleError
from regulars.science.clv.histories import Floats

Part = TypeVar("Part")

_STEPS_MAX = 200
_HALVINGS_MAX = 40
# Of a log parameter. Newton's next step would be about the square of this one.
_STEP_CLOSE_ENOUGH = 1e-7
_STEP_MAX = 1.0
# A parameter that runs beyond e^±16 says that the data do not hold the model's mixture.
_LOG_BOUND = 16.0
_PARTS_ALONE = 4


@dataclass(frozen=True, slots=True)
class Score:
    """A log-likelihood with its gradient (k) and Hessian (k, k) in the parameters."""

    value: float
    gradient: Floats
    hessian: Floats

    def __add__(self, other: Score) -> Score:
        """Independent customers: everything adds up."""
        return Score(
            self.value + other.value,
            self.gradient + other.gradient,
            self.hessian + other.hessian,
        )


Likelihood = Callable[[Floats], Score]


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where a log-likelihood is greatest: ``parameters`` (k) and the score there."""

    parameters: Floats
    score: Score

    @property
    def standard_errors(self) -> Floats:
        """From the observed information, -H."""
        return np.sqrt(np.diag(np.linalg.inv(-self.score.hessian)))


def maximise(likelihood: Likelihood, start: Floats, *, names: tuple[str, ...]) -> Maximum:
    """Climb from ``start`` to where the gradient vanishes.

    Newton's method on the logarithms; where the surface is not concave, or a step leads down, the
    step is damped (Levenberg) and shortened.

    Raises:
        RuleError: A parameter runs off to zero or infinity: the customers differ too little, or
            too few bought again, for the model.
    """
    logs = np.log(start)
    score = _in_logs(likelihood(np.exp(logs)), logs)
    for _ in range(_STEPS_MAX):
        step = _uphill(score)
        if np.abs(step).max() < _STEP_CLOSE_ENOUGH:
            logs = logs + step
            break
        logs, score = _climbed(likelihood, logs, score, step, names)
    else:
        raise _no_maximum(logs, names)
    parameters = np.exp(logs)
    return Maximum(parameters, _in_parameters(score, parameters))


def summed(score: Callable[[Part], Score], parts: Sequence[Part], *, parameters: int) -> Score:
    """Add up the scores of parts, in their order, in that many parameters.

    On all cores where there is much to do: NumPy lets go of the interpreter meanwhile.
    """
    nothing = Score(0.0, np.zeros(parameters), np.zeros((parameters, parameters)))
    if len(parts) < _PARTS_ALONE:
        return sum(map(score, parts), start=nothing)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return sum(pool.map(score, parts), start=nothing)


def _uphill(score: Score) -> Floats:
    """Solve (λI - H) step = gradient with the least λ that makes it lead up."""
    eigenvalues, vectors = np.linalg.eigh(-score.hessian)
    # A direction that curves the wrong way is walked by its size, one that is flat not far.
    curvature = np.maximum(np.abs(eigenvalues), 1e-9 * np.abs(eigenvalues).max())
    step: Floats = vectors @ ((vectors.T @ score.gradient) / curvature)
    shortened: Floats = step * min(1.0, _STEP_MAX / np.abs(step).max())
    return shortened


def _climbed(
    likelihood: Likelihood, logs: Floats, score: Score, step: Floats, names: tuple[str, ...]
) -> tuple[Floats, Score]:
    for halvings in range(_HALVINGS_MAX):
        there = logs + step / 2**halvings
        if np.abs(there).max() > _LOG_BOUND:
            raise _no_maximum(there, names)
        reached = likelihood(np.exp(there))
        # Near the top the value is flat to the last digit; there Newton's step is right anyhow.
        tolerance = 1e-12 * abs(score.value)
        if np.isfinite(reached.value) and reached.value >= score.value - tolerance:
            return there, _in_logs(reached, there)
    raise _no_maximum(logs, names)


def _in_logs(score: Score, logs: Floats) -> Score:
    parameters = np.exp(logs)
    gradient = score.gradient * parameters
    hessian = score.hessian * np.outer(parameters, parameters) + np.diag(gradient)
    return Score(score.value, gradient, hessian)


def _in_parameters(score: Score, parameters: Floats) -> Score:
    hessian = score.hessian - np.diag(score.gradient)
    return Score(
        score.value, score.gradient / parameters, hessian / np.outer(parameters, parameters)
    )


def _no_maximum(logs: Floats, names: tuple[str, ...]) -> RuleError:
    reached = ", ".join(f"{n} {v:.3g}" for n, v in zip(names, np.exp(logs), strict=True))
    return RuleError(
        f"the likelihood has no maximum; it was still rising at {reached}",
        fix="Give more customers who bought again, or use a model with fewer parameters",
    )
