"""Raising alerts: one for each member, line and date, however often the features are refreshed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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
from regulars.science.producers.run_log import ProducerRun, append_runs, options_by_date

STEP = "monitors"
_KEY = ("member_id", "monitor", "as_of")


def watch(lake: Lake, as_of: date, *, monitors: Sequence[Monitor], run_id: str) -> ProducerRun:
    """Raise the alerts of who crossed a line between the last watched date before and ``as_of``.

    The first date watched is where watching begins: it raises nothing. An earlier date than the
    newest one watched raises nothing either: what it would tell has been told. The same date again
    raises only what it has not raised before. The run's ``rows_written`` counts the alerts raised.
    Two dates are compared where their features have the same options and the same fit: after a
    change of either, as at the beginning of a month, the lines lie elsewhere, and watching them
    begins anew. A date without a monitor's features is passed over.

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
        since = _comparable(snapshot, monitors, dates, as_of)
        raised = 0
        if since:
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


def _comparable(
    snapshot: Snapshot, monitors: Sequence[Monitor], watched: Collection[date], as_of: date
) -> dict[str, date]:
    """Return for each monitor the last watched date before with features of the same making."""
    made = options_by_date(snapshot, {monitor.table for monitor in monitors})
    found: dict[str, date] = {}
    for monitor in monitors:
        mine = made.get((monitor.table, as_of))
        days = [day for day in watched if day < as_of and made.get((monitor.table, day)) == mine]
        if mine is not None and days:
            found[monitor.name] = max(days)
    return found


def _raised(
    snapshot: Snapshot,
    monitors: Sequence[Monitor],
    since: Mapping[str, date],
    as_of: date,
    at: datetime,
) -> ir.Table:
    """Return the alerts that have not been raised yet, in the columns of the contract."""
    rows = [
        _of(snapshot, monitor, since[monitor.name], as_of)
        for monitor in monitors
        if monitor.name in since
    ]
    told = ibis.union(*rows) if len(rows) > 1 else rows[0]
    groups = snapshot.table("features/rfm")
    then = groups.filter(groups["as_of"].isin(sorted(set(since.values()))))
    was = then.select("member_id", since="as_of", was_group="rfm_group")
    now = as_of_rows(snapshot, "rfm", as_of).select("member_id", "rfm_group")
    known = told.left_join(was, ["member_id", "since"]).drop("member_id_right", "since_right")
    known = known.left_join(now, "member_id").drop("member_id_right")
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
        since=known["since"],
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
    return found.mutate(monitor=ibis.literal(monitor.name), since=ibis.literal(since))
