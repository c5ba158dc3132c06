"""One run of one producer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa

from regulars.base.errors import LakeBusyError
from regulars.lake import Lake, Snapshot
from regulars.lake.contracts import contract
from regulars.science.producers.meter import Meter
from regulars.science.producers.producer import Producer
from regulars.science.producers.run_log import Mode, ProducerRun, State, append_runs, last_done
from regulars.science.producers.touched import (
    TouchedTables,
    carried_over,
    facts_of,
    features_of,
    moved_by_the_yardstick,
    touched_members,
    with_places_before,
)
from regulars.science.producers.work import SharedReads, WorkTables, columns, work_tables

_BATCH_ROWS = 100_000


def run_producer(
    lake: Lake, producer: Producer, as_of: date, *, reads: SharedReads, run_id: str, full: bool
) -> ProducerRun:
    """Bring ``features/<producer>`` up to ``as_of``; the run says done, unchanged or failed.

    Every table is read as the commit of ``reads`` left it.
    """
    meter, started_at = Meter(), datetime.now(UTC)
    with reads.snapshot as snapshot:
        base = last_done(snapshot, producer.name)
        blank = describe(
            snapshot,
            producer,
            as_of,
            state="unchanged",
            mode="none",
            started_at=started_at,
            run_id=run_id,
        )
        if not full and base is not None and _is_current(blank, base):
            return replace(blank, rows_out=base.rows_out, seconds=meter.seconds)
        try:
            with work_tables(snapshot) as work:
                computed = _compute(work, reads, producer, as_of, base=None if full else base)
                if base is not None and computed.nothing_differs:
                    return replace(blank, rows_out=base.rows_out, seconds=meter.seconds)
                run = replace(
                    blank,
                    state="done",
                    mode=computed.mode,
                    members_touched=computed.members_touched,
                    rows_in=computed.rows_in,
                )
                return _published(lake, work, producer, run, computed, base, meter)
        except Exception as error:  # noqa: BLE001 whatever stops one producer must not stop the others
            return replace(
                blank,
                state="failed",
                error=str(error) or type(error).__name__,
                seconds=meter.seconds,
                peak_memory_mb=meter.peak_memory_mb,
            )


def describe(
    snapshot: Snapshot,
    producer: Producer,
    as_of: date,
    *,
    state: State,
    mode: Mode,
    started_at: datetime,
    run_id: str = "",
    error: str | None = None,
) -> ProducerRun:
    """Return a run that computed nothing, with what it would have read."""
    read = (*producer.facts, *producer.dimensions, *(f"features/{name}" for name in producer.needs))
    return ProducerRun(
        run_id=run_id,
        producer=producer.name,
        as_of=as_of,
        mode=mode,
        state=state,
        started_at=started_at,
        seconds=0.0,
        lake_sequence=snapshot.sequence,
        sources={name: snapshot.versions[name] for name in read if snapshot.has(name)},
        options=producer.fingerprint,
        error=error,
    )


@dataclass(frozen=True, slots=True)
class _Computed:
    """A query for the feature rows to write: all, or those that differ and who is gone."""

    mode: Mode
    members_touched: int
    rows_in: int
    features: str
    gone: pa.Table | None = None
    nothing_differs: bool = False


def _is_current(now: ProducerRun, base: ProducerRun) -> bool:
    return (now.as_of, now.options, now.sources) == (base.as_of, base.options, base.sources)


def _compute(
    work: WorkTables,
    reads: SharedReads,
    producer: Producer,
    as_of: date,
    *,
    base: ProducerRun | None,
) -> _Computed:
    previous = _previous(work, producer, as_of, base)
    if previous is None or base is None:
        return _all_anew(work, producer, as_of)
    if as_of != base.as_of:
        return _on_a_later_date(work, producer, as_of, base, previous)
    since = base.lake_sequence
    touched, facts = reads.changed(since), reads.facts(producer, since)
    anew = work.keep(producer.measure(TouchedTables(work.snapshot, touched, facts), as_of))
    kept = f'"{previous.get_name()}" ANTI JOIN "{touched.get_name()}" USING (member_id)'
    if producer.compares:
        # Without the ids, which are most of the bytes.
        schema = anew.schema()
        values = sch.Schema({n: schema[n] for n in producer.measured_columns if n != "member_id"})
        query = (
            f'SELECT {columns(values)} FROM "{anew.get_name()}" '
            f"UNION ALL SELECT {columns(values)} FROM {kept}"
        )
        yardstick = work.keep(producer.yardstick(work.keep_query(query, values), as_of))
        before = with_places_before(work, producer, previous, anew, kept)
        rows = work.keep(moved_by_the_yardstick(producer, before, yardstick, as_of))
    else:
        rows = work.keep(features_of(producer, anew, None, as_of))
    leaving = work.keep_query(
        f'SELECT member_id FROM "{touched.get_name()}" '
        f'ANTI JOIN "{rows.get_name()}" USING (member_id)',
        touched.schema(),
    )
    gone = work.query(
        f'SELECT member_id FROM "{previous.get_name()}" '
        f'SEMI JOIN "{leaving.get_name()}" USING (member_id)'
    ).to_arrow_table()
    members = work.count(touched)
    return _Computed(
        mode="incremental",
        members_touched=members,
        rows_in=sum(work.count(found) for found in facts.values()),
        features=_query(producer, rows.get_name()),
        gone=gone,
        # The tables were only written anew, as by a compaction.
        nothing_differs=not (members or len(gone) or work.count(rows)),
    )


def _all_anew(work: WorkTables, producer: Producer, as_of: date) -> _Computed:
    measured = work.keep(producer.measure(work.snapshot, as_of))
    yardstick = _yardstick(work, producer, measured, as_of)
    features = features_of(producer, measured, yardstick, as_of)
    return _Computed(
        mode="full",
        members_touched=work.count(measured),
        rows_in=sum(work.count(work.snapshot.table(name)) for name in producer.facts),
        features=_compiled(work, producer, features),
    )


def _on_a_later_date(
    work: WorkTables, producer: Producer, as_of: date, base: ProducerRun, previous: ir.Table
) -> _Computed:
    """Measure whom the lake or the passing of time has moved; everybody's row is of a new date."""
    snapshot = work.snapshot
    changed = snapshot.changed_members(since=base.lake_sequence)
    touched = work.keep(touched_members(producer, snapshot, changed, since=base.as_of, as_of=as_of))
    facts = {n: work.keep(rows) for n, rows in facts_of(producer, snapshot, touched).items()}
    anew = work.keep(producer.measure(TouchedTables(snapshot, touched, facts), as_of))
    measured = carried_over(producer, anew, previous, touched)
    yardstick = _yardstick(work, producer, measured, as_of)
    return _Computed(
        mode="incremental",
        members_touched=work.count(touched),
        rows_in=sum(work.count(rows) for rows in facts.values()),
        features=_compiled(work, producer, features_of(producer, measured, yardstick, as_of)),
    )


def _yardstick(
    work: WorkTables, producer: Producer, measured: ir.Table, as_of: date
) -> ir.Table | None:
    if not producer.compares:
        return None
    # Read once, without the ids, which are most of the bytes.
    values = work.keep(measured.drop("member_id"))
    return work.keep(producer.yardstick(values, as_of))


def _previous(
    work: WorkTables, producer: Producer, as_of: date, base: ProducerRun | None
) -> ir.Table | None:
    """Return the last good features when they can be built upon, else None."""
    if base is None or base.options != producer.fingerprint or as_of < base.as_of:
        return None
    name = f"features/{producer.name}"
    held = work.snapshot.table(name).schema()
    query = f"SELECT {columns(held)} FROM \"{name}\" WHERE as_of = DATE '{base.as_of}'"
    rows = work.view(query, held)
    # Somebody may have dropped the old partition: then there is nothing to build upon.
    some = work.query(f'SELECT 1 FROM "{rows.get_name()}" LIMIT 1').fetchone()
    return rows if some or base.rows_out == 0 else None


def _compiled(work: WorkTables, producer: Producer, features: ir.Table) -> str:
    shown = contract(f"features/{producer.name}").shown_names
    return str(work.snapshot.connection.compile(features.select(*shown)))


def _query(producer: Producer, kept: str) -> str:
    return f'SELECT {columns(contract(f"features/{producer.name}").shown_names)} FROM "{kept}"'


def _published(
    lake: Lake,
    work: WorkTables,
    producer: Producer,
    run: ProducerRun,
    computed: _Computed,
    base: ProducerRun | None,
    meter: Meter,
) -> ProducerRun:
    """Write the features and the log row as one commit."""
    name = f"features/{producer.name}"
    place = {"as_of": run.as_of}
    with lake.transaction(note=f"refresh {producer.name}") as transaction:
        # Opening the newest commit costs more than a small run: not when nobody wrote meanwhile.
        alone = transaction.sequence == work.snapshot.sequence + 1
        newest = base if alone else last_done(transaction.snapshot(), producer.name)
        if (newest and newest.run_id) != (base and base.run_id):
            raise LakeBusyError(
                "another refresh has written these features meanwhile", where=name, fix="Run again"
            )
        # One connection answers one query at a time: the rows stream while they are written.
        rows = work.query(computed.features).to_arrow_reader(_BATCH_ROWS)
        if computed.gone is None:
            written = transaction.replace_partition(name, rows, partition=place)
        else:
            written = transaction.revise(name, rows, gone=computed.gone, partition=place)
        newest_tables = transaction.snapshot()
        newest_tables.table(name)
        query = f"SELECT count(*) FROM \"{name}\" WHERE as_of = DATE '{run.as_of}'"
        held = int(newest_tables.connection.raw_sql(query).fetchone()[0])
        done = replace(
            run,
            rows_out=held,
            rows_written=written,
            seconds=meter.seconds,
            peak_memory_mb=meter.peak_memory_mb,
        )
        append_runs(transaction, [done])
    return done
