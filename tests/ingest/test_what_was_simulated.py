"""Every file of a simulated chain loads by its mapping, and the lake holds what was simulated."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings

from regulars.apps.ingest import services
from regulars.apps.ingest.types import LoadReport
from regulars.lake import Lake
from regulars.science.simulation import SimulationOptions, simulate

pytestmark = pytest.mark.django_db

TABLES = (
    *("products", "stores", "staff", "prices", "members", "orders", "order_lines", "refunds"),
    *("events", "feedback", "campaigns", "coupons", "sends", "redemptions"),
)


def rows(name: str) -> pl.DataFrame:
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        return pl.DataFrame(snapshot.table(name).to_pyarrow())


def test_no_row_is_refused_and_no_cent_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "chain"
    report = simulate(SimulationOptions(members=150, months=2, seed=3), folder)
    outcomes = list(services.load_set("simulated_chain", folder=str(folder / "raw")))

    loads = [one for one in outcomes if isinstance(one, LoadReport)]
    assert len(loads) == len(outcomes)
    assert [one for one in loads if one.counts.quarantined] == []
    raw = {name: count for name, count in report.rows.items() if name.startswith("raw/")}
    unmapped = raw["raw/catalog/weather.csv"] + raw["raw/marketing/controls.parquet"]
    assert sum(one.counts.read for one in loads) == sum(raw.values()) - unmapped
    for name in TABLES:
        assert rows(name).height > 0, name
    check_orders(folder)
    check_the_rest(raw)


def check_orders(folder: Path) -> None:
    truth = pl.read_parquet(folder / "truth/purchases.parquet")
    orders = rows("orders").join(truth, on="order_id", suffix="_true")

    assert orders.height == truth.height == rows("orders").height
    assert (orders["net_amount"] == orders["net_amount_true"]).all()
    assert (orders["coupon_amount"] == orders["coupon_amount_true"]).all()
    assert (orders["ordered_at"].cast(pl.Datetime("ms", "UTC")) == orders["ordered_at_true"]).all()
    assert (orders["channel"] == orders["channel_true"]).all()
    # Guides serve in shops, and nobody does online.
    assert ((orders["channel"] == "pos") == orders["staff_id"].is_not_null()).all()
    anonymous = orders.filter(pl.col("person_id").is_null())
    assert anonymous.height > 0
    assert anonymous["member_id"].null_count() == anonymous.height


def check_the_rest(raw: dict[str, int]) -> None:
    refunds, lines = rows("refunds"), rows("order_lines")
    assert refunds.height == raw["raw/pos/refunds.csv"]
    assert refunds.join(lines, on=["order_id", "line_no"]).height == refunds.height
    assert refunds.filter(pl.col("amount") <= Decimal(0)).is_empty()
    placed = rows("events").filter(pl.col("event") == "order")
    assert placed.join(rows("orders"), on="order_id").height == placed.height
    assert placed["member_id"].null_count() == 0
    assert rows("feedback")["member_id"].null_count() == 0
    assert rows("stores").filter(pl.col("store_id").is_in(["WEB", "MINI"])).height == 2
    assert not rows("products")["placeholder"].any()
