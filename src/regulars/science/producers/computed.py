"""What a producer's features are now: all of them, those of a later date, or those that differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.contracts import contract
from regulars.science.producers.producer import Bounds, Producer
from regulars.science.producers.reads import SharedReads
from regulars.science.producers.run_log import Mode, ProducerRun
from regulars.science.producers.touched import (
    carried_over,
    features_of,
    measured_anew,
    touched_members,
)
from regulars.science.producers.work import WorkTables, columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a run can build upon: the run ``base``, its rows, and the members to measure anew."""

    base: ProducerRun
    previous: ir.Table
    touched: ir.Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A query for the feature rows to write: all of the date, or those that differ and who is gone.

    ``rows_out`` rows there are afterwards; None when those written are all.
    """

    mode: Mode
    members_touched: int
    features: str
    yardstick: Bounds | None
    rows_in: int = 0
    gone: pa.Table | None = None
    rows_out: int | None = None
    nothing_differs: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the rows are all of the date."""
        return self.gone is None


def basis(
    work: WorkTables,
    reads: SharedReads,
    producer: Producer,
    as_of: date,
    *,
    base: ProducerRun | None,
) -> Basis | None:
    """Return what the run may build upon, None where all must be measured anew."""
    previous = _previous(work, producer, as_of, base)
    if previous is None or base is None:
        return None
    touched = reads.changed(base.lake_sequence)
    if as_of != base.as_of:
        touched = work.keep(
            "touched",
            partial(touched_members, producer, work.snapshot),
            touched,
            since=base.as_of,
            as_of=as_of,
        )
    return Basis(base=base, previous=previous, touched=touched)


def compute(
    work: WorkTables, reads: SharedReads, producer: Producer, as_of: date, basis: Basis | None
) -> Computed:
    """Compute what must be written; ``reads`` expects the producer where there is a ``basis``."""
    if basis is None:
        return _all_anew(work, producer, as_of)
    facts = reads.facts(producer, work)
    measure = partial(measured_anew, producer, work.snapshot)
    anew = work.keep("anew", measure, basis.touched, facts, as_of)
    compared = _of_a_later_date if as_of != basis.base.as_of else _where_they_differ
    computed = compared(work, producer, as_of, basis, anew)
    return replace(computed, rows_in=sum(work.count(rows) for rows in facts.values()))


def _where_they_differ(
    work: WorkTables, producer: Producer, as_of: date, basis: Basis, anew: ir.Table
) -> Computed:
    base, previous, touched = basis.base, basis.previous, basis.touched
    schema = {name: anew.schema()[name] for name in producer.measured_columns}
    # Of who is not compared only the number is asked.
    kept = (work.keep_query if producer.compares else work.view)(
        "kept",
        f'SELECT {columns(schema)} FROM "{previous.get_name()}" '
        f'ANTI JOIN "{touched.get_name()}" USING (member_id)',
        sch.Schema(schema),
    )
    yardstick, bounds, to_place = None, None, anew
    if producer.compares and base.yardstick is not None:
        values = work.together("values", anew, kept, producer.measured_columns[1:])
        yardstick = work.keep("yardstick", producer.yardstick, values, as_of)
        bounds = work.row(yardstick)
        if bounds != base.yardstick:
            moved = work.keep("moved", producer.moved, kept, base.yardstick, bounds, as_of)
            to_place = work.together("to_place", anew, moved, producer.measured_columns)
    rows = work.keep("features", partial(features_of, producer), to_place, yardstick, as_of)
    leaving = work.keep_query(
        "leaving",
        f'SELECT member_id FROM "{touched.get_name()}" '
        f'ANTI JOIN "{rows.get_name()}" USING (member_id)',
        touched.schema(),
    )
    members, left = work.count(touched), work.count(leaving)
    gone = leaving.schema().to_pyarrow().empty_table()
    if left:
        gone = work.query(
            f'SELECT member_id FROM "{previous.get_name()}" '
            f'SEMI JOIN "{leaving.get_name()}" USING (member_id)'
        ).to_arrow_table()
    return Computed(
        mode="incremental",
        members_touched=members,
        features=_query(producer, rows.get_name()),
        yardstick=bounds,
        gone=gone,
        rows_out=work.count(kept) + members - left,
        # The tables were only written anew, as by a compaction.
        nothing_differs=not (members or len(gone) or work.count(rows)),
    )


def _all_anew(work: WorkTables, producer: Producer, as_of: date) -> Computed:
    measured = work.keep("measured", partial(producer.measure, work.snapshot), as_of)
    yardstick = _yardstick(work, producer, measured, as_of)
    return Computed(
        mode="full",
        members_touched=work.count(measured),
        rows_in=sum(work.count(work.snapshot.table(name)) for name in producer.facts),
        features=_placed(work, producer, measured, yardstick, as_of),
        yardstick=None if yardstick is None else work.row(yardstick),
    )


def _of_a_later_date(
    work: WorkTables, producer: Producer, as_of: date, basis: Basis, anew: ir.Table
) -> Computed:
    """Measure whom the lake or the passing of time has moved; everybody's row is of a new date."""
    all_measures = work.compiled(
        "measured", partial(carried_over, producer), anew, basis.previous, basis.touched
    )
    measured = work.view("measured", all_measures.query, all_measures.schema)
    yardstick = _yardstick(work, producer, measured, as_of)
    return Computed(
        mode="incremental",
        members_touched=work.count(basis.touched),
        features=_placed(work, producer, measured, yardstick, as_of),
        yardstick=None if yardstick is None else work.row(yardstick),
    )


def _yardstick(
    work: WorkTables, producer: Producer, measured: ir.Table, as_of: date
) -> ir.Table | None:
    if not producer.compares:
        return None
    # Read once, without the ids, which are most of the bytes.
    schema = {name: measured.schema()[name] for name in producer.measured_columns[1:]}
    query = f'SELECT {columns(schema)} FROM "{measured.get_name()}"'
    values = work.keep_query("values", query, sch.Schema(schema))
    return work.keep("yardstick", producer.yardstick, values, as_of)


def _previous(
    work: WorkTables, producer: Producer, as_of: date, base: ProducerRun | None
) -> ir.Table | None:
    """Return the last good features when they can be built upon, else None."""
    if base is None or base.options != producer.fingerprint or as_of < base.as_of:
        return None
    if producer.compares and base.yardstick is None:
        return None  # an older log does not tell what they were placed by
    name = f"features/{producer.name}"
    held = work.snapshot.table(name).schema()
    found = work.snapshot.readable(name, {"as_of": base.as_of})
    if base.rows_out and not found.paths:
        return None  # somebody has dropped the old partition
    return work.view("previous", f"SELECT {columns(held)} FROM ({found.query})", held)


def _placed(
    work: WorkTables,
    producer: Producer,
    measured: ir.Table,
    yardstick: ir.Table | None,
    as_of: date,
) -> str:
    return work.compiled("shown", partial(_shown, producer), measured, yardstick, as_of).query


def _shown(
    producer: Producer, measured: ir.Table, yardstick: ir.Table | None, as_of: date
) -> ir.Table:
    shown = contract(f"features/{producer.name}").shown_names
    return features_of(producer, measured, yardstick, as_of).select(*shown)


def _query(producer: Producer, kept: str) -> str:
    return f'SELECT {columns(contract(f"features/{producer.name}").shown_names)} FROM "{kept}"'
