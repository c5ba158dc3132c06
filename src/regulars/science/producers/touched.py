"""Which members must be measured anew, and what of the last features stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.science.producers.producer import Producer, Tables


def touched_members(
    producer: Producer, tables: Tables, changed: ir.Table, *, since: date, as_of: date
) -> ir.Table:
    """Return member_id of members whose measure may differ from the one as of ``since``.

    Those are ``changed`` (members whose facts or own row changed in the lake), and those with a
    fact that the passing of time brings in (dated ``since`` … ``as_of`` - 1) or pushes out of the
    window, or with a date of their own that it brings in.
    ``as_of`` must not be before ``since``.
    """
    moved = [changed.filter(changed["member_id"].notnull()).select("member_id")]
    if as_of > since:
        for name in producer.facts:
            facts = tables.table(name)
            passing = _between(facts["business_date"], since, as_of)
            if producer.window_days is not None:
                days = timedelta(days=producer.window_days)
                passing |= _between(facts["business_date"], since - days, as_of - days)
            moved.append(facts.filter(passing, facts["member_id"].notnull()).select("member_id"))
        for name, column in producer.arrivals:
            rows = tables.table(name)
            moved.append(rows.filter(_between(rows[column], since, as_of)).select("member_id"))
    return ibis.union(*moved, distinct=True) if len(moved) > 1 else moved[0].distinct()


def carried_over(
    producer: Producer, measured_anew: ir.Table, previous: ir.Table, touched: ir.Table
) -> ir.Table:
    """Return what ``measure`` would return for all members.

    ``measured_anew`` is the measure of the ``touched`` members; the others are taken from
    ``previous``, the rows of the last good feature table.
    """
    columns = producer.measured_columns
    kept = previous.anti_join(touched, "member_id")
    return kept.select(*columns).union(measured_anew.select(*columns))


def features_of(
    producer: Producer, measured: ir.Table, yardstick: ir.Table | None, as_of: date
) -> ir.Table:
    """Return the feature rows of measured members; columns of others are passed on."""
    compared = measured if yardstick is None else measured.cross_join(yardstick)
    placed = producer.place(compared, as_of)
    return placed if yardstick is None else placed.drop(*yardstick.columns)


@dataclass(frozen=True, slots=True)
class TouchedTables:
    """The facts of the touched members, already found, and their rows of the dimensions."""

    whole: Tables
    touched: ir.Table
    facts: Mapping[str, ir.Table]

    def table(self, name: str) -> ir.Table:
        """Return the table without the rows of other members; whole, where it is of none."""
        if name in self.facts:
            return self.facts[name]
        rows = self.whole.table(name)
        return rows.semi_join(self.touched, "member_id") if "member_id" in rows.columns else rows


def measured_anew(
    producer: Producer,
    tables: Tables,
    touched: ir.Table,
    facts: Mapping[str, ir.Table],
    as_of: date,
) -> ir.Table:
    """Return the measure of the touched members, whose facts are already found."""
    return producer.measure(TouchedTables(tables, touched, facts), as_of)


def _between(day: ir.Value, first: date, end: date) -> ir.BooleanValue:
    inside: ir.BooleanValue = (day >= first) & (day < end)
    return inside
