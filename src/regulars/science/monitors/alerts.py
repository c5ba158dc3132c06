"""Raising alerts: one for each member, line and date, however often the features are refreshed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import ibis
import ibis.expr.types as ir

from regulars.lake import Lake, Snapshot
from regulars.science.monitors.crossings import crossings
from regulars.science.monitors.lines import Monitor
from regulars.science.monitors.plays import play_for
from regulars.science.monitors.step import as_of_rows, blank, watched_dates
from regulars.science.producers.meter import Meter
from regulars.science.producers.run_log import ProducerRun, append_runs

STEP = "monitors"
_KEY = ("member_id", "monitor", "as_of")


def watch(lake: Lake, as_of: date, *, monitors: Sequence[Monitor], run_id: str) -> ProducerRun:
    """Raise the alerts of who crossed a line between the last watched date before and ``as_of``.

    The first date watched is where watching begins: it raises nothing. An earlier date than the
    newest one watched raises nothing either: what it would tell has been told. The same date again
    raises only what it has not raised before. The run's ``rows_written`` counts the alerts raised.

    Raises:
        LakeError: The lake cannot be read or written.
    """
    meter, started_at = Meter(), datetime.now(UTC)
    with lake.transaction(note=f"watch {as_of}") as transaction:
        snapshot = transaction.snapshot()
        tables = sorted({f"features/{monitor.table}" for monitor in monitors})
        run = blank(snapshot, STEP, as_of, tables=tables, run_id=run_id, started_at=started_at)
        dates = watched_dates(snapshot, STEP)
        if dates and as_of < max(dates):
            return run
        if run.sources == dates.get(as_of):
            return run
        since = max((day for day in dates if day < as_of), default=None)
        raised = 0
        if since is not None:
            # Who is told of is few; what was raised before is fewer.
            found = _raised(snapshot, monitors, since, as_of, started_at).to_pyarrow()
            raised = transaction.append("alerts", found) if found.num_rows else 0
        done = replace(
            run,
            state="done",
            mode="incremental" if since else "full",
            rows_out=raised,
            rows_written=raised,
            seconds=meter.seconds,
            peak_memory_mb=meter.peak_memory_mb,
        )
        append_runs(transaction, [done])
    return done


def _raised(
    snapshot: Snapshot, monitors: Sequence[Monitor], since: date, as_of: date, at: datetime
) -> ir.Table:
    """Return the alerts that have not been raised yet, in the columns of the contract."""
    rows = [_of(snapshot, monitor, since, as_of) for monitor in monitors]
    told = ibis.union(*rows) if len(rows) > 1 else rows[0]
    was, now = (
        as_of_rows(snapshot, "rfm", day).select("member_id", "rfm_group") for day in (since, as_of)
    )
    known = told.left_join(was, "member_id").drop("member_id_right")
    known = known.rename(was_group="rfm_group").left_join(now, "member_id").drop("member_id_right")
    fallen = known["direction"] == "down"
    group = ibis.ifelse(
        fallen,
        known["was_group"].coalesce(known["rfm_group"]),
        known["rfm_group"].coalesce(known["was_group"]),
    )
    alerts = known.select(
        "member_id",
        "monitor",
        "direction",
        since=ibis.literal(since),
        as_of=ibis.literal(as_of),
        before=known["before"],
        after=known["after"],
        rfm_group=group,
        play=play_for(group),
        raised_at=ibis.literal(at, type="timestamp('UTC')"),
    )
    return alerts.anti_join(snapshot.table("alerts"), list(_KEY)).order_by(*_KEY)


def _of(snapshot: Snapshot, monitor: Monitor, since: date, as_of: date) -> ir.Table:
    before, after = (as_of_rows(snapshot, monitor.table, day) for day in (since, as_of))
    found = crossings(monitor, before, after)
    return found.mutate(monitor=ibis.literal(monitor.name))
