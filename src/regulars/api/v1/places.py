"""Where a key may write: inside its data scope, as it may read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from regulars.api.answers.orders import stores_of
from regulars.api.door.problems import Fault, Problem
from regulars.api.v1.catalog import STORES
from regulars.apps.ingest.services.inbox import waiting_stores

if TYPE_CHECKING:
    from regulars.apps.accounts.types import DataScope


def holds_store(scope: DataScope, store_id: str) -> bool:
    """Whether the store lies in the data scope; headquarters may name stores nobody knows yet."""
    if scope.is_hq:
        return True
    if scope.kind == "store":
        return store_id in scope.ids
    return STORES.one(scope, store_id) is not None


def orders_outside(scope: DataScope, order_ids: Iterable[str], source: str) -> frozenset[str]:
    """Return those of the ids that name an order of a store outside the data scope.

    Whoever may not write in that store may not correct its orders, nor move one away from it. An
    order lies where the lake says, and where its waiting content says.
    """
    asked = frozenset(order_ids)
    if scope.is_hq or not asked:
        return frozenset()
    held = [*stores_of(asked).items(), *waiting_stores(asked, source).items()]
    inside = {store for _id, store in held if store and holds_store(scope, store)}
    return frozenset(one for one, store in held if store not in inside)


def demand_home(scope: DataScope, *, store_id: str, guide_id: str) -> None:
    """Raise ``Problem`` unless a member at home there would lie in the data scope."""
    if scope.is_hq:
        return
    name, given = ("guide_id", guide_id) if scope.kind == "guide" else ("home_store_id", store_id)
    if not given:
        fault = Fault("needed: the key sees a part of the brand only", pointer=f"/{name}")
        raise Problem("not-valid", faults=[fault])
    inside = guide_id in scope.ids if scope.kind == "guide" else holds_store(scope, store_id)
    if not inside:
        raise Problem("not-found", f"There is no such {name} here.")
