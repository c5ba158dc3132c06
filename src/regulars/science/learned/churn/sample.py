"""A part of the members that is enough to learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.science.learned.churn.measures import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

# The ranking no longer gains from more, and a million members' trees take minutes.
MEMBERS_MAX = 200_000


def some_members(tables: Tables, *, members_max: int = MEMBERS_MAX) -> Tables:
    """Return the tables, cut to the first ``members_max`` buyers by member_id if there are more.

    Member ids are random, so the first are a fair sample, and the same one every time.
    """
    orders = tables.table("orders")
    buyers = orders.filter(orders["member_id"].notnull()).select("member_id").distinct()
    last = buyers.order_by("member_id").limit(1, offset=members_max - 1).to_pyarrow()
    found = last["member_id"].to_pylist()
    return _Cut(tables, found[0]) if found else tables


class _Cut:
    """Tables whose rows of later member ids are left out."""

    def __init__(self, tables: Tables, last: str) -> None:
        self._tables, self._last = tables, last

    def table(self, name: str) -> ir.Table:
        """Return the rows of the members up to the last one."""
        rows = self._tables.table(name)
        return rows.filter(rows["member_id"] <= self._last)
