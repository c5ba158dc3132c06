"""Refreshing the feature tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from regulars.base.errors import RuleError
from regulars.base.ids import new_id
from regulars.lake import Lake, Snapshot
from regulars.science.facts import checked_date
from regulars.science.lifecycle import LifecycleRules
from regulars.science.producers.lifecycle import LifecycleProducer
from regulars.science.producers.producer import Producer, in_order
from regulars.science.producers.reads import shared_reads
from regulars.science.producers.rfm import RfmProducer
from regulars.science.producers.run import describe, run_producer
from regulars.science.producers.run_log import ProducerRun, append_runs
from regulars.science.rfm import RfmOptions


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What one refresh did, in the order it was done."""

    run_id: str
    as_of: date
    runs: tuple[ProducerRun, ...]

    @property
    def succeeded(self) -> bool:
        """Whether every feature table is up to date."""
        return all(run.state in {"done", "unchanged"} for run in self.runs)

    @property
    def unchanged(self) -> bool:
        """Whether there was nothing to do."""
        return all(run.state == "unchanged" for run in self.runs)


def standard_producers(
    *, rfm: RfmOptions | None = None, lifecycle: LifecycleRules | None = None
) -> tuple[Producer, ...]:
    """Return the house's producers with a brand's options."""
    return (
        RfmProducer(options=rfm or RfmOptions()),
        LifecycleProducer(rules=lifecycle or LifecycleRules()),
    )


def latest_as_of(snapshot: Snapshot) -> date:
    """Return the day after the last business date of the lake's orders.

    Raises:
        RuleError: The lake holds no order.
    """
    last = snapshot.table("orders")["business_date"].max().to_pyarrow().as_py()
    if last is None:
        raise RuleError("there is no order yet", where="orders", fix="Load data first")
    day: date = last
    return day + timedelta(days=1)


def refresh(
    lake: Lake,
    as_of: date,
    *,
    full: bool = False,
    producers: Iterable[Producer] | None = None,
    on_start: Callable[[str], None] | None = None,
) -> RefreshReport:
    """Bring every feature table up to ``as_of``, each in a commit of its own with its log row.

    Only members whose facts changed since the producer's last good run are measured anew, unless
    ``full``, or that run was for a later date, or the options have changed; the features are the
    same either way. A producer that fails leaves its last good table, blocks those that need it and
    is named in the report and the log; the others still run. Where nothing changed nothing is
    written. ``on_start`` is called with each producer's name.

    Raises:
        LakeError: The lake cannot be read, or not even the log can be written.
        RuleError: The producers cannot be put in order.
    """
    ordered = in_order(standard_producers() if producers is None else producers)
    day, run_id = checked_date(as_of), new_id("r")
    runs: list[ProducerRun] = []
    with lake.snapshot() as snapshot, shared_reads(snapshot, ordered) as shared:
        for producer in ordered:
            if on_start is not None:
                on_start(producer.name)
            stopped = {run.producer for run in runs if run.state in {"failed", "blocked"}}
            missing = [need for need in producer.needs if need in stopped]
            if missing:
                runs.append(_blocked(lake, producer, day, missing))
                continue
            # Who needs another's features reads the commit that holds them, not the shared one.
            own = 0 if producer.needs else sum(run.state == "done" for run in runs)
            mine = shared_reads(lake.snapshot(), [producer]) if producer.needs else None
            with mine or nullcontext(shared) as reads:
                run = run_producer(
                    lake, producer, day, reads=reads, own_commits=own, run_id=run_id, full=full
                )
                runs.append(run)
    runs = [replace(run, run_id=run_id) for run in runs]
    unlogged = [run for run in runs if run.state != "done"]
    if unlogged and any(run.state != "unchanged" for run in runs):
        with lake.transaction(note=f"refresh {run_id}") as transaction:
            append_runs(transaction, unlogged)
    return RefreshReport(run_id, as_of, tuple(runs))


def _blocked(lake: Lake, producer: Producer, as_of: date, missing: list[str]) -> ProducerRun:
    with lake.snapshot() as snapshot:
        return describe(
            snapshot,
            producer,
            as_of,
            state="blocked",
            mode="none",
            started_at=datetime.now(UTC),
            error=f"waits for {', '.join(missing)}",
        )
