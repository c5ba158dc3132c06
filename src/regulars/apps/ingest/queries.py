"""Reads of the ingest room: sources, runs, quarantined rows, posted orders."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import get_language

from regulars.apps.ingest.cleaning import reason_text
from regulars.apps.ingest.mapping import found, is_set, listed
from regulars.apps.ingest.models import LoadRun, PostedOrder, QuarantinedRow
from regulars.apps.ingest.types import (
    Note,
    PostedState,
    PostState,
    QuarantineLine,
    QuarantinePage,
    QuarantineState,
    ReasonCount,
    RowCounts,
    RunDetail,
    RunKind,
    RunLine,
    RunPage,
    RunState,
    SourceLine,
    TableCount,
)
from regulars.base.errors import MappingError, NotVisibleError

PER_PAGE = 50


def sources() -> tuple[SourceLine, ...]:
    """Return every mapping there is, with its last run and how fresh its data are."""
    loads = LoadRun.objects.filter(kind=RunKind.LOAD)
    last: dict[str, LoadRun] = {}
    good: dict[str, LoadRun] = {}
    newest = _newest(loads)
    loaded = _newest(loads.filter(state=RunState.DONE))
    for run in LoadRun.objects.filter(pk__in={*newest.values(), *loaded.values()}):
        if newest.get(run.mapping) == run.pk:
            last[run.mapping] = run
        if loaded.get(run.mapping) == run.pk:
            good[run.mapping] = run
    waiting = _open_rows_by_mapping()
    names = dict.fromkeys([*(mapping.name for mapping in listed()), *last])
    return tuple(
        _source(name, last.get(name), good.get(name), waiting.get(name, 0)) for name in names
    )


def is_set_of_mappings(name: str) -> bool:
    """Whether ``name`` is a folder of mappings, and no mapping itself."""
    return is_set(name)


def runs(
    *, page: int = 1, mapping: str = "", state: RunState | None = None, per_page: int = PER_PAGE
) -> RunPage:
    """Return one page of runs, newest first."""
    found_runs = LoadRun.objects.order_by("-started_at", "-pk")
    if mapping:
        found_runs = found_runs.filter(mapping=mapping)
    if state is not None:
        found_runs = found_runs.filter(state=state)
    total = found_runs.count()
    page, pages = _clamped(page, total, per_page)
    part = found_runs[(page - 1) * per_page : page * per_page]
    return RunPage(tuple(_run_line(run) for run in part), total, page, pages)


def newest_runs(*, before: int | None, limit: int) -> tuple[RunLine, ...]:
    """Return at most ``limit`` runs whose number is below ``before``, the newest first."""
    found_runs = LoadRun.objects.order_by("-pk")
    if before is not None:
        found_runs = found_runs.filter(pk__lt=before)
    return tuple(_run_line(one) for one in found_runs[:limit])


def run(run_id: int) -> RunDetail:
    """Return everything about a run; raise ``NotVisibleError`` when there is none."""
    held = LoadRun.objects.filter(pk=run_id).first()
    if held is None:
        raise NotVisibleError(f"there is no load run {run_id}")
    rows = QuarantinedRow.objects.filter(run=run_id)
    return RunDetail(
        line=_run_line(held),
        tables={name: TableCount(**counts) for name, counts in held.tables.items()},
        notes=tuple(
            Note(note.rule, note.table, note.count, tuple(note.samples))
            for note in held.notes.order_by("table", "rule")
        ),
        reasons=_reasons(rows),
        open_rows=rows.filter(state=QuarantineState.OPEN).count(),
        members_created=held.members_created,
        members_merged=held.members_merged,
        reviews_opened=held.reviews_opened,
        peak_bytes=held.peak_bytes,
        lake_sequence=held.lake_sequence,
    )


def quarantine(
    *,
    page: int = 1,
    reason: str = "",
    run_id: int | None = None,
    state: QuarantineState | None = QuarantineState.OPEN,
    per_page: int = PER_PAGE,
) -> QuarantinePage:
    """Return one page of refused rows, newest first, and the open ones per reason."""
    rows = QuarantinedRow.objects.all()
    if run_id is not None:
        rows = rows.filter(run=run_id)
    reasons = _reasons(rows.filter(state=QuarantineState.OPEN))
    if state is not None:
        rows = rows.filter(state=state)
    if reason:
        rows = rows.filter(reason=reason)
    total = rows.count()
    page, pages = _clamped(page, total, per_page)
    part = (
        rows.select_related("run")
        .defer("raw_ciphertext")
        .order_by("-run_id", "row_number")[(page - 1) * per_page : page * per_page]
    )
    return QuarantinePage(tuple(quarantine_line(row) for row in part), total, page, pages, reasons)


def quarantine_line(row: QuarantinedRow) -> QuarantineLine:
    """Return a refused row without its values."""
    return QuarantineLine(
        row_id=row.pk,
        run_id=row.run_id,
        mapping=row.run.mapping,
        source_file=row.run.source_file,
        row_number=row.row_number,
        reason=row.reason,
        reason_text=reason_text(row.reason),
        column=row.column,
        state=QuarantineState(row.state),
        refused_at=row.run.started_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )


def posted_order(order_id: str, source: str) -> PostedState | None:
    """Return how far a posted order got; None when it was not posted, or long ago.

    It is refused for as long as a line of it was neither replayed nor corrected.
    """
    held = PostedOrder.objects.filter(source=source, order_id=order_id).first()
    if held is None:
        return None
    refusals: tuple[QuarantineLine, ...] = ()
    state = PostState(held.state)
    if state == PostState.REFUSED:
        rows = QuarantinedRow.objects.filter(
            run=held.run_id,
            row_number__range=(held.first_row, held.first_row + held.row_count - 1),
        ).exclude(state=QuarantineState.REPLAYED)
        refusals = tuple(
            quarantine_line(row)
            for row in rows.select_related("run").defer("raw_ciphertext").order_by("row_number")
        )
        state = PostState.REFUSED if refusals else PostState.LANDED
    return PostedState(
        order_id=held.order_id,
        source=held.source,
        state=state,
        version=held.version,
        received_at=held.received_at,
        landed_at=held.landed_at,
        refusals=refusals,
    )


def is_posted_waiting() -> bool:
    """Whether any posted order waits to land."""
    return PostedOrder.objects.filter(state=PostState.PENDING).exists()


def posted_waiting() -> tuple[int, datetime | None]:
    """Return how many posted orders wait to land, and since when the oldest does."""
    waiting = PostedOrder.objects.filter(state=PostState.PENDING)
    found = waiting.aggregate(count=Count("pk"), since=Min("received_at"))
    return found["count"], found["since"]


def _newest(runs_: QuerySet[LoadRun]) -> dict[str, int]:
    return dict(runs_.order_by().values_list("mapping").annotate(newest=Max("pk")))


def _open_rows_by_mapping() -> dict[str, int]:
    counted = (
        QuarantinedRow.objects.filter(state=QuarantineState.OPEN)
        .values_list("run__mapping")
        .annotate(rows=Count("pk"))
    )
    return dict(counted)


def _source(name: str, last: LoadRun | None, good: LoadRun | None, waiting: int) -> SourceLine:
    title, contract, kind, error = name, "", "", ""
    try:
        mapping = found(name)
    except MappingError as wrong:
        error = str(wrong)
    else:
        title = mapping.title_in(get_language() or "en")
        contract, kind = mapping.contract, mapping.place.format
    return SourceLine(
        mapping=name,
        title=title,
        contract=contract,
        format=kind,
        last_run=_run_line(last) if last else None,
        loaded_at=good.finished_at if good else None,
        rows_loaded=good.rows_loaded + good.rows_unchanged if good else 0,
        open_rows=waiting,
        error=error,
    )


def _run_line(held: LoadRun) -> RunLine:
    return RunLine(
        run_id=held.pk,
        kind=RunKind(held.kind),
        mapping=held.mapping,
        contract=held.contract,
        source_file=held.source_file,
        state=RunState(held.state),
        counts=RowCounts(
            read=held.rows_read,
            loaded=held.rows_loaded,
            duplicates=held.rows_duplicate,
            unchanged=held.rows_unchanged,
            quarantined=held.rows_quarantined,
            removed=held.rows_removed,
        ),
        started_at=held.started_at,
        seconds=held.seconds,
        error=held.error,
        started_by=held.started_by,
    )


def _reasons(rows: QuerySet[QuarantinedRow]) -> tuple[ReasonCount, ...]:
    counted = rows.values_list("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    return tuple(ReasonCount(reason, reason_text(reason), count) for reason, count in counted)


def _clamped(page: int, total: int, per_page: int) -> tuple[int, int]:
    pages = max(1, -(-total // per_page))
    return min(max(1, page), pages), pages
