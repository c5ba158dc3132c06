"""What leaves the catalog room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Store:
    """One store; the region is '' where the brand has no regions."""

    store_id: str
    name: str
    region_id: str = ""
    region_name: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """One product as staff read it; ``placeholder`` when only an order line knows it."""

    product_id: str
    name: str
    category: str = ""
    placeholder: bool = False
