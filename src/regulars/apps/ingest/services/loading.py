"""``load``: one source into the lake, all of it or nothing."""

from __future__ import annotations

import hashlib

from django.conf import settings

from regulars.apps.accounts.services import audit
from regulars.apps.accounts.types import Action, Actor
from regulars.apps.ingest.mapping import Mapping, found
from regulars.apps.ingest.readers import Source, opened
from regulars.apps.ingest.services import runs
from regulars.apps.ingest.services.carrying import Progress, carry, rehearse
from regulars.apps.ingest.services.faults import translated
from regulars.apps.ingest.services.runs import OpenRun
from regulars.apps.ingest.services.settling import settle_merges
from regulars.apps.ingest.types import LoadReport, RowCounts, RunKind, RunState
from regulars.lake import Lake


def load(
    name: str,
    *,
    path: str = "",
    force: bool = False,
    dry_run: bool = False,
    settle: bool = True,
    actor: Actor | None = None,
    on_progress: Progress = lambda *_: None,
) -> LoadReport:
    """Load the source of the mapping ``name`` (or the same kind of file at ``path``).

    A file that was loaded before, by the same mapping, is not read again unless ``force``; reading
    it again changes nothing. ``dry_run`` reads and cleans, and writes nothing at all. Facts of
    members who turned out to be one are moved in a second commit, once the load is seen (the
    report's ``seconds`` end before it); without ``settle``, a later load or publishing moves them,
    and finds home stores: for one of many loads in a row.
    ``on_progress`` gets the step (reading, matching, writing, settling), rows so far and in all.

    Raises:
        MappingError: The mapping is wrong or does not fit the source.
        SourceError: The source cannot be read, or too many of its rows are refused.
        LakeError: The lake cannot be written. In every case nothing was changed, unless the
            progress had come to settling: then the load stands, and its merges wait.
    """
    if dry_run:
        mapping = found(name)
        with translated(), runs.locked_folder(f"load-dry-{id(mapping)}") as folder:
            return rehearse(mapping, opened(mapping, path), folder=folder, on_progress=on_progress)
    runs.close_dead_runs()
    started_by = actor.username if actor else ""
    with (
        runs.running(name, kind=RunKind.LOAD, started_by=started_by) as run,
        translated(),
    ):
        mapping = found(name)
        source = opened(mapping, path)
        fingerprint = _fingerprint(mapping, source)
        runs.describe(
            run,
            source=mapping.source,
            contract=mapping.contract,
            source_file=source.name,
            fingerprint=fingerprint,
        )
        if not force and _is_loaded(fingerprint):
            report = _unchanged(run, mapping, source)
            runs.finish(run, report, ())
        else:
            carried = carry(
                mapping, source, run=run, merge_held=False, on_progress=on_progress, settle=settle
            )
            report = carried.report
            runs.finish(run, report, carried.refused)
    if actor is not None:
        _note(actor, report, run)
    if settle and mapping.member is not None:
        on_progress("settling", report.counts.read, report.counts.read)
        settle_merges()
    return report


def _fingerprint(mapping: Mapping, source: Source) -> str:
    """What was read and how it was understood; empty for a query, which may answer anew."""
    content = source.content_hash()
    if not content:
        return ""
    return hashlib.sha256(f"{content} {mapping.name} {mapping.digest}".encode()).hexdigest()


def _is_loaded(fingerprint: str) -> bool:
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        return runs.loaded_before(fingerprint, lake_sequence=snapshot.sequence)


def _unchanged(run: OpenRun, mapping: Mapping, source: Source) -> LoadReport:
    return LoadReport(
        run_id=run.run_id,
        mapping=mapping.name,
        contract=mapping.contract,
        source_file=source.name,
        state=RunState.UNCHANGED,
        counts=RowCounts(),
        seconds=runs.elapsed(run),
        peak_bytes=runs.peak_bytes(),
    )


def _note(actor: Actor, report: LoadReport, run: OpenRun) -> None:
    audit.record(
        actor,
        Action.LOAD,
        object_kind="load_run",
        object_id=str(run.run_id),
        detail={"mapping": report.mapping, "rows": report.counts.read},
    )
