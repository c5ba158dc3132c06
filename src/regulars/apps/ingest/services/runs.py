"""The life of a load run: begun, then done, unchanged or failed; dead ones are found and closed."""

from __future__ import annotations

import fcntl
import os
import resource
import secrets
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from regulars.apps.accounts.services import vault
from regulars.apps.ingest.models import LoadRun, QualityNote, QuarantinedRow
from regulars.apps.ingest.pipeline.cleaner import Refused
from regulars.apps.ingest.types import LoadReport, QuarantineState, RunKind, RunState
from regulars.base.errors import LakeError

RAW_PURPOSE = "quarantined row"
_INSERT_ROWS = 1_000
_KILOBYTE = 1_024
_FILE_LETTERS_MAX = 300


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that has begun, and the folder for its passing files."""

    run_id: int
    folder: Path
    started: float


@contextmanager
def running(mapping: str, *, kind: RunKind, started_by: str) -> Iterator[OpenRun]:
    """Begin a run; whatever ends the block early is written into it as its error.

    The run's folder is locked for as long as the process lives: that is how a dead one is known.
    """
    name = f"load-{secrets.token_hex(8)}"
    with locked_folder(name) as folder:
        run = LoadRun.objects.create(
            kind=kind,
            mapping=mapping,
            started_at=timezone.now(),
            started_by=started_by,
            host=socket.gethostname(),
            folder=name,
        )
        begun = OpenRun(run.pk, folder, time.monotonic())
        try:
            yield begun
        except BaseException as error:
            # A ledger that cannot be written must not hide what went wrong.
            with suppress(DatabaseError):
                _fail(begun, str(error) or type(error).__name__)
            raise


@contextmanager
def locked_folder(name: str) -> Iterator[Path]:
    """Make a folder under staging, hold its lock, and remove it at the end."""
    folder = _staging() / name
    try:
        folder.mkdir(parents=True)
        handle = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise LakeError(
            f"no passing files can be written: {error.strerror}", where=str(folder)
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def describe(
    run: OpenRun, *, source: str, contract: str, source_file: str, fingerprint: str
) -> None:
    """Note what the run reads, once that is known."""
    LoadRun.objects.filter(pk=run.run_id).update(
        source=source,
        contract=contract,
        # The end of a long name tells one file from another; the ledger has room for so much.
        source_file=source_file[-_FILE_LETTERS_MAX:],
        fingerprint=fingerprint,
    )


def loaded_before(fingerprint: str, *, lake_sequence: int) -> bool:
    """Whether a run already loaded exactly this, into a lake that still knows of it."""
    done = LoadRun.objects.filter(fingerprint=fingerprint, state=RunState.DONE)
    return bool(fingerprint) and done.filter(lake_sequence__lte=lake_sequence).exists()


def finish(run: OpenRun, report: LoadReport, refused: Sequence[Refused]) -> None:
    """Write the run's result and its quarantined rows, sealed, in one step."""
    sealed = vault.seal_many([row.raw for row in refused], RAW_PURPOSE) if refused else []
    counts = report.counts
    with transaction.atomic():
        if report.state is RunState.UNCHANGED:
            # That a source was looked at again is news once: only the newest such run stays.
            LoadRun.objects.filter(mapping=report.mapping, state=RunState.UNCHANGED).delete()
        QuarantinedRow.objects.bulk_create(
            (
                QuarantinedRow(
                    run_id=run.run_id,
                    row_number=row.number,
                    reason=row.reason,
                    column=row.column,
                    raw_key_id=raw.key_id,
                    raw_ciphertext=raw.ciphertext,
                )
                for row, raw in zip(refused, sealed, strict=True)
            ),
            batch_size=_INSERT_ROWS,
        )
        QualityNote.objects.bulk_create(
            QualityNote(
                run_id=run.run_id,
                rule=note.rule,
                table=note.table,
                count=note.count,
                samples=list(note.samples),
            )
            for note in report.notes
        )
        LoadRun.objects.filter(pk=run.run_id).update(
            state=report.state,
            rows_read=counts.read,
            rows_loaded=counts.loaded,
            rows_duplicate=counts.duplicates,
            rows_unchanged=counts.unchanged,
            rows_quarantined=counts.quarantined,
            rows_removed=counts.removed,
            members_created=report.members_created,
            members_merged=report.members_merged,
            reviews_opened=report.reviews_opened,
            tables={
                name: {
                    "new": table.new,
                    "changed": table.changed,
                    "same": table.same,
                    "removed": table.removed,
                }
                for name, table in report.tables.items()
            },
            finished_at=timezone.now(),
            seconds=report.seconds,
            peak_bytes=report.peak_bytes,
            lake_sequence=report.lake_sequence,
        )


def close_dead_runs() -> int:
    """Mark this machine's runs whose process is gone as failed; return how many.

    Their rows in replay are open again, and their passing files are removed.
    """
    dead = []
    running_here = LoadRun.objects.filter(state=RunState.RUNNING, host=socket.gethostname())
    for run_id, folder in running_here.values_list("pk", "folder"):
        if _is_dead(_staging() / folder):
            dead.append(run_id)
    with transaction.atomic():
        closed = LoadRun.objects.filter(pk__in=dead, state=RunState.RUNNING).update(
            state=RunState.FAILED,
            finished_at=timezone.now(),
            error="the process ended before the load was done; load the source again",
        )
        QuarantinedRow.objects.filter(replay_run__in=dead, state=QuarantineState.REPLAYING).update(
            state=QuarantineState.OPEN, replay_run=None
        )
    for left in _staging().glob("load-*"):
        if _is_dead(left):
            shutil.rmtree(left, ignore_errors=True)
    return closed


def peak_bytes() -> int:
    """Return this process's highest memory so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE


def elapsed(run: OpenRun) -> float:
    """Return the seconds since the run began."""
    return time.monotonic() - run.started


def _fail(run: OpenRun, error: str) -> None:
    with transaction.atomic():
        QuarantinedRow.objects.filter(
            replay_run=run.run_id, state=QuarantineState.REPLAYING
        ).update(state=QuarantineState.OPEN, replay_run=None)
        LoadRun.objects.filter(pk=run.run_id).update(
            state=RunState.FAILED,
            finished_at=timezone.now(),
            seconds=elapsed(run),
            peak_bytes=peak_bytes(),
            error=error,
        )


def _staging() -> Path:
    return Path(settings.REGULARS_HOME) / "staging"


def _is_dead(folder: Path) -> bool:
    """Whether nobody holds the folder's lock."""
    try:
        handle = os.open(folder / "lock", os.O_RDWR)
    except OSError:
        # Its owner has not made the lock yet (it is about to) or has removed the folder.
        return not folder.exists()
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True
