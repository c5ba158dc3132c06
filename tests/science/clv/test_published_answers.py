"""The models answer on the CDNOW sample what was published for it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from regulars.science import clv
from tests.science.clv import cdnow


@pytest.fixture(scope="module")
def fitted() -> clv.BetaGeo:
    held = cdnow.customers()
    return clv.BetaGeo.fit(frequency=held.frequency, recency=held.recency, age=held.age)


def test_gamma_gamma() -> None:
    held = cdnow.customers()
    found = clv.GammaGamma.fit(frequency=held.frequency, monetary=held.monetary)

    assert [round(value, 2) for value in found.params.values()] == [6.25, 3.74, 15.44]
    assert found.log_likelihood == pytest.approx(-4055.9177, abs=5e-5)
    assert found.customers == 946
    spend = found.expected_spend(held.frequency[:10], held.monetary[:10])
    assert spend.round(2).tolist() == [
        24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17,
    ]  # fmt: skip


def test_a_new_customers_orders(fitted: clv.BetaGeo) -> None:
    horizons = (0.1429, 1, 3, 31.8571, 32)
    expected = [round(float(fitted.expected_orders(t)[0]), 4) for t in horizons]
    assert expected == [0.0078, 0.0532, 0.1506, 1.0405, 1.0437]
    # Published with rounded parameters: the last digit of the longest horizon moves.
    assert fitted.expected_orders(78)[0] == pytest.approx(1.8576, abs=5e-4)


def test_a_known_customers_orders(fitted: clv.BetaGeo) -> None:
    assert fitted.expected_orders(39, [2], [30.43], [38.86])[0].round(3) == 1.226


def test_probabilities_of_counts() -> None:
    model = clv.BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426)

    assert model.p_orders(0, 39)[0] == pytest.approx(0.5737864, abs=5e-8)
    assert model.p_orders(10, 2)[0] == pytest.approx(1.07869e-07, rel=1e-5)


def test_pareto_of_a_frequent_customer() -> None:
    model = clv.ParetoNBD(r=0.5534, alpha=10.5802, s=0.6061, beta=11.6562)

    assert model.expected_orders(52, [26], [30.86], [31])[0] == pytest.approx(25.46, abs=0.01)
    assert model.p_alive([26], [30.86], [31])[0].round(4) == 0.9979


def test_long_histories_do_not_overflow() -> None:
    x = np.arange(221.0, 255.0)
    model = clv.ParetoNBD(r=0.5534, alpha=10.5802, s=0.6061, beta=11.6562)

    alive = model.p_alive(x, np.full_like(x, 30.0), np.full_like(x, 31.0))
    assert np.isfinite(alive).all()
    assert ((alive > 0) & (alive < 1)).all()
    geo = clv.BetaGeo(r=0.25, alpha=4.0, a=0.8, b=2.5)
    assert clv.log_likelihood(geo, [0], [0], [40]) == pytest.approx(-0.59947382, abs=5e-9)
    assert clv.log_likelihood(geo, [200], [38], [40]) == pytest.approx(100.7957, abs=5e-5)


def test_hold_out_table(fitted: clv.BetaGeo) -> None:
    held = cdnow.customers()
    report = clv.hold_out(
        fitted, 39, frequency=held.frequency, recency=held.recency, age=held.age,
        orders=held.held_out,
    )  # fmt: skip

    assert [round(actual, 3) for _, _, actual, _ in report.groups] == [
        0.237, 0.697, 1.393, 1.56, 2.532, 2.947, 3.862, 6.359,
    ]  # fmt: skip
    assert [round(expected, 3) for *_, expected in report.groups] == [
        0.225, 0.523, 1.044, 1.52, 2.164, 2.654, 3.504, 6.157,
    ]  # fmt: skip
    assert report.coverage >= report.level


def test_summaries_of_orders_are_the_counted_ones() -> None:
    held = cdnow.customers()
    day_after = cdnow.CALIBRATION_ENDS + timedelta(days=1)
    found = clv.summarise(cdnow.orders(), as_of=day_after).order_by("member_id").to_pyarrow()

    assert found["frequency"].to_pylist() == held.frequency.tolist()
    for name in ("recency", "age", "monetary"):
        np.testing.assert_allclose(found[name].to_numpy(), getattr(held, name), atol=1e-9)
