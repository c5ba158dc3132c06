"""Refresh the features of a million members: all, one in a thousand, a hundred, ten; a day later.

``REGULARS_MILLION_HOME`` names a home whose lake is copied; without it a lake is made first.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
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
BAR = 0.01
KEPT = Decimal("0.9")
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
    found = [full, first_in_a_process(lake, members, as_of)]
    for turn, share in enumerate(SHARES):
        # A worker refreshes every few seconds, and has compiled each step before.
        correct(lake, int(members * SHARES[0]), as_of, turn=f"warm {turn}")
        done(lake, as_of, "incremental")
        touched = correct(lake, int(members * share), as_of, turn=f"{turn}")
        _, part = measured(
            f"refresh, {share:.1%} changed", lambda: done(lake, as_of, "incremental"),
            rows=touched, repeats=1, note=f"{touched:,} members with a corrected order",
        )  # fmt: skip
        found.append(part)
        demand_equal_to_full(lake, as_of)
    touched = correct(lake, int(members * BAR), as_of, turn="later", as_new_on=as_of)
    following = as_of + timedelta(days=1)
    _, later = measured(
        "refresh, a day later", lambda: done(lake, following, "incremental"), rows=orders,
        repeats=1, note=f"{touched:,} members ordered on the day",
    )  # fmt: skip
    demand_equal_to_full(lake, following)
    return [*found, later, *limits(lake, orders)]


def first_in_a_process(lake: Lake, members: int, as_of: date) -> Measurement:
    """Measure an incremental refresh by a process that has just started, as by hand or by cron."""
    touched = correct(lake, int(members * BAR), as_of, turn="first")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        first = fresh.submit(refresh_once, lake.root, as_of, touched).result()
    demand_equal_to_full(lake, as_of)
    return first


def refresh_once(root: Path, as_of: date, touched: int) -> Measurement:
    _, first = measured(
        f"refresh, {BAR:.1%} changed, cold", lambda: done(Lake(root), as_of, "incremental"),
        rows=touched, repeats=1, note="the first in a process, imports not counted",
    )  # fmt: skip
    return first


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


def correct(
    lake: Lake, members: int, as_of: date, *, turn: str, as_new_on: date | None = None
) -> int:
    """Take a tenth off the last order of some members, or give them one more on a day.

    Each ``turn`` draws other members.
    """
    with lake.snapshot() as snapshot:
        orders = snapshot.table("orders")
        recent = orders.filter(orders["business_date"] >= as_of - timedelta(days=150))
        last = recent.group_by("member_id").agg(order_id=recent["order_id"].max())
        chosen = last.order_by((last["order_id"] + turn).hash()).limit(members)
        rows = orders.semi_join(chosen, "order_id").to_pyarrow()
    schema = contract("orders").arrow_schema
    less = pc.round(pc.multiply(rows.column("net_amount"), pa.scalar(KEPT)), ndigits=2)
    changed: dict[str, Any] = {"net_amount": less}
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
    """Compare every row with those of a full refresh, both ways."""
    quick = features(lake, as_of)
    done(lake, as_of, "full")
    whole = features(lake, as_of)
    for name in FEATURES:
        with duckdb.connect() as connection:
            connection.register("quick", quick[name])
            connection.register("whole", whole[name])
            for one, other in (("quick", "whole"), ("whole", "quick")):
                found = connection.execute(
                    f"SELECT count(*) FROM (FROM {one} EXCEPT ALL FROM {other})"
                ).fetchone()
                if found != (0,):
                    raise SystemExit(f"{name}: {found} rows only of the {one} refresh")


def features(lake: Lake, as_of: date) -> dict[str, pa.Table]:
    with lake.snapshot() as snapshot:
        tables = {name: snapshot.table(name) for name in FEATURES}
        return {name: table.filter(table["as_of"] == as_of).to_pyarrow()
                for name, table in tables.items()}  # fmt: skip


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
