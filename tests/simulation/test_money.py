"""Amounts are exact to the cent and agree with each other and with the price list."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tests.simulation.conftest import SimulatedChain, cents, floats


def test_every_line_adds_up(chain: SimulatedChain) -> None:
    lines = chain.lines

    left = lines["listed"] - lines["discount"] - lines["coupon"]
    assert (left == lines["paid"]).all()
    assert lines.filter(pl.col("paid") < 0).is_empty()
    assert lines.select("order_id", "line").is_duplicated().sum() == 0


def test_lines_add_up_to_the_orders_of_the_truth(chain: SimulatedChain) -> None:
    orders = chain.lines.group_by("order_id").agg(
        net=(pl.col("listed") - pl.col("discount")).sum(),
        coupon=pl.col("coupon").sum(),
        count=pl.len(),
        last=pl.col("line").max(),
    )
    truth = chain.truth("purchases").join(orders, on="order_id", how="full")

    assert truth.null_count().select("order_id", "order_id_right").row(0) == (0, 0)
    assert ((truth["net_amount"] * 100).cast(pl.Int64) == truth["net"]).all()
    assert ((truth["coupon_amount"] * 100).cast(pl.Int64) == truth["coupon"]).all()
    assert (truth["count"] == truth["last"]).all()
    # Goods have prices, so an order is near what was meant, not equal to it.
    ratio = floats(truth, "net_amount") / floats(truth, "meant_amount")
    assert np.median(ratio) == pytest.approx(1.0, abs=0.01)
    assert np.mean(np.abs(ratio - 1) < 0.1) > 0.95


def test_lines_are_sold_at_the_price_of_their_day(chain: SimulatedChain) -> None:
    prices = chain.csv("marketing/prices.csv").with_columns(
        pl.col("starts_on").str.to_date(),
        pl.col("ends_on").str.to_date(),
        listed_unit=cents("list_price"),
        unit=cents("price"),
    )
    lines = chain.lines.with_columns(day=pl.col("at").dt.date()).sort("day")
    joined = lines.join_asof(
        prices.sort("starts_on"),
        left_on="day",
        right_on="starts_on",
        by_left="sku",
        by_right="product_id",
        check_sortedness=False,
    )

    assert joined["unit"].null_count() == 0
    assert (joined["day"] <= joined["ends_on"]).all()
    assert (joined["listed"] == joined["listed_unit"] * joined["quantity"]).all()
    # The discount is rounded once per line, the price once per piece.
    apart = (joined["listed"] - joined["discount"]) - joined["unit"] * joined["quantity"]
    assert (apart.abs() <= joined["quantity"]).all()


def test_a_refund_gives_back_no_more_than_was_paid(chain: SimulatedChain) -> None:
    refunds = chain.csv("pos/refunds.csv", encoding="gb18030").select(
        order_id="订单号",
        line=pl.col("行号").cast(pl.Int64),
        back=pl.col("退款数量").cast(pl.Int64),
        amount=cents("退款金额"),
        when=pl.col("退款时间").str.to_datetime(time_unit="us"),
    )
    joined = refunds.join(chain.lines, on=["order_id", "line"], how="left")

    assert joined["sku"].null_count() == 0
    assert not refunds.select("order_id", "line").is_duplicated().any()
    assert (joined["amount"] <= joined["paid"]).all()
    assert (joined["back"] <= joined["quantity"]).all()
    assert (joined["when"] > joined["at"]).all()
    whole = joined.filter(pl.col("back") == pl.col("quantity"))
    assert (whole["amount"] == whole["paid"]).all()
    share = (
        joined.group_by("channel").len().join(chain.lines.group_by("channel").len(), on="channel")
    )
    rates = dict(zip(share["channel"], share["len"] / share["len_right"], strict=True))
    assert rates["pos"] < 0.02 < rates["web"] < 0.08
