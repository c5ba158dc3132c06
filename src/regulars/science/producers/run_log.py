"""The log of producer runs: ``refresh_runs`` in the lake."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

import pyarrow as pa

from regulars.lake import Snapshot, Transaction
from regulars.lake.contracts import contract
from regulars.science.producers.producer import Tables
from regulars.science.producers.work import columns

State = Literal["done", "unchanged", "failed", "blocked"]
Mode = Literal["full", "incremental", "none"]

TABLE = "refresh_runs"
_JSON = ("sources", "yardstick")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerRun:
    """One run of one producer, as the log keeps it.

    ``members_touched`` members were measured anew from ``rows_in`` facts, ``rows_out`` feature
    rows there are as of the date, of which ``rows_written`` were written (None in older logs);
    ``lake_sequence`` is the commit that was read and ``sources`` its tables'
    versions, ``options`` the producer's fingerprint, ``yardstick`` what its members were compared
    with (None where nobody is compared, and in older logs). ``peak_memory_mb`` is the process's,
    in MiB.
    """

    run_id: str
    producer: str
    as_of: date
    mode: Mode
    state: State
    started_at: datetime
    seconds: float
    members_touched: int = 0
    rows_in: int = 0
    rows_out: int = 0
    rows_written: int | None = None
    peak_memory_mb: float = 0.0
    lake_sequence: int
    sources: dict[str, int]
    options: str
    yardstick: dict[str, int | None] | None = None
    error: str | None = None


def append_runs(transaction: Transaction, runs: list[ProducerRun]) -> None:
    """Add the runs to the log, in the transaction's commit."""
    rows = [asdict(run) | {name: _json(getattr(run, name)) for name in _JSON} for run in runs]
    transaction.append(TABLE, pa.Table.from_pylist(rows, schema=contract(TABLE).arrow_schema))


def last_done(snapshot: Snapshot, producers: Iterable[str]) -> dict[str, ProducerRun]:
    """Return each producer's newest run that wrote its feature table, of those that ever did."""
    names = snapshot.table(TABLE).columns
    # Every refresh asks this, also where nothing changed: no expression to compile.
    rows = snapshot.connection.con.execute(
        f"SELECT DISTINCT ON (producer) {columns(names)} FROM {TABLE} "
        "WHERE list_contains($1, producer) AND state = 'done' "
        "ORDER BY lake_sequence DESC, started_at DESC",
        [list(producers)],
    ).to_arrow_table()
    return {row["producer"]: _run(row) for row in rows.to_pylist()}


def options_by_date(snapshot: Snapshot, producers: Iterable[str]) -> dict[tuple[str, date], str]:
    """Return the fingerprint that each producer's features of each date were computed with."""
    rows = snapshot.table(TABLE)
    mine = rows.filter(rows["producer"].isin(list(producers)), rows["state"] == "done")
    found = mine.order_by("lake_sequence", "started_at").select("producer", "as_of", "options")
    return {
        (row["producer"], row["as_of"]): row["options"] for row in found.to_pyarrow().to_pylist()
    }


def last_runs(tables: Tables, *, limit: int = 100) -> list[ProducerRun]:
    """Return the newest runs of all producers, newest first."""
    runs = tables.table(TABLE)
    newest = runs.order_by(runs["started_at"].desc(), runs["producer"]).limit(limit)
    return [_run(row) for row in newest.to_pyarrow().to_pylist()]


def _run(row: dict[str, Any]) -> ProducerRun:
    return ProducerRun(**(row | {name: json.loads(row[name] or "null") for name in _JSON}))


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, sort_keys=True)
