"""Campaigns: who was chosen is chance, and the control group shows what a send adds."""

from __future__ import annotations

from math import sqrt

import polars as pl
import pytest

from tests.simulation.conftest import SimulatedChain, floats


@pytest.fixture(scope="module")
def chosen(chain: SimulatedChain) -> pl.DataFrame:
    """Everybody chosen by a campaign, with the orders they placed while it ran."""
    plans = chain.csv("marketing/campaigns.csv").select(
        "campaign_id", pl.col("starts_on", "ends_on").str.to_date()
    )
    orders = chain.truth("purchases").select(
        "person_id", day=(pl.col("ordered_at") + pl.duration(hours=8)).dt.date()
    )
    chosen = chain.truth("sends").join(plans, on="campaign_id").with_row_index("place")
    placed = (
        chosen.join(orders.drop_nulls(), on="person_id")
        .filter(pl.col("day").is_between("starts_on", "ends_on"))
        .group_by("place")
        .len("orders")
    )
    return chosen.join(placed, on="place", how="left").with_columns(pl.col("orders").fill_null(0))


def test_the_control_group_shows_the_true_lift(chosen: pl.DataFrame) -> None:
    groups = {key[0]: group for key, group in chosen.group_by("treated")}
    sent, kept = groups[True], groups[False]
    with_message, without = floats(sent, "orders"), floats(kept, "orders")
    lift = with_message.mean() - without.mean()
    error = sqrt(with_message.var() / len(with_message) + without.var() / len(without))

    truth = floats(sent, "responded").mean()
    assert truth == pytest.approx(floats(sent, "chance").mean(), rel=0.1)
    assert abs(lift - truth) < 3 * error
    assert lift > 3 * error
    assert not kept["responded"].any()


def test_who_is_control_is_chance(chosen: pl.DataFrame) -> None:
    kept = (~chosen["treated"]).mean()
    assert kept == pytest.approx(0.2, abs=0.01)
    means = chosen.group_by("treated").agg(pl.col("chance").mean()).sort("treated")["chance"]
    assert means[0] == pytest.approx(means[1], rel=0.05)


def test_sends_are_what_the_truth_says_was_treated(
    chain: SimulatedChain, chosen: pl.DataFrame
) -> None:
    sends = pl.concat([pl.read_parquet(p) for p in chain.months("marketing/sends_*.parquet")])
    controls = pl.read_parquet(chain.folder / "raw/marketing/controls.parquet")

    assert sends.height == chosen["treated"].sum()
    assert controls.height == chosen.height - sends.height
    assert sends["send_id"].n_unique() == sends.height
    nobody = pl.all_horizontal(pl.col("card_no", "openid", "account_id").is_null())
    assert sends.filter(nobody).height == controls.filter(nobody).height == 0
    counts = sends.group_by("campaign_id").len().sort("campaign_id")
    truth = chosen.filter("treated").group_by("campaign_id").len().sort("campaign_id")
    assert counts.equals(truth)


def test_coupons_are_used_by_those_who_got_them_on_enough(chain: SimulatedChain) -> None:
    plans = chain.csv("marketing/campaigns.csv").select(
        "campaign_id", pl.col("coupon_value", "coupon_least").cast(pl.Float64)
    )
    used = chain.csv("marketing/redemptions.csv").join(plans, on="campaign_id")
    truth = chain.truth("purchases").filter(pl.col("coupon_amount") > 0)
    joined = used.join(truth, on="order_id")

    assert joined.height == used.height == truth.height > 100
    assert (joined["amount"].cast(pl.Float64) == joined["coupon_value"]).all()
    assert (joined["coupon_amount"].cast(pl.Float64) == joined["coupon_value"]).all()
    assert (joined["net_amount"].cast(pl.Float64) >= joined["coupon_least"]).all()
    assert (joined["campaign_id"] == joined["coupon_campaign_id"]).all()
    treated = chain.truth("sends").filter("treated")
    got = joined.join(treated, on=["person_id", "campaign_id"], how="semi")
    assert got.height == joined.height
