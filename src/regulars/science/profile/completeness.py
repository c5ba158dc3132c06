"""How much of what a brand would like to know of its members it knows.

Completeness = the weights of the fields that are filled ÷ the weights of all fields (catalogue
S0-04). A field is a column of ``members`` or the name of a declared attribute; one that is empty
or was never declared is not filled.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import ibis

from regulars.base.errors import RuleError

if TYPE_CHECKING:
    import ibis.expr.types as ir


DEFAULT_WEIGHTS: Mapping[str, int] = {
    "gender": 1,
    "birth_date": 1,
    "home_store_id": 1,
    "guide_id": 1,
    "joined_on": 1,
    "joined_channel": 1,
}


def filled_share(filled: Mapping[str, object], weights: Mapping[str, int]) -> Fraction:
    """Return the completeness of one member whose fields have these values; None is not filled.

    >>> filled_share({"gender": "female", "birth_date": None}, {"gender": 3, "birth_date": 1})
    Fraction(3, 4)

    Raises:
        RuleError: There is no field, or a weight is below 1.
    """
    known = sum(
        weight
        for name, weight in _checked(weights).items()
        if filled.get(name) is not None and filled[name] != ""
    )
    return Fraction(known, sum(weights.values()))


def completeness(members: ir.Table, said: ir.Table, *, weights: Mapping[str, int]) -> ir.Table:
    """Return ``member_id``, ``joined_channel`` and ``completeness`` (0 to 1) of every member.

    ``members`` and ``said`` have the columns of the lake's members and member_attributes.

    Raises:
        RuleError: There is no field, or a weight is below 1.
    """
    columns = [name for name in _checked(weights) if name in members.columns]
    declared = {name: weight for name, weight in weights.items() if name not in members.columns}
    total = sum(weights.values())
    filled = ibis.literal(0)
    for name in columns:
        empty = members[name].cast("string").fill_null("") == ""
        filled = filled + empty.ifelse(0, weights[name])
    if not declared:
        return members.select("member_id", "joined_channel", completeness=filled / total)
    given = said.filter(said["value"] != "", said["name"].isin(list(declared)))
    worth = given["name"].cases(*declared.items(), else_=0)
    per_member = given.group_by("member_id").agg(declared=worth.sum())
    joined = members.mutate(filled=filled).left_join(per_member, "member_id")
    known = joined["filled"] + joined["declared"].fill_null(0)
    return joined.select("member_id", "joined_channel", completeness=known / total)


def _checked(weights: Mapping[str, int]) -> Mapping[str, int]:
    wrong = [name for name, weight in weights.items() if weight < 1]
    if wrong or not weights:
        raise RuleError(
            f"a weight is at least 1, but {', '.join(wrong) or 'no field has one'}",
            where="profile weights",
            fix="Leave out the fields that do not count",
        )
    return weights
