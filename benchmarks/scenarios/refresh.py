"""Refresh the demo's features: everything, one member in a hundred, nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.harness import Measurement, measured
from benchmarks.lakes.demo import BUSINESS_DATE, files_of, loaded_lake, scanned
from regulars.lake import Lake
from regulars.science.producers import RefreshReport, refresh

COLUMNS = ("member_id", "business_date", "net_amount")
ONE_IN = 100


def measurements() -> Sequence[Measurement]:
    lake = loaded_lake()
    with lake.snapshot() as snapshot:
        members = snapshot.table("members").count().to_pyarrow().as_py()
        orders = snapshot.table("orders").count().to_pyarrow().as_py()
    report, whole = measured(
        "regulars refresh --full", lambda: done(lake, full=True), rows=orders, repeats=3
    )
    if [run.rows_out for run in report.runs] != [members, members]:
        raise SystemExit(f"the demo has {members} members, refreshed were {report.runs}")
    some = members // ONE_IN
    _, part = measured(
        "regulars refresh", lambda: after_changes(lake, some), rows=orders, repeats=3,
        note=f"{some} members with a corrected order, and the writing of it",
    )  # fmt: skip
    _, nothing = measured("regulars refresh", lambda: done(lake), rows=orders, note="no change")
    _, scan = measured(
        "DuckDB scan", lambda: scanned(files_of("orders"), COLUMNS), rows=orders, note="the limit"
    )
    return [whole, part, nothing, scan]


def done(lake: Lake, *, full: bool = False) -> RefreshReport:
    report = refresh(lake, BUSINESS_DATE, full=full)
    if not report.succeeded:
        raise SystemExit(f"refresh failed: {report.runs}")
    return report


def after_changes(lake: Lake, members: int) -> RefreshReport:
    """Correct one order of each of some members by a cent, then refresh."""
    with lake.snapshot() as snapshot:
        orders = snapshot.table("orders")
        first = orders.group_by("member_id").agg(order_id=orders["order_id"].min())
        chosen = first.order_by("member_id").limit(members)
        rows = orders.semi_join(chosen, "order_id").to_pyarrow()
    position = rows.schema.get_field_index("net_amount")
    cent = pa.scalar(Decimal("0.01"), rows.schema.field(position).type)
    dearer = pc.add(rows.column(position), cent).cast(rows.schema.field(position).type)
    with lake.transaction(note="bench") as transaction:
        transaction.upsert("orders", rows.set_column(position, rows.schema.field(position), dearer))
    report = done(lake)
    if {run.mode for run in report.runs} != {"incremental"}:
        raise SystemExit(f"not incremental: {report.runs}")
    return report
