"""What tags were: only changes are kept, each as the value that ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import ibis.expr.types as ir

from regulars.science.producers.producer import Tables

TABLE = "tag_history"


def changes(now: str, before: str, codes: Iterable[str], as_of: date, *, held: str) -> str:
    """Return SQL for the rows of ``tag_history`` that turn ``before`` into ``now``.

    Both are SQL names of tables of member_id and the tags' columns; a member in one of them only
    has no values in the other. What changed before on the same date has its row in ``held``
    already: what held when the date began is what is kept.
    """
    # Unpivoting leaves nulls out, so a value is marked, and so is none.
    marked = ", ".join(
        f'CASE WHEN n."{code}" IS DISTINCT FROM b."{code}" '
        f"THEN coalesce('=' || b.\"{code}\"::VARCHAR, '-') END AS \"{code}\""
        for code in codes
    )
    named = ", ".join(f'"{code}"' for code in codes)
    return (
        "SELECT member_id, tag, "
        "CASE WHEN marked = '-' THEN NULL ELSE substr(marked, 2) END AS value, "
        f"DATE '{as_of}' AS until, '{as_of:%Y-%m}' AS until_month FROM (UNPIVOT ("
        f"SELECT coalesce(n.member_id, b.member_id) AS member_id, {marked} "
        f"FROM {now} AS n FULL JOIN {before} AS b ON n.member_id = b.member_id"
        f") ON {named} INTO NAME tag VALUE marked) "
        f"ANTI JOIN (SELECT member_id, tag FROM {held} WHERE until = DATE '{as_of}') AS held "
        "USING (member_id, tag)"
    )


def values_before(tables: Tables, code: str, day: date) -> ir.Table:
    """Return member_id and the ``value`` as text (null for none) that the tag had as of the day.

    Only members whose value has changed since are returned: all others had the value they have.
    """
    history = tables.table(TABLE)
    later = history.filter(history["tag"] == code, history["until"] > day)
    return later.group_by("member_id").agg(
        value=later["value"].first(order_by="until", include_null=True)
    )
