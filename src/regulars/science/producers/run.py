"""One run of one producer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from regulars.base.errors import LakeBusyError
from regulars.lake import Lake, Snapshot
from regulars.science.producers.computed import Computed, compute
from regulars.science.producers.finishing import finished
from regulars.science.producers.meter import Meter
from regulars.science.producers.producer import Producer
from regulars.science.producers.reads import SharedReads
from regulars.science.producers.run_log import Mode, ProducerRun, State, append_runs, last_done
from regulars.science.producers.work import WorkTables, work_tables

_BATCH_ROWS = 100_000


def run_producer(
    lake: Lake,
    producer: Producer,
    as_of: date,
    *,
    reads: SharedReads,
    own_commits: int,
    run_id: str,
    full: bool,
) -> ProducerRun:
    """Bring ``features/<producer>`` up to ``as_of``; the run says done, unchanged or failed.

    Every table is read as the commit of ``reads`` left it; ``own_commits`` the same refresh has
    made since.
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
            with work_tables(snapshot, producer) as work:
                computed = compute(work, reads, producer, as_of, base=None if full else base)
                if base is not None and computed.nothing_differs:
                    return replace(blank, rows_out=base.rows_out, seconds=meter.seconds)
                run = replace(
                    blank,
                    state="done",
                    mode=computed.mode,
                    members_touched=computed.members_touched,
                    rows_in=computed.rows_in,
                    yardstick=None if computed.yardstick is None else dict(computed.yardstick),
                )
                foreseen = snapshot.sequence + own_commits + 1
                return _published(lake, work, producer, run, computed, base, meter, foreseen)
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


def _is_current(now: ProducerRun, base: ProducerRun) -> bool:
    return (now.as_of, now.options, now.sources) == (base.as_of, base.options, base.sources)


def _published(
    lake: Lake,
    work: WorkTables,
    producer: Producer,
    run: ProducerRun,
    computed: Computed,
    base: ProducerRun | None,
    meter: Meter,
    foreseen: int,
) -> ProducerRun:
    """Write the features and the log row as one commit: ``foreseen`` unless others wrote."""
    name = f"features/{producer.name}"
    place = {"as_of": run.as_of}
    with lake.transaction(note=f"refresh {producer.name}") as transaction:
        # Opening the newest commit costs more than a small run: not when nobody wrote meanwhile.
        alone = transaction.sequence == foreseen
        newest = base if alone else last_done(transaction.snapshot(), producer.name)
        if (newest and newest.run_id) != (base and base.run_id):
            raise LakeBusyError(
                "another refresh has written these features meanwhile", where=name, fix="Run again"
            )
        # One connection answers one query at a time: the rows stream while they are written.
        rows = finished(producer, work.query(computed.features).to_arrow_reader(_BATCH_ROWS))
        if computed.gone is None:
            written = transaction.replace_partition(name, rows, partition=place)
        else:
            written = transaction.revise(name, rows, gone=computed.gone, partition=place)
        done = replace(
            run,
            rows_out=written if computed.rows_out is None else computed.rows_out,
            rows_written=written,
            seconds=meter.seconds,
            peak_memory_mb=meter.peak_memory_mb,
        )
        append_runs(transaction, [done])
    return done
