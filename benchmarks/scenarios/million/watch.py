"""Keep the lifecycle history of a million members, and watch who crosses a line.

``REGULARS_MILLION_HOME`` names a home whose lake is copied; without it a lake is made first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from benchmarks.harness import Measurement, measured
from benchmarks.lakes.million import own_million_lake
from benchmarks.scenarios.million.refresh import correct
from regulars.lake import Lake
from regulars.science.lifecycle import LifecycleRules, transitions
from regulars.science.monitors import keep_history, standard_monitors, watch
from regulars.science.producers import ProducerRun, latest_as_of, refresh

SHARE = 0.01
RULES = LifecycleRules()
SORTED = (
    "SELECT count(*), max(after) FROM (SELECT lead(business_date) OVER "
    "(PARTITION BY member_id ORDER BY business_date) AS after FROM orders)"
)


def measurements() -> Sequence[Measurement]:
    return measured_in(own_million_lake())


def measured_in(lake: Lake) -> Sequence[Measurement]:
    with lake.snapshot() as snapshot:
        as_of = latest_as_of(snapshot)
        members = snapshot.table("members").count().to_pyarrow().as_py()
        orders = snapshot.table("orders").count().to_pyarrow().as_py()
    following = as_of + timedelta(days=1)
    found = []
    for name, day, touched in (
        ("history, first time", as_of, 0),
        (f"history, {SHARE:.0%} changed", as_of, int(members * SHARE)),
        ("history, a day later", following, int(members * SHARE)),
    ):
        if touched:
            correct(lake, touched, as_of, turn=name, as_new_on=as_of if day > as_of else None)
        demand(refresh(lake, day).succeeded)
        run, lap = measured(name, partial(kept, lake, day), rows=orders, repeats=1)
        found.append(noted(lap, run))
        demand_history(lake, day)
        run, lap = measured(f"watch, {name}", partial(watched, lake, day), rows=members, repeats=1)
        found.append(noted(lap, run))
        demand(watched(lake, day).state == "unchanged")
    _, limit = measured("DuckDB: sort every member's orders", lambda: sort(lake), rows=orders,
                        repeats=3, note="the least a history needs")  # fmt: skip
    return [*found, limit]


def kept(lake: Lake, day: date) -> ProducerRun:
    return keep_history(lake, day, rules=RULES, run_id="bench")


def watched(lake: Lake, day: date) -> ProducerRun:
    return watch(lake, day, monitors=standard_monitors(), run_id="bench")


def sort(lake: Lake) -> None:
    with lake.snapshot() as snapshot:
        snapshot.table("orders")
        snapshot.connection.con.execute(SORTED).fetchall()


def demand_history(lake: Lake, day: date) -> None:
    """Compare what is held with all of it derived anew, both ways."""
    with lake.snapshot() as snapshot:
        held = snapshot.table("lifecycle_transitions").drop("business_month")
        tables = snapshot.table("orders"), snapshot.table("members")
        whole = transitions(*tables, as_of=day, rules=RULES).select(*held.columns)
        for one, other in ((held, whole), (whole, held)):
            demand(one.anti_join(other, held.columns).count().to_pyarrow().as_py() == 0)


def noted(lap: Measurement, run: ProducerRun) -> Measurement:
    written, touched = run.rows_written or 0, run.members_touched
    note = f"{written:,} rows written" + (f", {touched:,} members derived" if touched else "")
    return Measurement(
        contender=lap.contender,
        seconds=lap.seconds,
        rows=lap.rows,
        peak_memory_mb=lap.peak_memory_mb,
        note=note,
    )


def demand(holds: bool) -> None:  # noqa: FBT001  one thing to say of a fact
    if not holds:
        raise SystemExit("the history or the alerts are not what they must be")
