"""What the lake has not heard of yet: members that changed, and facts not given to anybody.

Whoever changes a member in the ledger notes it in the same transaction. Publishing takes the
notes it found and drops exactly these once the lake's commit stands; a crash in between leaves
them, and the next publishing finds nothing left to write.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db import connection

from regulars.apps.members.models import FollowedCommit, UnpublishedChange
from regulars.apps.members.services.ledger_rows import insert_rows

_ONLY_ROW = 1


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes found: their ids, ascending."""

    ids: npt.NDArray[np.int64]

    @property
    def newest(self) -> int:
        """The largest id, 0 when there are none."""
        return int(self.ids[-1]) if len(self.ids) else 0

    def runs(self) -> list[tuple[int, int]]:
        """Return first and last of every unbroken run of ids.

        A gap may be a note of a transaction that has not ended yet, which must stay.

        >>> Notes(np.array([3, 4, 7])).runs()
        [(3, 4), (7, 7)]
        """
        if not len(self.ids):
            return []
        breaks = np.flatnonzero(np.diff(self.ids) > 1)
        first = self.ids[np.concatenate([[0], breaks + 1])]
        last = self.ids[np.concatenate([breaks, [len(self.ids) - 1]])]
        return list(zip(first.tolist(), last.tolist(), strict=True))


def note_changed(member_ids: Iterable[str]) -> None:
    """Announce members to the lake; call it inside the transaction that changes them."""
    insert_rows(UnpublishedChange, ("member_id",), ((member_id,) for member_id in member_ids))


def found_notes() -> Notes:
    """Return the notes that stand now."""
    table = connection.ops.quote_name(UnpublishedChange._meta.db_table)  # noqa: SLF001 Django documents _meta as its interface
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} ORDER BY id")  # noqa: S608 a name of our own
        ids = np.fromiter((row[0] for row in cursor.fetchall()), dtype=np.int64)
    return Notes(ids)


def drop(notes: Notes) -> None:
    """Drop the notes whose news the lake holds."""
    for first, last in notes.runs():
        UnpublishedChange.objects.filter(pk__gte=first, pk__lte=last).delete()


def followed_commit() -> int:
    """Return the newest commit whose facts were looked at; 0 for none."""
    held = FollowedCommit.objects.filter(pk=_ONLY_ROW).values_list("sequence", flat=True).first()
    return held or 0


def follow(sequence: int) -> None:
    """Remember that the facts of all commits up to ``sequence`` were looked at."""
    held, made = FollowedCommit.objects.get_or_create(pk=_ONLY_ROW, defaults={"sequence": sequence})
    if not made and held.sequence != sequence:
        FollowedCommit.objects.filter(pk=_ONLY_ROW).update(sequence=sequence)
