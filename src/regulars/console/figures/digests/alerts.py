"""How many members crossed which line, by home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.console.desk import Desk

_KEYS = ("as_of", "since", "monitor", "direction", "rfm_group")
SCHEMA = ibis.schema(
    {
        "home_store_id": "string",
        "guide_id": "string",
        "as_of": "date",
        "since": "date",
        "monitor": "string",
        "direction": "string",
        "rfm_group": "string",
        "members": "int64",
    }
)


def alert_sums(desk: Desk) -> ir.Table:
    """Count the alerts up to the reader's date, in the columns of ``SCHEMA``."""
    people = desk.whole.table("members").select("member_id", "home_store_id", "guide_id")
    raised = desk.whole.table("alerts")
    raised = raised.filter(raised["as_of"] <= desk.as_of).select("member_id", *_KEYS)
    homed = raised.inner_join(people, "member_id")
    homed = homed.mutate(rfm_group=homed["rfm_group"].fill_null(""))
    keys = ("home_store_id", "guide_id", *_KEYS)
    return homed.group_by(*keys).agg(members=homed.count()).order_by(*keys)
