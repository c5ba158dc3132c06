"""The stores of the reader's scope, by id and as a list to choose from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.apps.catalog.queries import stores
from regulars.console.desk import remembered

if TYPE_CHECKING:
    from regulars.apps.catalog.types import Store
    from regulars.console.desk import Desk


def store_list(desk: Desk) -> tuple[Store, ...]:
    """Return the stores by name, each as it is called in the reader's language."""
    found = remembered(desk.key, "store list", lambda: stores(desk.lake))
    return tuple(replace(store, name=store_name(desk, store.store_id)) for store in found)


def store_name(desk: Desk, store_id: str) -> str:
    """Return the store's name; a store without one, or outside the scope, is called by its number.

    Members also buy outside the reader's scope.
    """
    if not store_id:
        return ""
    names = remembered(desk.key, "store names", lambda: _names(desk))
    return names.get(store_id) or _("Store %(id)s") % {"id": store_id}


def _names(desk: Desk) -> dict[str, str]:
    found = stores(desk.lake)
    return {store.store_id: store.name for store in found if store.name != store.store_id}
