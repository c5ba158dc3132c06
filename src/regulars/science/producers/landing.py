"""Writing what the producers of a refresh have computed: all of it as one commit, if it can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pyarrow as pa

from regulars.base.errors import LakeBusyError
from regulars.lake import Lake, Transaction
from regulars.lake.storage.abreast import abreast
from regulars.science.producers.computed import Computed
from regulars.science.producers.finishing import finished
from regulars.science.producers.meter import Meter
from regulars.science.producers.run import Attempt
from regulars.science.producers.run_log import ProducerRun, append_runs, last_done

_BATCH_ROWS = 100_000


def landed(lake: Lake, attempts: Sequence[Attempt]) -> list[ProducerRun]:
    """Write the features and the log row of every attempt that computed some; return all runs.

    Readers see the features of one date change together, and several small commits cost more than
    one. If that fails, each is written alone: then only what cannot be written has failed.
    """
    open_ones = [attempt for attempt in attempts if attempt.is_open]
    done: dict[str, ProducerRun] = {}
    if len(open_ones) > 1:
        try:
            done = _written(lake, open_ones)
        except Exception:  # noqa: BLE001 which of them stopped it shows when each is written alone
            done = {}
    runs = []
    for attempt in attempts:
        name = attempt.producer.name
        if attempt.is_open and name not in done:
            try:
                done |= _written(lake, [attempt])
            except Exception as error:  # noqa: BLE001 whatever stops one must not stop the others
                done[name] = attempt.stopped(error).run
        runs.append(done.get(name, attempt.run))
    return runs


def _written(lake: Lake, attempts: Sequence[Attempt]) -> dict[str, ProducerRun]:
    names = [attempt.producer.name for attempt in attempts]
    with lake.transaction(note=f"refresh {', '.join(names)}") as transaction:
        _demand_the_last_word(transaction, attempts)
        found = [(one, one.computed) for one in attempts if one.computed is not None]
        runs = [
            _published(transaction, *each, _streamed(*each)) for each in found if each[1].is_whole
        ]
        # One connection answers one query at a time: the few rows of the others are read before.
        later = [(*each, _read(*each)) for each in found if not each[1].is_whole]
        runs += abreast([partial(_published, transaction, *each) for each in later])
        append_runs(transaction, runs)
    return {run.producer: run for run in runs}


def _demand_the_last_word(transaction: Transaction, attempts: Sequence[Attempt]) -> None:
    """Refuse to write over what another refresh has written since ours began."""
    # Opening the newest commit costs more than a small run: not when nobody wrote meanwhile.
    if all(transaction.sequence == one.run.lake_sequence + 1 for one in attempts):
        return
    newest = last_done(transaction.snapshot(), [one.producer.name for one in attempts])
    for one in attempts:
        theirs = newest.get(one.producer.name)
        if (theirs and theirs.run_id) != (one.base and one.base.run_id):
            raise LakeBusyError(
                "another refresh has written these features meanwhile",
                where=f"features/{one.producer.name}",
                fix="Run again",
            )


def _streamed(attempt: Attempt, computed: Computed) -> pa.RecordBatchReader:
    """Return the feature rows, which are computed while they are written."""
    rows: pa.RecordBatchReader = attempt.work.query(computed.features).to_arrow_reader(_BATCH_ROWS)
    return rows


def _read(attempt: Attempt, computed: Computed) -> pa.RecordBatchReader:
    rows: pa.Table = attempt.work.query(computed.features).to_arrow_table()
    return rows.to_reader(_BATCH_ROWS)


def _published(
    transaction: Transaction,
    attempt: Attempt,
    computed: Computed,
    computed_rows: pa.RecordBatchReader,
) -> ProducerRun:
    meter, run = Meter(), attempt.run
    name, place = f"features/{run.producer}", {"as_of": run.as_of}
    rows = finished(attempt.producer, computed_rows)
    if computed.gone is None:
        written = transaction.replace_partition(name, rows, partition=place)
    else:
        written = transaction.revise(name, rows, gone=computed.gone, partition=place)
    return replace(
        run,
        rows_out=written if computed.rows_out is None else computed.rows_out,
        rows_written=written,
        seconds=run.seconds + meter.seconds,
        peak_memory_mb=max(run.peak_memory_mb, meter.peak_memory_mb),
    )
