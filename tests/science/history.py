"""Small order histories for the tests, as plain Python rows and as Ibis tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from hypothesis import settings
from hypothesis import strategies as st

FIRST_DAY = date(2024, 1, 1)
MONEY = pa.decimal128(18, 2)

# An example asks the engine a few questions, which takes as long as it takes.
on_tables = settings(deadline=None, max_examples=15)


@dataclass(frozen=True)
class Order:
    """One order of a test history."""

    order_id: str
    member_id: str | None
    day: date
    net: Decimal = Decimal("10.00")
    items: int = 1
    store: str = "s1"
    channel: str = "pos"


@dataclass(frozen=True)
class Member:
    """One member of a test history."""

    member_id: str
    joined_on: date | None
    store: str | None = None
    channel: str | None = None


def orders_table(orders: Sequence[Order]) -> ir.Table:
    """Return the orders as the lake's table, cut to the columns science reads."""
    return ibis.memtable(
        pa.table(
            {
                "order_id": pa.array([o.order_id for o in orders], pa.string()),
                "member_id": pa.array([o.member_id for o in orders], pa.string()),
                "business_date": pa.array([o.day for o in orders], pa.date32()),
                "net_amount": pa.array([o.net for o in orders], MONEY),
                "item_count": pa.array([o.items for o in orders], pa.int64()),
                "store_id": pa.array([o.store for o in orders], pa.string()),
                "channel": pa.array([o.channel for o in orders], pa.string()),
            }
        )
    )


def members_table(members: Sequence[Member]) -> ir.Table:
    """Return the members as the lake's table, cut to the columns science reads."""
    return ibis.memtable(
        pa.table(
            {
                "member_id": pa.array([m.member_id for m in members], pa.string()),
                "joined_on": pa.array([m.joined_on for m in members], pa.date32()),
                "home_store_id": pa.array([m.store for m in members], pa.string()),
                "joined_channel": pa.array([m.channel for m in members], pa.string()),
            }
        )
    )


def rows(table: ir.Table) -> list[dict[str, Any]]:
    """Run the expression and return its rows."""
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found


def by_key(table: ir.Table, key: str) -> dict[object, dict[str, Any]]:
    """Run the expression and return its rows by a unique column."""
    listed = rows(table)
    found = {row[key]: row for row in listed}
    assert len(found) == len(listed)
    return found


def on(day: int) -> date:
    """Return a day of the test calendar: 0 is the first."""
    return FIRST_DAY + timedelta(days=day)


def bought(member_id: str | None, *days: int, net: str = "10.00") -> list[Order]:
    """Return one order of the member on each of the days."""
    return [
        Order(f"{member_id}-{day}-{n}", member_id, on(day), Decimal(net))
        for n, day in enumerate(days)
    ]


MEMBER_IDS = ("a", "b", "c", "d", "e")

cents = st.integers(-500, 50_000).map(lambda amount: Decimal(amount) / 100)


def histories(
    *, last_day: int = 120, max_size: int = 25
) -> st.SearchStrategy[tuple[list[Order], list[Member]]]:
    """Return a strategy of random orders (some without a member) and of all members."""
    order = st.tuples(
        st.sampled_from((*MEMBER_IDS[:4], None)),
        st.integers(0, last_day).map(on),
        st.one_of(st.sampled_from((Decimal("1.00"), Decimal("5.50"))), cents),
        st.integers(0, 4),
        st.sampled_from(("s1", "s2", "s3")),
        st.sampled_from(("pos", "web")),
    )
    joined = st.one_of(st.none(), st.integers(0, last_day).map(on))
    home = st.sampled_from(("s1", "s4", None))
    channel = st.sampled_from(("pos", "app", None))

    def numbered(drawn: Iterable[tuple[str | None, date, Decimal, int, str, str]]) -> list[Order]:
        return [Order(f"o{n}", *values) for n, values in enumerate(drawn)]

    members = st.tuples(*(st.builds(Member, st.just(m), joined, home, channel) for m in MEMBER_IDS))
    return st.tuples(st.lists(order, max_size=max_size).map(numbered), members.map(list))
