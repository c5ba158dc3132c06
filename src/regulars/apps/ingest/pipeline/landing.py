"""Into the lake: every table of a load in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from regulars.apps.ingest.mapping import Mapping
from regulars.apps.ingest.pipeline.shaping import Shaper
from regulars.apps.ingest.pipeline.stage import Noted
from regulars.lake import Lake, Scout, Snapshot, Transaction, UpsertCount

_WAIT_SECONDS = 600
_SALES = frozenset({"orders", "order_lines"})


@dataclass(frozen=True, slots=True)
class Landed:
    """What a load changed, per table; ``source_rows_changed`` counts rows of the source."""

    sequence: int
    tables: dict[str, UpsertCount]
    source_rows_changed: int
    notes: dict[str, Noted]


def land(
    lake: Lake,
    mapping: Mapping,
    shaper: Shaper,
    *,
    publish: Callable[[Transaction], None] | None,
    merge_held: bool,
    scout: Scout,
) -> Landed:
    """Write the load's tables; readers see all of them or none.

    ``publish`` lets the members room write who is new: before the rows of member lists, which add
    to theirs, and after sales, because a first order decides a home store. ``merge_held`` keeps
    the held lines of the orders at hand: the rows are corrections of single lines, not whole
    orders. The ``scout`` has begun to look for the files that this will touch.
    """
    counts: dict[str, UpsertCount] = {}
    main = mapping.contract
    note = f"load {mapping.name}"
    with lake.transaction(wait_seconds=_WAIT_SECONDS, note=note, scout=scout) as writing:
        if publish is not None and main not in _SALES:
            publish(writing)
        held = _held(writing.snapshot(), mapping, shaper, merge_held=merge_held)
        shaper.know(held)
        for table in _side_tables(mapping):
            counts[table] = writing.upsert(table, shaper.rows(table))
        changed = shaper.changed_source_rows() if mapping.attributes else None
        large = large_tables(mapping)
        counts |= writing.upsert_together((name, shaper.rows(name)) for name in large)
        if changed is None:
            changed = counts[main].new + counts[main].changed
        if publish is not None and main in _SALES:
            publish(writing)
        notes = shaper.notes()
    with lake.snapshot() as snapshot:
        return Landed(snapshot.sequence, counts, changed, notes)


def large_tables(mapping: Mapping) -> tuple[str, ...]:
    """Return the tables whose rows come from the source itself."""
    return (mapping.contract, *(["orders"] if mapping.rollup is not None else []))


def _side_tables(mapping: Mapping) -> list[str]:
    """Tables that get rows for what the source names and the lake does not know."""
    tables = []
    if mapping.contract in _SALES:
        tables.append("stores")
    if any(rule.rule == "unknown_product" for rule in mapping.rules):
        tables.append("products")
    return tables


def _held(
    snapshot: Snapshot, mapping: Mapping, shaper: Shaper, *, merge_held: bool
) -> dict[str, pa.Table]:
    """What the lake holds that the load's rows are compared with."""
    held: dict[str, pa.Table] = {}
    with snapshot:
        if mapping.contract in _SALES:
            held["stores"] = snapshot.rows("stores", "store_id")
            held["products"] = snapshot.rows("products", "product_id", "measured", "placeholder")
        if mapping.contract in {"members", "member_attributes"}:
            held[mapping.contract] = snapshot.table(mapping.contract).to_pyarrow()
        if merge_held and mapping.contract == "order_lines":
            orders = shaper.distinct("order_id").to_pylist()
            for name in ("orders", "order_lines"):
                table = snapshot.table(name)
                held[name] = table.filter(table.order_id.isin(orders)).to_pyarrow()
    return held
