"""The data scope, cut in one place for pages, API, exports and aggregates.

A user sees the members whose home store (or guide) lies in the scope, and every fact of those
members. Rows of tables that know a store but no member are cut by store; products and campaigns
are open to all. A table without a rule here cannot be read at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

import ibis

from regulars.base.errors import NotVisibleError, UnknownTableError

if TYPE_CHECKING:
    from regulars.apps.accounts.types import DataScope

Rule = Callable[["ScopedLake", ibis.Table], ibis.Table]


class Tables(Protocol):
    """What a scope needs of a lake snapshot."""

    @property
    def sequence(self) -> int:
        """The commit the snapshot is pinned to."""

    def has(self, name: str) -> bool:
        """Whether the table has been written."""

    def table(self, name: str) -> ibis.Table:
        """Return the whole table."""


class ScopedLake:
    """One snapshot as one user may see it."""

    def __init__(self, snapshot: Tables, scope: DataScope) -> None:
        self._snapshot = snapshot
        self.scope = scope
        self._visible: set[str] = set()

    @property
    def sequence(self) -> int:
        """The commit the snapshot is pinned to."""
        return self._snapshot.sequence

    def has(self, name: str) -> bool:
        """Whether the table has been written."""
        return self._snapshot.has(name)

    def table(self, name: str) -> ibis.Table:
        """Return the rows of the table that lie in the scope.

        Raises ``UnknownTableError`` for a table without a scope rule, for any user.
        """
        if name not in RULES:
            raise UnknownTableError(
                f"the table {name!r} has no data scope rule",
                where="accounts.queries.scope",
                fix="Add a rule that says whose rows a shop, region or guide may see",
            )
        whole = self._snapshot.table(name)
        return whole if self.scope.is_hq else RULES[name](self, whole)

    def of_member(self, name: str, member_id: str) -> ibis.Table:
        """Return one member's rows of ``members`` or a table whose rows belong to members.

        Whether the member lies in the scope is asked once, instead of with every row. Raises
        ``NotVisibleError`` for a member outside it, ``UnknownTableError`` for any other table.
        """
        if RULES.get(name) not in (_by_member, _members_in_scope):
            raise UnknownTableError(
                f"the rows of {name!r} do not belong to members", where="accounts.queries.scope"
            )
        visible_member(self, member_id)
        whole = self._snapshot.table(name)
        return whole.filter(whole["member_id"] == member_id)

    def of_homes(self, rows: ibis.Table) -> ibis.Table:
        """Cut rows that say whose they are by home_store_id and guide_id, as members are cut.

        For tables made of the lake outside it, where a row stands for one member or adds up those
        of one home store and guide.
        """
        return _members_in_scope(self, rows)

    def _member_ids(self) -> ibis.Table:
        members = _members_in_scope(self, self._snapshot.table("members"))
        return members.select("member_id")

    def _store_ids(self) -> ibis.Table:
        """One column, the stores of the scope: for a guide, those that are home to the members."""
        if self.scope.kind == "guide":
            members = _members_in_scope(self, self._snapshot.table("members"))
            return members.select(store_id=members.home_store_id).distinct()
        stores = self._snapshot.table("stores")
        column = stores.store_id if self.scope.kind == "store" else stores.region_id
        return stores.filter(column.isin(self.scope.ids)).select("store_id")


def scoped(snapshot: Tables, scope: DataScope) -> ScopedLake:
    """Return the snapshot cut to the scope."""
    return ScopedLake(snapshot, scope)


def holds_home(
    scope: DataScope, home_store_id: str, guide_id: str, *, stores: Callable[[], frozenset[str]]
) -> bool:
    """Whether a member of that home store and guide lies in the scope; '' is none.

    For rows kept outside the lake. ``stores`` returns the scope's stores and is only asked for a
    region.
    """
    match scope.kind:
        case "hq":
            return True
        case "store":
            return home_store_id in scope.ids
        case "guide":
            return guide_id in scope.ids
        case _:
            return home_store_id in stores()


def visible_member(lake: ScopedLake, member_id: str) -> None:
    """Raise ``NotVisibleError`` unless the member exists and lies in the scope."""
    if member_id in lake._visible:  # noqa: SLF001  asked once in a request
        return
    if member_id not in visible_members(lake, [member_id]):
        raise NotVisibleError(
            "there is no such member here", fix="Check the member id, or ask for a wider data scope"
        )
    lake._visible.add(member_id)  # noqa: SLF001


def visible_members(lake: ScopedLake, member_ids: Iterable[str]) -> frozenset[str]:
    """Return those of the ids whose members exist and lie in the scope, in one query."""
    asked = sorted(set(member_ids))
    if not asked or not lake.has("members"):
        return frozenset()
    members = lake.table("members")
    found = members.filter(members.member_id.isin(asked)).select("member_id").to_pyarrow()
    return frozenset(found.column("member_id").to_pylist())


def _members_in_scope(lake: ScopedLake, members: ibis.Table) -> ibis.Table:
    match lake.scope.kind:
        case "store":
            return members.filter(members.home_store_id.isin(lake.scope.ids))
        case "guide":
            return members.filter(members.guide_id.isin(lake.scope.ids))
        case "region":
            stores = lake._store_ids()  # noqa: SLF001  the rules are the class's other half
            return members.semi_join(stores, members.home_store_id == stores.store_id)
        case _:
            return members


def _by_member(lake: ScopedLake, rows: ibis.Table) -> ibis.Table:
    return rows.semi_join(lake._member_ids(), "member_id")  # noqa: SLF001


def _by_store(lake: ScopedLake, rows: ibis.Table) -> ibis.Table:
    return rows.semi_join(lake._store_ids(), "store_id")  # noqa: SLF001


def _open(_lake: ScopedLake, rows: ibis.Table) -> ibis.Table:
    return rows


def _headquarters_only(_lake: ScopedLake, rows: ibis.Table) -> ibis.Table:
    return rows.filter(ibis.literal(value=False))


RULES: Mapping[str, Rule] = {
    "members": _members_in_scope,
    "member_attributes": _by_member,
    "member_changes": _by_member,
    "orders": _by_member,
    "order_lines": _by_member,
    "refunds": _by_member,
    "events": _by_member,
    "feedback": _by_member,
    "redemptions": _by_member,
    "sends": _by_member,
    "features/rfm": _by_member,
    "features/lifecycle": _by_member,
    "features/value": _by_member,
    "features/cycle": _by_member,
    "features/strata": _by_member,
    "features/churn": _by_member,
    "features/preferences": _by_member,
    "features/price_sensitivity": _by_member,
    "lifecycle_transitions": _by_member,
    "alerts": _by_member,
    "lookalikes": _by_member,
    "tags": _by_member,
    "tag_history": _by_member,
    "tag_assignments": _by_member,
    "stores": _by_store,
    "staff": _by_store,
    "placements": _by_store,
    "products": _open,
    "prices": _open,
    "campaigns": _open,
    "coupons": _open,
    "refresh_runs": _headquarters_only,
    "model_versions": _headquarters_only,
    "preference_shares": _headquarters_only,
    "price_shelves": _headquarters_only,
}
