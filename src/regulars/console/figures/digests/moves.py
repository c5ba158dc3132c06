"""Who moved from which RFM group or value band to which between two dates, by home.

Both dates have features; who has none at one of them was or is ``absent`` there: did not buy in
the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from regulars.console.desk.options import rfm_options
from regulars.science.rfm import ABSENT, banded

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir

    from regulars.console.desk import Desk

# What moves, and the column it stands in.
PLACES = {"group": "rfm_group", "band": "value_band"}
SCHEMA = ibis.schema(
    dict.fromkeys(("home_store_id", "guide_id", "kind", "before", "after"), "string")
    | {"members": "int64"}
)


def places(desk: Desk, kind: str, day: date) -> ir.Table:
    """Return member_id and place of everybody who has one as of ``day``; uncut."""
    rows = desk.whole.table("features/rfm")
    rows = banded(rows.filter(rows["as_of"] == day), levels=rfm_options().levels)
    return rows.select("member_id", place=rows[PLACES[kind]])


def moves(desk: Desk, before: date) -> ir.Table:
    """Return the moves between ``before`` and the reader's date, in the columns of ``SCHEMA``."""
    found = [_moves(desk, kind, before) for kind in PLACES]
    return ibis.union(*found).order_by(*SCHEMA.names)


def _moves(desk: Desk, kind: str, before: date) -> ir.Table:
    nowhere = ibis.null().cast("string")
    then, now = places(desk, kind, before), places(desk, kind, desk.as_of)
    both = then.select("member_id", before=then["place"], after=nowhere).union(
        now.select("member_id", before=nowhere, after=now["place"])
    )
    moved = both.group_by("member_id").agg(
        before=both["before"].max().fill_null(ABSENT), after=both["after"].max().fill_null(ABSENT)
    )
    people = desk.whole.table("members").select("member_id", "home_store_id", "guide_id")
    homed = moved.left_join(people, "member_id")
    rows = homed.group_by("home_store_id", "guide_id", "before", "after").agg(members=homed.count())
    return rows.mutate(kind=ibis.literal(kind)).select(*SCHEMA.names)
