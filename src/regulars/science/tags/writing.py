"""Putting decided tags into the lake: the rows, what they were before, and the line in the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from regulars.base.errors import LakeBusyError
from regulars.lake import Lake, Snapshot
from regulars.lake.contracts import contract
from regulars.science.producers.run_log import ProducerRun, append_runs
from regulars.science.producers.work import WorkTables, columns
from regulars.science.tags import history
from regulars.science.tags.parts import in_order
from regulars.science.tags.rules import TABLE, TagRule
from regulars.science.tags.touched import Decided

_BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Written:
    """How many members have tags, and how many rows were written."""

    rows: int
    rows_written: int


def write(
    lake: Lake,
    work: WorkTables,
    decided: Decided,
    tags: Sequence[TagRule],
    as_of: date,
    *,
    whole: bool,
    logged: Callable[[Written], ProducerRun],
) -> ProducerRun:
    """Write the decided rows: the ``whole`` table, or rows in the place of those it has."""
    snapshot = work.snapshot
    codes = [tag.code for tag in tags]
    rows = work.count(decided.rows)
    changed = _keep_changes(work, decided, tags, as_of, whole=whole)
    gone = work.query(f'SELECT member_id FROM "{decided.gone.get_name()}"').to_arrow_table()
    all_rows = rows if whole else _rows_after(work, decided)
    run = logged(Written(all_rows, rows + len(gone)))
    named = columns(codes)
    query = f"SELECT member_id, DATE '{as_of}' AS as_of, {named} FROM \"{decided.rows.get_name()}\""
    reader = in_order(work, query) if whole else work.query(query).to_arrow_reader(_BATCH_ROWS)
    with lake.transaction(note=f"tags as of {as_of}") as transaction:
        if transaction.snapshot().versions.get(TABLE) != snapshot.versions.get(TABLE):
            raise LakeBusyError(
                "the tags were refreshed meanwhile", where=TABLE, fix="Refresh them again"
            )
        if whole:
            transaction.replace_partition(TABLE, reader, partition={}, in_order=True)
        elif rows or len(gone):
            transaction.revise(TABLE, reader, gone=gone, partition={})
        if changed:
            before = contract(history.TABLE).column_names
            kept = work.query(f'SELECT {columns(before)} FROM "{changed}"')
            transaction.append(history.TABLE, kept.to_arrow_reader(_BATCH_ROWS))
        append_runs(transaction, [run])
    return run


def _keep_changes(
    work: WorkTables, decided: Decided, tags: Sequence[TagRule], as_of: date, *, whole: bool
) -> str:
    """Return the kept table with what the written rows change; '' where nothing is kept.

    Nothing is when the tags are new, or decided for an earlier date than they were.
    """
    codes = _codes_before(work.snapshot, tags)
    if not codes:
        return ""
    work.snapshot.table(TABLE)
    newest = work.query(f"SELECT max(as_of) FROM {TABLE}").fetchone()[0]
    if newest is not None and newest > as_of:
        return ""
    now, before = f'"{decided.rows.get_name()}"', TABLE
    if not whole:
        before = (
            f"(SELECT * FROM {TABLE} SEMI JOIN (SELECT member_id FROM {now} UNION ALL "
            f'SELECT member_id FROM "{decided.gone.get_name()}") AS w USING (member_id))'
        )
    held = work.snapshot.table(history.TABLE)
    query = history.changes(now, before, codes, as_of, held=history.TABLE)
    kept = work.keep_query("changed", query, held.schema())
    return kept.get_name() if work.count(kept) else ""


def _codes_before(snapshot: Snapshot, tags: Sequence[TagRule]) -> list[str]:
    """Return the codes of tags that had values of the same kind before."""
    if not snapshot.has(TABLE):
        return []
    held = snapshot.columns(TABLE)
    kinds = {True: "float64", False: "string"}
    return [tag.code for tag in tags if held.get(tag.code) == kinds[tag.numeric]]


def _rows_after(work: WorkTables, decided: Decided) -> int:
    found = work.query(
        f"SELECT (SELECT count(*) FROM {TABLE}) - (SELECT count(*) FROM "
        f'"{decided.gone.get_name()}") + (SELECT count(*) FROM "{decided.rows.get_name()}" '
        f"ANTI JOIN {TABLE} USING (member_id))"
    ).fetchone()
    return int(found[0])
