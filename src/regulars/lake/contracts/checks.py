"""Promises that several contracts make about their rows."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regulars.lake.contracts.shape import Check


def month_is_of_date(batch: pa.RecordBatch) -> pa.BooleanArray:
    """Whether business_month is the month of business_date."""
    # A batch holds few dates: the month is formatted once for each.
    dates: Any = pc.dictionary_encode(batch.column("business_date"))
    months: Any = pc.strftime(dates.dictionary, format="%Y-%m").take(dates.indices)
    return pc.equal(batch.column("business_month"), months)


def currency_is_a_code(batch: pa.RecordBatch) -> pa.BooleanArray:
    """Whether currency is three capital letters."""
    codes: Any = pc.dictionary_encode(batch.column("currency"))
    return pc.match_substring_regex(codes.dictionary, "^[A-Z]{3}$").take(codes.indices)


MONTH = Check("business_month is the month of business_date", month_is_of_date)
CURRENCY = Check("currency is three capital letters", currency_is_a_code)
