"""Who is moved by a price, and by how much, can be found back from what they bought."""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.simulation.conftest import FIRST_DAY, SimulatedChain, floats

BRANDS = 8


def test_price_sensitivity_is_found_back_by_regression(chain: SimulatedChain) -> None:
    """Regress, per person, the discount of the brand taken on the discounts there were.

    The slope through the origin of a logit is, near zero, (taken - expected) / variance summed
    over lines, expected under what everybody likes. No part of the simulation is used.
    """
    lines = _lines_of_people(chain)
    log_ratio = -np.log(1 - _percents(chain) / 100)
    cell, week = lines["cell"].to_numpy().astype(np.int64), lines["week"].to_numpy()
    category = cell // BRANDS
    counts = np.bincount(cell, minlength=96).reshape(12, BRANDS)
    liking = (counts / counts.sum(axis=1, keepdims=True))[category]
    offers = log_ratio.reshape(-1, 12, BRANDS)[week, category]
    expected = (offers * liking).sum(axis=1)
    variance = (offers**2 * liking).sum(axis=1) - expected**2
    found = (
        lines.select("person_id")
        .with_columns(over=log_ratio[week, cell] - expected, variance=variance)
        .group_by("person_id")
        .agg(pl.col("over").sum(), pl.col("variance").sum(), pl.len())
        .filter(pl.col("len") >= 60)
        .with_columns(slope=pl.col("over") / pl.col("variance"))
        .join(chain.truth("people").select("person_id", "price_sensitivity"), on="person_id")
    )

    assert found.height > 200
    assert _rank_correlation(found["slope"], found["price_sensitivity"]) > 0.65
    assert floats(found, "slope").mean() > 1.0


def test_promotions_do_not_depend_on_who_asks(chain: SimulatedChain) -> None:
    """All who buy a product on a day pay one price: the discount is a share of the list price."""
    lines = chain.lines.with_columns(
        day=pl.col("at").dt.date(),
        percent=(100 * pl.col("discount") / pl.col("listed")).round().cast(pl.Int64),
    )
    # On lines of a few yuan the rounding to a cent blurs the percentage.
    offers = lines.filter(pl.col("listed") > 2_000).group_by("sku", "day").agg(
        pl.col("percent").n_unique()
    )  # fmt: skip
    assert offers["percent"].max() == 1


def _lines_of_people(chain: SimulatedChain) -> pl.DataFrame:
    brands = chain.truth("brands").with_row_index("cell").select("category", "brand", "cell")
    cells = chain.csv("catalog/products.csv").join(brands, on=["category", "brand"])
    buyers = chain.truth("purchases").select("order_id", "person_id").drop_nulls()
    days = (pl.col("at").dt.date() - pl.lit(FIRST_DAY)).dt.total_days()
    return (
        chain.lines.join(cells.select("product_id", "cell"), left_on="sku", right_on="product_id")
        .join(buyers, on="order_id")
        .with_columns(week=days // 7)
    )


def _percents(chain: SimulatedChain) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    brands = chain.truth("brands").with_row_index("cell")
    offers = chain.truth("prices").join(brands, on=["category", "brand"])
    weeks = (offers["starts_on"] - pl.Series([FIRST_DAY])).dt.total_days() // 7
    found = np.zeros((105, 96))
    found[weeks.to_numpy(), offers["cell"].to_numpy()] = offers["percent"].to_numpy()
    return found


def _rank_correlation(left: pl.Series, right: pl.Series) -> float:
    return float(np.corrcoef(left.rank().to_numpy(), right.rank().to_numpy())[0, 1])
