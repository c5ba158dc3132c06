"""Incoming rows against their contract, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from regulars.base.errors import ContractError
from regulars.lake.contracts import Column, Contract

_SHOWN_ROWS = 3
_BATCH_ROWS = 100_000
_MEMBER_ARRAYS_MAX = 32


class ArrowRows(Protocol):
    """Anything that offers its rows as an Arrow stream."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the stream's capsule."""


class CheckedRows:
    """Rows that have passed their contract, as a stream.

    The columns come out in the contract's order and types. Only lossless casts are made.
    An offence found in the middle of the stream ends it; ``offence_raised`` brings it back through
    libraries that know only the end of the stream.
    """

    def __init__(
        self,
        declared: Contract,
        rows: ArrowRows,
        *,
        fixed: Mapping[str, object] | None = None,
        rising: str = "",
    ) -> None:
        """``rising`` names a column each of whose values must be above the one before."""
        self.rising = rising
        self._last: object = None
        self._contract = declared
        self._fixed = dict(fixed or {})
        # A reader of our own kind is not wrapped: its error comes out as it was raised.
        if isinstance(rows, pa.RecordBatchReader):
            self._rows = rows
        else:
            self._rows = pa.RecordBatchReader.from_stream(rows)
        self._seen = 0
        self._members: list[pa.Array[Any]] = []
        self._offence: Exception | None = None
        _check_columns(declared, self._rows.schema, filled=set(self._fixed))

    @property
    def row_count(self) -> int:
        """How many rows have passed so far."""
        return self._seen

    def reader(self) -> pa.RecordBatchReader:
        """Return the checked rows; they can be read once."""
        return pa.RecordBatchReader.from_batches(self._contract.arrow_schema, self._batches())

    def members(self) -> list[pa.Array[Any]]:
        """Return arrays of the member ids that passed, each without repeats."""
        return self._members

    @contextmanager
    def offence_raised(self) -> Iterator[None]:
        """Raise what ended the stream, not what the library that read it made of that."""
        try:
            yield
        except Exception:
            if self._offence is not None:
                raise self._offence from None
            raise

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for incoming in self._rows:
                for start in range(0, incoming.num_rows, _BATCH_ROWS):
                    batch = self._checked(incoming.slice(start, _BATCH_ROWS))
                    self._seen += batch.num_rows
                    self._note_members(batch)
                    yield batch
        except Exception as offence:
            self._offence = offence
            raise

    def _note_members(self, batch: pa.RecordBatch) -> None:
        if not self._contract.moves_features:
            return
        self._members.append(pc.unique(batch.column("member_id")).drop_null())
        if len(self._members) >= _MEMBER_ARRAYS_MAX:
            # A member comes back in many batches: memory follows the members, not the rows.
            self._members = [pc.unique(pa.chunked_array(self._members, pa.string()))]

    def _checked(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        arrays = []
        for column in self._contract.columns:
            field = self._contract.arrow_schema.field(column.name)
            if column.name in self._fixed and column.name not in batch.schema.names:
                value = pa.scalar(self._fixed[column.name], field.type)
                arrays.append(pa.repeat(value, batch.num_rows))
                continue
            arrays.append(self._column(column, batch.column(column.name), field.type, batch))
        checked = pa.RecordBatch.from_arrays(arrays, schema=self._contract.arrow_schema)
        for name, value in self._fixed.items():
            self._refuse_unless(
                pc.equal(checked.column(name), pa.scalar(value, checked.column(name).type)),
                checked,
                f"{name} is not {value}",
                name,
            )
        if self.rising and checked.num_rows:
            self._demand_rising(checked)
        for check in self._contract.checks:
            self._refuse_unless(check.holds(checked), checked, f"broken: {check.promise}", "")
        return checked

    def _demand_rising(self, batch: pa.RecordBatch) -> None:
        values = batch.column(self.rising)
        before = pa.concat_arrays([pa.array([self._last], values.type), values[:-1]])
        good = pc.or_kleene(pc.is_null(before), pc.greater(values, before))
        self._last = values[-1].as_py()
        self._refuse_unless(good, batch, f"{self.rising} does not rise", self.rising)

    def _column(
        self, column: Column, values: pa.Array[Any], kind: pa.DataType, batch: pa.RecordBatch
    ) -> pa.Array[Any]:
        if values.null_count and not column.nullable:
            self._refuse_unless(values.is_valid(), batch, "a value is missing", column.name)
        if values.type == kind:
            return values
        try:
            return _cast(values, kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            good = pa.array([_castable(value, kind) for value in values])
            self._refuse_unless(
                good, batch, f"a value does not fit {column.type} ({error})", column.name
            )
            raise

    def _refuse_unless(self, good: Any, batch: pa.RecordBatch, what: str, column: str) -> None:
        if pc.all(good, skip_nulls=False, min_count=0).as_py():
            return
        bad = pc.indices_nonzero(pc.invert(pc.fill_null(good, False)))
        shown = batch.take(bad.slice(0, _SHOWN_ROWS)).to_pylist()
        names = [*self._contract.key, *([column] if column else [])] or list(batch.schema.names)
        rows = "; ".join(
            f"row {self._seen + index.as_py()}: "
            + ", ".join(f"{name}={row.get(name)!r}" for name in dict.fromkeys(names))
            for index, row in zip(bad, shown, strict=False)
        )
        raise ContractError(
            f"{what} in {len(bad)} of {batch.num_rows} rows, first {rows}",
            where=f"table {self._contract.name}" + (f", column {column}" if column else ""),
            fix="Correct the rows or send them to quarantine",
        )


def _check_columns(declared: Contract, schema: pa.Schema, *, filled: set[str]) -> None:
    where = f"table {declared.name}"
    given = list(schema.names)
    missing = [name for name in declared.column_names if name not in given and name not in filled]
    unknown = [name for name in given if name not in declared.column_names]
    twice = sorted({name for name in given if given.count(name) > 1})
    for names, what in ((missing, "missing"), (unknown, "unknown"), (twice, "repeated")):
        if names:
            raise ContractError(
                f"{what} column {', '.join(names)}",
                where=where,
                fix=f"The contract has {', '.join(declared.column_names)}",
            )
    for column in declared.columns:
        if column.name not in given:
            continue
        held = schema.field(column.name).type
        if not _may_cast(held, declared.arrow_schema.field(column.name).type):
            raise ContractError(
                f"wrong type {held}, the contract says {column.type}",
                where=f"{where}, column {column.name}",
            )


def _may_cast(held: pa.DataType, kind: pa.DataType) -> bool:
    """Whether values of one type may stand for another without guessing: money is never a float."""
    if held == kind or pa.types.is_null(held):
        return True
    if pa.types.is_dictionary(held):
        return _may_cast(held.value_type, kind)
    return any(
        is_kind(kind) and any(is_held(held) for is_held in accepted)
        for is_kind, accepted in _LOSSLESS
    )


def _is_zoned(kind: pa.DataType) -> bool:
    # A time without a zone is nobody's moment.
    return pa.types.is_timestamp(kind) and kind.tz is not None


_TypeTest = Callable[[pa.DataType], bool]
_LOSSLESS: tuple[tuple[_TypeTest, tuple[_TypeTest, ...]], ...] = (
    (pa.types.is_string, (pa.types.is_large_string, pa.types.is_string_view)),
    (pa.types.is_integer, (pa.types.is_integer, pa.types.is_decimal)),
    (pa.types.is_floating, (pa.types.is_floating, pa.types.is_integer)),
    (pa.types.is_decimal, (pa.types.is_decimal, pa.types.is_integer)),
    (pa.types.is_date, (pa.types.is_date,)),
    (pa.types.is_timestamp, (_is_zoned,)),
)


def _cast(values: pa.Array[Any], kind: pa.DataType) -> pa.Array[Any]:
    if pa.types.is_decimal(kind) and pa.types.is_integer(values.type):
        # Arrow judges by what the integer's type could hold: give it room, then look at the values.
        values = pc.cast(values, pa.decimal128(38, kind.scale))
    return pc.cast(values, kind, safe=True)


def _castable(value: pa.Scalar[Any], kind: pa.DataType) -> bool:
    try:
        _cast(pa.array([value.as_py()], value.type), kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True
