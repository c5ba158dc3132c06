"""Where the columns of the sheet come from, cut to the members that are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import ibis
import ibis.expr.types as ir

from regulars.science.rules.vocabulary import Vocabulary


class Tables(Protocol):
    """Anything that hands out tables by name, such as a ``Snapshot``."""

    def table(self, name: str) -> ir.Table:
        """Return the table of that name."""
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """The tables, the words for them, the date, and the members asked for (None: everybody)."""

    tables: Tables
    vocabulary: Vocabulary
    as_of: date
    among: ir.Table | None = None

    def everybody(self) -> ir.Table:
        """Return member_id and joined_on of all members."""
        members = self.tables.table(self.vocabulary.members)
        return members.select("member_id", joined_on=members[self.vocabulary.joined_on])

    def members(self) -> ir.Table:
        """Return member_id and joined_on of the members asked for."""
        return self.cut(self.everybody())

    def rows(self, name: str) -> ir.Table:
        """Return the table's rows of the members asked for."""
        return self.cut(self.tables.table(name))

    def cut(self, rows: ir.Table) -> ir.Table:
        """Return the rows of the members asked for."""
        return rows if self.among is None else only_of(rows, self.among)

    def day(self) -> ir.Value:
        """Return as_of as a literal."""
        return ibis.literal(self.as_of, type="date")


def only_of(rows: ir.Table, members: ir.Table) -> ir.Table:
    """Return the rows whose member_id is among ``members``."""
    # Selected: the columns of what a join returns are not yet those of a table.
    return rows.semi_join(members, "member_id").select(*rows.columns)


def joined(sheet: ir.Table, additions: Iterable[ir.Table]) -> ir.Table:
    """Return the sheet with the other columns of each addition, which has one row per member."""
    chain, keys = sheet, []
    for n, addition in enumerate(additions):
        # A key of its own name each: a chain of joins must not meet one name twice.
        keys.append(f"key_{n}")
        renamed = addition.rename({keys[n]: "member_id"})
        chain = chain.left_join(renamed, sheet["member_id"] == renamed[keys[n]])
    # Once at the end: to name all columns after each join costs more than to run the query.
    return chain.drop(*keys) if keys else sheet
