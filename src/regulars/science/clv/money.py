"""How much customers will spend, as a distribution: orders and the spend per order together.

An active customer makes N orders in the horizon. Given the own scale of spend, which is gamma
(q + p x, v + x m) after x repeat orders of mean m, the sum of n orders is gamma (p n): so in units
of v + x m it is beta prime (p n, q + p x), and

    P(S ≤ s) = Σ P(N = n) · I_w(p n, q + p x),   w = s / (s + v + x m)

with I the regularised incomplete beta function. Sources: Fader & Hardie (2013), "The Gamma-Gamma
model of monetary value", eq. 4, for the scale; Johnson, Kotz & Balakrishnan (1995), ch. 27.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from regulars.base.errors import RuleError
from regulars.science.clv.gamma_gamma import GammaGamma
from regulars.science.clv.histories import Floats, checked
from regulars.science.clv.model import RepeatModel

_POINTS = 120
_TAIL = 1e-4
_LEFT_OUT = 1e-8
# More orders than anybody makes: the age of the newest, and then some.
_FEW, _TIMES = 20.0, 12.0
_ORDERS_MAX = 10_000
_NEVER = 1e-100


@dataclass(frozen=True, slots=True)
class Money:
    """What active customers with one number of repeat orders will spend, by age.

    ``logs`` (points) are logarithms of money in units of v + x m; ``chances`` (ages, points) the
    probabilities of no more than that.
    """

    logs: Floats
    chances: Floats

    def quantiles(self, row: ArrayLike, p_alive: Floats, level: float) -> Floats:
        """Return for each customer, at ``row``, the money that is exceeded with 1 - ``level``.

        In units of v + x m. Who has left spends nothing. Between two points, which are about a
        tenth of their value apart, the probability is taken as a straight line in the logarithm.
        """
        rows = np.asarray(row, dtype=np.int64)
        asked = 1.0 - (1.0 - level) / np.maximum(p_alive, _NEVER)
        # Rows of probabilities, each above the last by more than all of them, are one sorted list.
        steps = (self.chances + 2.0 * np.arange(len(self.chances))[:, None]).ravel()
        points = len(self.logs)
        place = np.searchsorted(steps, asked + 2.0 * rows) - rows * points
        above = np.clip(place, 1, points - 1)
        low, high = self.chances[rows, above - 1], self.chances[rows, above]
        part = np.divide(asked - low, high - low, out=np.zeros_like(low), where=high > low)
        part = np.clip(part, 0.0, 1.0)
        logs = self.logs[above - 1] + part * (self.logs[above] - self.logs[above - 1])
        return np.where(place <= 0, 0.0, np.exp(logs))


def money(
    model: RepeatModel, spend: GammaGamma, horizon: float, *, orders: float, ages: Floats
) -> Money:
    """Return what active customers of these ages will spend in the horizon.

    All have had ``orders`` repeat orders. Row by row the same, whichever other ages are asked for.
    """
    own = spend.q + spend.p * orders
    logs = _points(model, spend, horizon, orders=orders)
    w = special.expit(logs)
    active = model.active(np.full(len(ages), orders), ages)
    chances = np.zeros((len(ages), _POINTS))
    left = np.ones(len(ages))
    for number, probability in zip(
        range(_ORDERS_MAX), active.counts(np.full(len(ages), horizon)), strict=False
    ):
        counts = np.where(probability > _LEFT_OUT, probability, 0.0)
        if counts.any():
            below = special.betainc(spend.p * number, own, w) if number else np.ones(_POINTS)
            chances += counts[:, None] * below
        left = left - probability
        if not (left > _LEFT_OUT).any():
            break
    return Money(logs, np.minimum(chances, 1.0))


def spend_interval(
    model: RepeatModel,
    spend: GammaGamma,
    horizon: float,
    *,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    monetary: ArrayLike,
    level: float = 0.9,
) -> Floats:
    """Return the least and the most that each customer will spend in the horizon, (2, customers).

    The quantiles (1 ∓ level) / 2 of the money, given the customer's history; the parameters count
    as known. At least ``level`` lies between, for many customers may spend nothing at all.

    Raises:
        RuleError: The level does not lie between 0 and 1, or the arrays are no such histories.
    """
    if not 0.0 < level < 1.0:
        raise RuleError(f"a level lies between 0 and 1, not at {level}", where="level")
    x, t, length = checked(frequency, recency, age)
    scale = spend.v + x * np.maximum(np.asarray(monetary, dtype=np.float64), 0.0)
    p_alive = model.p_alive(x, t, length)
    found = np.zeros((2, len(x)))
    for orders in np.unique(x):
        mine = np.flatnonzero(x == orders)
        ages, row = np.unique(length[mine], return_inverse=True)
        table = money(model, spend, horizon, orders=float(orders), ages=ages)
        for end, at in enumerate(((1.0 - level) / 2.0, (1.0 + level) / 2.0)):
            found[end, mine] = table.quantiles(row, p_alive[mine], at)
    return found * scale


def _points(model: RepeatModel, spend: GammaGamma, horizon: float, *, orders: float) -> Floats:
    """Return logarithms from next to nothing to more than anybody of any age will spend."""
    own = spend.q + spend.p * orders
    least = float(special.logit(special.betaincinv(spend.p, own, _TAIL)))
    low = max(least, float(np.log(_TAIL * spend.p / own)))
    newest = model.active(np.array([orders]), np.zeros(1))
    most = _FEW + _TIMES * float(newest.expected(np.array([horizon]))[0])
    rest = special.betaincinv(own, spend.p * most, _TAIL)  # 1 - w, which keeps its digits
    return np.linspace(low, -float(special.logit(rest)), _POINTS, dtype=np.float64)
