"""The stores of the reader's scope, by id and as a list to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.apps.catalog.queries import stores
from regulars.console.desk import remembered

if TYPE_CHECKING:
    from regulars.apps.catalog.types import Store
    from regulars.console.desk import Desk


def store_list(desk: Desk) -> tuple[Store, ...]:
    """Return the stores by name."""
    return remembered(desk.key, "store list", lambda: stores(desk.lake))


def store_name(desk: Desk, store_id: str) -> str:
    """Return the store's name; outside the scope, where members also buy, the bare number."""
    names = remembered(
        desk.key, "store names", lambda: {store.store_id: store.name for store in store_list(desk)}
    )
    if not store_id:
        return ""
    return names.get(store_id) or _("Store %(id)s") % {"id": store_id}
