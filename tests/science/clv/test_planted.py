"""What was planted is found back: parameters, expected orders and intervals."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from regulars.science import clv

CUSTOMERS, NEXT = 30_000, 26.0
TRUTH = clv.BetaGeo(r=0.8, alpha=5.0, a=0.6, b=3.8)
Numbers = np.ndarray[Any, np.dtype[np.float64]]


def lives(*, first_order_counts: bool) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Simulate customers one order at a time; return x, t, age, orders of the next half year."""
    random = np.random.default_rng(11)
    age = random.uniform(10.0, 100.0, CUSTOMERS)
    rate = random.gamma(TRUTH.r, 1 / TRUTH.alpha, CUSTOMERS)
    p = random.beta(TRUTH.a, TRUTH.b, CUSTOMERS)
    x, t, later = np.zeros(CUSTOMERS), np.zeros(CUSTOMERS), np.zeros(CUSTOMERS)
    now = np.zeros(CUSTOMERS)
    active = (random.random(CUSTOMERS) >= p) | (not first_order_counts)
    while active.any():
        now = now + random.exponential(1 / rate)
        known, unknown = active & (now <= age), active & (now > age) & (now <= age + NEXT)
        x[known] += 1
        t[known] = now[known]
        later[unknown] += 1
        active = (known | unknown) & (random.random(CUSTOMERS) >= p)
    return x, t, age, later


@pytest.mark.parametrize("model", [clv.BetaGeo, clv.ModifiedBetaGeo])
def test_parameters_are_found_back(model: type[clv.BetaGeo]) -> None:
    x, t, age, later = lives(first_order_counts=model.first_order_counts)
    found = model.fit(frequency=x, recency=t, age=age)

    errors = found.standard_errors
    assert errors is not None
    for name, value in found.params.items():
        assert abs(value - TRUTH.params[name]) < 4 * errors[name], name
    report = clv.hold_out(found, NEXT, frequency=x, recency=t, age=age, orders=later)
    assert report.expected == pytest.approx(report.actual, rel=0.03)
    assert report.coverage >= 0.9
    bought = later > 0
    chance = found.p_order(NEXT, x, t, age)
    for low in np.arange(0.0, 1.0, 0.2):
        mine = (chance >= low) & (chance < low + 0.2)
        if mine.sum() > 500:
            spread = 4 * np.sqrt(0.25 / mine.sum())
            assert abs(bought[mine].mean() - chance[mine].mean()) < spread


def test_pareto_is_found_back() -> None:
    random = np.random.default_rng(5)
    truth = {"r": 0.7, "alpha": 6.0, "s": 0.8, "beta": 30.0}
    age = random.uniform(20.0, 100.0, CUSTOMERS)
    rate = random.gamma(truth["r"], 1 / truth["alpha"], CUSTOMERS)
    leaves = random.exponential(1 / random.gamma(truth["s"], 1 / truth["beta"], CUSTOMERS))
    until = np.minimum(leaves, age)
    x = random.poisson(rate * until).astype(float)
    # The last of x even moments is the greatest of them.
    t = np.where(x > 0, until * random.random(CUSTOMERS) ** (1 / np.maximum(x, 1)), 0.0)
    found = clv.ParetoNBD.fit(frequency=x, recency=t, age=age)

    errors = found.standard_errors
    assert errors is not None
    for name, value in found.params.items():
        assert abs(value - truth[name]) < 4 * errors[name], name
    alive = found.p_alive(x, t, age)
    assert alive.mean() == pytest.approx((leaves > age).mean(), abs=0.01)


def test_gamma_gamma_is_found_back() -> None:
    random = np.random.default_rng(8)
    truth = {"p": 6.0, "q": 4.0, "v": 64.0}
    x = random.integers(1, 20, CUSTOMERS).astype(float)
    own = random.gamma(truth["q"], 1 / truth["v"], CUSTOMERS)
    mean = random.gamma(truth["p"] * x, 1 / (own * x))
    found = clv.GammaGamma.fit(frequency=x, monetary=mean)

    errors = found.standard_errors
    assert errors is not None
    for name, value in found.params.items():
        assert abs(value - truth[name]) < 4 * errors[name], name


def test_dates_and_moments_fit_alike() -> None:
    """Counted customers, on a grid of days, and uncounted ones give the same likelihood."""
    x, t, age, _ = lives(first_order_counts=False)
    days, ages = np.ceil(t * 7) / 7, np.ceil(age * 7) / 7
    alone = sum(clv.log_likelihood(TRUTH, [a], [b], [c]) for a, b, c in zip(
        x[:500], days[:500], ages[:500], strict=True))  # fmt: skip
    assert clv.log_likelihood(TRUTH, x[:500], days[:500], ages[:500]) == pytest.approx(alone)


def test_value_is_orders_times_spend() -> None:
    x, t, age, _ = (column[:50] for column in lives(first_order_counts=False))
    model, spend = TRUTH, clv.GammaGamma(p=6.0, q=4.0, v=64.0)
    monetary = np.where(x > 0, 20.0, 0.0)
    worth = partial(
        clv.lifetime_value, model, spend, frequency=x, recency=t, age=age, monetary=monetary
    )

    plain = worth(periods=3, period=4.0)
    orders = model.expected_orders(12.0, x, t, age)
    np.testing.assert_allclose(plain, orders * spend.expected_spend(x, monetary))
    less = worth(periods=2, period=4.0, discount=0.1)
    first, both = (model.expected_orders(h, x, t, age) for h in (4.0, 8.0))
    by_hand = (first / 1.1 + (both - first) / 1.21) * spend.expected_spend(x, monetary)
    np.testing.assert_allclose(less, by_hand)
