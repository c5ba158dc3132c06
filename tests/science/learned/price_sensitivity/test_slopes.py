"""Slopes of categories and members: by closed forms, by general maximisation, and by hand."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from math import exp, log

import numpy as np
import pytest
from scipy import optimize

from regulars.base.errors import RuleError
from regulars.science.learned import price_sensitivity
from regulars.science.learned.price_sensitivity.category_fit import fitted
from regulars.science.learned.price_sensitivity.shrinkage import drawn_together, variance_between
from tests.science.learned.price_sensitivity.shelves import DAY, lines, offers, products


def test_two_brands_and_two_days_have_a_closed_form() -> None:
    # Without an offer 30 to 60, with half the price 80 to 40: the odds went from 1/2 to 2.
    half = log(2.0)
    fit = fitted(
        np.array([[0.0, 0.0], [half, 0.0]]),
        np.array([[30.0, 60.0], [80.0, 40.0]]),
        np.ones((2, 2), dtype=np.bool_),
    )

    assert fit.slope == pytest.approx(log(4.0) / half)
    assert fit.weights[1] - fit.weights[0] == pytest.approx(log(2.0))
    # The variance of a log-odds ratio is the sum of the cells' inverses; x = ln 2 scales it.
    variance = sum(1 / n for n in (30, 60, 80, 40)) / half**2
    assert fit.information == pytest.approx(1 / variance)


def test_many_brands_agree_with_a_general_maximiser() -> None:
    random = np.random.default_rng(3)
    discount = np.where(random.random((40, 5)) < 0.3, random.random((40, 5)) * 0.5, 0.0)
    offered = random.random((40, 5)) < 0.9
    offered[:, 0] = True
    lines_sold = np.exp(2.0 * discount) * offered * random.poisson(20.0, (40, 5)).astype(float)

    def loss(parameters: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        total = 0.0
        weights = [0.0, *parameters[:-1]]
        for day in range(40):
            u = [weights[b] + parameters[-1] * discount[day, b] for b in range(5)]
            sum_there = sum(exp(v) for v, there in zip(u, offered[day], strict=True) if there)
            total -= sum(n * (v - log(sum_there)) for v, n in zip(u, lines_sold[day], strict=True))
        return total

    best = optimize.minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-4})
    fit = fitted(discount, np.asarray(lines_sold), offered)
    assert fit.slope == pytest.approx(best.x[-1], abs=1e-3)
    np.testing.assert_allclose(fit.weights[1:], best.x[:-1], atol=1e-3)
    assert fit.information == pytest.approx(1 / np.asarray(best.hess_inv)[-1, -1], rel=0.15)


def test_groups_are_drawn_together_by_hand() -> None:
    # 1 and 3 with the variance 0.5 each: mean 2, spread 4, so T = (4 - 1) / (4 - 8 / 4) = 1.5.
    guess, mean = drawn_together(np.array([1.0, 3.0, 9.0]), np.array([2.0, 2.0, 0.0]))

    assert mean == pytest.approx(2.0)
    weight = (1 / 0.5) / (1 / 0.5 + 1 / 1.5)
    np.testing.assert_allclose(guess, [2 - weight, 2 + weight, 2.0])
    assert variance_between(np.array([3.0, -1.0]), np.array([1.0, 2.0])) == pytest.approx(7 / 5)


def test_a_member_s_slope_by_hand() -> None:
    half = log(2.0)
    days = [DAY + timedelta(days=n) for n in range(2)]
    shelf = offers([
        ("tea", "A", days[0], 0.0), ("tea", "B", days[0], 0.0),
        ("tea", "A", days[1], 0.5), ("tea", "B", days[1], 0.0),
    ])  # fmt: skip
    sold: list[tuple[str | None, str, date]] = [(None, "p1", days[0]), (None, "p2", days[0])]
    sold += [("keen", "p1", days[1])] * 6 + [("slow", "p2", days[1])] * 3
    sold += [("new", "p1", days[0])]
    chosen = price_sensitivity.choices(
        lines([(*row, "1.00", "0.00") for row in sold]),
        products(),
        shelf,
        as_of=DAY + timedelta(days=9),
    )
    model = price_sensitivity.DiscountResponse.fit(
        chosen, price_sensitivity.alternatives(chosen, shelf)
    )
    # Both days' odds of A are 2 to 1: the price changed nothing for people taken together.
    assert model.overall == pytest.approx(0.0, abs=1e-9)
    assert model.lines == 12
    found = {r["member_id"]: r for r in model.scores(chosen).to_pyarrow().to_pylist()}

    each = 2 / 3 * 1 / 3 * half**2
    scores = {"keen": 6 * half / 3, "slow": -3 * half * 2 / 3, "new": 0.0}
    information = {"keen": 6 * each, "slow": 3 * each, "new": 0.0}
    spread = sum(s**2 - i for s, i in zip(scores.values(), information.values(), strict=True))
    spread /= sum(i**2 for i in information.values())
    assert model.spread == pytest.approx(spread**0.5)
    for member, score in scores.items():
        held = information[member] + 1 / spread
        assert found[member]["price_slope"] == pytest.approx(score / held, abs=1e-9)
        assert found[member]["price_slope_se"] == pytest.approx(held**-0.5)
    assert [found[m]["price_choices"] for m in scores] == [6, 3, 0]
    assert found["keen"]["price_reason"] == "takes_more"
    assert found["keen"]["discount_taken"] == pytest.approx(0.5)
    assert found["keen"]["discount_expected"] == pytest.approx(1 - exp(-2 / 3 * half))
    assert (found["slow"]["price_band"], found["new"]["price_band"]) == ("unknown", "unknown")


def test_nothing_to_learn_from() -> None:
    shelf = offers([("tea", "A", DAY, 0.1), ("tea", "B", DAY, 0.1)])
    sold = lines([("m", "p1", DAY, "1.00", "0.10"), ("m", "p2", DAY, "1.00", "0.10")])
    chosen = price_sensitivity.choices(sold, products(), shelf, as_of=DAY + timedelta(days=1))
    with pytest.raises(RuleError, match="no brand was ever cheaper"):
        price_sensitivity.DiscountResponse.fit(
            chosen, price_sensitivity.alternatives(chosen, shelf)
        )


def test_reasons_in_both_languages() -> None:
    told = partial(price_sensitivity.reason, choices=12, taken=0.14, expected=0.09)
    assert told("takes_more") == "Took 14% off in 12 choices with an offer, where most take 9%."
    assert "12 次" in told("takes_less", language="zh")
    with pytest.raises(RuleError, match="there is no reason 'greed'"):
        told("greed")
