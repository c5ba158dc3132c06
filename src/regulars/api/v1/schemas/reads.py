"""Shapes of the catalog, the figures and the loads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from regulars.api.v1.schemas.shapes import Amount


class Product(Schema):
    """One product; ``placeholder``: a line names it and no product list knows it."""

    product_id: str
    name: str | None
    brand: str | None
    department: str | None
    category: str | None
    subcategory: str | None
    package_size: str | None
    measured: bool = Field(description="sold by weight or volume")
    placeholder: bool


class Store(Schema):
    """One store."""

    store_id: str
    name: str
    region_id: str | None
    region_name: str | None
    zone: str = Field(description="IANA time zone")


class ProductPage(Schema):
    """Products by id."""

    items: list[Product]
    next_cursor: str | None


class StorePage(Schema):
    """Stores by id."""

    items: list[Store]
    next_cursor: str | None


class KeyFigures(Schema):
    """Key figures of a period; a ratio over nothing is null. Definitions: the measures page."""

    as_of: date
    period: Literal["day", "week", "month", "year"]
    first_day: date
    last_day: date
    store_id: str | None
    members: int
    new_members: int
    active_members: int
    orders: int
    sales: Amount
    average_order_value: Amount | None
    item_count: int
    items_per_order: float | None
    member_orders: int
    member_sales: Amount
    frequency: float | None
    repurchase_base_30d: int
    repurchased_30d: int
    repurchase_rate_30d: float | None


class RfmCell(Schema):
    """The members with these three scores."""

    r_score: int
    f_score: int
    m_score: int
    rfm_group: str
    members: int
    monetary: Amount


class RfmCells(Schema):
    """All cells that have members, as of a business date; null before the first refresh."""

    as_of: date | None
    cells: list[RfmCell]


class RunCounts(Schema):
    """Rows of the source: read = loaded + duplicates + quarantined."""

    read: int
    loaded: int
    duplicates: int
    unchanged: int
    quarantined: int
    removed: int


class Run(Schema):
    """One load run."""

    run_id: int
    kind: str
    mapping: str
    table: str
    source_file: str
    state: str
    counts: RunCounts
    started_at: datetime
    seconds: float | None
    error: str


class RunPage(Schema):
    """Load runs, the newest first."""

    items: list[Run]
    next_cursor: str | None
