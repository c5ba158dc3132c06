"""Rows of a table as JSON, a column at a time.

A member's block holds thousands of rows: writing them one by one would cost more than reading
them. The texts are those of ``encoding``; a test holds the two together.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# What JSON writes otherwise than it stands: then each text is written by the library.
_ESCAPED = r'["\\\x00-\x1f]'


def json_rows(table: pa.Table) -> list[bytes]:
    """Return each row as a JSON object with the table's columns, in UTF-8."""
    if not table.num_rows:
        return []
    parts: list[Any] = []
    for name in table.column_names:
        begin = ("{" if not parts else ",") + json.dumps(name) + ":"
        parts += [pa.scalar(begin), _values(table.column(name).combine_chunks())]
    joined = pc.binary_join_element_wise(*parts, pa.scalar("}"), pa.scalar(""))
    rows: list[bytes] = joined.cast(pa.binary()).to_pylist()
    return rows


def moments(column: pa.ChunkedArray | pa.Array) -> Any:
    """Return moments in UTC as ``encoding.moment`` writes them."""
    in_utc = column.cast(pa.timestamp("us", tz="UTC"))
    return pc.binary_join_element_wise(
        pc.strftime(in_utc, format="%Y-%m-%dT%H:%M:%S"), pa.scalar("Z"), pa.scalar("")
    )


def _values(column: pa.Array) -> Any:
    kind = column.type
    if pa.types.is_timestamp(kind):
        text = _quoted(moments(column))
    elif pa.types.is_decimal(kind) or pa.types.is_date(kind):
        text = _quoted(column.cast(pa.string()))
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        text = _escaped(column)
    elif pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        text = column.cast(pa.string())
    else:
        raise TypeError(f"the API has no JSON for a column of {kind}")
    return pc.fill_null(text, "null")


def _quoted(text: Any) -> Any:
    return pc.binary_join_element_wise(pa.scalar('"'), text, pa.scalar('"'), pa.scalar(""))


def _escaped(column: pa.Array) -> Any:
    texts = column.cast(pa.string())
    if not pc.any(pc.match_substring_regex(texts, _ESCAPED)).as_py():
        return _quoted(texts)
    codes = texts.dictionary_encode()
    written = [json.dumps(one, ensure_ascii=False) for one in codes.dictionary.to_pylist()]
    return pa.array(written, pa.string()).take(codes.indices)
