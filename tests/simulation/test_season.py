"""Season, hours and weather move what is bought, when and where."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from tests.simulation.conftest import SimulatedChain


def test_orders_follow_the_season(chain: SimulatedChain) -> None:
    days = chain.lines.select("order_id", day=pl.col("at").dt.date()).unique()
    counts = dict(days.group_by("day").len().iter_rows())

    def mean(first: date, length: int) -> float:
        return float(sum(counts[first + timedelta(days=n)] for n in range(length)) / length)

    assert counts[date(2024, 11, 11)] > 2.0 * mean(date(2024, 10, 14), 14)
    assert counts[date(2024, 6, 18)] > 1.7 * mean(date(2024, 5, 13), 14)
    # Before Spring Festival of 2025 (29 January) people stock up; then shops are quiet.
    assert mean(date(2025, 1, 29), 7) < 0.55 * mean(date(2025, 1, 10), 14)
    weekdays = days.group_by(pl.col("day").dt.weekday()).len().sort("day")["len"].to_list()
    assert weekdays[5] == max(weekdays) > 1.25 * weekdays[1]


def test_orders_follow_the_hours(chain: SimulatedChain) -> None:
    hours = chain.lines.select("channel", hour=pl.col("at").dt.hour())
    shops = hours.filter(pl.col("channel") == "pos")["hour"]
    online = hours.filter(pl.col("channel") != "pos")["hour"]

    assert shops.is_between(9, 21).all()
    assert online.filter(online >= 20).len() > 0.25 * online.len()
    assert online.n_unique() == 24


def test_rain_sends_people_online(chain: SimulatedChain) -> None:
    bought = chain.truth("purchases").with_columns(
        date=(pl.col("ordered_at") + pl.duration(hours=8)).dt.date()
    )
    days = chain.truth("calendar").filter(pl.col("season") == "")
    joined = (
        bought.join(chain.truth("people").select("person_id", "city"), on="person_id")
        .join(days, on=["city", "date"])
        .group_by(wet=pl.col("rain_mm") > 0)
        .agg(
            online=(pl.col("channel") != "pos").mean(), orders=pl.len(), speed=pl.col("speed").sum()
        )
        .sort("wet")
    )
    dry, wet = joined["online"].to_list()
    assert wet - dry > 0.02
    weather = days.group_by(wet=pl.col("rain_mm") > 0).agg(pl.col("speed").mean()).sort("wet")
    slow, fast = sorted(weather["speed"].to_list())
    assert slow / fast == pytest.approx(0.9, abs=0.03)
    assert weather["speed"][1] == slow


def test_sun_cream_is_for_hot_days(chain: SimulatedChain) -> None:
    products = chain.csv("catalog/products.csv").select("product_id", "category")
    people = chain.truth("people").select("person_id", "city")
    city = chain.truth("purchases").join(people, on="person_id").select("order_id", "city")
    weather = chain.csv("catalog/weather.csv").select(
        "city", pl.col("date").str.to_date(), pl.col("temperature_c").cast(pl.Float64)
    )
    lines = (
        chain.lines.with_columns(date=pl.col("at").dt.date())
        .join(products, left_on="sku", right_on="product_id")
        .join(city, on="order_id")
        .join(weather, on=["city", "date"])
    )
    hot = lines.filter(pl.col("temperature_c") >= 28)["category"].value_counts(normalize=True)
    cold = lines.filter(pl.col("temperature_c") <= 8)["category"].value_counts(normalize=True)
    share = {name: dict(frame.iter_rows()) for name, frame in (("hot", hot), ("cold", cold))}

    assert share["hot"]["防晒"] > 4 * share["cold"]["防晒"]
    assert share["cold"]["暖冬"] > 4 * share["hot"]["暖冬"]
