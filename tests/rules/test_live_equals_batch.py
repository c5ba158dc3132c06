"""After a change, asking only the members it touched brings every answer up to date."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.science.rules import compile_rule, nodes, touched_members
from tests.rules.drawn_rules import rules
from tests.rules.small_world import AS_OF, MEMBERS, VOCABULARY, World, worlds

TABLES = ("members", "member_attributes", "features", "orders", "events", "audience_members")


@settings(deadline=None, max_examples=20)
@given(
    worlds(),
    worlds(),
    st.sets(st.sampled_from(MEMBERS), min_size=1, max_size=3),
    st.sets(st.sampled_from(TABLES), min_size=1),
    rules,
)
def test_touched_members_are_enough(
    before: World, other: World, moved: set[str], tables: set[str], rule: nodes.Node
) -> None:
    after = World({**before.rows, **{t: mixed(before, other, t, moved) for t in tables}})
    changed = {name: members_table(moved) for name in tables}
    touched = touched_members(rule, after, changed, vocabulary=VOCABULARY)
    ids = set(touched.to_pyarrow()["member_id"].to_pylist())
    live = (answers(rule, before) - ids) | answers(rule, after, among=ids)
    assert live == answers(rule, after)
    assert ids <= moved or ids == set(MEMBERS)


def answers(rule: nodes.Node, world: World, among: set[str] | None = None) -> set[str]:
    cut = None if among is None else members_table(among)
    found = compile_rule(rule, world, AS_OF, vocabulary=VOCABULARY, among=cut)
    return set(found.to_pyarrow()["member_id"].to_pylist())


def mixed(before: World, other: World, table: str, moved: set[str]) -> list[dict[str, Any]]:
    kept = [row for row in before.rows[table] if row["member_id"] not in moved]
    return [*kept, *(row for row in other.rows[table] if row["member_id"] in moved)]


def members_table(ids: set[str]) -> Any:
    return ibis.memtable(pa.table({"member_id": pa.array(sorted(ids), pa.string())}))
