"""Members by filter: how many, one page of them, and all of them for an export."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import ibis

from regulars.console.desk import remembered
from regulars.console.figures.digests import digest
from regulars.console.figures.digests.work import WorkTables, backend_of
from regulars.console.figures.insights.behind import narrowed
from regulars.console.figures.local_time import local_orders
from regulars.console.figures.member_filters import NO_DEPARTMENT, MemberFilter
from regulars.console.figures.member_order import beyond, ordered
from regulars.science.facts import known
from regulars.science.rfm import ABSENT

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


@dataclass(frozen=True, slots=True)
class Beside:
    """Where a page begins: next to this member, after them or (turning back) before them."""

    member_id: str
    back: bool = False


def member_page(
    desk: Desk, wanted: MemberFilter, *, number: int, beside: Beside | None = None
) -> MemberPage:
    """Return page ``number`` (from 1; too high means the last) of the members that match.

    ``beside`` names the neighbour on the page turned from: nobody before it is then sorted. When
    they are no longer in the list, the page is counted off from its beginning.
    """
    key = (digest(desk).key, *desk.key)
    question = f"member_page {wanted} {number} {beside}"
    return remembered(key, question, lambda: _read_page(desk, wanted, number, beside))


def member_batches(desk: Desk, wanted: MemberFilter) -> Iterator[pa.RecordBatch]:
    """Yield all members that match, in the list's order, in batches of bounded size."""
    table = ordered(_matching(desk, wanted), wanted)
    # Ibis's own way to read in batches calls what DuckDB has deprecated.
    backend = cast("Backend", table.get_backend())
    cursor = backend.con.cursor()
    yield from cursor.execute(backend.compile(table)).to_arrow_reader(EXPORT_ROWS_PER_BATCH)


def _read_page(desk: Desk, wanted: MemberFilter, number: int, beside: Beside | None) -> MemberPage:
    matching = _matching(desk, wanted)
    # Who bought there and then is worked out once, for the count and for the page.
    once = wanted.asks_orders or wanted.department
    with WorkTables(backend_of(matching)) if once else nullcontext() as work:
        matching = work.keep(matching) if work else matching
        total = remembered(
            (digest(desk).key, *desk.key),
            f"members {replace(wanted, sort='member_id', descending=True)}",
            lambda: int(matching.count().to_pyarrow().as_py()),
        )
        number = min(number, max(1, -(-total // PAGE_SIZE)))
        rows = _rows_beside(matching, wanted, beside) if beside else ()
        if not rows:
            part = ordered(matching, wanted).limit(PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
            rows = _read(part)
    return MemberPage(rows=rows, total=total, number=number)


def _rows_beside(matching: ir.Table, wanted: MemberFilter, beside: Beside) -> tuple[MemberRow, ...]:
    neighbour = _read(matching.filter(matching["member_id"] == beside.member_id))
    if not neighbour:
        return ()
    value = getattr(neighbour[0], wanted.sort)
    part = beyond(matching, wanted, value=value, member_id=beside.member_id, back=beside.back)
    rows = _read(ordered(part, wanted, back=beside.back).limit(PAGE_SIZE))
    return rows[::-1] if beside.back else rows


def _read(rows: ir.Table) -> tuple[MemberRow, ...]:
    found = rows.select(*MemberRow.__dataclass_fields__).to_pyarrow().to_pylist()
    return tuple(MemberRow(**row) for row in found)


def _matching(desk: Desk, wanted: MemberFilter) -> ir.Table:
    rows = _conditions_on_features(_conditions_on_members(desk, wanted), wanted)
    return rows.mutate(home_store_id=rows["home_store_id"].fill_null(""))


def _conditions_on_members(desk: Desk, wanted: MemberFilter) -> ir.Table:
    found = digest(desk)
    members = found.board(desk)
    if not found.current:
        # A commit or two old: who has left the reader's scope since is not shown.
        members = members.semi_join(desk.lake.table("members"), "member_id")
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
    return narrowed(desk, members, wanted)


def _conditions_on_features(rows: ir.Table, wanted: MemberFilter) -> ir.Table:
    conditions = []
    if wanted.stage:
        conditions.append(rows["lifecycle_stage"] == wanted.stage)
    if wanted.group == ABSENT:
        conditions.append(rows["rfm_group"] == "")
    elif wanted.group:
        conditions.append(rows["rfm_group"].startswith(wanted.group))
    if wanted.band:
        conditions.append(rows["value_band"] == ("" if wanted.band == ABSENT else wanted.band))
    if wanted.cell:
        conditions.append(rows["rfm_cell"] == wanted.cell)
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
    orders = _there_and_then(known(desk.whole.table("orders"), desk.as_of), wanted)
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
    lines = _there_and_then(known(desk.whole.table("order_lines"), desk.as_of), wanted)
    products = desk.lake.table("products").select("product_id", "department")
    if wanted.department == NO_DEPARTMENT:
        lines = lines.anti_join(products.filter(products["department"].notnull()), "product_id")
    else:
        lines = lines.semi_join(
            products.filter(products["department"] == wanted.department), "product_id"
        )
    return lines.select("member_id").distinct()


def _there_and_then(facts: ir.Table, wanted: MemberFilter) -> ir.Table:
    if wanted.bought_from:
        facts = facts.filter(facts["business_date"] >= wanted.bought_from)
    if wanted.bought_to:
        facts = facts.filter(facts["business_date"] <= wanted.bought_to)
    if wanted.bought_at:
        facts = facts.filter(facts["store_id"] == wanted.bought_at)
    return facts
