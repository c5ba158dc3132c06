"""Reads of stores and products, cut to the reader's scope like everything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from regulars.apps.catalog.types import Product, Store

if TYPE_CHECKING:
    from regulars.apps.accounts.queries import ScopedLake

STORES_MAX = 5_000


def stores(lake: ScopedLake) -> tuple[Store, ...]:
    """Return the stores in the scope by name, at most ``STORES_MAX``."""
    table = lake.table("stores")
    rows = (
        table.select("store_id", "name", "region_id", "region_name")
        .order_by("name", "store_id")
        .limit(STORES_MAX)
        .to_pyarrow()
    )
    return tuple(
        Store(
            store_id=row["store_id"],
            name=row["name"],
            region_id=row["region_id"] or "",
            region_name=row["region_name"] or "",
        )
        for row in rows.to_pylist()
    )


def products(lake: ScopedLake, product_ids: Iterable[str]) -> dict[str, Product]:
    """Return the products of the ids, in one query; an unknown id is absent."""
    wanted = sorted(set(product_ids))
    if not wanted:
        return {}
    table = lake.table("products")
    rows = (
        table.filter(table.product_id.isin(wanted))
        .select("product_id", "name", "category", "placeholder")
        .to_pyarrow()
    )
    return {
        row["product_id"]: Product(
            product_id=row["product_id"],
            name=row["name"] or "",
            category=row["category"] or "",
            placeholder=row["placeholder"],
        )
        for row in rows.to_pylist()
    }


def products_without_master_data(lake: ScopedLake) -> int:
    """Count the products that order lines name and no product list knows."""
    table = lake.table("products")
    return int(table.filter(table.placeholder).count().to_pyarrow().as_py())
