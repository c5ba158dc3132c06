"""One batch: every target evaluated, every rule applied, bad rows set aside with their reason."""

from __future__ import annotations

import json
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import pyarrow as pa
import pyarrow.compute as pc

from regulars.apps.ingest import cleaning
from regulars.apps.ingest.cleaning import Cleaned
from regulars.apps.ingest.mapping import Mapping, Target
from regulars.apps.ingest.pipeline.evaluate import Evaluator, Surroundings
from regulars.apps.ingest.pipeline.flags import Flags
from regulars.apps.ingest.pipeline.stores import Stores
from regulars.apps.ingest.readers import Batch
from regulars.lake.contracts import Contract, contract

RAW_TEXT = "_text"
HEADER, ATTRIBUTE = "order ", "attribute "


@dataclass(frozen=True, slots=True)
class Refused:
    """A row set aside: its number, why, which column, and its raw form as JSON."""

    number: int
    reason: str
    column: str
    raw: str


@dataclass(frozen=True, slots=True)
class CleanBatch:
    """The clean rows of a batch, the refused ones, and how often each rule touched a row.

    ``rows`` has ``_row``, ``_flags``, the mapped columns, prefixed header and attribute columns.
    ``persons`` has one column per identifier, aligned with ``rows``.
    """

    rows: pa.Table
    persons: pa.Table
    refused: tuple[Refused, ...]
    notes: Dict[str, tuple[int, tuple[int, ...]]] = field(default_factory=dict)


class Cleaner:
    """Cleans batches by one mapping.

    ``read`` looks at nothing but its batch and may run in several threads. ``finish`` knows the
    stores that the batches before have named: call it in their order.
    """

    def __init__(
        self, mapping: Mapping, surroundings: Surroundings, *, store_zones: Dict[str, str]
    ) -> None:
        self._mapping = mapping
        self._surroundings = surroundings
        self._idle: SimpleQueue[Evaluator] = SimpleQueue()
        self._table = contract(mapping.contract)
        self.stores = Stores(mapping.stores or (), Evaluator(surroundings), zones=store_zones)

    def clean(self, batch: Batch) -> CleanBatch:
        """Return the batch's clean and refused rows; every row is in exactly one of the two."""
        return self.finish(self.read(batch))

    def read(self, batch: Batch) -> ReadBatch:
        """Return the batch's typed columns, and what speaks against its rows."""
        evaluator = self._idle_evaluator()
        try:
            return self._read(batch, evaluator)
        finally:
            self._idle.put(evaluator)

    def finish(self, read: ReadBatch) -> CleanBatch:
        """Return the clean and the refused rows of a batch that was read."""
        batch, columns, verdict = read.batch, dict(read.columns), read.verdict
        if "store_id" in columns:
            self.stores.meet(columns["store_id"], batch.rows)
        columns |= self._business_dates(columns)
        columns["_flags"] = read.flags.joined()
        fine = pc.is_null(verdict.reasons)
        rows, persons = pa.table(columns), read.persons
        if verdict.reasons.null_count < rows.num_rows:
            rows, persons = rows.filter(fine), persons.filter(fine)
        return CleanBatch(
            rows=rows,
            persons=persons,
            refused=(*self._refused(batch, verdict), *_broken(batch)),
            notes=read.flags.notes(fine),
        )

    def _idle_evaluator(self) -> Evaluator:
        # To look first and then to take would let two threads see the same last one.
        try:
            return self._idle.get_nowait()
        except Empty:
            return Evaluator(self._surroundings)

    def _read(self, batch: Batch, evaluator: Evaluator) -> ReadBatch:
        evaluator.begin(batch.rows)
        flags = Flags(batch.numbers)
        verdict = _Verdict(batch.rows.num_rows)
        columns: dict[str, pa.Array] = {"_row": batch.numbers}
        for prefix, target in self._staged_targets():
            # An attribute's name is the mapping's own: it says nothing of where the value goes.
            most = None if prefix == ATTRIBUTE else cleaning.LETTERS_MAX.get(target.name)
            found = evaluator.evaluate(target)
            columns[prefix + target.name] = _judged(found, target, verdict, flags, most=most)
        persons = self._persons(evaluator, verdict, flags, batch.rows.num_rows)
        flags.by_rules(self._mapping.rules, columns, verdict.refuse)
        return ReadBatch(batch, columns, persons, verdict, flags)

    def _staged_targets(self) -> list[tuple[str, Target]]:
        mapping = self._mapping
        return [
            *(("", target) for target in mapping.columns),
            *((HEADER, target) for target in mapping.rollup or ()),
            *((ATTRIBUTE, target) for target in mapping.attributes),
        ]

    def _persons(
        self, evaluator: Evaluator, verdict: _Verdict, flags: Flags, rows: int
    ) -> pa.Table:
        rule = self._mapping.member
        if rule is None:
            return pa.table({"_": pa.nulls(rows)})
        columns: dict[str, pa.Array] = {}
        anyone = pa.array([False] * rows, pa.bool_())
        for place, identifier in enumerate(rule.identifiers):
            longest = cleaning.IDENTIFIER_LETTERS_MAX
            found = evaluator.evaluate(identifier.value)
            values = _judged(found, identifier.value, verdict, flags, most=longest)
            columns[f"{place}"] = values
            anyone = pc.or_(anyone, pc.is_valid(values))
        for target in rule.extras:
            most = cleaning.LETTERS_MAX.get(target.name)
            found = evaluator.evaluate(target)
            columns[target.name] = _judged(found, target, verdict, flags, most=most)
        if rule.required:
            missing = pc.if_else(anyone, pa.scalar(None, pa.string()), "missing_member")
            verdict.add(missing, rule.identifiers[0].value.name)
        return pa.table(columns)

    def _business_dates(self, columns: Dict[str, pa.Array]) -> dict[str, pa.Array]:
        """The date of the table's moment in the store's zone, and its month."""
        names = self._table.column_names
        moment = moment_of(self._table)
        if not moment or "business_date" not in names:
            return {}
        made: dict[str, pa.Array] = {}
        dates = columns.get("business_date")
        if dates is None:
            dates = cleaning.local_dates(columns[moment], self._row_zones(columns))
            made["business_date"] = dates
        if "business_month" in names:
            made["business_month"] = cleaning.months(dates)
        return made

    def _row_zones(self, columns: Dict[str, pa.Array]) -> pa.Array:
        rows = len(columns["_row"])
        default = pa.repeat(pa.scalar(self._mapping.business_zone), rows)
        if "store_id" not in columns:
            return default
        return pc.coalesce(self.stores.zones_of(columns["store_id"]), default)

    def _refused(self, batch: Batch, verdict: _Verdict) -> list[Refused]:
        places = pc.indices_nonzero(pc.is_valid(verdict.reasons))
        if not len(places):
            return []
        raw = batch.rows.take(places)
        texts = {name: cleaning.as_text(raw.column(name)).to_pylist() for name in raw.schema.names}
        numbers = batch.numbers.take(places).to_pylist()
        reasons = verdict.reasons.take(places).to_pylist()
        columns = verdict.columns.take(places).to_pylist()
        return [
            Refused(
                number,
                reasons[row],
                columns[row] or "",
                raw_json({name: texts[name][row] for name in texts}),
            )
            for row, number in enumerate(numbers)
        ]


def moment_of(table: Contract) -> str:
    """Return the column that says when a row of the table happened; empty when none does."""
    kinds = ((column.name, column.type, column.nullable) for column in table.columns)
    return next(
        (name for name, kind, nullable in kinds if kind.startswith("timestamp") and not nullable),
        "",
    )


def raw_json(row: Dict[str, str | None]) -> str:
    """Return a row's raw form as it is kept."""
    return json.dumps(row, ensure_ascii=False)


def _judged(
    found: Cleaned, target: Target, verdict: _Verdict, flags: Flags, *, most: int | None
) -> pa.Array:
    """Return a target's values; what speaks against one goes into the verdict."""
    if target.kind == "text":
        found = cleaning.within_length(found, most)
    if not target.allow_negative and target.kind in {"amount", "number"}:
        found = found.refuse(pc.less(found.values, 0), "negative")
    if target.on_error == "missing":
        flags.note(f"unreadable_{target.name}", pc.is_valid(found.reasons))
        found = Cleaned.fine(found.values)
    if target.impute is not None:
        found = _imputed(target, found, flags)
    if target.required:
        found = found.refuse(
            pc.and_(pc.is_null(found.values), pc.is_null(found.reasons)), "missing_value"
        )
    verdict.add(found.reasons, target.name)
    return found.values


def _imputed(target: Target, found: Cleaned, flags: Flags) -> Cleaned:
    """Mark what is missing; constants are filled here, statistics once all rows are known."""
    gaps = pc.and_(pc.is_null(found.values), pc.is_null(found.reasons))
    flags.mark(f"imputed_{target.name}", gaps)
    if target.impute is None or target.impute.policy != "constant":
        return found
    filler = pa.scalar(target.impute.constant).cast(found.values.type)
    return Cleaned(pc.if_else(gaps, filler, found.values), found.reasons)


def _broken(batch: Batch) -> list[Refused]:
    return [
        Refused(row.number, row.reason, "", raw_json({RAW_TEXT: row.text})) for row in batch.broken
    ]


class _Verdict:
    """The first reason against each row, and the column it is about."""

    def __init__(self, rows: int) -> None:
        self.reasons = pa.nulls(rows, pa.string())
        self.columns = pa.nulls(rows, pa.string())

    def add(self, reasons: pa.Array, column: str) -> None:
        if reasons.null_count == len(reasons):
            return
        fresh = pc.and_(pc.is_valid(reasons), pc.is_null(self.reasons))
        self.reasons = pc.coalesce(self.reasons, reasons)
        self.columns = pc.if_else(fresh, column, self.columns)

    def refuse(self, where: pa.Array, reason: str, column: str) -> None:
        hit = pc.fill_null(where, fill_value=False)
        self.add(pc.if_else(hit, reason, pa.scalar(None, pa.string())), column)


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """A batch as its own rows tell of it: typed columns, persons, verdict and marks."""

    batch: Batch
    columns: Dict[str, pa.Array]
    persons: pa.Table
    verdict: _Verdict
    flags: Flags
