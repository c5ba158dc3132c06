"""What follows a refresh: the lifecycle history, and the alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from regulars.lake import Lake
from regulars.science.lifecycle import LifecycleRules
from regulars.science.monitors.alerts import STEP as MONITORS
from regulars.science.monitors.alerts import watch
from regulars.science.monitors.history import STEP as HISTORY
from regulars.science.monitors.history import keep_history
from regulars.science.monitors.lines import WatchOptions, standard_monitors
from regulars.science.monitors.step import blank
from regulars.science.producers import (
    LifecycleProducer,
    Producer,
    ProducerRun,
    RefreshReport,
    RfmProducer,
)
from regulars.science.producers.run_log import append_runs


def follow(lake: Lake, report: RefreshReport, *, producers: Iterable[Producer]) -> RefreshReport:
    """Keep the history and watch the lines after a refresh; ``producers`` are those it ran.

    Returns the report with the runs of these steps. A step whose features were not refreshed
    waits, one that fails is logged and stops nobody: the next refresh finds what it left undone.
    """
    ran = tuple(producers)
    rules = next((p.rules for p in ran if isinstance(p, LifecycleProducer)), LifecycleRules())
    levels = next((p.options.levels for p in ran if isinstance(p, RfmProducer)), 5)
    monitors = standard_monitors(WatchOptions(levels=levels))
    good = {run.producer for run in report.runs if run.state in {"done", "unchanged"}}
    day, run_id = report.as_of, report.run_id
    steps: tuple[tuple[str, set[str], Callable[[], ProducerRun]], ...] = (
        (HISTORY, {"lifecycle"}, lambda: keep_history(lake, day, rules=rules, run_id=run_id)),
        (
            MONITORS,
            {"rfm", "lifecycle"},
            lambda: watch(lake, day, monitors=monitors, run_id=run_id),
        ),
    )
    runs = [_tried(lake, report, name, act) for name, needs, act in steps if needs <= good]
    return replace(report, runs=(*report.runs, *runs))


def _tried(
    lake: Lake, report: RefreshReport, name: str, act: Callable[[], ProducerRun]
) -> ProducerRun:
    started_at = datetime.now(UTC)
    try:
        return act()
    except Exception as error:  # noqa: BLE001 whatever stops one step must not stop the others
        with lake.transaction(note=f"{name} failed") as transaction:
            run = blank(
                transaction.snapshot(),
                name,
                report.as_of,
                tables=(),
                run_id=report.run_id,
                started_at=started_at,
            )
            failed = replace(run, state="failed", error=str(error) or type(error).__name__)
            append_runs(transaction, [failed])
        return failed
