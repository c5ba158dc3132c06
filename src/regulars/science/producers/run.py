"""One run of one producer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import ibis.expr.operations as ops
import ibis.expr.types as ir

from regulars.base.errors import LakeBusyError
from regulars.base.ids import new_id
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
)

_BATCH_ROWS = 100_000


def run_producer(
    lake: Lake, producer: Producer, as_of: date, *, run_id: str, full: bool
) -> ProducerRun:
    """Bring ``features/<producer>`` up to ``as_of``; the run says done, unchanged or failed."""
    meter, started_at = Meter(), datetime.now(UTC)
    with lake.snapshot() as snapshot:
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
            with _work_tables(snapshot) as work:
                computed = _compute(work, producer, as_of, base=None if full else base)
                if base is not None and _nothing_differs(computed):
                    return replace(blank, rows_out=base.rows_out, seconds=meter.seconds)
                run = replace(
                    blank,
                    state="done",
                    mode=computed.mode,
                    members_touched=computed.members_touched,
                    rows_in=computed.rows_in,
                )
                return _published(lake, snapshot, producer, run, computed, base, meter)
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
    """The feature rows to write: all of them, or those that differ and the members who are gone."""

    mode: Mode
    members_touched: int
    rows_in: int
    features: ir.Table
    gone: ir.Table | None = None


class _WorkTables:
    """Results kept on the engine between steps, so that no step is computed twice."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._names: list[str] = []

    def keep(self, rows: ir.Table) -> ir.Table:
        connection, name = self.snapshot.connection, new_id("work_")
        # Ibis' own create_table calls what DuckDB has deprecated.
        connection.raw_sql(f'CREATE TEMP TABLE "{name}" AS {connection.compile(rows)}')
        self._names.append(name)
        return ops.DatabaseTable(name=name, schema=rows.schema(), source=connection).to_expr()

    def drop(self) -> None:
        for name in self._names:
            self.snapshot.connection.raw_sql(f'DROP TABLE "{name}"')


@contextmanager
def _work_tables(snapshot: Snapshot) -> Iterator[_WorkTables]:
    work = _WorkTables(snapshot)
    try:
        yield work
    finally:
        work.drop()


def _is_current(now: ProducerRun, base: ProducerRun) -> bool:
    return (now.as_of, now.options, now.sources) == (base.as_of, base.options, base.sources)


def _nothing_differs(computed: _Computed) -> bool:
    """Whether nobody was touched and no row differs: the tables were only written anew."""
    gone = computed.gone
    return (
        gone is not None
        and not computed.members_touched
        and not _count(computed.features)
        and not _count(gone)
    )


def _compute(
    work: _WorkTables, producer: Producer, as_of: date, *, base: ProducerRun | None
) -> _Computed:
    snapshot = work.snapshot
    previous = _previous(snapshot, producer, as_of, base)
    if previous is None or base is None:
        measured = work.keep(producer.measure(snapshot, as_of))
        yardstick = _yardstick(work, producer, measured, as_of)
        return _Computed(
            mode="full",
            members_touched=_count(measured),
            rows_in=sum(_count(snapshot.table(name)) for name in producer.facts),
            features=features_of(producer, measured, yardstick, as_of),
        )
    changed = snapshot.changed_members(since=base.lake_sequence)
    touched = work.keep(touched_members(producer, snapshot, changed, since=base.as_of, as_of=as_of))
    facts = {n: work.keep(rows) for n, rows in facts_of(producer, snapshot, touched).items()}
    anew = work.keep(producer.measure(TouchedTables(snapshot, touched, facts), as_of))
    measured = carried_over(producer, anew, previous, touched)
    computed = _Computed(
        mode="incremental",
        members_touched=_count(touched),
        rows_in=sum(_count(rows) for rows in facts.values()),
        features=measured,
    )
    yardstick = _yardstick(work, producer, measured, as_of)
    if as_of != base.as_of:
        return replace(computed, features=features_of(producer, measured, yardstick, as_of))
    rows = work.keep(features_of(producer, anew, yardstick, as_of).select(*previous.columns))
    features = rows
    if yardstick is not None:
        kept = previous.anti_join(touched, "member_id")
        features = features.union(moved_by_the_yardstick(producer, kept, yardstick, as_of))
        features = work.keep(features)
    held = previous.select("member_id").semi_join(touched, "member_id")
    gone = work.keep(held.anti_join(rows, "member_id"))
    return replace(computed, features=features, gone=gone)


def _yardstick(
    work: _WorkTables, producer: Producer, measured: ir.Table, as_of: date
) -> ir.Table | None:
    if not producer.compares:
        return None
    # Read once, without the ids, which are most of the bytes.
    values = work.keep(measured.drop("member_id"))
    return work.keep(producer.yardstick(values, as_of))


def _previous(
    snapshot: Snapshot, producer: Producer, as_of: date, base: ProducerRun | None
) -> ir.Table | None:
    """Return the last good features when they can be built upon, else None."""
    if base is None or base.options != producer.fingerprint or as_of < base.as_of:
        return None
    features = snapshot.table(f"features/{producer.name}")
    rows = features.filter(features["as_of"] == base.as_of)
    # Somebody may have dropped the old partition: then there is nothing to build upon.
    return rows if base.rows_out == 0 or _count(rows) > 0 else None


def _published(
    lake: Lake,
    snapshot: Snapshot,
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
        newest = last_done(transaction.snapshot(), producer.name)
        if (newest and newest.run_id) != (base and base.run_id):
            raise LakeBusyError(
                "another refresh has written these features meanwhile", where=name, fix="Run again"
            )
        # One connection answers one query at a time: the rows stream while they are written.
        gone = None if computed.gone is None else computed.gone.to_pyarrow()
        shown = contract(name).shown_names
        query = snapshot.connection.compile(computed.features.select(*shown))
        rows = snapshot.connection.raw_sql(query).to_arrow_reader(_BATCH_ROWS)
        if gone is None:
            written = transaction.replace_partition(name, rows, partition=place)
        else:
            written = transaction.revise(name, rows, gone=gone, partition=place)
        features = transaction.snapshot().table(name)
        held = _count(features.filter(features["as_of"] == run.as_of))
        done = replace(
            run,
            rows_out=held,
            rows_written=written,
            seconds=meter.seconds,
            peak_memory_mb=meter.peak_memory_mb,
        )
        append_runs(transaction, [done])
    return done


def _count(rows: ir.Table) -> int:
    return int(rows.count().to_pyarrow().as_py())
