"""One narrow row per member, with everything the members page filters and sorts by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from regulars.console.desk.options import rfm_options
from regulars.science.rfm import banded

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.console.desk import Desk

SCHEMA = ibis.schema(
    {
        "member_id": "string",
        "home_store_id": "string",
        "guide_id": "string",
        "joined_on": "date",
        "lifecycle_stage": "string",
        "rfm_group": "string",
        "rfm_cell": "string",
        "value_band": "string",
        "recency_days": "int64",
        "last_order_on": "date",
        "frequency": "int64",
        "monetary": "decimal(18, 2)",
    }
)


def board(desk: Desk) -> ir.Table:
    """Return every member with the features of the date, by id; no home or guide is null."""
    members = desk.whole.table("members").select(
        "member_id", "home_store_id", "guide_id", "joined_on"
    )
    rfm = _scored(desk)
    stages = _features(desk, "lifecycle", "lifecycle_stage", "last_order_date")
    joined = members.left_join(rfm, "member_id").drop("member_id_right")
    joined = joined.left_join(stages, "member_id").drop("member_id_right")
    rows = joined.select(
        "member_id",
        "home_store_id",
        "guide_id",
        "joined_on",
        lifecycle_stage=joined["lifecycle_stage"].fill_null(""),
        rfm_group=joined["rfm_group"].fill_null(""),
        rfm_cell=joined["rfm_cell"].fill_null(""),
        value_band=joined["value_band"].fill_null(""),
        recency_days=joined["recency_days"],
        last_order_on=joined["last_order_date"],
        frequency=joined["frequency"].fill_null(0),
        monetary=joined["monetary"].fill_null(0).cast("decimal(18, 2)"),
    )
    return rows.order_by("member_id")


def _scored(desk: Desk) -> ir.Table:
    scores = ("r_score", "f_score", "m_score")
    rows = _features(desk, "rfm", "recency_days", "frequency", "monetary", "rfm_group", *scores)
    rows = banded(rows, levels=rfm_options().levels)
    cell = rows["r_band"] + "-" + rows["f_band"] + "-" + rows["m_band"]
    return rows.mutate(rfm_cell=cell).drop(*scores)


def _features(desk: Desk, name: str, *columns: str) -> ir.Table:
    table = desk.whole.table(f"features/{name}")
    return table.filter(table["as_of"] == desk.as_of).select("member_id", *columns)
