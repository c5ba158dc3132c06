"""Comparing two dates: who crossed which line."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.science.facts import require_columns
from regulars.science.monitors.lines import Monitor
from regulars.science.rfm import ABSENT


def crossings(monitor: Monitor, before: ir.Table, after: ir.Table) -> ir.Table:
    """Return the members whose move between two dates the monitor tells.

    ``before`` and ``after`` are its feature table as of the two dates, one row per member.
    Returns member_id, before, after, direction.
    """
    nowhere = ibis.null().cast("string")
    then, now = _placed(monitor, before), _placed(monitor, after)
    both = then.select("member_id", before=then["place"], after=nowhere).union(
        now.select("member_id", before=nowhere, after=now["place"])
    )
    moves = both.group_by("member_id").agg(
        before=both["before"].max().fill_null(ABSENT), after=both["after"].max().fill_null(ABSENT)
    )
    told = ibis.memtable(
        pa.table(
            {
                "before": [move[0] for move in monitor.crossings],
                "after": [move[1] for move in monitor.crossings],
                "direction": list(monitor.crossings.values()),
            }
        )
    )
    found = moves.filter(moves["before"] != moves["after"]).inner_join(told, ["before", "after"])
    return found.select("member_id", "before", "after", "direction")


def _placed(monitor: Monitor, rows: ir.Table) -> ir.Table:
    placed = monitor.place(rows)
    require_columns(placed, ("member_id", "place"), where=f"monitor {monitor.name}")
    return placed.select("member_id", "place")
