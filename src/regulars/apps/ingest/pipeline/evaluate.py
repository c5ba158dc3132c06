"""One target over one batch: from source columns to typed values and reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from regulars.apps.ingest import cleaning
from regulars.apps.ingest.cleaning import Cleaned
from regulars.apps.ingest.mapping import Lookup, Target
from regulars.apps.ingest.pipeline.sql import sealed_connection, select
from regulars.apps.ingest.readers import said
from regulars.base.errors import MappingError

Digester = Callable[[Sequence[str]], Sequence[str]]
_SEPARATOR = "\x1f"
_FACTOR_SCALE = 6
_NUMERIC = {"amount", "number", "integer"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What cleaning needs to know besides the row.

    Attributes:
        currency: Of every amount.
        region: Country of phone numbers without a country code.
        today: Dates after tomorrow lie in the future.
        lookups: Per lookup, the keys and the values beside them.
        digester: Turns texts into keyed digests.
    """

    currency: str
    region: str
    today: date
    lookups: Mapping[Lookup, tuple[pa.Array, pa.Array]]
    digester: Digester


class Evaluator:
    """Evaluates targets over one batch; a source column is cleaned once per kind."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._rows = pa.record_batch({"_": pa.nulls(0)})
        self._numbers: dict[tuple[str, str, bool, int], Cleaned] = {}
        self._texts: dict[str, pa.Array] = {}

    @cached_property
    def _sql(self) -> duckdb.DuckDBPyConnection:
        """Opened when an expression is met: many mappings, and what is posted, have none."""
        return sealed_connection()

    def begin(self, rows: pa.RecordBatch) -> None:
        """Take up the next batch."""
        self._rows = rows
        self._numbers = {}
        self._texts = {}

    def evaluate(self, target: Target) -> Cleaned:
        """Return the target's values for the batch; absent values are not judged here."""
        if target.constant is not None:
            return self._repeated(target, target.constant)
        if _is_bare_text(target):
            return self._words(target, Cleaned.fine(self._text(target.reads[0])))
        return self._finished(target, self._raw(target))

    def _text(self, name: str) -> pa.Array:
        """A column may be an order's line, its product and more: it is turned to text once."""
        if name not in self._texts:
            self._texts[name] = cleaning.texts(self._column(name))
        return self._texts[name]

    def _repeated(self, target: Target, constant: str) -> Cleaned:
        """A constant is read once and repeated."""
        once = self._finished(target, Cleaned.fine(pa.array([constant])))
        rows = self._rows.num_rows
        return Cleaned(pa.repeat(once.values[0], rows), pa.repeat(once.reasons[0], rows))

    def _finished(self, target: Target, raw: Cleaned) -> Cleaned:
        return self._typed(target, self._lookup(target, self._words(target, raw)))

    def _raw(self, target: Target) -> Cleaned:
        if target.digest:
            return Cleaned.fine(self._digested(target))
        assert target.expression is not None  # noqa: S101 — parsing gives one of the three
        if target.expression.plain:
            return Cleaned.fine(self._column(target.expression.reads[0]))
        if target.kind in _NUMERIC:
            return self._calculated(target)
        table = pa.table({name: self._column(name) for name in target.expression.reads})
        return Cleaned.fine(self._query(target, target.expression.sql, table))

    def _column(self, name: str) -> pa.Array:
        column = self._rows.column(name)
        return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column

    def _digested(self, target: Target) -> pa.Array:
        parts = [pc.fill_null(self._text(name), "") for name in target.digest]
        joined = pc.binary_join_element_wise(*parts, _SEPARATOR).dictionary_encode()
        return pa.array(self._around.digester(joined.dictionary.to_pylist())).take(joined.indices)

    def _calculated(self, target: Target) -> Cleaned:
        """Arithmetic on decimals: every column an expression names is read as a number first."""
        assert target.expression is not None  # noqa: S101 — only called with one
        parts = {name: self._number(name, target) for name in target.expression.reads}
        table = pa.table({name: part.values for name, part in parts.items()})
        scale = 3 if target.kind == "integer" else target.scale
        # One row's division by zero, or a sum too large, is that row's fault, not the file's.
        number = f"try_cast(({target.expression.sql}) as decimal(18, {scale}))"
        lost = f"{number} is null and ({target.expression.sql}) is not null"
        found = Cleaned.fine(self._query(target, number, table))
        if found.values.null_count:
            found = found.refuse(self._query(target, lost, table), "not_computable")
        for part in parts.values():
            bad = pc.is_valid(part.reasons)
            if pc.any(bad).as_py():
                reasons = pc.if_else(pc.is_null(found.reasons), part.reasons, found.reasons)
                found = Cleaned(pc.if_else(bad, None, found.values), reasons)
        return found

    def _number(self, name: str, target: Target) -> Cleaned:
        """A column of arithmetic: money to the currency's digits, a factor with more of them."""
        kind = "amount" if target.kind == "amount" else "number"
        factor = target.expression is not None and name in target.expression.factors
        scale = _FACTOR_SCALE if factor else target.scale
        key = (name, kind, target.decimal_comma, scale)
        if key not in self._numbers:
            column = self._column(name)
            self._numbers[key] = self._numeric(
                column, kind, scale=scale, comma=target.decimal_comma, factor=factor
            )
        return self._numbers[key]

    def _numeric(
        self, values: pa.Array, kind: str, *, scale: int, comma: bool, factor: bool = False
    ) -> Cleaned:
        if kind == "amount":
            return cleaning.amounts(
                values,
                currency=self._around.currency,
                decimal_comma=comma,
                scale=scale,
                digits=scale if factor else None,
            )
        return cleaning.numbers(values, scale=scale or 3, decimal_comma=comma)

    def _query(self, target: Target, sql: str, table: pa.Table) -> pa.Array:
        rows = table if table.num_columns else pa.table({"_": pa.nulls(self._rows.num_rows)})
        self._sql.register("source_rows", rows)
        try:
            found = self._sql.execute(select([f"{sql} AS v"], "source_rows")).to_arrow_table()
        except duckdb.Error as error:
            raise MappingError(
                f"the expression cannot be computed: {said(error)}",
                where=f"columns.{target.name}",
                fix="Text that may not be a number needs try_cast",
            ) from error
        finally:
            self._sql.unregister("source_rows")
        column = found.column("v").combine_chunks()
        return column if isinstance(column, pa.Array) else pa.concat_arrays(column.chunks)

    def _words(self, target: Target, raw: Cleaned) -> Cleaned:
        if not target.words:
            return raw
        found = cleaning.by_map(raw.values, dict(target.words), keep_unknown=target.keep_unknown)
        return found.after(raw.reasons)

    def _lookup(self, target: Target, raw: Cleaned) -> Cleaned:
        if target.lookup is None:
            return raw
        keys, values = self._around.lookups[target.lookup]
        wanted = cleaning.texts(raw.values)
        place = pc.index_in(wanted, value_set=keys)
        unmatched = pc.and_(pc.is_valid(wanted), pc.is_null(place))
        found = Cleaned(values.take(place), raw.reasons)
        return found.refuse(unmatched, "unmatched_key")

    def _typed(self, target: Target, raw: Cleaned) -> Cleaned:
        found = self._by_kind(target, raw.values)
        return found.after(raw.reasons)

    def _by_kind(self, target: Target, values: pa.Array) -> Cleaned:
        kind = target.kind
        if kind in {"amount", "number"}:
            return self._numeric(values, kind, scale=target.scale, comma=target.decimal_comma)
        if kind in {"time", "date"}:
            latest = target.time.latest or self._around.today + timedelta(days=1)
            rule = replace(target.time, latest=latest)
            return (cleaning.times if kind == "time" else cleaning.dates)(values, rule)
        if kind == "phone":
            return cleaning.phones(values, region=self._around.region)
        simple: dict[str, Callable[[pa.Array], Cleaned]] = {
            "integer": cleaning.integers,
            "boolean": cleaning.booleans,
            "email": cleaning.emails,
            "gender": cleaning.genders,
        }
        if kind in simple:
            return simple[kind](values)
        return Cleaned.fine(cleaning.texts(values))


def _is_bare_text(target: Target) -> bool:
    """Whether a target is a column's text as it stands, or by a value map."""
    plain = target.expression is not None and target.expression.plain
    return target.kind == "text" and plain and target.lookup is None
