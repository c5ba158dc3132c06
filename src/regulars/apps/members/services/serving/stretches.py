"""Stretches of members that are looked at in one go, so that memory does not grow with members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from regulars.lake import Snapshot

MEMBERS_MAX = 100_000
# Up to so many ids are named in the question itself: files without them are not opened.
_NAMED_MAX = 1_000
# Beyond this share of the members, reading everybody in turn costs less than picking them out.
_EVERYBODY_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some members: the ids named, or all from ``first`` up to ``end`` ('' and None: no bound)."""

    ids: tuple[str, ...] | None
    first: str = ""
    end: str | None = None

    def cut(self, table: ir.Table) -> ir.Table:
        """Leave the rows of these members."""
        if self.ids is None:
            kept = table.filter(table["member_id"] >= self.first)
            return kept if self.end is None else kept.filter(kept["member_id"] < self.end)
        if len(self.ids) <= _NAMED_MAX:
            return table.filter(table["member_id"].isin(self.ids))
        wanted = ibis.memtable(pa.table({"member_id": pa.array(self.ids, pa.string())}))
        return table.semi_join(wanted, "member_id")


def of_everybody(snapshot: Snapshot) -> Iterator[Stretch]:
    """Yield all members in the order of their ids."""
    ids = snapshot.table("members").select("member_id").to_pyarrow()["member_id"]
    if len(ids) <= MEMBERS_MAX:
        yield Stretch(None)
        return
    ordered = ids.take(pc.sort_indices(ids))
    bounds = [ordered[place].as_py() for place in range(MEMBERS_MAX, len(ids), MEMBERS_MAX)]
    for first, end in zip(["", *bounds], [*bounds, None], strict=True):
        yield Stretch(None, first, end)


def of_some(snapshot: Snapshot, members: pa.ChunkedArray) -> Iterator[Stretch]:
    """Yield these members, of whom some may be named twice, or everybody if they are many."""
    ids = pc.unique(members).to_pylist()
    if len(ids) > _EVERYBODY_SHARE * _count(snapshot) and len(ids) > _NAMED_MAX:
        yield from of_everybody(snapshot)
        return
    ids.sort()
    for begin in range(0, len(ids), MEMBERS_MAX):
        yield Stretch(tuple(ids[begin : begin + MEMBERS_MAX]))


def _count(snapshot: Snapshot) -> int:
    return int(snapshot.table("members").count().to_pyarrow().as_py())
