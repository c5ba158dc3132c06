"""Text as a source wrote it: trimmed, and missing where a source means missing."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# What exports write instead of leaving a cell empty.
MISSING_WORDS = ("", "NULL", "null", "\\N", "NaN", "nan", "None", "<NA>")


def texts(values: pa.Array, *, missing: tuple[str, ...] = MISSING_WORDS) -> pa.Array:
    """Return the values as trimmed text; words that mean "missing" become null.

    Whole floats lose their point, so that a card number read from a sheet stays a card number.

    >>> texts(pa.array([" A1 ", "null", "　B2　"])).to_pylist()
    ['A1', None, 'B2']
    >>> texts(pa.array([7.0, 7.5])).to_pylist()
    ['7', '7.5']

    Zero bytes, with which old tills fill their fields, go: PostgreSQL takes none in a text.

    >>> texts(pa.array(["A1" + chr(0) * 2, chr(0)])).to_pylist()
    ['A1', None]
    """
    if pa.types.is_integer(values.type):
        return values.cast(pa.string())
    written = as_text(values)
    if pc.any(pc.match_substring(written, "\0")).as_py():
        written = pc.replace_substring(written, "\0", "")
    found = pc.utf8_trim_whitespace(written)
    gone = pc.is_in(found, value_set=pa.array(missing, pa.string()))
    return pc.if_else(gone, pa.scalar(None, pa.string()), found)


def as_text(values: pa.Array) -> pa.Array:
    """Return any array as text, exactly, without trimming."""
    kind = values.type
    if pa.types.is_string(kind):
        return values
    if pa.types.is_dictionary(kind):
        return as_text(values.dictionary_decode())
    if pa.types.is_floating(kind):
        return _float_text(values)
    if pa.types.is_timestamp(kind):
        return _timestamp_text(values)
    if pa.types.is_binary(kind) or pa.types.is_nested(kind):
        return pa.array([None if item is None else str(item) for item in values.to_pylist()])
    return values.cast(pa.string())


def _float_text(values: pa.Array) -> pa.Array:
    whole = pc.and_(pc.equal(values, pc.floor(values)), pc.less(pc.abs(values), 1e15))
    digits = pc.if_else(whole, values, pa.scalar(None, values.type)).cast(pa.int64())
    return pc.if_else(
        pc.fill_null(whole, fill_value=False), digits.cast(pa.string()), values.cast(pa.string())
    )


def _timestamp_text(values: pa.Array) -> pa.Array:
    text = pc.strftime(values.cast(pa.timestamp("us", values.type.tz)), format="%Y-%m-%d %H:%M:%S")
    return text if values.type.tz is None else pc.binary_join_element_wise(text, "Z", "")
