"""Where a key may write: inside its data scope, as it may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.api.door.problems import Fault, Problem
from regulars.api.v1.catalog import STORES

if TYPE_CHECKING:
    from regulars.apps.accounts.types import DataScope


def holds_store(scope: DataScope, store_id: str) -> bool:
    """Whether the store lies in the data scope; headquarters may name stores nobody knows yet."""
    if scope.is_hq:
        return True
    if scope.kind == "store":
        return store_id in scope.ids
    return STORES.one(scope, store_id) is not None


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
