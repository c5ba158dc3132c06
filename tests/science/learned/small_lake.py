"""A lake that holds a simulated chain: the columns science does not read are made up."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.simulation.lake_side import SimulatedFacts

FACTS = ("orders", "refunds", "events", "sends", "redemptions")


def lake_of(chain: SimulatedFacts, folder: Path) -> Lake:
    """Return a new lake with the chain's facts."""
    lake = Lake(folder)
    with lake.transaction(note="load") as transaction:
        for name in FACTS:
            transaction.append(name, whole_rows(name, chain.tables[name]))
    return lake


def whole_rows(name: str, rows: pa.Table) -> pa.Table:
    """Return the rows with every column of the contract."""
    columns = []
    days = rows["business_date"]
    numbers = pc.cast(pa.array(range(rows.num_rows)), pa.string())
    may_be_null = {column.name for column in contract(name).columns if column.nullable}
    for field in contract(name).arrow_schema:
        if field.name in rows.column_names:
            columns.append(rows[field.name].cast(field.type))
        elif field.name == "business_month":
            columns.append(pc.strftime(days, "%Y-%m"))
        elif field.name == "currency":
            columns.append(pa.array(["CNY"] * rows.num_rows))
        elif field.name in may_be_null:
            columns.append(pa.nulls(rows.num_rows, field.type))
        elif pa.types.is_timestamp(field.type):
            columns.append(days.cast(pa.timestamp("us")).cast(field.type))
        elif pa.types.is_integer(field.type):
            columns.append(pa.array([1] * rows.num_rows, field.type))
        else:
            columns.append(numbers)
    return pa.table(columns, schema=contract(name).arrow_schema)
