"""Price sensitivity and coupon response, beside the average discount share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.harness import Measurement, measured
from benchmarks.scenarios.planted.chain import (
    FIRST,
    UNTIL,
    Numbers,
    auc,
    rank_correlation,
    truth_of,
)
from regulars.science.learned import price_sensitivity
from regulars.science.simulation.lake_side import SimulatedFacts

LATER = date(2025, 1, 1)


def rows(facts: SimulatedFacts) -> Sequence[Measurement]:
    lines = facts.tables["order_lines"].num_rows
    found, ours = measured("price sensitivity", lambda: slopes(facts), rows=lines, repeats=1)
    share, plain = measured(
        "average discount share", lambda: discount_share(facts, UNTIL), rows=lines, repeats=1
    )
    by_member = dict(zip(*share, strict=True))
    coupons, answers = measured(
        "coupon response", lambda: ratios(facts), rows=facts.tables["sends"].num_rows, repeats=1
    )
    redeemed, by_ratio, by_share = later_coupons(facts, coupons)
    return [
        replace(ours, note=correlations(facts, found, found["price_slope"].to_numpy())),
        replace(plain, note=correlations(
            facts, found, np.array([by_member[m] for m in found["member_id"].to_pylist()]))),
        replace(answers, note=f"AUC {auc(by_ratio, redeemed):.3f} of coupons redeemed later; "
                f"by average discount share {auc(by_share, redeemed):.3f}"),
    ]  # fmt: skip


def slopes(facts: SimulatedFacts) -> pa.Table:
    lines, products = facts.table("order_lines"), facts.table("products")
    shelf = price_sensitivity.shelf_offers(
        facts.table("prices"), products, first=FIRST, as_of=UNTIL
    )
    chosen = price_sensitivity.choices(lines, products, shelf, as_of=UNTIL)
    model = price_sensitivity.DiscountResponse.fit(
        chosen, price_sensitivity.alternatives(chosen, shelf)
    )
    return model.scores(chosen).to_pyarrow()


def correlations(facts: SimulatedFacts, found: pa.Table, score: Numbers) -> str:
    truth = truth_of(facts.people, "price_sensitivity", found["member_id"]).to_numpy()
    parts = []
    for least in (1, 5, 20):
        known = found["price_choices"].to_numpy() >= least
        value = rank_correlation(score[known], truth[known])
        parts.append(f"{value:.3f} of {known.sum():,} members with {least} choices or more")
    return f"rank correlation with the planted sensitivity: {', '.join(parts)}"


def discount_share(facts: SimulatedFacts, as_of: date) -> tuple[list[str], list[float]]:
    orders = facts.tables["orders"]  # noqa: F841  DuckDB reads it by its name
    found = duckdb.sql(
        "SELECT member_id, sum(discount_amount)::DOUBLE / sum(list_amount)::DOUBLE AS share "
        f"FROM orders WHERE business_date < DATE '{as_of}' AND member_id IS NOT NULL GROUP BY ALL"
    ).to_arrow_table()
    return found["member_id"].to_pylist(), found["share"].to_pylist()


def ratios(facts: SimulatedFacts) -> pa.Table:
    sends, used = facts.table("sends"), facts.table("redemptions")
    model = price_sensitivity.CouponResponse.fit(sends, used, as_of=LATER)
    return model.scores(sends, used, as_of=LATER).to_pyarrow()


def later_coupons(
    facts: SimulatedFacts, coupons: pa.Table
) -> tuple[list[bool], list[float], list[float]]:
    """Return of each send after the fit: whether it was redeemed, and what foretold it."""
    sends = facts.tables["sends"]
    later = sends.filter(pa.compute.greater_equal(sends["business_date"], pa.scalar(LATER)))
    used = facts.tables["redemptions"]
    done = set(zip(used["member_id"].to_pylist(), used["campaign_id"].to_pylist(), strict=True))
    members = later["member_id"].to_pylist()
    campaigns = later["campaign_id"].to_pylist()
    ratio = dict(
        zip(coupons["member_id"].to_pylist(), coupons["coupon_response"].to_pylist(), strict=True)
    )
    share = dict(zip(*discount_share(facts, LATER), strict=True))
    return (
        [pair in done for pair in zip(members, campaigns, strict=True)],
        [ratio.get(member, 1.0) for member in members],
        [share.get(member, 0.0) for member in members],
    )
