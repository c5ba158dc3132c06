"""Visits lead to carts and orders; reviews speak of what was bought."""

from __future__ import annotations

import polars as pl
import pytest

from tests.simulation.conftest import SimulatedChain


@pytest.fixture(scope="module")
def events(chain: SimulatedChain) -> pl.DataFrame:
    parts = []
    for path in chain.months("events/events_*.parquet"):
        part = pl.read_parquet(path).with_columns(
            pl.col("event", "channel").cast(pl.String),
            month=pl.lit(path.stem.removeprefix("events_")),
        )
        parts.append(part)
    return pl.concat(parts)


def test_every_online_order_has_a_visit_with_its_goods(
    chain: SimulatedChain, events: pl.DataFrame
) -> None:
    online = chain.truth("purchases").filter(pl.col("channel") != "pos")
    placed = events.filter(pl.col("event") == "order")
    joined = placed.join(online, on="order_id")

    assert placed.height == joined.height == online.height
    assert (joined["occurred_at"] == joined["ordered_at"]).all()
    carts = events.filter(pl.col("event") == "add_to_cart").join(
        placed.select("session_id", order="order_id"), on="session_id"
    )
    put = carts.group_by("order", "product_id").agg(pl.col("quantity").sum())
    bought = (
        chain.lines.filter(pl.col("channel") != "pos")
        .group_by("order_id", "sku")
        .agg(pl.col("quantity").sum())
    )
    both = put.join(bought, left_on=["order", "product_id"], right_on=["order_id", "sku"])
    # A visit that began before the history is cut where the history begins.
    assert both.height >= bought.height - 20
    assert (both["quantity"] <= both["quantity_right"]).all()


def test_a_visit_goes_forward(events: pl.DataFrame) -> None:
    assert events["event_id"].n_unique() == events.height
    steps = events.filter(pl.col("event").is_in(["session_start", "checkout", "order"])).pivot(
        on="event", index="session_id", values="occurred_at", aggregate_function="min"
    )
    ordered = steps.drop_nulls()
    assert ordered.height > 10_000
    assert (ordered["session_start"] < ordered["checkout"]).all()
    assert (ordered["checkout"] < ordered["order"]).all()
    assert steps.height > 1.5 * ordered.height


def test_events_stand_in_the_file_of_their_month(events: pl.DataFrame) -> None:
    local = pl.col("occurred_at").dt.replace_time_zone(None) + pl.duration(hours=8)
    assert events.filter(local.dt.strftime("%Y-%m") != pl.col("month")).is_empty()


def test_only_the_web_has_visitors_nobody_knows(events: pl.DataFrame) -> None:
    unknown = events.filter(pl.col("account_id").is_null())

    assert unknown["channel"].unique().to_list() == ["web"]
    assert unknown["device_id"].null_count() == 0
    assert unknown.filter(pl.col("event") == "order").is_empty()
    assert 0.05 < unknown.height / events.filter(pl.col("channel") == "web").height < 0.25


def test_reviews_speak_of_what_was_bought(chain: SimulatedChain) -> None:
    reviews = pl.read_ndjson(chain.folder / "raw/reviews/reviews.jsonl")
    truth = chain.truth("reviews")
    joined = reviews.join(truth, on="review_id").join(
        chain.lines.unique(["order_id", "sku"]), on=["order_id", "sku"]
    )

    assert reviews["review_id"].n_unique() == reviews.height == truth.height == joined.height
    assert reviews["rating"].is_between(1, 5).all()
    chinese = joined["text"].str.contains(r"\p{Han}")
    assert (chinese == (joined["language"] == "zh")).all()
    assert (joined["language"] == "en").mean() == pytest.approx(0.1, abs=0.04)
    tones = dict(joined.group_by("tone").agg(pl.col("rating").max()).iter_rows())
    assert tones == {"pleased": 5, "so-so": 3, "disappointed": 2}
