"""The members of a filter as CSV lines."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.console.contexts import wording
from regulars.console.figures.people import member_batches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regulars.console.desk import Desk
    from regulars.console.figures.member_filters import MemberFilter

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Chinese as gibberish


def csv_lines(desk: Desk, wanted: MemberFilter) -> Iterator[str]:
    """Yield the header and then blocks of lines; memory does not grow with the list."""
    yield BYTE_ORDER_MARK + _written([_header()])
    for batch in member_batches(desk, wanted):
        yield _written([_row(row) for row in batch.to_pylist()])


def _header() -> list[str]:
    return [
        _("Member id"),
        _("Home store"),
        _("Joined"),
        _("Lifecycle stage"),
        _("RFM group"),
        _("Last order"),
        _("Days since"),
        _("Orders, 365 days"),
        _("Spend, 365 days"),
    ]


def _row(row: dict[str, object]) -> list[object]:
    return [
        row["member_id"],
        _harmless(str(row["home_store_id"])),
        row["joined_on"] or "",
        wording.term(wording.LIFECYCLE_STAGES, str(row["lifecycle_stage"])),
        wording.term(wording.RFM_GROUPS, str(row["rfm_group"])),
        row["last_order_on"] or "",
        "" if row["recency_days"] is None else row["recency_days"],
        row["frequency"],
        row["monetary"],
    ]


def _written(rows: list[list[str]] | list[list[object]]) -> str:
    page = StringIO()
    csv.writer(page).writerows(rows)
    return page.getvalue()


def _harmless(text: str) -> str:
    """Return the text so that a spreadsheet takes it for text and not for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
