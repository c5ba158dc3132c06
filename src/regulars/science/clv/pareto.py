"""Pareto/NBD: customers order at a steady rate until an unseen moment at which they leave.

Sources: Schmittlein, Morrison & Colombo (1987), Management Science 33(1); Fader & Hardie (2005), "A
note on deriving the Pareto/NBD model and related expressions" ("FH").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from regulars.science.clv import death
from regulars.science.clv.histories import Floats, Histories
from regulars.science.clv.maximise import Likelihood
from regulars.science.clv.model import RepeatModel

_POINTS = 24
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(_POINTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoNBD(RepeatModel):
    """The Pareto/NBD model.

    An active customer's orders come at a rate that is gamma-distributed over customers (``r``,
    ``alpha``); customers leave at a rate that is gamma-distributed as well (``s``, ``beta``),
    independent of the first. ``alpha`` and ``beta`` are in units of time.
    """

    r: float
    alpha: float
    s: float
    beta: float

    names: ClassVar[tuple[str, str, str, str]] = ("r", "alpha", "s", "beta")

    def _p_alive(self, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        """Return for each customer the probability of not having left: FH eq. 23."""
        parameters = np.array(list(self.params.values()))
        when = death.leaving(parameters, frequency, recency, age)
        return np.asarray(np.exp(when.stays - when.log_sum))

    @classmethod
    def likelihood(cls, held: Histories) -> Likelihood:
        """Return the log-likelihood of r, α, s, β."""
        return death.likelihood(held)

    @classmethod
    def _last(cls, age: Floats) -> float:
        return max(float(np.median(age)), 1e-6)

    def active(self, frequency: Floats, age: Floats) -> Living:
        """Return them with the two gammas that follow from so many orders."""
        return Living(self.r + frequency, self.alpha + age, self.s, self.beta + age)

    def _new(self) -> tuple[float, Living]:
        return 1.0, self.active(np.zeros(1), np.zeros(1))


@dataclass(frozen=True, slots=True)
class Living:
    """Active customers of Pareto/NBD: ``r``, ``alpha``, ``beta`` one each, ``s`` of all.

    Given that a customer is active after x orders in T, both rates are again gamma: r + x, α + T,
    s, β + T.
    """

    r: Floats
    alpha: Floats
    s: float
    beta: Floats

    def expected(self, horizon: Floats) -> Floats:
        """Return the expected orders in the horizon: FH eq. 27 and 41.

        r β / (α (s - 1)) · [1 - (β / (β + t))^(s-1)], which at s = 1 is a logarithm.
        """
        grown = np.log1p(horizon / self.beta)
        power = self.s - 1.0
        lived = grown if power == 0.0 else -np.expm1(-power * grown) / power
        return np.asarray(self.r * self.beta / self.alpha * lived)

    def p_some(self, horizon: Floats) -> Floats:
        """Return the probability of at least one order."""
        return np.asarray(1.0 - next(self.counts(horizon)))

    def counts(self, horizon: Floats) -> Iterator[Floats]:
        """Yield the probability of 0, 1, 2 … orders.

        The orders until a moment are negative binomial; the moment is the horizon's end, or that
        of leaving, summed at points that are even in the probability of having left.
        """
        length = np.broadcast_to(horizon, self.r.shape)
        gone = -np.expm1(-self.s * np.log1p(length / self.beta))
        part = gone * (0.5 * (1.0 + _NODES[:, None]))
        moments = np.vstack([length, self.beta * np.expm1(-np.log1p(-part) / self.s)])
        weights = np.vstack([1.0 - gone, gone * 0.5 * _WEIGHTS[:, None]])
        chance = moments / (self.alpha + moments)
        orders = weights * np.exp(-self.r * np.log1p(moments / self.alpha))
        number = 0
        while True:
            yield orders.sum(axis=0)
            orders = orders * (self.r + number) / (number + 1.0) * chance
            number += 1
