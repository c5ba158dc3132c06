"""The SELECTs that turn kept rows into rows of lake tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from regulars.apps.ingest.mapping import Mapping
from regulars.apps.ingest.pipeline.sql import literal, quoted, select
from regulars.lake.contracts import Contract, contract

_HEADER = "order "
_SQL_TYPES = {"string": "VARCHAR", "int64": "BIGINT", "timestamp('UTC')": "TIMESTAMPTZ"}
_SUMS = ("list_amount", "discount_amount", "coupon_amount", "net_amount")

# Orders whose lines disagree on who bought, where or when: the first line is believed.
_ORDER_FACTS = select(["order_id", "hash(store_id, member_id, ordered_at) AS facts"], "kept")
ODD_ORDERS = select(
    ["order_id"], f"({_ORDER_FACTS})", "GROUP BY order_id HAVING min(facts) <> max(facts)"
)

CHANGED_SOURCE_ROWS = select(
    ["count(DISTINCT e._row)"],
    "shaped e LEFT JOIN held_member_attributes h USING (member_id, name)",
    "WHERE h.value IS NULL OR h.value <> e.value OR h.source <> e.source",
    "OR h.updated_at <> e.updated_at",
)


def repeats(key: Sequence[str], said: Sequence[str]) -> str:
    """Return the SELECT of the rows whose key comes again later, and whether that row differs.

    Keys are counted by hash first: what is sorted are only the rows that share one.
    """
    hashed = f"hash({', '.join(key)})"
    content = f"hash({', '.join(said)})"
    shared = select([f"{hashed} AS h"], "owned", "GROUP BY h HAVING count(*) > 1")
    window = f"PARTITION BY {', '.join(key)} ORDER BY _row DESC"
    columns = [
        "_row",
        f"row_number() OVER ({window}) AS place",
        f"{content} <> first_value({content}) OVER ({window}) AS differs",
    ]
    ranked = select(columns, "owned", f"WHERE {hashed} IN ({shared})")
    return select(["_row", "differs"], f"({ranked})", "WHERE place > 1")


def filler(column: str, policy: str) -> str:
    """Return the SELECT of the value that fills a column's gaps; ties go to the smaller value."""
    if policy == "median":
        return select([f"quantile_disc({column}, 0.5)"], "unique_rows")
    return select(
        [f"{column} AS v"],
        "unique_rows",
        f"WHERE {column} IS NOT NULL GROUP BY v ORDER BY count(*) DESC, v LIMIT 1",
    )


def main_rows(mapping: Mapping, table: Contract, *, now: datetime) -> str:
    """Return the SELECT of the mapping's own table, with ``_row`` and the header's columns."""
    if table.name == "order_lines":
        return _lines(mapping, table)
    if table.name == "member_attributes":
        return _attributes(mapping, now)
    if table.name == "members":
        return _members(mapping, table)
    columns = [_plain(name, mapping, table) for name in table.column_names]
    return select(["k._row", *columns], "kept k")


def with_held_lines(query: str) -> str:
    """Return ``query`` and the held lines of its orders: a corrected line joins the others."""
    channel, staff = quoted(_HEADER + "channel"), quoted(_HEADER + "staff_id")
    said = select([f"max({channel})"], f"({query})")
    held = select(
        [
            "h.*",
            # Before the corrected lines, and each its own: the first line speaks for its order.
            "-row_number() OVER (ORDER BY h.order_id, h.line_no) AS _row",
            f"coalesce(o.channel, ({said})) AS {channel}",
            f"o.staff_id AS {staff}",
        ],
        "held_order_lines h LEFT JOIN held_orders o USING (order_id)",
        f"ANTI JOIN ({query}) n USING (order_id, line_no)",
    )
    return f"({query}) UNION ALL BY NAME ({held})"


def table_rows(name: str, mapping: Mapping, main: Contract) -> str:
    """Return the SELECT of one of the load's tables, with exactly its contract's columns."""
    columns = [quoted(column) for column in contract(name).column_names]
    if name == main.name:
        return select(columns, "shaped")
    if name == "orders":
        return select(columns, f"({_orders(mapping)})")
    if name == "stores":
        return select(columns, f"({_stores(mapping)})")
    return select(columns, f"({_products(mapping)})")


def _plain(name: str, mapping: Mapping, table: Contract) -> str:
    """A column of a table as the mapping gives it, or as the load fills it in."""
    column = quoted(name)
    if mapping.target(name) is not None or name in {"business_date", "business_month", "member_id"}:
        return f"k.{column}"
    filled = {
        "source": literal(mapping.source),
        "currency": literal(mapping.currency),
        "flags": "k._flags",
        "measured": "false",
        "placeholder": "false",
    }
    return f"{filled.get(name) or _nothing(table, name)} AS {column}"


def _nothing(table: Contract, name: str) -> str:
    kind = table.column(name).type
    return f"NULL::{_SQL_TYPES.get(kind, kind)}"


def _lines(mapping: Mapping, table: Contract) -> str:
    rules = {rule.rule: rule for rule in mapping.rules}
    limit = rules["measured_quantity"].above if "measured_quantity" in rules else ""
    measured = "(coalesce(p.measured, false) OR k.quantity <> floor(k.quantity)"
    measured += f" OR k.quantity > {literal(limit)}::DECIMAL(18, 3))" if limit else ")"
    flags = ["nullif(k._flags, '')"]
    if "measured_quantity" in rules:
        flags.append(f"CASE WHEN k.quantity > 0 AND {measured} THEN 'measured_quantity' END")
    if "unknown_product" in rules:
        flags.append("CASE WHEN coalesce(p.placeholder, true) THEN 'unknown_product' END")
    special = {
        "item_count": f"CASE WHEN k.quantity <= 0 THEN 0 WHEN {measured} THEN 1 "
        "ELSE k.quantity::BIGINT END AS item_count",
        "flags": f"concat_ws(',', {', '.join(flags)}) AS flags",
    }
    if mapping.target("item_count") is not None:
        del special["item_count"]
    columns = [special.get(name) or _plain(name, mapping, table) for name in table.column_names]
    header = {target.name for target in mapping.rollup or ()}
    for name in ("channel", "staff_id"):
        staged = f"k.{quoted(_HEADER + name)}" if name in header else "NULL::VARCHAR"
        columns.append(f"{staged} AS {quoted(_HEADER + name)}")
    return select(["k._row", *columns], "kept k LEFT JOIN held_products p USING (product_id)")


def _orders(mapping: Mapping) -> str:
    """Headers are added up from their lines; what lines share is taken from the first line.

    Only numbers are held per order while adding up: DuckDB can spill those, and cannot spill texts.
    """
    sums = select(
        [
            "min(_row) AS _row",
            *(f"sum({name})::DECIMAL(18, 2) AS {name}" for name in _SUMS),
            "count(*) AS line_count",
            "sum(item_count)::BIGINT AS item_count",
        ],
        "shaped",
        "GROUP BY order_id",
    )
    first = ("order_id", "member_id", "store_id", "ordered_at", "business_date", "business_month")
    columns = [
        *(f"f.{name}" for name in (*first, "currency")),
        f"f.{quoted(_HEADER + 'channel')} AS channel",
        f"f.{quoted(_HEADER + 'staff_id')} AS staff_id",
        *(f"s.{name}" for name in (*_SUMS, "line_count", "item_count")),
        f"{literal(mapping.source)} AS source",
    ]
    return select(columns, f"shaped f JOIN ({sums}) s USING (_row)")


def _stores(mapping: Mapping) -> str:
    """Stores that rows name and the lake does not know."""
    columns = [
        "n.store_id",
        "coalesce(s.name, n.store_id) AS name",
        "s.region_id",
        "s.region_name",
        f"coalesce(s.zone, {literal(mapping.business_zone)}) AS zone",
        f"{literal(mapping.source)} AS source",
    ]
    named = select(["DISTINCT k.store_id"], "kept k ANTI JOIN held_stores h USING (store_id)")
    return select(columns, f"({named}) n LEFT JOIN met_stores s USING (store_id)")


def _products(mapping: Mapping) -> str:
    """Placeholders for products that lines name and no list knows."""
    empty = ("name", "brand", "maker_id", "department", "category", "subcategory", "package_size")
    columns = [
        "DISTINCT k.product_id",
        *(f"NULL::VARCHAR AS {name}" for name in empty),
        "false AS measured",
        "true AS placeholder",
        f"{literal(mapping.source)} AS source",
    ]
    return select(columns, "kept k ANTI JOIN held_products h USING (product_id)")


def _attributes(mapping: Mapping, now: datetime) -> str:
    """One row per attribute that is there. What did not change keeps the time it was first said."""
    given = (
        "k.updated_at"
        if mapping.target("updated_at")
        else f"{literal(now.isoformat())}::TIMESTAMPTZ"
    )
    parts = []
    for target in mapping.attributes:
        value = f"k.{quoted(f'attribute {target.name}')}"
        marked = f"list_contains(string_split(k._flags, ','), {literal(f'imputed_{target.name}')})"
        imputed, said = literal(f"{mapping.source}:imputed"), literal(mapping.source)
        source = f"CASE WHEN {marked} THEN {imputed} ELSE {said} END"
        columns = ["k._row", "k.member_id", f"{literal(target.name)} AS name"]
        columns += [f"{value} AS value", f"{source} AS source", f"{given} AS updated_at"]
        parts.append(select(columns, "kept k", f"WHERE {value} IS NOT NULL"))
    told = " UNION ALL ".join(parts)
    same = "h.value = t.value AND h.source = t.source"
    when = f"CASE WHEN {same} THEN h.updated_at ELSE t.updated_at END"
    if mapping.target("updated_at"):
        when = "t.updated_at"
    columns = ["t._row", "t.member_id", "t.name", "t.value", "t.source", f"{when} AS updated_at"]
    return select(columns, f"({told}) t LEFT JOIN held_member_attributes h USING (member_id, name)")


def _members(mapping: Mapping, table: Contract) -> str:
    """A member list adds what it knows; what it leaves out keeps the held value."""
    columns = []
    for name in table.column_names:
        column = quoted(name)
        if name == "member_id":
            columns.append("k.member_id")
        elif mapping.target(name) is not None:
            columns.append(f"coalesce(k.{column}, h.{column}) AS {column}")
        elif name == "source":
            columns.append(f"coalesce(h.source, {literal(mapping.source)}) AS source")
        else:
            columns.append(f"h.{column}")
    return select(["k._row", *columns], "kept k LEFT JOIN held_members h USING (member_id)")
