"""The digests kept in ``$REGULARS_HOME/digests``: one folder per date and state of the lake.

A digest holds no person's data beyond what the lake's feature tables hold, leaves out the erased
as they do, and may be deleted at any time: the next reader makes it anew. While a thread of this
process keeps the digests up, a reader is given the one before rather than made to wait for the
newest.
"""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Lock
from typing import TYPE_CHECKING

import ibis

from regulars.base.errors import LakeError
from regulars.base.ids import new_id
from regulars.console.figures.digests import board, sums
from regulars.console.figures.digests.erased import leave_out_erased
from regulars.console.figures.digests.places import BOARD, DRAFT, GROUP_ROWS, digests_folder
from regulars.console.figures.digests.visits import gathered
from regulars.console.figures.digests.work import WorkTables, backend_of, opened
from regulars.lake.storage.sql import text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import ibis.expr.types as ir

    from regulars.console.desk import Desk

# Raise when what the files hold, or how it is computed, changes.
FORMAT = 2
KEPT_SECONDS = 900.0  # a reader may be in the middle of an older one
_FILE_FORMAT = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {GROUP_ROWS}"
_kept_up = Event()
_making = Lock()


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest. ``current``: made from the very commit the reader reads."""

    folder: Path
    made_at: datetime
    current: bool

    @property
    def key(self) -> str:
        """What tells it from every other digest."""
        return str(self.folder)

    def homes(self, desk: Desk) -> ir.Table:
        """Return the sums by home store and guide (see ``sums``), cut to the reader's scope.

        Headquarters read a file that is added up already.
        """
        name = "whole" if desk.lake.scope.is_hq else "homes"
        rows = self._table(desk, name, sums.SCHEMA)
        return desk.lake.of_homes(rows)

    def board(self, desk: Desk) -> ir.Table:
        """Return one row per member of the reader's scope."""
        return desk.lake.of_homes(self._table(desk, "board", board.SCHEMA))

    def also(
        self, desk: Desk, name: str, schema: ibis.Schema, make: Callable[[], ir.Table]
    ) -> ir.Table:
        """Return other sums by home store and guide, cut to the reader's scope.

        The first who asks for ``name`` makes them; they are kept with the digest.
        """
        path = self.folder / f"{name}.parquet"
        if not path.exists():
            with _making:
                if not path.exists():
                    draft = self.folder / f"{new_id(DRAFT)}.parquet"
                    _write(make(), draft)
                    draft.replace(path)
        return desk.lake.of_homes(self._table(desk, name, schema))

    def _table(self, desk: Desk, name: str, schema: ibis.Schema) -> ir.Table:
        backend = backend_of(desk.whole.table("members"))
        return opened(backend, str(self.folder / f"{name}.parquet"), schema)


def digest(desk: Desk) -> Digest:
    """Return the newest digest for the reader's date, made now when there is none to be had."""
    wanted = _folder(desk)
    found = _read(wanted, current=True)
    if found is None and _kept_up.is_set():
        found = _newest(wanted)
    return found or _made(desk, wanted)


def keep_newest(desk: Desk) -> bool:
    """Make the digest of the reader's date and commit; False when it was there already."""
    wanted = _folder(desk)
    if _read(wanted, current=True) is not None:
        return False
    _made(desk, wanted)
    return True


def tidy_digests() -> int:
    """Take erased members out, and delete what nobody reads any more; return how many digests.

    The newest stays, even when the lake has moved on: readers need not wait while the next is made.
    """
    leave_out_erased()
    found = [one for path in digests_folder().glob("*") if (one := _read(path, current=False))]
    made = [one for one in found if not one.folder.name.startswith(DRAFT)]
    newest = max(made, key=lambda one: one.made_at, default=None)
    return _tidy(_stamp(newest.folder) if newest else "none")


def keep_up(*, running: bool) -> None:
    """Say whether somebody in this process keeps the digests up to date."""
    if running:
        _kept_up.set()
    else:
        _kept_up.clear()


def _folder(desk: Desk) -> Path:
    return digests_folder() / f"{desk.as_of}-{FORMAT}-{desk.stamp}"


def _read(folder: Path, *, current: bool) -> Digest | None:
    try:
        made = folder.stat().st_mtime
    except FileNotFoundError:
        return None
    return Digest(folder, datetime.fromtimestamp(made, UTC), current)


def _newest(wanted: Path) -> Digest | None:
    """Return the newest digest of the same date from another commit."""
    alike = wanted.name.rpartition("-")[0]
    found = [
        one for path in digests_folder().glob(f"{alike}-*") if (one := _read(path, current=False))
    ]
    return max(found, key=lambda one: one.made_at, default=None)


def _made(desk: Desk, folder: Path) -> Digest:
    # Readers who ask for the same digest at the same time wait for one of them to make it.
    with _making:
        found = _read(folder, current=True)
        if found is None:
            _make(desk, folder)
            leave_out_erased()  # of the time while it was made
            _tidy(_stamp(folder))
            found = _read(folder, current=True)
    if found is None:
        raise LakeError(
            "what was added up a moment ago is gone", where=str(folder), fix="Try again"
        )
    return found


def _make(desk: Desk, folder: Path) -> None:
    draft = folder.with_name(new_id(DRAFT))
    draft.mkdir(parents=True)
    try:
        backend = backend_of(desk.whole.table("members"))
        with WorkTables(backend) as work:
            visits = gathered(desk, work)
            kept = [work.keep(rows) for rows in sums.sums(desk, visits)]
            homes = kept[0].union(*kept[1:])
            _write(homes.order_by(*sums.HOMES, "figure"), draft / "homes.parquet")
            whole = homes.group_by(*sums.PLACES).agg(
                **{name: homes[name].sum().cast("int64") for name in sums.SUMS}
            )
            nowhere = dict.fromkeys(sums.HOMES, ibis.null().cast("string"))
            whole = whole.mutate(**nowhere).select(*sums.SCHEMA)
            _write(whole, draft / "whole.parquet")
        _write(board.board(desk), draft / BOARD)
        draft.rename(folder)
    except OSError:
        # Another process was first, or the disk is full: the reader sees which.
        shutil.rmtree(draft, ignore_errors=True)
        if not folder.is_dir():
            raise
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _write(rows: ir.Table, path: Path) -> None:
    backend = backend_of(rows)
    backend.raw_sql(f"COPY ({backend.compile(rows)}) TO {text(str(path))} ({_FILE_FORMAT})")


def _stamp(folder: Path) -> str:
    return folder.name.rpartition("-")[2]


def _tidy(stamp: str) -> int:
    """Delete what nobody reads any more and was not made of this stamp; return how many."""
    gone = 0
    for path in digests_folder().glob("*"):
        if path.name.endswith(f"-{stamp}"):
            continue
        with suppress(FileNotFoundError):  # another process tidies as well
            if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
                gone += 1
    return gone
