"""Answers about single members, read for many members at once and kept in blocks.

Asking the lake for one member costs nearly as much as asking for a thousand. In a scope of some
thousand members the first question therefore reads all of them, in a larger one the block of ids
that begin alike, and beyond what memory would hold just the member asked for. After a commit only
the members it changed are read again. A store holds a bounded number of bytes; what was not asked
for longest leaves first.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from regulars.api.answers.commits import Change, current, is_current, lake_at, on_change
from regulars.api.answers.kept import kept
from regulars.apps.accounts.queries import ScopedLake, scoped
from regulars.apps.accounts.types import DataScope

if TYPE_CHECKING:
    import ibis.expr.types as ir

WHOLE_SCOPE_MAX = 4_000
# The first letter of a member id is one of 32: blocks of up to two thousand members.
IN_BLOCKS_MAX = 60_000
_ID_LETTERS = 32
# Every member's id begins with it, so the block of a whole scope is named by it.
ID_BEGINS = "m"
_SHORT = 2
_ENTRY_OVERHEAD_BYTES = 150
Entry = TypeVar("Entry")
Place = tuple[Path, DataScope, str]
Cut = Callable[["ir.Table"], "ir.Table"]
Read = Callable[[ScopedLake, Cut], Mapping[str, Entry]]


@dataclass(slots=True)
class _Block(Generic[Entry]):
    entries: dict[str, Entry]
    size: int = 0
    stale: set[str] = field(default_factory=set)


class People(Generic[Entry]):
    """One sort of answer about members, by scope and member.

    ``read(lake, cut)`` returns the answers of the members that ``cut`` leaves in a table;
    ``by_member`` are tables of whose changes the lake notes the members, ``by_table`` those whose
    every change concerns everybody.
    """

    def __init__(
        self,
        read: Read[Entry],
        size: Callable[[Entry], int],
        *,
        by_member: frozenset[str],
        by_table: frozenset[str] = frozenset(),
        bytes_max: int = 64 * 1024 * 1024,
    ) -> None:
        self._read, self._size_of = read, size
        self._by_member, self._by_table = by_member | {"members"}, by_table
        self._bytes_max = bytes_max
        self._blocks: OrderedDict[Place, _Block[Entry]] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._flights = tuple(Lock() for _number in range(64))
        on_change(self._note)

    def of(self, scope: DataScope, member_id: str) -> Entry | None:
        """Return the answer about a member; None when there is no such member in the scope."""
        root, _seen = current()
        place = (root, scope, member_id[: 1 + _block_letters(scope)])
        with self._lock:
            block = self._fresh(place, member_id)
            if block is not None:
                return block.entries.get(member_id)
        with self._flights[hash(place) % len(self._flights)]:
            with self._lock:
                block = self._fresh(place, member_id)
                if block is not None:
                    return block.entries.get(member_id)
                held = self._blocks.get(place)
                stale = frozenset(held.stale) if held is not None else None
            return self._ask(place, stale).get(member_id)

    def fill(self, scope: DataScope) -> bool:
        """Read the members of a scope that is kept whole, as far as they are not held.

        False in a scope that is too large to be kept whole: nothing is read.
        """
        if _block_letters(scope):
            return False
        root, _seen = current()
        place = (root, scope, ID_BEGINS)
        with self._flights[hash(place) % len(self._flights)]:
            with self._lock:
                held = self._blocks.get(place)
                stale = frozenset(held.stale) if held is not None else None
            if stale is None or stale:
                self._ask(place, stale)
        return True

    @property
    def size(self) -> int:
        """How many bytes the store holds, about."""
        return self._size

    def _fresh(self, place: Place, member_id: str) -> _Block[Entry] | None:
        block = self._blocks.get(place)
        if block is None or member_id in block.stale:
            return None
        self._blocks.move_to_end(place)
        return block

    def _ask(self, place: Place, stale: frozenset[str] | None) -> Mapping[str, Entry]:
        """Read the whole block, or of one that is held only the members who changed."""
        root, seen = current()
        prefix = place[2]
        with lake_at(root).snapshot() as snapshot:
            lake = scoped(snapshot, place[1])
            if stale is None:
                found = self._read(lake, _beginning(prefix))
            else:
                ids = sorted(stale)
                found = self._read(lake, lambda t: t.filter(t["member_id"].isin(ids)))
        with self._lock:
            if is_current(root, seen):
                self._keep(place, stale, found)
        return found

    def _keep(self, place: Place, stale: frozenset[str] | None, found: Mapping[str, Entry]) -> None:
        held = self._blocks.pop(place, None)
        if held is None or stale is None:
            if held is not None:
                self._size -= held.size
            held = _Block[Entry](dict(found), self._size_all(found))
            self._size += held.size
        else:
            gone = {one: held.entries.pop(one) for one in stale if one in held.entries}
            held.entries.update(found)
            held.stale -= stale
            grown = self._size_all(found) - self._size_all(gone)
            held.size += grown
            self._size += grown
        self._blocks[place] = held
        while self._size > self._bytes_max and len(self._blocks) > 1:
            _place, oldest = self._blocks.popitem(last=False)
            self._size -= oldest.size

    def _size_all(self, entries: Mapping[str, Entry]) -> int:
        return sum(self._size_of(one) + _ENTRY_OVERHEAD_BYTES for one in entries.values())

    def _note(self, root: Path, change: Change) -> None:
        moved_stores = "stores" in change.tables
        with self._lock:
            of_lake = [place for place in self._blocks if place[0] == root]
            whole = bool(change.tables & self._by_table)
            unknown = change.members is None and bool(change.tables & self._by_member)
            for place in of_lake:
                if whole or unknown or (moved_stores and place[1].kind == "region"):
                    self._size -= self._blocks.pop(place).size
            if change.members:
                self._mark(root, change.members)

    def _mark(self, root: Path, members: frozenset[str]) -> None:
        lengths = {len(place[2]) for place in self._blocks}
        begins: dict[str, set[str]] = defaultdict(set)
        for length in lengths:
            for member_id in members:
                begins[member_id[:length]].add(member_id)
        for place, block in self._blocks.items():
            if place[0] == root:
                block.stale |= begins.get(place[2], set())


def _beginning(prefix: str) -> Cut:
    if len(prefix) <= _SHORT:
        return lambda t: t.filter(t["member_id"].startswith(prefix))
    return lambda t: t.filter(t["member_id"] == prefix)


def _block_letters(scope: DataScope) -> int:
    """Return how many letters of an id name its block: the whole scope, a part, or one member."""

    def ask(lake: ScopedLake) -> int:
        return int(lake.table("members").count().to_pyarrow().as_py())

    members = kept(scope, "how many members", ask, tables=frozenset({"members"}))
    if members <= WHOLE_SCOPE_MAX:
        return 0
    return 1 if members <= IN_BLOCKS_MAX else _ID_LETTERS
