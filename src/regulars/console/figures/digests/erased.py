"""Taking erased members out of the digests.

A digest's list of members is the one file here that names anybody. It is written again without
the erased and put in the old one's place in one step, so that no reader waits for a new digest.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regulars.apps.members.queries import erased_members
from regulars.base.ids import new_id
from regulars.console.figures.digests.places import BOARD, DRAFT, GROUP_ROWS, digests_folder

if TYPE_CHECKING:
    from collections.abc import Iterable


def leave_out_erased() -> None:
    """Take everybody whom the ledger calls erased out of every digest.

    Called after an erasure, by whoever has just made a digest (perhaps of a commit from before
    an erasure), and at night for what a crash left. The ledger forgets first, so one of the two
    that meet always sees the other's work.
    """
    # Two erasures at once may each put a list back that names whom the other took out: the pass
    # after the last change finds them.
    while _one_pass():
        pass


def _one_pass() -> bool:
    erased = pa.array(sorted(erased_members()), pa.string())
    return bool(erased) and sum(_without(board, erased) for board in _boards()) > 0


def _boards() -> Iterable[Path]:
    return [
        path
        for path in digests_folder().glob(f"*/{BOARD}")
        if not path.parent.name.startswith(DRAFT)
    ]


def _without(board: Path, erased: pa.Array) -> bool:
    """Write the list again without the ids; False when it names none of them."""
    with suppress(FileNotFoundError):  # another process tidies as well
        made = board.parent.stat()
        named = pq.read_table(board, columns=["member_id"]).column("member_id")
        if not pc.any(pc.is_in(named, erased)).as_py():
            return False
        held = pq.read_table(board)
        kept = held.filter(pc.invert(pc.is_in(held.column("member_id"), erased)))
        draft = board.parent.with_name(new_id(DRAFT))
        draft.mkdir()
        try:
            pq.write_table(kept, draft / BOARD, compression="zstd", row_group_size=GROUP_ROWS)
            (draft / BOARD).replace(board)
            # The figures are no newer than before.
            os.utime(board.parent, ns=(made.st_atime_ns, made.st_mtime_ns))
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return True
    return False
