"""The eight RFM groups (RFM 八分群).

Monetary decides *important* or *general*; recency and frequency decide the rest: recent and often
is value, recent and seldom develop, distant and often keep, distant and seldom winback.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.science.facts import require_columns

GROUPS = (
    "important_value",
    "important_develop",
    "important_keep",
    "important_winback",
    "general_value",
    "general_develop",
    "general_keep",
    "general_winback",
)


def group_of(*, recent: ir.Value, often: ir.Value, much: ir.Value) -> ir.Value:
    """Return the group's name; the three flags tell whether a member is high in R, F and M."""
    return ibis.cases(
        (recent & often & much, "important_value"),
        (recent & ~often & much, "important_develop"),
        (~recent & often & much, "important_keep"),
        (~recent & ~often & much, "important_winback"),
        (recent & often & ~much, "general_value"),
        (recent & ~often & ~much, "general_develop"),
        (~recent & often & ~much, "general_keep"),
        else_="general_winback",
    )


def group_sizes(scored: ir.Table) -> ir.Table:
    """Count the buyers of each group; all eight rows are there, in the order of ``GROUPS``.

    ``scored`` is what ``score`` returns. Returns rfm_group, members, orders, sales
    (decimal(18, 2)); the sums are those of all buyers.
    """
    require_columns(scored, ("rfm_group", "frequency", "monetary"), where="scored")
    sizes = scored.group_by("rfm_group").agg(
        members=scored.count(),
        orders=scored["frequency"].sum().cast("int64"),
        sales=scored["monetary"].sum().cast("decimal(18, 2)"),
    )
    names = ibis.memtable(pa.table({"rfm_group": GROUPS, "position": list(range(len(GROUPS)))}))
    joined = names.left_join(sizes, "rfm_group").order_by("position")
    return joined.select(
        "rfm_group",
        members=joined["members"].fill_null(0),
        orders=joined["orders"].fill_null(0),
        sales=joined["sales"].fill_null(0).cast("decimal(18, 2)"),
    )
