"""Which members must be measured anew, and how the rest is carried over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.science.producers.producer import Producer, Tables


def touched_members(
    producer: Producer, tables: Tables, changed: ir.Table, *, since: date, as_of: date
) -> ir.Table:
    """Return member_id of members whose measure may differ from the one as of ``since``.

    Those are ``changed`` (members whose facts or own row changed in the lake) and those with a
    fact that the passing of time brings in (dated ``since`` … ``as_of`` - 1) or pushes out of the
    window.
    ``as_of`` must not be before ``since``.
    """
    moved = [changed.filter(changed["member_id"].notnull()).select("member_id")]
    for name in producer.facts:
        facts = tables.table(name)
        day = facts["business_date"]
        passing = (day >= since) & (day < as_of)
        if producer.window_days is not None:
            days = timedelta(days=producer.window_days)
            passing |= (day >= since - days) & (day < as_of - days)
        if as_of > since:
            moved.append(facts.filter(passing, facts["member_id"].notnull()).select("member_id"))
    return ibis.union(*moved, distinct=True) if len(moved) > 1 else moved[0].distinct()


def carried_over(
    producer: Producer, measured_anew: ir.Table, previous: ir.Table, touched: ir.Table
) -> ir.Table:
    """Return what ``measure`` would return for all members.

    ``measured_anew`` is the measure of the ``touched`` members; the others are taken from
    ``previous``, the rows of the last good feature table.
    """
    columns = producer.measured_columns
    kept = producer.was_measured(previous).anti_join(touched, "member_id")
    return kept.select(*columns).union(measured_anew.select(*columns))


@dataclass(frozen=True, slots=True)
class TouchedTables:
    """The tables of ``whole``, cut to the facts of the ``touched`` members."""

    whole: Tables
    touched: ir.Table

    def table(self, name: str) -> ir.Table:
        """Return the table without the rows of other members."""
        return self.whole.table(name).semi_join(self.touched, "member_id")
