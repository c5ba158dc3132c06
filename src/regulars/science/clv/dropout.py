"""The likelihood that BG/NBD and MBG/NBD share, with its derivatives.

A customer orders at a rate λ (gamma: r, α) and may drop out after each order with a probability p
(beta: a, b). With x repeat orders, the last at t, age T, and k chances to drop out that were not
taken (BG/NBD: x; MBG/NBD: x + 1, since there the first order is a chance too):

    L = Γ(r + x) / Γ(r) · α^r · B(a, b + k) / B(a, b)
        · [ (α + T)^-(r+x)  +  δ · a / (b + k - 1) · (α + t)^-(r+x) ]

δ is 1 where dropping out is possible: always in MBG/NBD, after a repeat order in BG/NBD.

Sources: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science
24(2), eq. 6; Batislam, Denizel & Filiztekin (2007), Int. J. of Research in Marketing 24(3), eq. 5.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import special

from regulars.science.clv.histories import Floats, Histories
from regulars.science.clv.maximise import Likelihood, Score, summed


def likelihood(held: Histories, *, first_order_counts: bool) -> Likelihood:
    """Return the log-likelihood of r, α, a, b for these customers."""
    shift = 1.0 if first_order_counts else 0.0
    once = held.only(held.frequency == 0)
    again = held if first_order_counts else held.only(held.frequency > 0)
    counts = held.counts()
    # Of a customer who cannot have dropped out only the age counts.
    ages = _by_age(once) if not first_order_counts else None
    chunks = tuple(again.chunks())

    def score(parameters: Floats) -> Score:
        total = _of_counts(parameters, *counts, shift=shift)
        if ages is not None:
            total += _of_ages(parameters, *ages)
        of_rows = partial(_of_histories, parameters, shift=shift)
        return total + summed(of_rows, chunks, parameters=len(parameters))

    return score


def _of_histories(parameters: Floats, held: Histories, *, shift: float) -> Score:
    """Σ ln[(α + T)^-(r+x) + a / (b + k - 1) · (α + t)^-(r+x)].

    With u = ln(α + T) and g the logarithm of the second term over the first, a row is
    -(r + x) u + ln(1 + e^g); the derivative of the latter is e^g / (1 + e^g) times that of g.
    """
    r, alpha, a, b = parameters
    weight = held.customers
    end, last = alpha + held.age, alpha + held.recency
    n = r + held.frequency
    misses = b + held.frequency + (shift - 1.0)
    u = np.log(end)
    d = u - np.log(last)
    g = n * d + np.log(a / misses)
    small = np.exp(-np.abs(g))
    dropped = np.where(g >= 0, 1.0, small) / (1.0 + small)
    value = weight @ (np.maximum(g, 0.0) + np.log1p(small) - n * u)

    over_end, over_last = 1.0 / end, 1.0 / last
    apart = over_end - over_last
    g_r, g_alpha, g_a, g_b = d, n * apart, 1.0 / a, -1.0 / misses
    w = weight * dropped
    gradient = np.array(
        [
            w @ g_r - weight @ u,
            w @ g_alpha - weight @ (n * over_end),
            w.sum() * g_a,
            w @ g_b,
        ]
    )
    q = w * (1.0 - dropped)
    rr, ra = q @ (g_r * g_r), q @ (g_r * g_alpha) + w @ apart - weight @ over_end
    rows = n * over_end * over_end
    aa = q @ (g_alpha * g_alpha) + w @ (n * over_last * over_last - rows) + weight @ rows
    qr, qa, qb = q @ g_r, q @ g_alpha, q * g_b
    hessian = np.array(
        [
            [rr, ra, qr * g_a, qb @ g_r],
            [ra, aa, qa * g_a, qb @ g_alpha],
            [qr * g_a, qa * g_a, (q.sum() - w.sum()) * g_a * g_a, qb.sum() * g_a],
            [qb @ g_r, qb @ g_alpha, qb.sum() * g_a, (q + w) @ (g_b * g_b)],
        ]
    )
    return Score(float(value), gradient, hessian)


def _of_counts(parameters: Floats, x: Floats, customers: Floats, *, shift: float) -> Score:
    """Σ ln[Γ(r + x) / Γ(r) · α^r · B(a, b + k) / B(a, b)], which only the frequency enters."""
    r, alpha, a, b = parameters
    k = x + shift
    psi, gammaln = special.psi, special.gammaln
    value = customers @ (
        gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        + gammaln(b + k) - gammaln(b) + gammaln(a + b) - gammaln(a + b + k)
    )  # fmt: skip
    both = psi(a + b) - psi(a + b + k)
    count = customers.sum()
    gradient = np.array(
        [
            customers @ (psi(r + x) - psi(r)) + count * np.log(alpha),
            count * r / alpha,
            customers @ both,
            customers @ (psi(b + k) - psi(b) + both),
        ]
    )
    hessian = np.zeros((4, 4))
    hessian[0, 0] = customers @ (_trigamma(r + x) - _trigamma(r))
    hessian[0, 1] = hessian[1, 0] = count / alpha
    hessian[1, 1] = -count * r / alpha**2
    shared = customers @ (_trigamma(a + b) - _trigamma(a + b + k))
    hessian[2:, 2:] = shared
    hessian[3, 3] += customers @ (_trigamma(b + k) - _trigamma(b))
    return Score(float(value), gradient, hessian)


def _of_ages(parameters: Floats, age: Floats, customers: Floats) -> Score:
    """Σ -r ln(α + T) of those who ordered once."""
    r, alpha = parameters[:2]
    end = alpha + age
    logs, over = customers @ np.log(end), customers @ (1.0 / end)
    hessian = np.zeros((4, 4))
    hessian[0, 1] = hessian[1, 0] = -over
    hessian[1, 1] = r * (customers @ (1.0 / end**2))
    return Score(float(-r * logs), np.array([-logs, -r * over, 0.0, 0.0]), hessian)


def _by_age(held: Histories) -> tuple[Floats, Floats]:
    ages, place = np.unique(held.age, return_inverse=True)
    return ages, np.bincount(place, weights=held.customers, minlength=len(ages)).astype(np.float64)


def _trigamma(value: Floats | float) -> Floats:
    return np.asarray(special.zeta(2.0, value))
