"""A lake of a million members, straight through ``Lake``: random orders, the same for one seed.

A member orders at a rate of their own (gamma) until they stop for good (exponential), so that many
are dormant and a few buy often, as in a real chain. Nothing is loaded or resolved here: that is
measured by other scenarios. ``REGULARS_MILLION_HOME`` names a home whose lake is copied instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.base.ids import ALPHABET
from regulars.lake import Lake
from regulars.lake.contracts import contract

Numbers = np.ndarray[Any, np.dtype[Any]]
FIRST = date(2024, 1, 1)
DAYS = 730
BUSINESS_DATE = FIRST + timedelta(days=DAYS)
STORES, PRODUCTS = 200, 5_000
LINES_PER_ORDER = 3
_MONEY = pa.decimal128(18, 2)


@dataclass(frozen=True, slots=True)
class Size:
    """How large the lake is."""

    members: int = 1_000_000
    orders_per_member: float = 6.7


def own_million_lake(size: Size | None = None, *, seed: int = 7) -> Lake:
    """Return a copy of the lake of ``REGULARS_MILLION_HOME``, or one made for the scenario."""
    own = Path(os.environ["REGULARS_HOME"]) / "lake"
    given = os.environ.get("REGULARS_MILLION_HOME")
    lake = Lake(own)
    if given:
        copytree(Path(given) / "lake", own, dirs_exist_ok=True)
    else:
        write(lake, size or Size(), seed=seed)
    return lake


def write(lake: Lake, size: Size, *, seed: int) -> None:
    """Write members, and orders with their lines month by month."""
    random = np.random.default_rng([seed, 0])
    ids = _member_ids(random, size.members)
    joined = random.integers(-365, DAYS - 10, size.members)
    rate = random.gamma(0.8, 1.25, size.members)
    life = random.exponential(500, size.members)
    begins, ends = np.maximum(joined, 0), np.minimum(joined + life, DAYS)
    weight = rate * np.maximum(ends - begins, 0)
    counts = random.poisson(weight * (size.members * size.orders_per_member / weight.sum()))
    buyer = np.repeat(np.arange(size.members), counts)
    spread = random.random(len(buyer))
    day = (begins[buyer] + spread * (ends - begins)[buyer]).astype("int64")
    with lake.transaction(note="members") as writing:
        writing.append("members", _members(ids, joined, random))
    order = np.argsort(day, kind="stable")
    buyer, day = buyer[order], day[order]
    for number, (start, stop) in enumerate(_months(day)):
        months = np.random.default_rng([seed, 1 + number])
        lines, orders = _month(ids, buyer[start:stop], day[start:stop], start, months)
        with lake.transaction(note="orders") as writing:
            writing.append("order_lines", lines)
            writing.append("orders", orders)


def _months(day: Numbers) -> Iterator[tuple[int, int]]:
    """Return where each calendar month begins and ends in the sorted days."""
    first = FIRST
    while (first - FIRST).days < DAYS:
        following = (first + timedelta(days=32)).replace(day=1)
        bounds = [(first - FIRST).days, (following - FIRST).days]
        start, stop = np.searchsorted(day, bounds)
        yield int(start), int(stop)
        first = following


def _month(
    ids: pa.Array[Any], buyer: Numbers, day: Numbers, start: int, random: np.random.Generator
) -> tuple[pa.Table, pa.Table]:
    """Return one month's order lines and orders."""
    count = len(buyer)
    number = np.arange(start, start + count)
    seconds = random.integers(0, 14 * 3600, count)
    per_order = 1 + random.poisson(LINES_PER_ORDER - 1, count)
    cents = random.integers(200, 20_000, per_order.sum())
    owner = np.repeat(np.arange(count), per_order)
    firsts = np.cumsum(per_order) - per_order
    place = np.arange(len(owner)) - firsts[owner]
    shared = {
        "order_id": _numbered("o", number, 9),
        "member_id": ids.take(pa.array(buyer)),
        "store_id": _numbered("s", random.integers(0, STORES, count), 3),
        **_when(day, seconds),
    }
    lines = {name: values.take(pa.array(owner)) for name, values in shared.items()} | {
        "line_no": pa.array(place + 1).cast(pa.string()),
        "product_id": _numbered("p", random.integers(0, PRODUCTS, len(owner)), 5),
        "quantity": _constant("1.000", len(owner), pa.decimal128(18, 3)),
        "item_count": _constant(1, len(owner), pa.int64()),
        "flags": _constant("", len(owner), pa.string()),
        **_amounts(cents),
    }
    orders = shared | {
        "staff_id": pa.nulls(count, pa.string()),
        "channel": pa.array(["pos", "web", "miniprogram"]).take(
            pa.array(random.choice(3, count, p=[0.6, 0.15, 0.25]))
        ),
        "line_count": pa.array(per_order),
        "item_count": pa.array(per_order),
        **_amounts(np.add.reduceat(cents, firsts) if count else cents),
    }
    return _as_contract("order_lines", lines), _as_contract("orders", orders)


def _members(ids: pa.Array[Any], joined: Numbers, random: np.random.Generator) -> pa.Table:
    when = _when(joined, np.full(len(joined), 3600))
    columns = {
        "member_id": ids,
        "home_store_id": _numbered("s", random.integers(0, STORES, len(ids)), 3),
        "guide_id": pa.nulls(len(ids), pa.string()),
        "joined_at": when["ordered_at"],
        "joined_on": when["business_date"],
        "joined_channel": _constant("pos", len(ids), pa.string()),
        "gender": pa.nulls(len(ids), pa.string()),
        "birth_date": pa.nulls(len(ids), pa.date32()),
    }
    return _as_contract("members", columns)


def _member_ids(random: np.random.Generator, count: int) -> pa.Array[Any]:
    letters = np.frombuffer(ALPHABET.encode(), "S1")
    drawn = letters[random.integers(0, 32, (count, 16), dtype="int8")].reshape(-1).view("S16")
    return pa.array(np.char.add(b"m", drawn).astype("U17"))


def _when(day: Numbers, seconds: Numbers) -> dict[str, pa.Array[Any]]:
    """Return ordered_at, business_date and business_month; the shops open at 00:00 UTC."""
    dates = np.datetime64(FIRST, "D") + day
    moments = dates.astype("datetime64[us]") + seconds.astype("timedelta64[s]")
    business_date = pa.array(dates).cast(pa.date32())
    distinct: Any = pc.dictionary_encode(business_date)
    months = pc.strftime(distinct.dictionary, format="%Y-%m").take(distinct.indices)
    return {
        "ordered_at": pa.array(moments).cast(pa.timestamp("us", "UTC")),
        "business_date": business_date,
        "business_month": months,
    }


def _amounts(cents: Numbers) -> dict[str, pa.Array[Any]]:
    # A decimal is 16 bytes, the low half first: cents need only that.
    halves = np.zeros((len(cents), 2), "int64")
    halves[:, 0] = cents
    net = pa.Array.from_buffers(_MONEY, len(cents), [None, pa.py_buffer(halves)])
    nothing = _constant("0.00", len(cents), _MONEY)
    return {
        "list_amount": net,
        "net_amount": net,
        "discount_amount": nothing,
        "coupon_amount": nothing,
        "currency": _constant("CNY", len(cents), pa.string()),
    }


def _numbered(prefix: str, numbers: Numbers, width: int) -> pa.Array[Any]:
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=width, padding="0")
    return pc.binary_join_element_wise(prefix, digits, "")


def _constant(value: object, count: int, kind: pa.DataType) -> pa.Array[Any]:
    return pa.repeat(pa.scalar(value).cast(kind), count)


def _as_contract(name: str, columns: dict[str, pa.Array[Any]]) -> pa.Table:
    schema = contract(name).arrow_schema
    count = len(next(iter(columns.values())))
    return pa.table(
        {
            field.name: columns.get(field.name, pa.repeat("bench", count)).cast(field.type)
            for field in schema
        },
        schema=schema,
    )
