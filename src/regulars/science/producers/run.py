"""One run of one producer, up to the rows that are to be written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from regulars.lake import Snapshot
from regulars.science.producers.computed import Basis, Computed, basis, compute
from regulars.science.producers.meter import Meter
from regulars.science.producers.producer import Producer
from regulars.science.producers.reads import SharedReads
from regulars.science.producers.run_log import Mode, ProducerRun, State
from regulars.science.producers.work import WorkTables


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A producer's run so far: ``computed`` is to be written; without it the run is over."""

    producer: Producer
    work: WorkTables
    run: ProducerRun
    base: ProducerRun | None
    basis: Basis | None = None
    computed: Computed | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.run.state == "done"

    def stopped(self, error: Exception) -> Attempt:
        """Return the attempt as the error leaves it."""
        return self.over("failed", mode="none", error=str(error) or type(error).__name__)

    def over(self, state: State, *, mode: Mode, error: str | None = None) -> Attempt:
        """Return the attempt with nothing left to do."""
        return replace(self, run=replace(self.run, state=state, mode=mode, error=error))


def begun(
    work: WorkTables,
    reads: SharedReads,
    producer: Producer,
    as_of: date,
    *,
    base: ProducerRun | None,
    run_id: str,
    full: bool,
) -> Attempt:
    """Find out whether the producer has anything to do, and whom it must measure anew."""
    meter = Meter()
    run = described(work.snapshot, producer, as_of, state="done", mode="full", run_id=run_id)
    attempt = Attempt(producer=producer, work=work, run=run, base=base)
    if base is not None and not full and _is_current(run, base):
        return _timed(_unchanged(attempt, base), meter)

    def prepared() -> Attempt:
        found = None if full else basis(work, reads, producer, as_of, base=base)
        if found is not None:
            reads.expect(producer, found.touched)
        return replace(attempt, basis=found)

    return _timed(_unless_stopped(attempt, prepared), meter)


def computed(attempt: Attempt, reads: SharedReads) -> Attempt:
    """Return the attempt with what must be written, if anything differs."""
    meter, run = Meter(), attempt.run

    def done() -> Attempt:
        found = compute(attempt.work, reads, attempt.producer, run.as_of, attempt.basis)
        if attempt.base is not None and found.nothing_differs:
            return _unchanged(attempt, attempt.base)
        known = replace(
            run,
            mode=found.mode,
            members_touched=found.members_touched,
            rows_in=found.rows_in,
            yardstick=None if found.yardstick is None else dict(found.yardstick),
        )
        return replace(attempt, run=known, computed=found)

    return _timed(_unless_stopped(attempt, done), meter)


def described(
    snapshot: Snapshot,
    producer: Producer,
    as_of: date,
    *,
    state: State,
    mode: Mode,
    run_id: str,
    error: str | None = None,
) -> ProducerRun:
    """Return a run that has computed nothing yet, with what it reads."""
    read = (*producer.facts, *producer.dimensions, *(f"features/{name}" for name in producer.needs))
    return ProducerRun(
        run_id=run_id,
        producer=producer.name,
        as_of=as_of,
        mode=mode,
        state=state,
        started_at=datetime.now(UTC),
        seconds=0.0,
        lake_sequence=snapshot.sequence,
        sources={name: snapshot.versions[name] for name in read if snapshot.has(name)},
        options=producer.fingerprint,
        error=error,
    )


def _is_current(now: ProducerRun, base: ProducerRun) -> bool:
    return (now.as_of, now.options, now.sources) == (base.as_of, base.options, base.sources)


def _unchanged(attempt: Attempt, base: ProducerRun) -> Attempt:
    over = attempt.over("unchanged", mode="none")
    return replace(over, run=replace(over.run, rows_out=base.rows_out))


def _unless_stopped(attempt: Attempt, step: Callable[[], Attempt]) -> Attempt:
    try:
        return step()
    except Exception as error:  # noqa: BLE001 whatever stops one producer must not stop the others
        return attempt.stopped(error)


def _timed(attempt: Attempt, meter: Meter) -> Attempt:
    run = attempt.run
    peak = run.peak_memory_mb if run.state == "unchanged" else meter.peak_memory_mb
    spent = replace(
        run,
        seconds=run.seconds + meter.seconds,
        peak_memory_mb=max(run.peak_memory_mb, peak),
    )
    return replace(attempt, run=spent)
