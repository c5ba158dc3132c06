"""BG/NBD and gamma-gamma find the planted parameters back, from what the truth says was bought."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tests.simulation.conftest import SimulatedChain
from tests.simulation.likelihoods import bg_nbd, gamma_gamma, minimised

WEEKS = 731 / 7


@pytest.fixture(scope="module")
def histories(chain: SimulatedChain) -> pl.DataFrame:
    """One row per person who bought: repeats, recency and age on the city's clock, mean amount."""
    bought = chain.truth("purchases").filter(
        (pl.col("cause") == "process") & pl.col("person_id").is_not_null()
    )
    return bought.group_by("person_id").agg(
        x=pl.len().cast(pl.Float64) - 1,
        first=pl.col("week").min(),
        last=pl.col("week").max(),
        mean=pl.col("net_amount").cast(pl.Float64).mean(),
    )


def test_the_process_of_buying_is_found_back(histories: pl.DataFrame) -> None:
    x, first = histories["x"].to_numpy(), histories["first"].to_numpy()
    recency = histories["last"].to_numpy() - first

    found = np.exp(minimised(lambda logs: bg_nbd(logs, x, recency, WEEKS - first), np.zeros(4)))

    r, alpha, a, b = found
    assert r == pytest.approx(0.8, rel=0.1)
    assert alpha == pytest.approx(5.0, rel=0.12)
    assert r / alpha == pytest.approx(0.16, rel=0.06)
    assert a / (a + b) == pytest.approx(0.6 / 4.4, rel=0.12)


def test_the_amounts_are_found_back(histories: pl.DataFrame) -> None:
    orders, mean = histories["x"].to_numpy() + 1, histories["mean"].to_numpy()

    found = np.exp(minimised(lambda logs: gamma_gamma(logs, orders, mean), np.array([1.0, 1, 3])))

    p, q, v = found
    assert p == pytest.approx(6.0, rel=0.08)
    assert q == pytest.approx(4.0, rel=0.12)
    assert p * v / (q - 1) == pytest.approx(6 * 64 / 3, rel=0.04)


def test_the_truth_about_a_person_is_the_person_s_history(
    chain: SimulatedChain, histories: pl.DataFrame
) -> None:
    people = chain.truth("people").join(histories, on="person_id")

    assert people["x"].cast(pl.UInt32).to_list() == people["repeat_purchases"].to_list()
    assert (people["first"] - people["first_week"]).abs().max() == 0.0
    ended = people.filter(pl.col("dropped_out_week").is_not_null())
    # The purchase after which a person stopped is their last one.
    assert (ended["last"] - ended["dropped_out_week"]).abs().max() == 0.0
    assert ended.filter(pl.col("dropped_out_week") >= WEEKS).is_empty()


def test_every_city_s_clock_reads_as_the_calendar_at_both_ends(chain: SimulatedChain) -> None:
    calendar = chain.truth("calendar").group_by("city").agg(
        pl.len(), first=pl.col("week").first(), mean=pl.col("speed").mean()
    )  # fmt: skip

    assert calendar["len"].unique().to_list() == [731]
    assert calendar["first"].to_list() == [0.0] * calendar.height
    assert calendar["mean"].to_list() == pytest.approx([1.0] * calendar.height)
