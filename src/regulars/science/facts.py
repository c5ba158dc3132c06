"""Which facts a computation may know.

A computation as of a date D knows the facts whose business date is before D; a fact dated D or
later does not exist yet, even when it is already in the lake.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import ibis.expr.types as ir

from regulars.base.business_time import Window
from regulars.base.errors import RuleError


def known(facts: ir.Table, as_of: date) -> ir.Table:
    """Return the rows of ``facts`` whose ``business_date`` is before ``as_of``."""
    return facts.filter(facts["business_date"] < checked_date(as_of))


def within(facts: ir.Table, window: Window) -> ir.Table:
    """Return the rows of ``facts`` whose ``business_date`` lies in ``window``."""
    day = facts["business_date"]
    return facts.filter(day >= window.first, day < window.end)


def checked_date(as_of: date) -> date:
    """Return ``as_of``; raise ``RuleError`` for a moment, which has no single business date."""
    if isinstance(as_of, datetime) or not isinstance(as_of, date):
        raise RuleError(f"as_of must be a date, not {as_of!r}", fix="Pass datetime.date")
    return as_of


def require_columns(table: ir.Table, columns: Iterable[str], *, where: str) -> None:
    """Raise ``RuleError`` when ``table`` lacks one of ``columns``; ``where`` names the table."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise RuleError(
            f"the table lacks {', '.join(missing)}",
            where=where,
            fix=f"It has {', '.join(table.columns)}",
        )
