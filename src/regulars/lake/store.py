"""The lake: a folder of Delta tables, committed together and read together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from regulars.base.errors import RegularsError
from regulars.lake.compaction import compact_table, crowd, join_small_files
from regulars.lake.draft import Draft
from regulars.lake.engine import held_files
from regulars.lake.recovery import recovered
from regulars.lake.snapshot import Snapshot, current_snapshot
from regulars.lake.storage import delta
from regulars.lake.storage.lock import refresh_lock, serving_lock, write_lock
from regulars.lake.transaction import Transaction
from regulars.lake.writing.scouting import Scout

_KEEP_HOURS = 168


@dataclass(frozen=True, slots=True)
class TableState:
    """One table as the newest commit left it."""

    name: str
    version: int
    rows: int
    files: int
    bytes: int


class Lake:
    """The tables under ``root``. Any number of processes read while one writes."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def snapshot(self) -> Snapshot:
        """Return all tables at the newest commit, for this thread."""
        return current_snapshot(self.root)

    @contextmanager
    def transaction(
        self, *, wait_seconds: float = 60, note: str = "", scout: Scout | None = None
    ) -> Iterator[Transaction]:
        """Write several tables as one commit: readers see all of it or nothing.

        A ``scout`` that was sent ahead spares the writer some reading, and changes nothing else.

        An exception in the block takes everything back. A transaction inside another one of the
        same lake waits for it in vain.

        Raises:
            LakeBusyError: Another writer did not finish within ``wait_seconds``.
            LakeError: The lake cannot be written, such as on a full disk; nothing was changed.
        """
        with self._draft(wait_seconds=wait_seconds, note=note) as draft:
            transaction = Transaction(draft, scout)
            yield transaction
            transaction.write_member_changes()
        transaction.committed()

    @contextmanager
    def refreshing(self, *, wait_seconds: float = 600) -> Iterator[None]:
        """Take the turn to refresh what is computed: two at a time would do the same work twice.

        Who writes facts needs no turn. It ends with the block, or with the process.

        Raises:
            LakeBusyError: Another refresh did not finish within ``wait_seconds``.
        """
        self._make_folder()
        with refresh_lock(self.root, wait_seconds=wait_seconds):
            yield

    @contextmanager
    def serving(self, *, wait_seconds: float = 600) -> Iterator[None]:
        """Take the turn to keep a copy of what the lake says: snapshots opened in it never go back.

        Two at a time would write what an older commit says over what a newer one does. Who writes
        or refreshes needs no turn. It ends with the block, or with the process.

        Raises:
            LakeBusyError: Another serving did not finish within ``wait_seconds``.
        """
        self._make_folder()
        with serving_lock(self.root, wait_seconds=wait_seconds):
            yield

    def scout(self) -> Scout:
        """Return a scout that looks for the files a coming transaction will touch.

        Use it in a ``with`` block around the transaction. It holds no lock.
        """
        return Scout(self.root, self.snapshot().manifest)

    def tables(self) -> list[TableState]:
        """Return the state of every table that was ever written, by name."""
        states = []
        for name, version in sorted(self.snapshot().versions.items()):
            files = held_files(self.root, name, version)
            states.append(TableState(name, version, files.rows, len(files.data), files.bytes))
        return states

    def compact(self, *, wait_seconds: float = 60) -> None:
        """Join small files of every table. The old files stay until a vacuum."""
        for name in self.snapshot().versions:
            with self._draft(wait_seconds=wait_seconds, note=f"compact {name}") as draft:
                compact_table(draft, name)

    def is_crowded(self) -> bool:
        """Whether some partition has so many small files that reading suffers. Costs no reading."""
        return bool(self._crowded())

    def join_small_files(self, *, wait_seconds: float = 60) -> int:
        """Join the small files of one crowded partition of each table; return how many went.

        Quick enough to be done between two loads, unlike ``compact``, which writes whole months.
        """
        gone = 0
        for name in self._crowded():
            with self._draft(wait_seconds=wait_seconds, note=f"join {name}") as draft:
                gone += join_small_files(draft, name)
        return gone

    def _crowded(self) -> list[str]:
        held = self.snapshot().versions.items()
        return [name for name, version in held if crowd(held_files(self.root, name, version))]

    def vacuum(self, *, keep_hours: int = _KEEP_HOURS, wait_seconds: float = 60) -> int:
        """Delete files that no commit of the last ``keep_hours`` uses; return how many.

        After an erasure call it with ``keep_hours=0``: only then are the person's rows gone from
        the disk. Readers who still hold an older snapshot then have to open a new one.
        """
        gone = 0
        for name in self.snapshot().versions:
            with self._draft(wait_seconds=wait_seconds, note=f"vacuum {name}") as draft:
                gone += draft.vacuum(name, keep_hours=keep_hours)
        return gone

    @contextmanager
    def _draft(self, *, wait_seconds: float, note: str) -> Iterator[Draft]:
        self._make_folder()
        with write_lock(self.root, wait_seconds=wait_seconds):
            with delta.translated(self.root):
                draft = Draft(self.root, recovered(self.root))
            try:
                yield draft
                draft.finish(note)
            except BaseException:
                draft.close()
                # What cannot be taken back now (a full disk) the next writer takes back.
                with suppress(RegularsError, OSError), delta.translated(self.root):
                    recovered(self.root)
                raise

    def _make_folder(self) -> None:
        with delta.translated(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
