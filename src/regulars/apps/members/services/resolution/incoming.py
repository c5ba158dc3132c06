"""The identifiers of a load: brought to one spelling, sorted by what they may do, hashed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.apps.accounts.services import vault
from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.evidence import ASPECTS, GENDERS, UNKNOWN
from regulars.apps.members.rules.kinds import KIND_ORDER, Strength, policy, strength_of
from regulars.apps.members.rules.normal_form import name_form
from regulars.apps.members.services.resolution.spelling import MALFORMED, NOTHING, keys_of_kind
from regulars.base.errors import IdentityError

_COLUMNS = ("row_id", "kind", "value", "verified")


@dataclass(frozen=True, slots=True)
class Incoming:
    """Distinct identifiers, and the rows that carry them.

    Attributes:
        row_ids: The rows' own ids, distinct and ascending; a row's position is its number here.
        row, key: The two ends of every link, one per row and key.
        strength: What each link may do (``Strength``).
        verified: Whether any row says that somebody verified the key.
        kind: Each key's position in ``KIND_ORDER``.
        values: Each key's normal form, in the clear: never stored, printed or logged.
        hashes: Each key's keyed hash.
        malformed: Numbers of rows that carry a value that cannot be of its kind.
        said: (rows × aspects) what each row says of its person (``rules.evidence``).
        since: Since when each row's account exists, in microseconds; ``UNKNOWN`` if untold.
    """

    row_ids: Ints
    row: Ints
    key: Ints
    strength: Ints
    verified: npt.NDArray[np.bool_]
    kind: Ints
    values: pa.Array[pa.StringScalar]
    hashes: list[bytes]
    malformed: Ints
    said: Ints
    since: Ints


def read_incoming(rows: pa.Table) -> Incoming:
    """Read rows of the load's identifier schema.

    Raises:
        IdentityError: A column is missing, or a kind is unknown.
    """
    missing = [name for name in _COLUMNS if name not in rows.column_names]
    if missing:
        raise IdentityError(f"missing column {', '.join(missing)}", where="identifiers of a load")
    row_ids, positions = np.unique(
        np.asarray(rows.column("row_id").to_numpy(), dtype=np.int64), return_inverse=True
    )
    verified = np.asarray(rows.column("verified").to_numpy(zero_copy_only=False), dtype=np.bool_)
    row_kinds: Any = rows.column("kind").combine_chunks().dictionary_encode()
    column: Any = rows.column("value")
    values: list[pa.Array[pa.StringScalar]] = []
    kinds: list[Ints] = []
    hashes: list[bytes] = []
    key_of_row = np.full(rows.num_rows, NOTHING, dtype=np.int64)
    strength = np.full(rows.num_rows, Strength.WEAK, dtype=np.int64)
    for number, kind in enumerate(row_kinds.dictionary.to_pylist()):
        policy(kind)
        chosen = np.flatnonzero(row_kinds.indices.to_numpy() == number)
        places, forms = keys_of_kind(kind, column.take(pa.array(chosen)).combine_chunks())
        places[places >= 0] += len(hashes)
        key_of_row[chosen] = places
        for flag in (True, False):
            strength[chosen[verified[chosen] == flag]] = strength_of(kind, verified=flag)
        values.append(forms)
        kinds.append(np.full(len(forms), KIND_ORDER.index(kind), dtype=np.int64))
        hashes += vault.keyed_digests(forms.to_pylist(), kind)
    malformed = np.unique(positions[key_of_row == MALFORMED])
    usable = key_of_row >= 0
    row, key, strongest = _once(positions[usable], key_of_row[usable], strength[usable])
    known_verified = np.zeros(len(hashes), dtype=np.bool_)
    known_verified[key_of_row[usable & verified]] = True
    return Incoming(
        row_ids, row, key, strongest, known_verified,
        np.concatenate([np.empty(0, dtype=np.int64), *kinds]),
        pa.concat_arrays([pa.array([], pa.string()), *values]), hashes, malformed,
        *_evidence(rows, positions, len(row_ids)),
    )  # fmt: skip


def _evidence(rows: pa.Table, positions: Ints, count: int) -> tuple[Ints, Ints]:
    """Return what rows say of their people, and since when; the rows of one person say the same."""
    said = np.full((count, len(ASPECTS)), UNKNOWN, dtype=np.int64)
    since = np.full(count, UNKNOWN, dtype=np.int64)
    readers = {"name": _name_marks, "birth_date": _as_numbers, "gender": _gender_codes}
    for aspect, name in enumerate(ASPECTS):
        if name in rows.column_names:
            _fill(said[:, aspect], positions, rows.column(name), readers[name])
    if "joined_at" in rows.column_names:
        _fill(since, positions, rows.column("joined_at"), _as_numbers)
    return said, since


def _fill(
    target: Ints, positions: Ints, column: pa.ChunkedArray, read: Callable[[pa.ChunkedArray], Ints]
) -> None:
    known = np.flatnonzero(pc.is_valid(column).to_numpy())
    if len(known):
        target[positions[known]] = read(column.drop_null())


def _as_numbers(column: pa.ChunkedArray) -> Ints:
    numbers = column.cast(pa.int32()) if pa.types.is_date32(column.type) else column
    return np.asarray(numbers.cast(pa.int64()).to_numpy(), dtype=np.int64)


def _gender_codes(column: pa.ChunkedArray) -> Ints:
    codes: Any = pc.index_in(column, value_set=pa.array(GENDERS))
    found = np.asarray(pc.fill_null(codes, 0).to_numpy(), dtype=np.int64)
    return np.where(found > 0, found, UNKNOWN)


def _name_marks(column: pa.ChunkedArray) -> Ints:
    """Return 64 bits of each name's keyed hash: the name itself is not kept here."""
    coded: Any = column.combine_chunks().dictionary_encode()
    spelt = [name_form(name) for name in coded.dictionary.to_pylist()]
    hashes = vault.keyed_digests(spelt, "name")
    marks = np.array(
        [
            int.from_bytes(digest[:8], "big", signed=True) if name else UNKNOWN
            for name, digest in zip(spelt, hashes, strict=True)
        ],
        dtype=np.int64,
    )
    found: Ints = marks[coded.indices.to_numpy()]
    return found


def _once(row: Ints, key: Ints, strength: Ints) -> tuple[Ints, Ints, Ints]:
    """Return each pair of row and key once, with its strongest link."""
    order = np.lexsort((strength, key, row))
    row, key, strength = row[order], key[order], strength[order]
    first = np.ones(len(row), dtype=np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (key[1:] != key[:-1])
    return row[first], key[first], strength[first]


@dataclass(frozen=True, slots=True)
class Registrations:
    """What rows say of joining, one entry per row number that says anything, earliest first.

    ``joined_at`` is in microseconds since 1970, ``UNKNOWN`` where a row does not say.
    """

    row: Ints
    store_id: list[str | None]
    joined_at: Ints
    channel: list[str | None]


def read_registrations(rows: pa.Table, row_ids: Ints) -> Registrations:
    """Read the optional columns; rows without any of them are left out."""
    columns: dict[str, Any] = {
        name: rows.column(name)
        for name in ("joined_at", "store_id", "channel")
        if name in rows.column_names
    }
    if not columns:
        return Registrations(_NO_ROWS, [], _NO_ROWS, [])
    says: Any = pa.array([False] * rows.num_rows, pa.bool_())
    for column in columns.values():
        says = pc.or_(says, pc.is_valid(column))
    if "joined_at" in columns:
        columns["joined_at"] = pc.fill_null(columns["joined_at"].cast(pa.int64()), UNKNOWN)
    table = pa.table(columns | {"row_id": rows.column("row_id")}).filter(says)
    # A row without a date says nothing of when: it comes last.
    joined = (
        table.column("joined_at").to_numpy()
        if "joined_at" in columns
        else np.full(table.num_rows, UNKNOWN)
    )
    row_id = table.column("row_id").to_numpy()
    order = np.lexsort((row_id, np.where(joined == UNKNOWN, np.iinfo(np.int64).max, joined)))
    _rows, first = np.unique(row_id[order], return_index=True)
    kept = np.sort(first)
    order = order[kept]
    table = table.take(pa.array(order))

    def listed(name: str) -> list[str | None]:
        return table.column(name).to_pylist() if name in columns else [None] * table.num_rows

    return Registrations(
        np.searchsorted(row_ids, row_id[order]).astype(np.int64),
        listed("store_id"),
        joined[order].astype(np.int64),
        listed("channel"),
    )


_NO_ROWS = np.empty(0, dtype=np.int64)
