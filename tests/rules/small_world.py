"""A few members with random facts, features and tags: as plain rows, and as Ibis tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from hypothesis import strategies as st

from regulars.science.rules import Fact, FactColumn, Field, Label, Vocabulary

Row = dict[str, Any]
AS_OF = date(2024, 2, 1)
MONEY = pa.decimal128(18, 2)
MOMENT = pa.timestamp("us", "UTC")
MEMBERS = ("m1", "m2", "m3", "m4", "m5")
LABEL = Label("what it is", "名称")
SCHEMAS = {
    "members": pa.schema(
        {"member_id": pa.string(), "joined_on": pa.date32(), "gender": pa.string()}
    ),
    "member_attributes": pa.schema(
        {"member_id": pa.string(), "name": pa.string(), "value": pa.string()}
    ),
    "features": pa.schema(
        {
            "member_id": pa.string(),
            "as_of": pa.date32(),
            "frequency": pa.int64(),
            "monetary": MONEY,
            "risk": pa.float64(),
            "vip": pa.bool_(),
        }
    ),
    "orders": pa.schema(
        {
            "order_id": pa.string(),
            "member_id": pa.string(),
            "business_date": pa.date32(),
            "ordered_at": MOMENT,
            "channel": pa.string(),
            "net_amount": MONEY,
            "items": pa.int64(),
            "product_id": pa.string(),
        }
    ),
    "events": pa.schema(
        {
            "event_id": pa.string(),
            "member_id": pa.string(),
            "business_date": pa.date32(),
            "occurred_at": MOMENT,
            "event": pa.string(),
            "product_id": pa.string(),
        }
    ),
    "products": pa.schema({"product_id": pa.string(), "category": pa.string()}),
    "audience_members": pa.schema({"audience_id": pa.string(), "member_id": pa.string()}),
}


@dataclass(frozen=True)
class World:
    """Rows by table."""

    rows: dict[str, list[Row]]

    def table(self, name: str) -> ir.Table:
        return ibis.memtable(pa.Table.from_pylist(self.rows[name], schema=SCHEMAS[name]))


def on(day: int) -> date:
    """Return a day of January 2024; 32 is as_of."""
    return date(2023, 12, 31) + timedelta(days=day)


def field(name: str, table: str, column: str, type_: Any, **more: Any) -> Field:
    return Field(name=name, table=table, column=column, type=type_, label=LABEL, **more)


def columns(**types: Any) -> tuple[FactColumn, ...]:
    plain = (FactColumn(name=n, column=n, type=t, label=LABEL) for n, t in types.items())
    category = FactColumn(
        name="products.category",
        column="category",
        type="text",
        label=LABEL,
        via="products",
        key="product_id",
    )
    return (*plain, category)


VOCABULARY = Vocabulary(
    fields=[
        field("attribute.gender", "members", "gender", "text", allowed=("female", "male")),
        field("attribute.joined_on", "members", "joined_on", "date"),
        field("attribute.hobby", "member_attributes", "value", "text", only=("name", "hobby")),
        field("tag.children", "member_attributes", "value", "integer", only=("name", "children")),
        field("feature.frequency", "features", "frequency", "integer", dated="as_of"),
        field("feature.monetary", "features", "monetary", "decimal", dated="as_of"),
        field("feature.risk", "features", "risk", "number", dated="as_of"),
        field("feature.vip", "features", "vip", "boolean", dated="as_of"),
    ],
    facts=[
        Fact(
            name="order",
            table="orders",
            columns=columns(
                channel="text", net_amount="decimal", items="integer", business_date="date"
            ),
            label=LABEL,
            moment="ordered_at",
            key=("order_id",),
        ),
        Fact(
            name="event",
            table="events",
            columns=columns(event="text"),
            label=LABEL,
            moment="occurred_at",
            key=("event_id",),
        ),
    ],
    audiences={"a": "first", "b": "second", "c": "third"},
)

texts = st.sampled_from(("web", "we%", "WEB", "p_s", "pos", "é", ""))
wholes = st.integers(-2, 4)
money = st.sampled_from(("-1.50", "0.00", "1.50", "2.25", "2.26")).map(Decimal)
numbers = st.sampled_from((-0.5, 0.0, 0.25, 1.0))
days = st.integers(10, 33).map(on)
members = st.sampled_from((*MEMBERS, *MEMBERS[:2], None))


def worlds(*, max_facts: int = 14) -> st.SearchStrategy[World]:
    """Return a strategy of worlds; moments and values often coincide, and many are missing."""
    hours = st.integers(0, 30)

    def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(values, values, values, st.none())

    def fact(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Row]]:
        row = st.fixed_dictionaries(
            {
                "member_id": members,
                "business_date": days,
                "hour": hours,
                "product_id": maybe(st.sampled_from(("p1", "p2", "p9"))),
                **more,
            }
        )
        return st.lists(row, max_size=max_facts)

    def each(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Row]]:
        rows = [st.fixed_dictionaries({"member_id": st.just(one), **more}) for one in MEMBERS]
        return st.tuples(*rows).map(list)

    return st.builds(
        world,
        each(joined_on=maybe(days), gender=maybe(st.sampled_from(("female", "male")))),
        each(hobby=maybe(texts), children=maybe(wholes.map(str))),
        each(
            as_of=st.sampled_from((AS_OF, AS_OF, AS_OF, on(31))),
            frequency=maybe(wholes),
            monetary=maybe(money),
            risk=st.one_of(numbers, st.just(float("nan")), st.none()),
            vip=maybe(st.booleans()),
        ),
        fact(channel=maybe(texts), net_amount=maybe(money), items=maybe(wholes)),
        fact(event=maybe(st.sampled_from(("view", "cart", "web")))),
        st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from(MEMBERS))),
    )


def world(
    people: list[Row],
    declared: list[Row],
    features: list[Row],
    orders: list[Row],
    events: list[Row],
    audiences: set[tuple[str, str]],
) -> World:
    """Return the rows of every table."""
    return World(
        {
            "members": people,
            "member_attributes": [
                {"member_id": row["member_id"], "name": name, "value": row[name]}
                for row in declared
                for name in ("hobby", "children")
                if row[name] is not None
            ],
            "features": features,
            "orders": [_timed(row, f"o{n}", "order_id", "ordered_at") for n, row in _n(orders)],
            "events": [_timed(row, f"e{n}", "event_id", "occurred_at") for n, row in _n(events)],
            "products": [
                {"product_id": "p1", "category": "web"},
                {"product_id": "p2", "category": None},
            ],
            "audience_members": [
                {"audience_id": audience, "member_id": member}
                for audience, member in sorted(audiences)
            ],
        }
    )


def _n(rows: list[Row]) -> list[tuple[int, Row]]:
    # Falling numbers: the key must not happen to be in the order of time.
    return [(99 - n, row) for n, row in enumerate(rows)]


def _timed(row: Row, number: str, key: str, moment: str) -> Row:
    start = datetime.combine(row["business_date"], datetime.min.time(), tzinfo=UTC)
    rest = {name: value for name, value in row.items() if name != "hour"}
    return {**rest, key: number, moment: start + timedelta(hours=row["hour"])}
