"""Keeping every change of lifecycle stage: ``lifecycle_transitions`` in the lake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import ibis.expr.types as ir

from regulars.lake import Lake, Snapshot
from regulars.science.lifecycle import LifecycleRules, transitions
from regulars.science.monitors.step import as_of_rows, blank
from regulars.science.producers.meter import Meter
from regulars.science.producers.producer import fingerprint
from regulars.science.producers.run_log import ProducerRun, append_runs, last_done
from regulars.science.producers.work import WorkTables, work_tables

STEP = "lifecycle_history"
TABLE = "lifecycle_transitions"
_TABLES = ("orders", "members")
_KEY = ("member_id", "business_date")
_COLUMNS = (*_KEY, "business_month", "from_stage", "to_stage")


def keep_history(lake: Lake, as_of: date, *, rules: LifecycleRules, run_id: str) -> ProducerRun:
    """Make the history hold every change of stage until ``as_of``, or as far as it has reached.

    Only members whose facts have changed since its last run, or whose stage has by the passing of
    time, are derived anew, and only what differs is written. Features of the lifecycle as of
    ``as_of`` must be there.

    Raises:
        LakeError: The lake cannot be read or written.
    """
    meter, started_at = Meter(), datetime.now(UTC)
    with lake.transaction(note=f"{STEP} {as_of}") as transaction:
        snapshot = transaction.snapshot()
        options = fingerprint(STEP, rules, version=1)
        base = last_done(snapshot, [STEP]).get(STEP)
        if base is not None and base.options != options:
            base = None
        until = as_of if base is None else max(as_of, base.as_of)
        run = blank(
            snapshot,
            STEP,
            until,
            tables=_TABLES,
            run_id=run_id,
            started_at=started_at,
            options=options,
        )
        if base is not None and (base.as_of, base.sources) == (until, run.sources):
            return run
        with work_tables(snapshot) as work:
            who = None if base is None else _concerned(snapshot, work, base, until)
            mine = _derived(snapshot, work, who, until, rules)
            held = snapshot.table(TABLE)
            held = held if who is None else held.semi_join(who, "member_id")
            gone = held.anti_join(mine, list(_KEY)).select(*_KEY).to_pyarrow()
            new = mine.anti_join(held, list(_COLUMNS)).to_pyarrow()
            touched = work.count(who) if who is not None else 0
        count = transaction.upsert(TABLE, new, gone=gone)
        done = replace(
            run,
            state="done",
            mode="full" if base is None else "incremental",
            members_touched=touched,
            rows_out=count.written,
            rows_written=count.written,
            seconds=meter.seconds,
            peak_memory_mb=meter.peak_memory_mb,
        )
        append_runs(transaction, [done])
    return done


def _concerned(snapshot: Snapshot, work: WorkTables, base: ProducerRun, until: date) -> ir.Table:
    """Keep member_id of those whose history may differ from the one held."""
    changed = snapshot.changed_members(base.lake_sequence)
    if until > base.as_of:
        # Whatever happened since to somebody whose facts stayed led to a stage entered since.
        staged = as_of_rows(snapshot, "lifecycle", until)
        moved = staged.filter(staged["entered_on"] >= base.as_of).select("member_id")
        changed = changed.union(moved, distinct=True)
    query = str(snapshot.connection.compile(changed))
    return work.keep_query(f"{STEP}/concerned", query, changed.schema())


def _derived(
    snapshot: Snapshot, work: WorkTables, who: ir.Table | None, until: date, rules: LifecycleRules
) -> ir.Table:
    """Keep every change of stage of the members concerned, as the contract has it."""
    orders = snapshot.table("orders").select("member_id", "business_date")
    members = snapshot.table("members").select("member_id", "joined_on")
    if who is not None:
        orders, members = (table.semi_join(who, "member_id") for table in (orders, members))
    changes = transitions(orders, members, as_of=until, rules=rules)
    rows = changes.mutate(business_month=changes["business_date"].strftime("%Y-%m"))
    rows = rows.select(*_COLUMNS)
    query = str(snapshot.connection.compile(rows))
    return work.keep_query(f"{STEP}/derived", query, rows.schema())
