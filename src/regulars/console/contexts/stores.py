"""The stores of the reader's scope, by id and as a list to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.apps.catalog.queries import stores
from regulars.console.answers import remembered

if TYPE_CHECKING:
    from regulars.apps.catalog.types import Store
    from regulars.console.desk import Desk


def store_list(desk: Desk) -> tuple[Store, ...]:
    """Return the stores by name."""
    return remembered(desk.key, "store list", lambda: stores(desk.lake))


def store_names(desk: Desk) -> dict[str, str]:
    """Return the stores' names by id."""
    return {store.store_id: store.name for store in store_list(desk)}
