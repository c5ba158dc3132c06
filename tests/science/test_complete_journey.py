"""Science over a real chain's orders, against SQL written apart over the raw files.

The oracle asks the raw Parquet of The Complete Journey with nothing but DuckDB; what it checks gets
the orders through Ibis, built here by Arrow and Python's own time zones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from regulars.base.business_time import Window
from regulars.science import kpi, lifecycle, rfm
from tests.science.history import rows
from tests.science.journey_oracle import LIFECYCLE_ORACLE, RFM_ORACLE, raw_file, raw_visits

pytestmark = pytest.mark.demo

AS_OF = date(2018, 1, 1)
YEAR = Window.before(AS_OF, days=365)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def orders() -> ir.Table:
    lines = pq.read_table(raw_file())
    cents = pc.round(pc.multiply(lines.column("sales_value"), 100)).cast(pa.int64())
    keys = ["basket_id", "household_id", "transaction_timestamp"]
    baskets = (
        lines.append_column("cents", cents)
        .group_by(keys)
        .aggregate([("cents", "sum"), ("quantity", "sum")])
    )
    moments: list[datetime] = baskets.column("transaction_timestamp").to_pylist()
    return ibis.memtable(
        pa.table(
            {
                "order_id": baskets.column("basket_id").cast(pa.string()),
                "member_id": baskets.column("household_id").cast(pa.string()),
                "business_date": pa.array(
                    [moment.replace(tzinfo=UTC).astimezone(NEW_YORK).date() for moment in moments]
                ),
                "net_amount": pa.array(
                    [Decimal(sum_).scaleb(-2) for sum_ in baskets.column("cents_sum").to_pylist()],
                    pa.decimal128(18, 2),
                ),
                "item_count": baskets.column("quantity_sum"),
            }
        )
    )


@pytest.fixture(scope="module")
def members(orders: ir.Table) -> ir.Table:
    people = orders.select("member_id").distinct().to_pyarrow().column("member_id")
    nothing = pa.nulls(len(people), pa.date32())
    return ibis.memtable(pa.table({"member_id": people, "joined_on": nothing}))


@pytest.fixture(scope="module")
def raw() -> Iterator[duckdb.DuckDBPyConnection]:
    with raw_visits() as connection:
        yield connection


def test_rfm(orders: ir.Table, raw: duckdb.DuckDBPyConnection) -> None:
    scored = rows(rfm.score(orders, as_of=AS_OF))
    found = {
        (
            row["member_id"],
            row["recency_days"],
            row["frequency"],
            int(Decimal(str(row["monetary"])) * 100),
            row["r_score"],
            row["f_score"],
            row["m_score"],
            row["rfm_group"],
        )
        for row in scored
    }
    assert len(scored) == 2_469
    assert found == set(raw.execute(RFM_ORACLE).fetchall())


def test_lifecycle(orders: ir.Table, members: ir.Table, raw: duckdb.DuckDBPyConnection) -> None:
    staged = rows(lifecycle.stages(orders, members, as_of=AS_OF))
    found = {
        (row["member_id"], row["lifecycle_stage"], row["entered_on"], row["order_count"])
        for row in staged
    }
    assert len(staged) == 2_469
    assert found == set(raw.execute(LIFECYCLE_ORACLE).fetchall())


def test_key_figures(orders: ir.Table, members: ir.Table, raw: duckdb.DuckDBPyConnection) -> None:
    (found,) = rows(kpi.summary(orders, members, window=YEAR))
    assert (found["members"], found["active_members"], found["orders"]) == (2_469, 2_469, 155_848)
    assert found["sales"] == Decimal("4596039.58")
    assert found["average_order_value"] == Decimal("29.49")  # 4596039.58 / 155848 = 29.4905…
    assert found["frequency"] == 155_848 / 2_469
    for days in (30, 60, 90):
        counted = raw.execute(
            """
            WITH firsts AS (SELECT who, min(day) AS first FROM visits GROUP BY who)
            SELECT count(*), count_if(EXISTS (
                SELECT 1 FROM visits WHERE visits.who = firsts.who
                AND day > first AND day <= first + $days))
            FROM firsts WHERE first + $days < DATE '2018-01-01'
            """,
            {"days": days},
        ).fetchone()
        assert counted == (found[f"repurchase_base_{days}d"], found[f"repurchased_{days}d"])
    assert found["repurchase_rate_365d"] is None
