"""Every table is cut to the scope exactly as brute force over its rows would."""

from __future__ import annotations

from typing import Any, get_args

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.apps.accounts.queries import scoped, visible_member, visible_members
from regulars.apps.accounts.queries.scope import RULES
from regulars.apps.accounts.types import DataScope, ScopeName
from regulars.base.errors import NotVisibleError, UnknownTableError
from regulars.lake.contracts import contracts

Rows = list[dict[str, str | None]]
STORES, REGIONS, GUIDES, MEMBERS = "stuv", "xyz", "gh", "abcdef"
OPEN = {"products", "prices", "campaigns", "coupons"}
OF_STORES = {"stores", "staff", "placements"}
OF_ALL = {"refresh_runs", "model_versions", "preference_shares", "price_shelves"}
OF_MEMBERS = RULES.keys() - OPEN - OF_STORES - OF_ALL - {"members"}

scopes = st.builds(
    lambda kind, ids: DataScope(kind, () if kind == "hq" else tuple(sorted(ids))),
    st.sampled_from(get_args(ScopeName)),
    st.sets(st.sampled_from([*STORES, *REGIONS, *GUIDES, "nowhere"]), max_size=4),
)
stores = st.fixed_dictionaries({store: st.sampled_from([*REGIONS, None]) for store in STORES}).map(
    lambda held: [{"store_id": store, "region_id": region} for store, region in held.items()]
)
members = st.dictionaries(
    st.sampled_from(MEMBERS),
    st.tuples(st.sampled_from([*STORES, "lost", None]), st.sampled_from([*GUIDES, None])),
).map(
    lambda held: [
        {"member_id": member, "home_store_id": store, "guide_id": guide}
        for member, (store, guide) in held.items()
    ]
)
facts = st.lists(
    st.fixed_dictionaries(
        {
            "member_id": st.sampled_from([*MEMBERS, "stranger", None]),
            "store_id": st.sampled_from([*STORES, None]),
        }
    ),
    max_size=12,
)


class Held:
    """A snapshot made of Python rows."""

    sequence = 7

    def __init__(self, tables: dict[str, Rows], columns: dict[str, list[str]]) -> None:
        self.tables, self.columns = tables, columns

    def has(self, name: str) -> bool:
        return name in self.tables

    def table(self, name: str) -> ibis.Table:
        schema = pa.schema([(column, pa.string()) for column in self.columns[name]])
        return ibis.memtable(pa.Table.from_pylist(self.tables[name], schema=schema))


def held(stores: Rows, members: Rows, others: dict[str, Rows]) -> Held:
    tables = {"stores": stores, "members": members, **others}
    columns = {name: ["member_id", "store_id"] for name in others}
    columns["stores"] = ["store_id", "region_id"]
    columns["members"] = ["member_id", "home_store_id", "guide_id"]
    return Held(tables, columns)


def members_by_hand(scope: DataScope, stores: Rows, members: Rows) -> set[str | None]:
    region_of = {store["store_id"]: store["region_id"] for store in stores}
    seen = set()
    for member in members:
        home, guide = member["home_store_id"], member["guide_id"]
        mark = {"store": home, "region": region_of.get(home), "guide": guide}.get(scope.kind)
        if scope.kind == "hq" or (mark is not None and mark in scope.ids):
            seen.add(member["member_id"])
    return seen


def stores_by_hand(scope: DataScope, stores: Rows, members: Rows) -> set[str | None]:
    if scope.kind == "store":
        return {row["store_id"] for row in stores if row["store_id"] in scope.ids}
    if scope.kind == "region":
        return {row["store_id"] for row in stores if row["region_id"] in scope.ids}
    mine = members_by_hand(scope, stores, members)
    return {row["home_store_id"] for row in members if row["member_id"] in mine} - {None}


def by_hand(name: str, scope: DataScope, rows: Rows, stores: Rows, members: Rows) -> Rows:
    if scope.kind == "hq" or name in OPEN:
        return rows
    if name in OF_ALL:
        return []
    if name in OF_STORES:
        seen, key = stores_by_hand(scope, stores, members), "store_id"
    else:
        seen, key = members_by_hand(scope, stores, members), "member_id"
    return [row for row in rows if row[key] in seen]


def ordered(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


@settings(max_examples=12, deadline=None)
@given(scope=scopes, stores=stores, members=members, rows=facts)
def test_every_table_holds_just_the_rows_of_the_scope(
    scope: DataScope, stores: Rows, members: Rows, rows: Rows
) -> None:
    others = {name: rows for name in RULES if name not in {"stores", "members"}}
    snapshot = held(stores, members, others)
    lake = scoped(snapshot, scope)
    for name, whole in snapshot.tables.items():
        expected = by_hand(name, scope, whole, stores, members)
        assert ordered(lake.table(name).to_pyarrow().to_pylist()) == ordered(expected), name


@settings(max_examples=12, deadline=None)
@given(scope=scopes, stores=stores, members=members)
def test_visible_members_are_those_in_scope(scope: DataScope, stores: Rows, members: Rows) -> None:
    lake = scoped(held(stores, members, {}), scope)
    expected = members_by_hand(scope, stores, members)
    assert visible_members(lake, [*MEMBERS, "stranger"]) == expected


@settings(max_examples=12, deadline=None)
@given(scope=scopes, stores=stores, members=members, rows=facts, member_id=st.sampled_from(MEMBERS))
def test_one_members_rows_are_that_members_part_of_the_scope(
    scope: DataScope, stores: Rows, members: Rows, rows: Rows, member_id: str
) -> None:
    lake = scoped(held(stores, members, {"orders": rows}), scope)
    if member_id not in members_by_hand(scope, stores, members):
        for _again in range(2):
            with pytest.raises(NotVisibleError):
                lake.of_member("orders", member_id)
            with pytest.raises(NotVisibleError):
                lake.of_member("members", member_id)
        return
    assert lake.of_member("members", member_id).to_pyarrow().to_pylist() == [
        row for row in members if row["member_id"] == member_id
    ]
    expected = [row for row in rows if row["member_id"] == member_id]
    for _again in range(2):
        found = lake.of_member("orders", member_id).to_pyarrow().to_pylist()
        assert ordered(found) == ordered(expected)


@pytest.mark.parametrize("name", ["products", "stores", "refresh_runs", "salaries"])
def test_only_rows_that_belong_to_members_are_read_by_member(name: str) -> None:
    snapshot = held([], [{"member_id": "a", "home_store_id": "s", "guide_id": None}], {})
    with pytest.raises(UnknownTableError, match=name):
        scoped(snapshot, DataScope("hq")).of_member(name, "a")


@pytest.mark.parametrize("name", sorted(RULES))
@pytest.mark.parametrize("kind", ["region", "store", "guide"])
def test_a_scope_without_ids_sees_no_person(kind: ScopeName, name: str) -> None:
    rows: Rows = [{"member_id": "a", "store_id": "s"}]
    snapshot = held(
        [{"store_id": "s", "region_id": "x"}],
        [{"member_id": "a", "home_store_id": "s", "guide_id": "g"}],
        {other: rows for other in RULES if other not in {"stores", "members"}},
    )
    seen = scoped(snapshot, DataScope(kind)).table(name).count().to_pyarrow().as_py()
    assert seen == (1 if name in OPEN else 0)


def test_every_contract_has_a_rule_and_every_rule_a_contract() -> None:
    assert {contract.name for contract in contracts()} == set(RULES)


def test_a_table_that_knows_members_is_cut_by_member() -> None:
    knowing = {
        contract.name
        for contract in contracts()
        if any(column.name == "member_id" for column in contract.columns)
    }
    assert knowing == OF_MEMBERS | {"members"}


@pytest.mark.parametrize("scope", [DataScope("hq"), DataScope("store", ("s",))])
def test_a_table_without_a_rule_cannot_be_read(scope: DataScope) -> None:
    snapshot = held([], [], {"salaries": []})
    with pytest.raises(UnknownTableError, match="salaries"):
        scoped(snapshot, scope).table("salaries")


def test_a_member_outside_the_scope_looks_like_one_that_does_not_exist() -> None:
    snapshot = held([], [{"member_id": "a", "home_store_id": "s", "guide_id": None}], {})
    visible_member(scoped(snapshot, DataScope("store", ("s",))), "a")
    lake = scoped(snapshot, DataScope("store", ("t",)))
    with pytest.raises(NotVisibleError) as outside:
        visible_member(lake, "a")
    with pytest.raises(NotVisibleError) as unknown:
        visible_member(lake, "nobody")
    assert str(outside.value) == str(unknown.value)
