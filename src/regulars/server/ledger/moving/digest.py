"""A checksum of a table's content that is the same on every database.

Each row is spelled in one way (times in UTC, JSON with sorted keys, addresses in short form) and
hashed; the hashes are added up, so that the order of the rows, in which databases sort differently,
does not matter. A lost, changed, swapped or doubled row changes the sum.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from django.db.models import Field, GenericIPAddressField, JSONField

_BYTES = 16
_MODULUS = 1 << (8 * _BYTES)


@dataclass(slots=True)
class Digest:
    """Rows counted and added up so far."""

    fields: Sequence[Field[Any, Any]]
    rows: int = 0
    total: int = 0

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take rows of Python values, as Django reads them, in the order of the fields."""
        spellers = [_speller(field) for field in self.fields]
        for row in rows:
            # With their lengths, so that no text can be taken for two.
            cells = (
                None if value is None else spell(value)
                for spell, value in zip(spellers, row, strict=True)
            )
            text = "".join("-" if cell is None else f"{len(cell)}:{cell}" for cell in cells)
            hashed = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
            self.total = (self.total + int.from_bytes(hashed)) % _MODULUS
            self.rows += 1

    @property
    def text(self) -> str:
        """The checksum in hexadecimal."""
        return f"{self.total:0{2 * _BYTES}x}"


def _speller(field: Field[Any, Any]) -> Any:
    if isinstance(field, JSONField):
        return _json
    if isinstance(field, GenericIPAddressField):
        return lambda value: str(ip_address(value))
    return _plain


def _plain(value: Any) -> str:
    match value:
        case str():
            return value
        case bytes() | memoryview() | bytearray():
            return bytes(value).hex()
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | UUID() | Decimal():
            return str(value)
        case bool() | int() | float():
            return repr(value)
    raise TypeError(f"no way to spell {type(value).__name__}")


def _json(value: Any) -> str:
    return json.dumps(_whole(value), sort_keys=True, separators=(",", ":"))


def _whole(value: Any) -> Any:
    """Return the value with whole numbers as such: PostgreSQL keeps 1e20 as an integer."""
    if isinstance(value, dict):
        return {key: _whole(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_whole(held) for held in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
