"""Members by filter: how many, one page of them, and all of them for an export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import ibis

from regulars.console.desk import remembered
from regulars.console.figures.member_filters import NO_DEPARTMENT, MemberFilter
from regulars.console.figures.standing import features
from regulars.console.figures.trade import local_orders
from regulars.science.facts import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.backends.duckdb import Backend

    from regulars.console.desk import Desk

PAGE_SIZE = 50
EXPORT_ROWS_PER_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member of the list; RFM values are None for who never bought in the window."""

    member_id: str
    home_store_id: str
    joined_on: date | None
    lifecycle_stage: str
    rfm_group: str
    recency_days: int | None
    last_order_on: date | None
    frequency: int
    monetary: Decimal


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One page of the list and the size of the whole."""

    rows: tuple[MemberRow, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def first(self) -> int:
        """The position of the first row, from 1; 0 on an empty page."""
        return (self.number - 1) * PAGE_SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The position of the last row."""
        return self.first + len(self.rows) - 1 if self.rows else 0


def member_page(desk: Desk, wanted: MemberFilter, *, number: int) -> MemberPage:
    """Return page ``number`` (from 1; too high means the last) of the members that match."""
    question = f"member_page {wanted} {number}"
    return remembered(desk.key, question, lambda: _read_page(desk, wanted, number))


def member_batches(desk: Desk, wanted: MemberFilter) -> Iterator[pa.RecordBatch]:
    """Yield all members that match, in the list's order, in batches of bounded size."""
    table = _ordered(_matching(desk, wanted), wanted)
    # Ibis's own way to read in batches calls what DuckDB has deprecated.
    backend = cast("Backend", table.get_backend())
    cursor = backend.con.cursor()
    yield from cursor.execute(backend.compile(table)).to_arrow_reader(EXPORT_ROWS_PER_BATCH)


def _read_page(desk: Desk, wanted: MemberFilter, number: int) -> MemberPage:
    matching = _matching(desk, wanted)
    counted = matching.mutate(total=ibis._.count().over(ibis.window()))

    def read(page: int) -> list[dict[str, Any]]:
        part = _ordered(counted, wanted).limit(PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
        rows: list[dict[str, Any]] = part.to_pyarrow().to_pylist()
        return rows

    rows = read(number)
    if not rows and number > 1:
        total = int(matching.count().to_pyarrow().as_py())
        number = max(1, -(-total // PAGE_SIZE))
        rows = read(number)
    total = int(rows[0].pop("total")) if rows else 0
    for row in rows[1:]:
        row.pop("total")
    return MemberPage(rows=tuple(MemberRow(**row) for row in rows), total=total, number=number)


def _matching(desk: Desk, wanted: MemberFilter) -> ir.Table:
    members = _conditions_on_members(desk, wanted)
    rfm = features(desk, "rfm").select(
        "member_id", "recency_days", "frequency", "monetary", "rfm_group"
    )
    stages = features(desk, "lifecycle").select("member_id", "lifecycle_stage", "last_order_date")
    joined = members.left_join(rfm, "member_id").drop("member_id_right")
    joined = joined.left_join(stages, "member_id").drop("member_id_right")
    rows = joined.select(
        "member_id",
        home_store_id=joined["home_store_id"].fill_null(""),
        joined_on=joined["joined_on"],
        lifecycle_stage=joined["lifecycle_stage"].fill_null(""),
        rfm_group=joined["rfm_group"].fill_null(""),
        recency_days=joined["recency_days"],
        last_order_on=joined["last_order_date"],
        frequency=joined["frequency"].fill_null(0),
        monetary=joined["monetary"].fill_null(0).cast("decimal(18, 2)"),
    )
    return _conditions_on_features(rows, wanted)


def _conditions_on_members(desk: Desk, wanted: MemberFilter) -> ir.Table:
    members = desk.lake.table("members").select("member_id", "home_store_id", "joined_on")
    if wanted.ids:
        begins = [members["member_id"].startswith(one) for one in wanted.ids]
        members = members.filter(ibis.or_(*begins))
    if wanted.store:
        members = members.filter(members["home_store_id"] == wanted.store)
    if wanted.joined_from:
        members = members.filter(members["joined_on"] >= wanted.joined_from)
    if wanted.joined_to:
        members = members.filter(members["joined_on"] <= wanted.joined_to)
    if wanted.department:
        members = members.semi_join(_buyers_of_department(desk, wanted), "member_id")
    elif wanted.asks_orders:
        members = members.semi_join(_buyers(desk, wanted), "member_id")
    return members


def _conditions_on_features(rows: ir.Table, wanted: MemberFilter) -> ir.Table:
    conditions = []
    if wanted.stage:
        conditions.append(rows["lifecycle_stage"] == wanted.stage)
    if wanted.group:
        conditions.append(rows["rfm_group"].startswith(wanted.group))
    if wanted.recency_min is not None:
        conditions.append(rows["recency_days"] >= wanted.recency_min)
    if wanted.recency_max is not None:
        conditions.append(rows["recency_days"] <= wanted.recency_max)
    if wanted.spend_min is not None:
        conditions.append(rows["monetary"] >= wanted.spend_min)
    if wanted.spend_max is not None:
        conditions.append(rows["monetary"] <= wanted.spend_max)
    return rows.filter(*conditions) if conditions else rows


def _buyers(desk: Desk, wanted: MemberFilter) -> ir.Table:
    orders = _there_and_then(known(desk.lake.table("orders"), desk.as_of), wanted)
    if wanted.channel:
        orders = orders.filter(orders["channel"] == wanted.channel)
    if wanted.weekday is not None or wanted.hour is not None:
        orders = local_orders(desk, orders)
        if wanted.weekday is not None:
            orders = orders.filter(orders["weekday"] == wanted.weekday)
        if wanted.hour is not None:
            orders = orders.filter(orders["hour"] == wanted.hour)
    return orders.select("member_id").distinct()


def _buyers_of_department(desk: Desk, wanted: MemberFilter) -> ir.Table:
    lines = _there_and_then(known(desk.lake.table("order_lines"), desk.as_of), wanted)
    products = desk.lake.table("products").select("product_id", "department")
    named = lines.select("member_id", "product_id").left_join(products, "product_id")
    if wanted.department == NO_DEPARTMENT:
        named = named.filter(named["department"].isnull())
    else:
        named = named.filter(named["department"] == wanted.department)
    return named.select("member_id").distinct()


def _there_and_then(facts: ir.Table, wanted: MemberFilter) -> ir.Table:
    if wanted.bought_from:
        facts = facts.filter(facts["business_date"] >= wanted.bought_from)
    if wanted.bought_to:
        facts = facts.filter(facts["business_date"] <= wanted.bought_to)
    if wanted.bought_at:
        facts = facts.filter(facts["store_id"] == wanted.bought_at)
    return facts


def _ordered(rows: ir.Table, wanted: MemberFilter) -> ir.Table:
    # Members without the value come last whichever way the list is sorted; ids break ties.
    column = rows[wanted.sort]
    key = ibis.desc(column, nulls_first=False) if wanted.descending else ibis.asc(column)
    return rows.order_by(key) if wanted.sort == "member_id" else rows.order_by(key, "member_id")
