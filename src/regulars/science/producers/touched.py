"""Which members must be measured anew, and what of the last features stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.schema as sch
import ibis.expr.types as ir

from regulars.science.producers.producer import Producer, Tables
from regulars.science.producers.work import WorkTables, columns

_BEFORE = "before_"


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


def with_places_before(
    work: WorkTables, producer: Producer, previous: ir.Table, anew: ir.Table, kept: str
) -> ir.Table:
    """Return measured members beside the columns of their last features, renamed.

    ``kept`` is SQL for the rows of ``previous`` of members who were not touched. Those who were
    measured ``anew`` have no last features, so that whatever they get now differs.
    """
    held, measured = previous.schema(), producer.measured_columns
    before = {_BEFORE + name: name for name in held if name not in measured}
    schema = {name: anew.schema()[name] for name in measured}
    schema |= {renamed: held[name] for renamed, name in before.items()}
    renamed = ", ".join(f'"{name}" AS "{new}"' for new, name in before.items())
    query = (
        f"SELECT {columns(measured)}, {renamed} FROM {kept} "
        f'UNION ALL BY NAME SELECT {columns(measured)} FROM "{anew.get_name()}"'
    )
    return work.view(query, sch.Schema(schema))


def moved_by_the_yardstick(
    producer: Producer, before: ir.Table, yardstick: ir.Table, as_of: date
) -> ir.Table:
    """Return the feature rows of members who were touched or fall into another place.

    ``before`` comes from ``with_places_before``, for the same date.
    """
    after = features_of(producer, before, yardstick, as_of)
    names = [name.removeprefix(_BEFORE) for name in before.columns if name.startswith(_BEFORE)]
    differs = [~after[name].identical_to(after[_BEFORE + name]) for name in names]
    return after.filter(ibis.or_(*differs)).drop(*(_BEFORE + name for name in names))


@dataclass(frozen=True, slots=True)
class TouchedTables:
    """The facts of the touched members, already found, and their rows of the dimensions."""

    whole: Tables
    touched: ir.Table
    facts: Mapping[str, ir.Table]

    def table(self, name: str) -> ir.Table:
        """Return the table without the rows of other members."""
        if name in self.facts:
            return self.facts[name]
        return self.whole.table(name).semi_join(self.touched, "member_id")


def facts_of(producer: Producer, tables: Tables, touched: ir.Table) -> dict[str, ir.Table]:
    """Return the columns that ``measure`` reads of the touched members' facts, by table."""
    return {
        name: tables.table(name).select(*producer.fact_columns).semi_join(touched, "member_id")
        for name in producer.facts
    }


def _between(day: ir.Value, first: date, end: date) -> ir.BooleanValue:
    inside: ir.BooleanValue = (day >= first) & (day < end)
    return inside
