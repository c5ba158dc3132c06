"""Refresh the features of a million members: all, one in a thousand, a hundred, ten; a day later.

``REGULARS_MILLION_HOME`` names a home whose lake is copied; without it a lake is made first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd  # type: ignore[import-untyped]  # publishes no types
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable

from benchmarks.harness import Measurement, measured
from benchmarks.lakes.million import own_million_lake
from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.producers import RefreshReport, latest_as_of, refresh

COLUMNS = ["member_id", "business_date", "net_amount"]
SHARES = (0.001, 0.01, 0.1)
FEATURES = ("features/rfm", "features/lifecycle")


def measurements() -> Sequence[Measurement]:
    lake = own_million_lake()
    with lake.snapshot() as snapshot:
        as_of = latest_as_of(snapshot)
        members = snapshot.table("members").count().to_pyarrow().as_py()
        orders = snapshot.table("orders").count().to_pyarrow().as_py()
    _, full = measured(
        "refresh --full", lambda: done(lake, as_of, "full"), rows=orders, repeats=1,
        note=f"{members:,} members, {orders:,} orders",
    )  # fmt: skip
    found = [full]
    for share in SHARES:
        touched = correct(lake, int(members * share), as_of)
        _, part = measured(
            f"refresh, {share:.1%} changed", lambda: done(lake, as_of, "incremental"),
            rows=touched, repeats=1, note=f"{touched:,} members with a corrected order",
        )  # fmt: skip
        found.append(part)
    demand_equal_to_full(lake, as_of)
    touched = correct(lake, int(members * SHARES[1]), as_of, as_new_on=as_of)
    following = as_of + timedelta(days=1)
    _, later = measured(
        "refresh, a day later", lambda: done(lake, following, "incremental"), rows=orders,
        repeats=1, note=f"{touched:,} members ordered on the day",
    )  # fmt: skip
    demand_equal_to_full(lake, following)
    return [*found, later, *limits(lake, orders)]


def limits(lake: Lake, rows: int) -> list[Measurement]:
    """Measure last date, count and sum per member over the same files: the least there is to do."""
    files = sorted(str(path) for path in held_files(lake))
    _, ours = measured("DuckDB aggregate", lambda: with_duckdb(files), rows=rows, repeats=3,
                       note="last day, orders, amount per member")  # fmt: skip
    _, second = measured("Polars aggregate", lambda: with_polars(files), rows=rows, repeats=3)
    _, third = measured("pandas aggregate", lambda: with_pandas(files), rows=rows, repeats=1)
    return [ours, second, third]


def done(lake: Lake, as_of: date, mode: str) -> RefreshReport:
    report = refresh(lake, as_of, full=mode == "full")
    if not report.succeeded or {run.mode for run in report.runs} != {mode}:
        raise SystemExit(f"not a good {mode} refresh: {report.runs}")
    return report


def correct(lake: Lake, members: int, as_of: date, *, as_new_on: date | None = None) -> int:
    """Correct the last order of some members by a cent, or give them one more on a day."""
    with lake.snapshot() as snapshot:
        orders = snapshot.table("orders")
        recent = orders.filter(orders["business_date"] >= as_of - timedelta(days=150))
        last = recent.group_by("member_id").agg(order_id=recent["order_id"].max())
        chosen = last.order_by(last["order_id"].hash()).limit(members)
        rows = orders.semi_join(chosen, "order_id").to_pyarrow()
    schema = contract("orders").arrow_schema
    cent = pa.scalar(Decimal("0.01"), schema.field("net_amount").type)
    changed: dict[str, Any] = {"net_amount": pc.add(rows.column("net_amount"), cent)}
    if as_new_on is not None:
        changed["order_id"] = pc.binary_join_element_wise("x", rows.column("order_id"), "")
        changed["business_date"] = pa.repeat(pa.scalar(as_new_on), len(rows))
        changed["business_month"] = pa.repeat(f"{as_new_on:%Y-%m}", len(rows))
    columns = {name: changed.get(name, rows.column(name)) for name in schema.names}
    table = pa.table({name: values.cast(schema.field(name).type) for name, values in
                      columns.items()}, schema=schema)  # fmt: skip
    with lake.transaction(note="bench") as transaction:
        transaction.upsert("orders", table)
    return int(table.num_rows)


def demand_equal_to_full(lake: Lake, as_of: date) -> None:
    quick = fingerprints(lake, as_of)
    done(lake, as_of, "full")
    if quick != fingerprints(lake, as_of):
        raise SystemExit("the incremental and the full refresh do not agree")


def fingerprints(lake: Lake, as_of: date) -> list[tuple[object, ...]]:
    """Return how many rows each feature table has and a sum over a hash of every row."""
    found: list[tuple[object, ...]] = []
    with lake.snapshot() as snapshot:
        for name in FEATURES:
            snapshot.table(name)
            sums = f'SELECT count(*), sum(hash(f)::HUGEINT) FROM "{name}" AS f WHERE as_of = $1'
            found += snapshot.connection.con.execute(sums, [as_of]).fetchall()
    return found


def held_files(lake: Lake) -> list[str]:
    with lake.snapshot() as snapshot:
        version = snapshot.versions["orders"]
    return DeltaTable(lake.root / "orders", version=version).file_uris()


def with_duckdb(files: list[str]) -> object:
    with duckdb.connect() as connection:
        return connection.execute(
            "SELECT count(*) FROM (SELECT member_id, max(business_date), count(*), sum(net_amount) "
            "FROM read_parquet($files) GROUP BY member_id)", {"files": files}
        ).fetchone()  # fmt: skip


def with_polars(files: list[str]) -> int:
    orders = pl.scan_parquet(files, hive_partitioning=False).group_by("member_id")
    per_member = orders.agg(pl.col("business_date").max(), pl.len(), pl.col("net_amount").sum())
    return per_member.collect().height


def with_pandas(files: list[str]) -> int:
    table = pq.read_table(files, columns=COLUMNS, partitioning=None)
    frame = pd.DataFrame(
        {
            "member_id": table.column("member_id").to_pandas(),
            "day": table.column("business_date").cast("timestamp[s]").to_pandas(),
            "cents": pc.multiply(table.column("net_amount"), 100).cast("int64").to_pandas(),
        }
    )
    return len(frame.groupby("member_id").agg(last=("day", "max"), cents=("cents", "sum")))
