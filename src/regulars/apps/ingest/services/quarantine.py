"""Refused rows: shown for correction, replayed once, or discarded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from regulars.apps.accounts.services import audit, vault
from regulars.apps.accounts.types import Action, Actor, Sealed
from regulars.apps.ingest import queries
from regulars.apps.ingest.cleaning import reason_text
from regulars.apps.ingest.mapping import POSTED, found
from regulars.apps.ingest.models import QuarantinedRow
from regulars.apps.ingest.pipeline.cleaner import RAW_TEXT
from regulars.apps.ingest.readers import RowsReader, Source
from regulars.apps.ingest.services import runs
from regulars.apps.ingest.services.carrying import Carried, carry
from regulars.apps.ingest.services.faults import translated
from regulars.apps.ingest.services.runs import OpenRun
from regulars.apps.ingest.services.settling import settle_merges
from regulars.apps.ingest.types import (
    QuarantinedValues,
    QuarantineState,
    Replay,
    RunKind,
)
from regulars.base.errors import NotVisibleError, RuleError

Corrections = Mapping[str, str | None]
REPLAY_ROWS_MAX = 1_000


def reveal_row(row_id: int, *, actor: Actor | None) -> QuarantinedValues:
    """Return a refused row with its values; that it was opened is written down.

    Raises:
        NotVisibleError: There is no such row.
        VaultError: The row was sealed with a key that is gone.
    """
    row = _row(row_id)
    values = _raw(row)
    audit.record(actor, Action.REVEAL, object_kind="quarantined_row", object_id=str(row_id))
    text = values.pop(RAW_TEXT, None) or ""
    if text:
        values = dict.fromkeys(found(row.run.mapping).reads)
    return QuarantinedValues(queries.quarantine_line(row), values, text)


def fix_and_replay(
    corrections: Mapping[int, Corrections], *, actor: Actor | None
) -> tuple[Replay, ...]:
    """Load refused rows again with some of their values corrected (``{row id: {column: text}}``).

    A row that goes through is replayed, once and for all; one that is refused again stays open with
    its new values and its new reason. A line of an order joins the lines the lake holds.

    Raises:
        RuleError: A row is not open (another person has replayed or discarded it).
        MappingError, SourceError, LakeError: As for ``load``; the rows are open as before.
    """
    if len(corrections) > REPLAY_ROWS_MAX:
        raise RuleError(f"more than {REPLAY_ROWS_MAX:,} rows at once", fix="Replay them in parts")
    rows = {row_id: _row(row_id) for row_id in corrections}
    replays: list[Replay] = []
    for place in dict.fromkeys(_place(row) for row in rows.values()):
        part = {row_id: row for row_id, row in rows.items() if _place(row) == place}
        replays += _replayed(*place, part, corrections, actor)
    return tuple(replays)


def discard(row_id: int, *, actor: Actor | None) -> None:
    """Settle a refused row without loading it; raise ``RuleError`` when it is not open."""
    _row(row_id)
    changed = QuarantinedRow.objects.filter(pk=row_id, state=QuarantineState.OPEN).update(
        state=QuarantineState.DISCARDED, closed_at=timezone.now(), closed_by=_name(actor)
    )
    if not changed:
        raise _not_open(row_id)
    audit.record(
        actor,
        Action.CHANGE,
        object_kind="quarantined_row",
        object_id=str(row_id),
        detail={"state": "discarded"},
    )


def _place(row: QuarantinedRow) -> tuple[str, str]:
    """Whose rows belong together: what several systems post has one mapping and many sources."""
    posted = row.run.mapping == POSTED
    return row.run.mapping, row.run.source if posted else ""


def _replayed(
    name: str,
    posted_by: str,
    rows: Mapping[int, QuarantinedRow],
    corrections: Mapping[int, Corrections],
    actor: Actor | None,
) -> list[Replay]:
    """Replay the rows of one mapping as one run."""
    runs.close_dead_runs()
    with runs.running(name, kind=RunKind.REPLAY, started_by=_name(actor)) as run, translated():
        mapping = replace(found(name), source=posted_by) if posted_by else found(name)
        _claim(rows, run)
        values = {row_id: {**_readable(row), **corrections[row_id]} for row_id, row in rows.items()}
        source = Source(RowsReader([(row_id, values[row_id]) for row_id in rows]), name, ())
        runs.describe(
            run, source=mapping.source, contract=mapping.contract, source_file="", fingerprint=""
        )
        carried = carry(mapping, source, run=run, merge_held=True, on_progress=lambda *_: None)
        with transaction.atomic():
            replays = _settled(rows, values, carried, run=run, actor=actor)
            runs.finish(run, carried.report, ())
    for replay in replays:
        audit.record(
            actor,
            Action.REPLAY,
            object_kind="quarantined_row",
            object_id=str(replay.row_id),
            detail={"state": replay.state.value, "run": run.run_id},
        )
    if mapping.member is not None:
        settle_merges()
    return replays


def _claim(rows: Mapping[int, QuarantinedRow], run: OpenRun) -> None:
    """Take the rows for this replay; whoever comes second finds them taken."""
    with transaction.atomic():
        taken = QuarantinedRow.objects.filter(pk__in=rows, state=QuarantineState.OPEN).update(
            state=QuarantineState.REPLAYING, replay_run=run.run_id
        )
        if taken != len(rows):
            raise _not_open(*rows)


def _settled(
    rows: Mapping[int, QuarantinedRow],
    values: Mapping[int, Corrections],
    carried: Carried,
    *,
    run: OpenRun,
    actor: Actor | None,
) -> list[Replay]:
    refused = {row.number: row for row in carried.refused}
    QuarantinedRow.objects.filter(pk__in=set(rows) - set(refused), replay_run=run.run_id).update(
        state=QuarantineState.REPLAYED, closed_at=timezone.now(), closed_by=_name(actor)
    )
    replays = []
    for row_id in rows:
        again = refused.get(row_id)
        if again is None:
            replays.append(Replay(row_id, QuarantineState.REPLAYED))
            continue
        raw = vault.seal(json.dumps(dict(values[row_id]), ensure_ascii=False), runs.RAW_PURPOSE)
        QuarantinedRow.objects.filter(pk=row_id).update(
            state=QuarantineState.OPEN,
            replay_run=None,
            reason=again.reason,
            column=again.column,
            raw_key_id=raw.key_id,
            raw_ciphertext=raw.ciphertext,
        )
        replays.append(
            Replay(
                row_id, QuarantineState.OPEN, again.reason, reason_text(again.reason), again.column
            )
        )
    return replays


def _row(row_id: int) -> QuarantinedRow:
    row = QuarantinedRow.objects.select_related("run").filter(pk=row_id).first()
    if row is None:
        raise NotVisibleError(f"there is no quarantined row {row_id}")
    return row


def _readable(row: QuarantinedRow) -> dict[str, str | None]:
    values = _raw(row)
    values.pop(RAW_TEXT, None)
    return values


def _raw(row: QuarantinedRow) -> dict[str, str | None]:
    sealed = Sealed(row.raw_key_id, bytes(row.raw_ciphertext))
    values: dict[str, str | None] = json.loads(vault.unseal(sealed, runs.RAW_PURPOSE))
    return values


def _name(actor: Actor | None) -> str:
    return actor.username if actor else ""


def _not_open(*row_ids: int) -> RuleError:
    return RuleError(
        f"row {', '.join(map(str, row_ids))} is no longer open",
        where="quarantine",
        fix="Another person has replayed or discarded it; reload the page",
    )
