"""Values of tags, cut to the reader's scope: how many have which, and what one member has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.apps.accounts.queries import ScopedLake
from regulars.apps.accounts.queries.scope import visible_member
from regulars.apps.tags.queries.catalogue import tags
from regulars.apps.tags.queries.told import told_tag
from regulars.apps.tags.rules.meaning import buckets_of
from regulars.apps.tags.types import MadeBy, MemberTag, Tag, TagDefinition
from regulars.science.tags import TagFigures, bucketed, figures_of, values_before

TABLE = "tags"
_ASSIGNMENTS = "tag_assignments"


def figures(lake: ScopedLake, definition: TagDefinition) -> TagFigures | None:
    """Return how many members of the scope have which value; None before the first refresh."""
    if not lake.has(TABLE):
        return None
    rows = lake.table(TABLE)
    if definition.code not in rows.columns:
        return None
    numeric, buckets = definition.is_numeric, buckets_of(definition)
    return figures_of(rows, definition.code, numeric=numeric, buckets=buckets)


def coverage(lake: ScopedLake, codes: Iterable[str]) -> dict[str, int]:
    """Return how many members of the scope have a value of each tag that was refreshed."""
    if not lake.has(TABLE):
        return {}
    return counts_of(lake.table(TABLE), codes)


def counts_of(rows: ir.Table, codes: Iterable[str]) -> dict[str, int]:
    """Return how many of the rows have a value of each tag that is among their columns."""
    there = [code for code in codes if code in rows.columns]
    if not there:
        return {}
    # By number: a code may be any word, also one that the engine's own functions know.
    counted = rows.agg([rows[code].count().name(f"n_{n}") for n, code in enumerate(there)])
    values = counted.to_pyarrow().to_pylist()[0].values()
    return dict(zip(there, values, strict=True))


def everybody(lake: ScopedLake) -> int:
    """Return how many members of the scope were asked in the last refresh."""
    return int(lake.table(TABLE).count().to_pyarrow().as_py()) if lake.has(TABLE) else 0


def tagged_members(lake: ScopedLake, code: str, value: str = "") -> ir.Table:
    """Return member_id of the scope's members who have the value, or bucket; '' for any.

    Of a tag that is not there, or was never refreshed, nobody.
    """
    rows = lake.table(TABLE)
    found = tags([code])
    if not found or code not in rows.columns:
        return rows.filter(ibis.literal(value=False)).select("member_id")
    definition, held = found[0].definition, rows[code]
    if not value:
        return rows.filter(held.notnull()).select("member_id")
    if definition.is_numeric:
        held = bucketed(held, buckets_of(definition))
    return rows.filter(held == value).select("member_id")


def member_tags(lake: ScopedLake, member_id: str, among: Iterable[Tag]) -> tuple[MemberTag, ...]:
    """Return the tags that one member has, in the order of ``among``.

    Raises:
        NotVisibleError: The member does not exist or lies outside the scope.
    """
    visible_member(lake, member_id)
    if not lake.has(TABLE):
        return ()
    held = lake.of_member(TABLE, member_id).to_pyarrow().to_pylist()
    if not held:
        return ()
    mine = [tag for tag in among if held[0].get(tag.code) is not None]
    given = (
        _given(lake, member_id)
        if any(not one.definition.made_by.is_dynamic for one in mine)
        else {}
    )
    features = _modelled(lake, member_id, mine)
    as_of = held[0]["as_of"]
    return tuple(
        told_tag(tag, held[0][tag.code], as_of=as_of, given=given, features=features)
        for tag in mine
    )


def value_on(lake: ScopedLake, member_id: str, tag: Tag, day: date) -> str | None:
    """Return the value, as text, that the member had as of the day; None for none.

    Raises:
        NotVisibleError: The member does not exist or lies outside the scope.
    """
    visible_member(lake, member_id)
    if lake.has("tag_history"):
        before = values_before(lake, tag.code, day)
        rows = before.filter(before["member_id"] == member_id).to_pyarrow().to_pylist()
        if rows:
            return None if rows[0]["value"] is None else str(rows[0]["value"])
    held = lake.of_member(TABLE, member_id).to_pyarrow().to_pylist() if lake.has(TABLE) else []
    value = held[0].get(tag.code) if held else None
    return None if value is None else str(value)


def _given(lake: ScopedLake, member_id: str) -> dict[str, str]:
    """Return who gave the member each tag last."""
    rows = lake.of_member(_ASSIGNMENTS, member_id)
    last = rows.group_by("tag").agg(
        provenance=rows["provenance"].last(order_by=["assigned_at", "assignment_id"])
    )
    return {row["tag"]: row["provenance"] for row in last.to_pyarrow().to_pylist()}


def _modelled(lake: ScopedLake, member_id: str, tags: Iterable[Tag]) -> dict[str, dict[str, Any]]:
    """Return the member's newest row of each table that a model of these tags has filled."""
    models = [tag.definition.model for tag in tags if tag.definition.made_by == MadeBy.MODEL]
    found: dict[str, dict[str, Any]] = {}
    for table in dict.fromkeys(model.table for model in models if model and lake.has(model.table)):
        rows = lake.of_member(table, member_id)
        newest = rows.order_by(ibis.desc("as_of")).limit(1).to_pyarrow().to_pylist()
        found[table] = newest[0] if newest else {}
    return found
