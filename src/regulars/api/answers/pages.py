"""Pages of a list: from a position on, with the cursor to the next page, as bytes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import ibis

from regulars.api.answers.columns import json_rows
from regulars.api.answers.encoding import encoded
from regulars.api.answers.kept import kept
from regulars.api.door.cursors import cursor_to

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.apps.accounts.queries import ScopedLake
    from regulars.apps.accounts.types import DataScope

ITEMS_PER_PART = 10_000


def page(items: Sequence[bytes], place: str, after: Sequence[str] | None) -> bytes:
    """Return the JSON of one page; ``after`` is the sort key of its last item if more follow."""
    cursor = encoded(cursor_to(place, list(after))) if after else b"null"
    return b'{"items":[' + b",".join(items) + b'],"next_cursor":' + cursor + b"}"


class Part(NamedTuple):
    """A stretch of a table in the order of its key: keys and each row's JSON."""

    keys: tuple[str, ...]
    rows: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A small dimension table as a list in the order of its key, read part by part."""

    table: str
    key: str
    columns: tuple[str, ...]

    def page(self, scope: DataScope, after: str | None, limit: int) -> bytes:
        """Return the page of at most ``limit`` rows after the key ``after``."""
        starts = kept(scope, f"{self.table} parts", self._starts, tables=frozenset({self.table}))
        rows: list[bytes] = []
        keys: list[str] = []
        number = max(0, bisect_right(starts, after) - 1) if after is not None else 0
        while number < len(starts) and len(rows) <= limit:
            part = self._part(scope, starts, number)
            first = bisect_right(part.keys, after) if after is not None else 0
            taken = slice(first, first + limit - len(rows) + 1)
            rows += part.rows[taken]
            keys += part.keys[taken]
            number += 1
        return page(rows[:limit], self.table, [keys[limit - 1]] if len(rows) > limit else None)

    def one(self, scope: DataScope, key: str) -> bytes | None:
        """Return the row of the key; None when there is none in the scope."""
        starts = kept(scope, f"{self.table} parts", self._starts, tables=frozenset({self.table}))
        number = bisect_right(starts, key) - 1
        if number < 0:
            return None
        part = self._part(scope, starts, number)
        at = bisect_right(part.keys, key) - 1
        return part.rows[at] if at >= 0 and part.keys[at] == key else None

    def fill(self, scope: DataScope, *, parts: int = 1) -> None:
        """Read the first parts, as far as they are not held."""
        starts = kept(scope, f"{self.table} parts", self._starts, tables=frozenset({self.table}))
        for number in range(min(parts, len(starts))):
            self._part(scope, starts, number)

    def _part(self, scope: DataScope, starts: tuple[str, ...], number: int) -> Part:
        first = starts[number]
        end = starts[number + 1] if number + 1 < len(starts) else None
        return kept(
            scope,
            f"{self.table} {first!r} {end!r}",
            self._read(first, end),
            tables=frozenset({self.table}),
        )

    def _starts(self, lake: ScopedLake) -> tuple[str, ...]:
        table = lake.table(self.table)
        key = table[self.key]
        numbered = table.select(key=key, number=ibis.row_number().over(order_by=key))
        starts = numbered.filter(numbered["number"] % ITEMS_PER_PART == 0).order_by("key")
        return tuple(starts.select("key").to_pyarrow()["key"].to_pylist())

    def _read(self, first: str, end: str | None) -> Callable[[ScopedLake], Part]:
        def ask(lake: ScopedLake) -> Part:
            table: ir.Table = lake.table(self.table)
            rows = table.filter(table[self.key] >= first)
            if end is not None:
                rows = rows.filter(rows[self.key] < end)
            found = rows.select(*self.columns).order_by(self.key).to_pyarrow()
            return Part(tuple(found[self.key].to_pylist()), tuple(json_rows(found)))

        return ask
