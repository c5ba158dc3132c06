"""The chain in memory says what its files say, of members and of everything they did."""

from __future__ import annotations

import polars as pl
import pytest

from regulars.base.errors import UnknownTableError
from regulars.science.simulation import SimulationOptions
from regulars.science.simulation.lake_side import SimulatedFacts, simulated_facts
from tests.simulation.conftest import MEMBERS, MONTHS, SEED, SimulatedChain, cents


@pytest.fixture(scope="module")
def facts() -> SimulatedFacts:
    return simulated_facts(SimulationOptions(members=MEMBERS, months=MONTHS, seed=SEED))


def frame(facts: SimulatedFacts, name: str) -> pl.DataFrame:
    found = pl.from_arrow(facts.tables[name])
    assert isinstance(found, pl.DataFrame)
    return found


def test_order_lines(facts: SimulatedFacts, chain: SimulatedChain) -> None:
    ours = frame(facts, "order_lines").select(
        "order_id",
        line=pl.col("line_no").cast(pl.Int64),
        sku="product_id",
        quantity="item_count",
        listed=(pl.col("list_amount") * 100).cast(pl.Int64),
        paid=((pl.col("net_amount") - pl.col("coupon_amount")) * 100).cast(pl.Int64),
        day="business_date",
    )
    written = chain.lines.select(
        "order_id", "line", "sku", "quantity", "listed", "paid", day=pl.col("at").dt.date()
    )
    assert ours.sort("order_id", "line").equals(written.sort("order_id", "line"))


def test_orders_and_their_buyers(facts: SimulatedFacts, chain: SimulatedChain) -> None:
    ours = frame(facts, "orders").select(
        "order_id", "channel", "net_amount", "coupon_amount", "member_id"
    )
    truth = chain.truth("purchases").join(
        chain.truth("people").filter("is_member").select("person_id", is_member=True),
        on="person_id",
        how="left",
    )
    named = pl.format("M{}", pl.col("person_id").cast(pl.String).str.zfill(8))
    written = truth.select(
        "order_id",
        "channel",
        "net_amount",
        "coupon_amount",
        member_id=pl.when("is_member").then(named),
    )
    assert ours.sort("order_id").equals(written.sort("order_id"))


def test_people_and_sends(facts: SimulatedFacts, chain: SimulatedChain) -> None:
    people = pl.from_arrow(facts.people.drop_columns(["member_id"]))
    assert isinstance(people, pl.DataFrame)
    assert people.equals(chain.truth("people"))
    assert facts.people["member_id"].null_count == people.height - MEMBERS
    sends = pl.from_arrow(facts.sends)
    assert isinstance(sends, pl.DataFrame)
    assert sends.equals(chain.truth("sends"))
    assert facts.tables["sends"].num_rows == chain.truth("sends").filter("treated").height


def test_prices_of_every_day(facts: SimulatedFacts, chain: SimulatedChain) -> None:
    def daily(table: pl.DataFrame) -> pl.DataFrame:
        days = table.with_columns(day=pl.date_ranges("starts_on", "ends_on")).explode("day")
        return days.select("product_id", "day", "listed", "price").sort("product_id", "day")

    ours = frame(facts, "prices").with_columns(
        listed=(pl.col("list_price") * 100).cast(pl.Int64),
        price=(pl.col("price") * 100).cast(pl.Int64),
    )
    written = chain.csv("marketing/prices.csv").with_columns(
        pl.col("starts_on", "ends_on").str.to_date(),
        listed=cents("list_price"),
        price=cents("price"),
    )
    assert daily(ours).equals(daily(written))


def test_redemptions_and_events(facts: SimulatedFacts, chain: SimulatedChain) -> None:
    used = chain.csv("marketing/redemptions.csv")
    ours = frame(facts, "redemptions")
    assert ours["order_id"].sort().equals(used["order_id"].sort())
    assert facts.tables["refunds"].num_rows == len(chain.csv("pos/refunds.csv", encoding="gb18030"))
    events = pl.concat([pl.read_parquet(path) for path in chain.months("events/*.parquet")])
    counts = events.group_by(pl.col("event").cast(pl.String)).len().sort("event")
    assert frame(facts, "events").group_by("event").len().sort("event").equals(counts)


def test_another_table_is_refused(facts: SimulatedFacts) -> None:
    assert facts.table("orders").to_pyarrow().equals(facts.tables["orders"])
    with pytest.raises(UnknownTableError, match="a simulated chain has no table stores"):
        facts.table("stores")
