"""Refreshing the feature tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta

from regulars.base.errors import RuleError
from regulars.base.ids import new_id
from regulars.lake import Lake, Snapshot
from regulars.science.facts import checked_date
from regulars.science.lifecycle import LifecycleRules
from regulars.science.producers.landing import landed
from regulars.science.producers.lifecycle import LifecycleProducer
from regulars.science.producers.producer import Producer, in_waves
from regulars.science.producers.profile.churn import ChurnProducer
from regulars.science.producers.profile.cycle import CycleProducer
from regulars.science.producers.profile.preferences import PreferencesProducer
from regulars.science.producers.profile.preparing import notes_of, prepared, recalled
from regulars.science.producers.profile.price import PriceProducer
from regulars.science.producers.profile.strata import StrataProducer
from regulars.science.producers.profile.value import ValueProducer
from regulars.science.producers.reads import shared_reads
from regulars.science.producers.rfm import RfmProducer
from regulars.science.producers.run import begun, computed, described
from regulars.science.producers.run_log import ProducerRun, append_runs, last_done
from regulars.science.producers.work import work_tables
from regulars.science.rfm import RfmOptions
from regulars.science.value import ValueOptions


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What one refresh did, in the order it was done.

    ``notes`` are what staff should know though nothing failed, such as that a model is missing.
    """

    run_id: str
    as_of: date
    runs: tuple[ProducerRun, ...]
    notes: tuple[str, ...] = ()

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
    """Return the producers of RFM and lifecycle with a brand's options."""
    return (
        RfmProducer(options=rfm or RfmOptions()),
        LifecycleProducer(rules=lifecycle or LifecycleRules()),
    )


def profile_producers(*, value: ValueOptions | None = None) -> tuple[Producer, ...]:
    """Return the producers of what members are worth and how they buy."""
    return (
        ValueProducer(options=value or ValueOptions()),
        CycleProducer(),
        StrataProducer(),
        PreferencesProducer(),
        PriceProducer(),
        ChurnProducer(),
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
    refit: bool = False,
    live: bool = False,
    producers: Iterable[Producer] | None = None,
    on_start: Callable[[str], None] | None = None,
) -> RefreshReport:
    """Bring every feature table up to ``as_of``.

    Only members whose facts changed since the producer's last good run are measured anew, unless
    ``full``, or that run was for a later date, or the options have changed; the features are the
    same either way. A fitted model holds for the month of its date, unless ``refit`` asks for a new
    one. ``live`` is for the few members of a moment: no model is fitted, and a producer is left out
    that has no run with the same options and the newest fit to build upon. A producer that fails
    leaves its last good table, blocks those that need it and is named in the report and the log;
    the others still run. Where nothing changed nothing is written. ``on_start`` is called with each
    producer's name. Producers that need nothing of each other read one commit and are written as
    one.

    Raises:
        LakeError: The lake cannot be read, or not even the log can be written.
        RuleError: The producers cannot be put in order.
    """
    day, run_id = checked_date(as_of), new_id("r")
    asked = in_waves(standard_producers() if producers is None else producers)
    waves, unprepared = (
        (_followed(asked, lake, day), {}) if live else _prepared(asked, lake, day, refit=refit)
    )
    runs: list[ProducerRun] = []
    for wave in waves:
        stopped = {run.producer for run in runs if run.state in {"failed", "blocked"}}
        free = [producer for producer in wave if not stopped.intersection(producer.needs)]
        with lake.snapshot() as snapshot:
            runs += [
                _blocked(snapshot, producer, day, run_id, stopped)
                for producer in wave
                if producer not in free
            ]
            runs += [
                _failed(snapshot, producer, day, run_id, unprepared[producer.name])
                for producer in free
                if producer.name in unprepared
            ]
            ready = [producer for producer in free if producer.name not in unprepared]
            runs += _refreshed(lake, snapshot, ready, day, run_id, full=full, on_start=on_start)
    unlogged = [run for run in runs if run.state != "done"]
    if unlogged and any(run.state != "unchanged" for run in runs):
        with lake.transaction(note=f"refresh {run_id}") as transaction:
            append_runs(transaction, unlogged)
    notes = tuple(note for wave in waves for note in notes_of(wave))
    return RefreshReport(run_id, as_of, tuple(runs), notes)


def _prepared(
    waves: Iterable[Iterable[Producer]], lake: Lake, as_of: date, *, refit: bool
) -> tuple[list[list[Producer]], dict[str, str]]:
    """Return the producers that know their fits, and why some do not, by name."""
    found = [prepared(wave, lake, as_of, refit=refit) for wave in waves]
    return [ready for ready, _ in found], {
        name: error for _, failed in found for name, error in failed.items()
    }


def _followed(waves: Iterable[Iterable[Producer]], lake: Lake, as_of: date) -> list[list[Producer]]:
    """Return the producers whose last run is of the same options, so that not all is anew."""
    known = [recalled(wave, lake, as_of) for wave in waves]
    with lake.snapshot() as snapshot:
        bases = last_done(snapshot, [one.name for wave in known for one in wave])
    kept: set[str] = set()
    found: list[list[Producer]] = []
    for wave in known:
        found.append(
            [
                one
                for one in wave
                if one.name in bases
                and bases[one.name].options == one.fingerprint
                and kept.issuperset(one.needs)
            ]
        )
        kept |= {one.name for one in found[-1]}
    return found


def _refreshed(
    lake: Lake,
    snapshot: Snapshot,
    producers: Sequence[Producer],
    as_of: date,
    run_id: str,
    *,
    full: bool,
    on_start: Callable[[str], None] | None,
) -> list[ProducerRun]:
    """Run producers that need nothing of each other over one commit, and write them as one."""
    bases = last_done(snapshot, [producer.name for producer in producers])
    with shared_reads(snapshot) as reads, ExitStack() as stack:
        attempts = [
            begun(
                stack.enter_context(work_tables(snapshot, producer)),
                reads,
                producer,
                as_of,
                base=bases.get(producer.name),
                run_id=run_id,
                full=full,
            )
            for producer in producers
        ]
        for place, attempt in enumerate(attempts):
            if on_start is not None:
                on_start(attempt.producer.name)
            if attempt.is_open:
                attempts[place] = computed(attempt, reads)
        return landed(lake, attempts)


def _failed(
    snapshot: Snapshot, producer: Producer, as_of: date, run_id: str, error: str
) -> ProducerRun:
    return described(
        snapshot, producer, as_of, state="failed", mode="none", run_id=run_id, error=error
    )


def _blocked(
    snapshot: Snapshot, producer: Producer, as_of: date, run_id: str, stopped: Collection[str]
) -> ProducerRun:
    missing = ", ".join(need for need in producer.needs if need in stopped)
    return described(
        snapshot,
        producer,
        as_of,
        state="blocked",
        mode="none",
        run_id=run_id,
        error=f"waits for {missing}",
    )
