"""The likelihood of Pareto/NBD, with its derivatives.

A customer orders at a rate λ (gamma: r, α) until an unseen moment, exponential at a rate μ (gamma:
s, β). With x repeat orders, the last at t, age T:

    L = Γ(r + x) / Γ(r) · α^r · β^s
        · [ (α + T)^-(r+x) (β + T)^-s  +  s ∫ₜᵀ (α + τ)^-(r+x) (β + τ)^-(s+1) dτ ]

Source: Fader & Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions",
eq. 13 and 18, where the integral is written with two hypergeometric functions. These lose their
digits for some customers and are slow; the integrand is positive and smooth, so it is summed at
a few points instead. A customer is then a mixture of having left at one of
these moments and of being active, which also gives the derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import special

from regulars.science.clv.histories import Floats, Histories
from regulars.science.clv.maximise import Likelihood, Score, summed

_FLAT = 1e-6
_POINTS = 31


def _double_exponential() -> tuple[Floats, Floats]:
    """Return places in (0, 1), as a column, and the logarithms of their weights.

    Takahasi & Mori (1974): the trapezoid rule after x = 1 / (1 + e^(-π sinh h)).
    """
    steps = np.linspace(-3.0, 3.0, _POINTS)[:, None]
    places = special.expit(np.pi * np.sinh(steps))
    weights = places * special.expit(-np.pi * np.sinh(steps)) * np.pi * np.cosh(steps)
    return places, np.log(weights * (steps[1] - steps[0]))


_PLACES, _LOG_WEIGHTS = _double_exponential()


def likelihood(held: Histories) -> Likelihood:
    """Return the log-likelihood of r, α, s, β for these customers."""
    chunks = tuple(held.chunks())
    counts = held.counts()

    def score(parameters: Floats) -> Score:
        of_rows = partial(_of_histories, parameters)
        return _of_counts(parameters, *counts) + summed(of_rows, chunks, parameters=4)

    return score


@dataclass(frozen=True, slots=True)
class Leaving:
    """When customers may have left: ``moments`` and logarithms of likelihoods, (points, rows).

    ``stays`` (rows) is the logarithm of (α + T)^-(r+x) (β + T)^-s, of those who have not;
    ``log_alpha`` and ``log_beta`` are ln(α + τ) and ln(β + τ).
    """

    moments: Floats
    log_alpha: Floats
    log_beta: Floats
    leaves: Floats
    stays: Floats

    @property
    def log_sum(self) -> Floats:
        """The logarithm of the likelihood's bracket, (rows)."""
        most = np.maximum(self.stays, self.leaves.max(axis=0))
        total = np.exp(self.stays - most) + np.exp(self.leaves - most).sum(axis=0)
        return np.asarray(most + np.log(total))


def leaving(parameters: Floats, x: Floats, t: Floats, age: Floats) -> Leaving:
    """Return when customers with these histories may have left, and how likely each moment is.

    In y = ln(m + τ), m the smaller of α and β, the integrand falls about as e^(-κy); the points lie
    in the mass w = (1 - e^(-κ(y - y₀))) / κ of that fall, κ chosen so that what is left to sum is
    as high at the end as at the start. It may still be steep at both, where the points are dense.
    """
    r, alpha, s, beta = parameters
    n = r + x
    smaller, larger = min(alpha, beta), max(alpha, beta)

    def height(log_smaller: Floats, log_larger: Floats) -> Floats:
        """Return the logarithm of the integrand in y: dτ = (m + τ) dy."""
        first, second = _in_order(alpha <= beta, log_smaller, log_larger)
        return np.asarray(log_smaller - n * first - (s + 1.0) * second)

    start = np.log(smaller + t)
    span = np.log1p((age - t) / (smaller + t))
    ends = height(start, np.log(larger + t)) - height(start + span, np.log(larger + age))
    fall = np.divide(ends, span, out=np.ones_like(span), where=span > 0)
    kappa = np.where(np.abs(fall) < _FLAT, _FLAT, fall)
    mass = -np.expm1(-kappa * span) / kappa
    risen = -np.log1p(-kappa * mass * _PLACES) / kappa
    moments = t + (smaller + t) * np.expm1(risen)
    logs = start + risen, np.log(larger + moments)
    with np.errstate(divide="ignore"):  # who ordered on the last day had no time to leave: log 0
        weights = np.log(s * mass) + _LOG_WEIGHTS
    return Leaving(
        moments,
        *_in_order(alpha <= beta, *logs),
        leaves=weights + kappa * risen + height(*logs),
        stays=-n * np.log(alpha + age) - s * np.log(beta + age),
    )


def _in_order(alpha_is_smaller: bool, smaller: Floats, larger: Floats) -> tuple[Floats, Floats]:  # noqa: FBT001 a plain fact
    return (smaller, larger) if alpha_is_smaller else (larger, smaller)


def _of_histories(parameters: Floats, held: Histories) -> Score:
    """Σ ln of the bracket; each moment's term is known with its own derivatives."""
    r, alpha, s, beta = parameters
    when = leaving(parameters, held.frequency, held.recency, held.age)
    log_sum = when.log_sum
    n = r + held.frequency
    # The first row is the customer who stays, the others who leaves at a moment.
    share = np.exp(np.vstack([when.stays, when.leaves]) - log_sum)
    ends = np.vstack([held.age, when.moments])
    first, second = alpha + ends, beta + ends
    log_first = np.vstack([np.log(alpha + held.age), when.log_alpha])
    log_second = np.vstack([np.log(beta + held.age), when.log_beta])
    left = np.ones((len(ends), 1))
    left[0] = 0.0
    terms = (-log_first, -n / first, left / s - log_second, -(s + left) / second)
    weight = held.customers
    shared = [share * term for term in terms]
    mean = [product.sum(axis=0) for product in shared]
    hessian = np.empty((4, 4))
    for i in range(4):
        for j in range(i, 4):
            both = np.einsum("kn,kn->n", shared[i], terms[j]) - mean[i] * mean[j]
            hessian[i, j] = hessian[j, i] = weight @ both
    over_first, over_second = share / first, share / second
    ra, sb = weight @ over_first.sum(axis=0), weight @ over_second.sum(axis=0)
    hessian[0, 1] -= ra
    hessian[1, 0] -= ra
    hessian[1, 1] += (weight * n) @ (over_first / first).sum(axis=0)
    hessian[2, 2] -= weight @ (1.0 - share[0]) / s**2
    hessian[2, 3] -= sb
    hessian[3, 2] -= sb
    hessian[3, 3] += weight @ (over_second * (s + left) / second).sum(axis=0)
    gradient = np.array([weight @ value for value in mean])
    return Score(float(weight @ log_sum), gradient, hessian)


def _of_counts(parameters: Floats, x: Floats, customers: Floats) -> Score:
    """Σ ln[Γ(r + x) / Γ(r) · α^r · β^s], which only the frequency enters."""
    r, alpha, s, beta = parameters
    count = customers.sum()
    value = customers @ (special.gammaln(r + x) - special.gammaln(r))
    value += count * (r * np.log(alpha) + s * np.log(beta))
    gradient = np.array(
        [
            customers @ (special.psi(r + x) - special.psi(r)) + count * np.log(alpha),
            count * r / alpha,
            count * np.log(beta),
            count * s / beta,
        ]
    )
    hessian = np.zeros((4, 4))
    hessian[0, 0] = customers @ (special.zeta(2.0, r + x) - special.zeta(2.0, r))
    hessian[0, 1] = hessian[1, 0] = count / alpha
    hessian[1, 1] = -count * r / alpha**2
    hessian[2, 3] = hessian[3, 2] = count / beta
    hessian[3, 3] = -count * s / beta**2
    return Score(float(value), gradient, hessian)
