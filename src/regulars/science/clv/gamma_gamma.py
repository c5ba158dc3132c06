"""Gamma-Gamma: what a customer spends per order.

Source: Fader & Hardie (2013), "The Gamma-Gamma model of monetary value"; Fader, Hardie & Lee
(2005), "RFM and CLV: using iso-value curves", J. of Marketing Research 42(4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from regulars.base.errors import RuleError
from regulars.science.clv.histories import Floats
from regulars.science.clv.maximise import Likelihood, Score, maximise

_NAMES = ("p", "q", "v")


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaGamma:
    """The Gamma-Gamma model.

    Spend per order varies around each customer's own mean (gamma: ``p``), and these means over the
    customers (gamma: ``q``, ``v`` in the currency), independent of how often they order.
    """

    p: float
    q: float
    v: float
    log_likelihood: float = float("nan")
    customers: int = 0
    standard_errors: dict[str, float] | None = None

    def __post_init__(self) -> None:
        for name, value in self.params.items():
            if not (np.isfinite(value) and value > 0):
                raise RuleError(f"{name} must be above 0, not {value:g}", where="GammaGamma")

    @classmethod
    def fit(cls, *, frequency: ArrayLike, monetary: ArrayLike) -> Self:
        """Find the parameters under which the mean spends of these customers are likeliest.

        ``frequency`` is the number of orders that ``monetary``, their mean value, was taken of.
        Customers without such an order, or with a mean of zero or below (returns), say nothing of
        what an order is worth and are left out.

        Raises:
            RuleError: The arrays differ in length, or nobody is left.
        """
        x, mean = _checked(frequency, monetary)
        kept = (x > 0) & (mean > 0)
        if not kept.any():
            raise RuleError("nobody has ordered again for money", where="monetary")
        begin = np.array([1.0, 2.0, float(np.median(mean[kept]))])
        found = maximise(_likelihood(x[kept], mean[kept]), begin, names=_NAMES)
        return cls(
            **dict(zip(_NAMES, found.parameters.tolist(), strict=True)),
            log_likelihood=found.score.value,
            customers=int(kept.sum()),
            standard_errors=dict(zip(_NAMES, found.standard_errors.tolist(), strict=True)),
        )

    @property
    def params(self) -> dict[str, float]:
        """The three parameters by name."""
        return {"p": self.p, "q": self.q, "v": self.v}

    def expected_spend(self, frequency: ArrayLike, monetary: ArrayLike) -> Floats:
        """Return what an order of each customer is worth: p (v + x m) / (p x + q - 1), eq. 5.

        Between the customer's own mean and that of all; without a repeat order it is that of all.
        Infinite where p x + q ≤ 1, for the mean of so spread customers does not exist.
        """
        x, mean = _checked(frequency, monetary)
        weight = self.p * x + self.q - 1.0
        spend = self.p * (self.v + x * mean)
        return np.divide(spend, weight, out=np.full_like(spend, np.inf), where=weight > 0)


def _likelihood(x: Floats, mean: Floats) -> Likelihood:
    """Return the log-likelihood of p, q, v: Fader & Hardie (2013), eq. 1a."""
    counts = np.bincount(x.astype(np.int64))
    orders = np.flatnonzero(counts)
    customers = counts[orders]
    spent = x * mean
    logs = float((x * np.log(spent)).sum())
    lone = float(np.log(mean).sum())
    size = len(x)

    def score(parameters: Floats) -> Score:
        p, q, v = parameters
        px = p * orders
        total = np.log(v + spent)
        over = 1.0 / (v + spent)
        weight = p * x + q
        value = (
            customers @ (special.gammaln(px + q) - special.gammaln(px))
            + size * (q * np.log(v) - special.gammaln(q))
            + p * logs - lone - weight @ total
        )  # fmt: skip
        gradient = np.array(
            [
                (customers * orders) @ (special.psi(px + q) - special.psi(px)) + logs - x @ total,
                customers @ special.psi(px + q) + size * (np.log(v) - special.psi(q)) - total.sum(),
                size * q / v - weight @ over,
            ]
        )
        both = special.zeta(2.0, px + q)
        pp = (customers * orders**2) @ (both - special.zeta(2.0, px))
        pq, pv = (customers * orders) @ both, -(x @ over)
        qq = customers @ both - size * special.zeta(2.0, q)
        qv = size / v - over.sum()
        vv = weight @ (over * over) - size * q / v**2
        hessian = np.array([[pp, pq, pv], [pq, qq, qv], [pv, qv, vv]])
        return Score(float(value), gradient, hessian)

    return score


def _checked(frequency: ArrayLike, monetary: ArrayLike) -> tuple[Floats, Floats]:
    x, mean = (np.asarray(column, dtype=np.float64) for column in (frequency, monetary))
    if x.shape != mean.shape or x.ndim != 1:
        raise RuleError(f"frequency and monetary have the shapes {x.shape}, {mean.shape}")
    for name, column, holds in (
        ("frequency", x, np.isfinite(x) & (x >= 0) & (x == np.floor(x))),
        ("monetary", mean, np.isfinite(mean)),
    ):
        if not holds.all():
            row = int(np.argmin(holds))
            raise RuleError(f"{name} cannot be {column[row]:g}", where=f"customer {row}")
    return x, mean
