"""The distribution of money agrees with customers drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.base.errors import RuleError
from regulars.science import clv

REPEAT = clv.BetaGeo(r=0.9, alpha=4.0, a=0.7, b=3.0)
SPEND = clv.GammaGamma(p=5.0, q=4.0, v=80.0)
WEEKS = 52.0
DRAWS = 40_000
# frequency, recency, age, mean spend: new, steady, long silent, often.
HISTORIES = (
    (0, 0.0, 3.0, 0.0),
    (4, 30.0, 35.0, 90.0),
    (2, 8.0, 60.0, 40.0),
    (25, 70.0, 71.0, 30.0),
)


def drawn(x: int, t: float, age: float, mean: float) -> np.ndarray:
    """Draw what such a customer spends in the horizon, from the posterior of each parameter."""
    random = np.random.default_rng(x)
    p_alive = float(REPEAT.p_alive([x], [t], [age])[0])
    rate = random.gamma(REPEAT.r + x, 1.0 / (REPEAT.alpha + age), DRAWS)
    leaves = random.beta(REPEAT.a, REPEAT.b + x, DRAWS)
    scale = random.gamma(SPEND.q + SPEND.p * x, 1.0 / (SPEND.v + x * mean), DRAWS)
    here = random.random(DRAWS) < p_alive
    moment, paid = np.zeros(DRAWS), np.zeros(DRAWS)
    while here.any():
        moment[here] += random.exponential(1.0 / rate[here])
        here &= moment <= WEEKS
        paid[here] += random.gamma(SPEND.p, 1.0 / scale[here])
        here &= random.random(DRAWS) >= leaves
    return paid


@pytest.mark.parametrize("history", HISTORIES)
def test_the_interval_holds_its_share_of_draws(history: tuple[int, float, float, float]) -> None:
    x, t, age, mean = history
    ((low,), (high,)) = clv.spend_interval(
        *(REPEAT, SPEND, WEEKS),
        frequency=[x], recency=[t], age=[age], monetary=[mean], level=0.8,
    )  # fmt: skip
    paid = drawn(x, t, age, mean)
    # Who may well spend nothing has nothing for an end, however many that are.
    upto, below = (paid <= high).mean(), (paid < low).mean()
    assert upto > 0.9 if high == 0.0 else upto == pytest.approx(0.9, abs=0.006)
    assert below == 0.0 if low == 0.0 else below == pytest.approx(0.1, abs=0.006)


def test_rows_do_not_depend_on_each_other() -> None:
    ages = np.arange(3.0, 90.0)
    whole = clv.money(REPEAT, SPEND, WEEKS, orders=3.0, ages=ages)
    for row in (0, 1, 40, 86):
        alone = clv.money(REPEAT, SPEND, WEEKS, orders=3.0, ages=ages[[row]])
        assert np.array_equal(whole.chances[row], alone.chances[0])
    assert (np.diff(whole.chances, axis=1) >= 0).all()


def test_a_level_lies_between() -> None:
    with pytest.raises(RuleError, match="a level lies between 0 and 1"):
        clv.spend_interval(
            *(REPEAT, SPEND, WEEKS), frequency=[0], recency=[0], age=[1], monetary=[0], level=1.0
        )
