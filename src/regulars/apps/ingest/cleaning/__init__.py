"""Cleaning: small pure functions over Arrow arrays.

Each takes a column as a source wrote it and returns values of one type and, beside them, why a
value was refused: a code from ``reasons``. Nothing here guesses: a date that could be two dates or
an amount with a foreign decimal comma is refused unless the mapping says how to read it.
"""

from __future__ import annotations

from regulars.apps.ingest.cleaning.amounts import amounts, integers, numbers
from regulars.apps.ingest.cleaning.lengths import (
    IDENTIFIER_LETTERS_MAX,
    LETTERS_MAX,
    ORDER_ID_LETTERS_MAX,
    SOURCE_LETTERS_MAX,
    within_length,
)
from regulars.apps.ingest.cleaning.outcome import Cleaned
from regulars.apps.ingest.cleaning.people import emails, genders, phones
from regulars.apps.ingest.cleaning.reasons import reason_text
from regulars.apps.ingest.cleaning.texts import as_text, texts
from regulars.apps.ingest.cleaning.times import TimeRule, dates, local_dates, months, times
from regulars.apps.ingest.cleaning.words import booleans, by_map

__all__ = [
    "IDENTIFIER_LETTERS_MAX",
    "LETTERS_MAX",
    "ORDER_ID_LETTERS_MAX",
    "SOURCE_LETTERS_MAX",
    "Cleaned",
    "TimeRule",
    "amounts",
    "as_text",
    "booleans",
    "by_map",
    "dates",
    "emails",
    "genders",
    "integers",
    "local_dates",
    "months",
    "numbers",
    "phones",
    "reason_text",
    "texts",
    "times",
    "within_length",
]
