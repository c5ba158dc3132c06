"""BG/NBD and MBG/NBD: customers order at a steady rate until, after an order, they drop out.

Sources: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science
24(2) ("BG"), and the authors' note "Overcoming the BG/NBD model's #NUM! error problem"; Batislam,
Denizel & Filiztekin (2007), Int. J. of Research in Marketing 24(3) ("MBG").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import special

from regulars.science.clv import dropout
from regulars.science.clv.histories import Floats, Histories
from regulars.science.clv.maximise import Likelihood
from regulars.science.clv.model import RepeatModel

_NEAR_ONE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaGeo(RepeatModel):
    """The BG/NBD model.

    An active customer's orders come at a rate that is gamma-distributed over customers (``r``,
    ``alpha`` in units of time); after each repeat order the customer drops out with a probability
    that is beta-distributed (``a``, ``b``), independent of the rate.
    """

    r: float
    alpha: float
    a: float
    b: float

    names: ClassVar[tuple[str, str, str, str]] = ("r", "alpha", "a", "b")
    first_order_counts: ClassVar[bool] = False

    def _p_alive(self, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        """Return for each customer the probability of not having dropped out."""
        kept = self._chances_kept(frequency)
        # BG/NBD knows that a customer without a repeat order had no chance to drop out.
        odds = np.divide(self.a, self.b + kept - 1.0, out=np.zeros_like(kept), where=kept > 0)
        grown = np.exp((self.r + frequency) * np.log((self.alpha + age) / (self.alpha + recency)))
        return np.asarray(1.0 / (1.0 + odds * grown))

    @classmethod
    def likelihood(cls, held: Histories) -> Likelihood:
        """Return the log-likelihood of r, α, a, b."""
        return dropout.likelihood(held, first_order_counts=cls.first_order_counts)

    @classmethod
    def _last(cls, age: Floats) -> float:  # noqa: ARG003 a probability has no unit
        return 2.0

    def active(self, frequency: Floats, age: Floats) -> Staying:
        """Return them with the gamma and the beta that follow from so many orders."""
        kept = self._chances_kept(frequency)
        return Staying(self.r + frequency, self.alpha + age, self.a, self.b + kept)

    def _new(self) -> tuple[float, Staying]:
        p = self.b / (self.a + self.b) if self.first_order_counts else 1.0
        return p, self.active(np.zeros(1), np.zeros(1))

    def _chances_kept(self, frequency: Floats) -> Floats:
        return frequency + 1.0 if self.first_order_counts else frequency


class ModifiedBetaGeo(BetaGeo):
    """The MBG/NBD model: as BG/NBD, but the first order, too, may be the last.

    So that a customer who never came back may have dropped out.
    """

    __slots__ = ()
    first_order_counts: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Staying:
    """Active customers of BG/NBD or MBG/NBD: ``r``, ``alpha``, ``b`` one each, ``a`` of all.

    Given that a customer is active after x orders in T, rate and drop-out are again gamma and beta:
    r + x, α + T, a, b + k. So the future is that of a new customer with these parameters.
    """

    r: Floats
    alpha: Floats
    a: float
    b: Floats

    def expected(self, horizon: Floats) -> Floats:
        """Return the expected orders in the horizon.

        (a + b - 1) / (a - 1) · [1 - (1 - z)^(a-1) · ₂F₁(a - 1, a + b - 1 - r; a + b - 1; z)] with
        z = t / (α + t): BG eq. 9 and 10 after Euler's transformation (Abramowitz & Stegun 15.3.3),
        in which no power grows with the number of orders.
        """
        if abs(self.a - 1.0) < _NEAR_ONE:  # 0 / 0 at a = 1, where the value itself is smooth
            beside = (1.0 - 2.0 * _NEAR_ONE, 1.0 + 2.0 * _NEAR_ONE)
            low, high = (Staying(self.r, self.alpha, a, self.b).expected(horizon) for a in beside)
            return (low + high) / 2.0
        z = horizon / (self.alpha + horizon)
        c = self.a + self.b - 1.0
        series = special.hyp2f1(self.a - 1.0, c - self.r, c, z)
        grown = np.exp((self.a - 1.0) * np.log1p(-z)) * series
        return np.asarray(c / (self.a - 1.0) * (1.0 - grown))

    def p_some(self, horizon: Floats) -> Floats:
        """Return the probability of at least one order, which only the rate decides."""
        return np.asarray(-np.expm1(-self.r * np.log1p(horizon / self.alpha)))

    def counts(self, horizon: Floats) -> Iterator[Floats]:
        """Yield the probability of 0, 1, 2 … orders: BG eq. 8.

        Either the customer stays and orders so often, or drops out with that very order.
        """
        chance = horizon / (self.alpha + horizon)
        orders = np.exp(-self.r * np.log1p(horizon / self.alpha))
        stays = np.ones_like(orders)
        drops, fewer = np.zeros_like(orders), np.zeros_like(orders)
        number = 0
        while True:
            yield stays * orders + drops * (1.0 - fewer)
            fewer = np.minimum(fewer + orders, 1.0)
            orders = orders * (self.r + number) / (number + 1.0) * chance
            both = self.a + self.b + number
            drops, stays = stays * self.a / both, stays * (self.b + number) / both
            number += 1
