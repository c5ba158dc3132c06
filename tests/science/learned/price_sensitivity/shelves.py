"""Small shelves for the tests: goods, prices and lines as plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

DAY = date(2024, 3, 1)
MONEY = pa.decimal128(18, 2)
GOODS = {"p1": ("tea", "A"), "p2": ("tea", "B"), "p3": ("tea", "B"), "p4": ("salt", "C")}


def products() -> ir.Table:
    return ibis.memtable(
        pa.table({
            "product_id": list(GOODS),
            "category": [category for category, _ in GOODS.values()],
            "brand": [brand for _, brand in GOODS.values()],
        })
    )  # fmt: skip


def prices(rows: Sequence[tuple[str, date, date, str, str]]) -> ir.Table:
    """Product, first day, last day, list price, price."""
    columns = list(zip(*rows, strict=True))
    return ibis.memtable(
        pa.table({
            "product_id": list(columns[0]),
            "starts_on": pa.array(columns[1], pa.date32()),
            "ends_on": pa.array(columns[2], pa.date32()),
            "list_price": pa.array([Decimal(v) for v in columns[3]], MONEY),
            "price": pa.array([Decimal(v) for v in columns[4]], MONEY),
        })
    )  # fmt: skip


def lines(rows: Sequence[tuple[str | None, str, date, str, str]]) -> ir.Table:
    """Member, product, day, list amount, discount."""
    columns = list(zip(*rows, strict=True))
    return ibis.memtable(
        pa.table({
            "member_id": pa.array(columns[0], pa.string()),
            "product_id": pa.array(columns[1], pa.string()),
            "business_date": pa.array(columns[2], pa.date32()),
            "list_amount": pa.array([Decimal(v) for v in columns[3]], MONEY),
            "discount_amount": pa.array([Decimal(v) for v in columns[4]], MONEY),
        })
    )  # fmt: skip


def offers(rows: Sequence[tuple[str, str, date, float]]) -> ir.Table:
    """Category, brand, day, depth."""
    columns = list(zip(*rows, strict=True))
    return ibis.memtable(
        pa.table({
            "category": list(columns[0]),
            "brand": list(columns[1]),
            "business_date": pa.array(columns[2], pa.date32()),
            "depth": pa.array(columns[3], pa.float64()),
        })
    )  # fmt: skip
