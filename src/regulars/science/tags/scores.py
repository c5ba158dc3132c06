"""Scores out of weighted tags: how well a member fits, or how warm a lead is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from regulars.science.producers.producer import Tables
from regulars.science.tags import history
from regulars.science.tags.rules import TABLE


@dataclass(frozen=True, slots=True)
class Weighted:
    """One tag of a score.

    A number counts as it is, a text as ``points`` says, 1 where it says nothing. With
    ``half_life_days`` a value weighs half as much after so many days of being unchanged.
    """

    code: str
    weight: float
    numeric: bool = False
    points: Mapping[str, float] = field(default_factory=dict)
    half_life_days: float | None = None


def scores(
    tables: Tables, weighted: Sequence[Weighted], as_of: date, *, since: date | None = None
) -> ir.Table:
    """Return member_id and ``score`` = Σ weight × value × decay of every member with tags.

    Decay is ½ to the power of days ÷ half-life; days run from the last change of the value up to
    ``as_of``, and from ``since``, the first refresh, for a value that never changed. Without
    ``since`` such a value has not aged. The same tables give the same scores.
    """
    sheet = tables.table(TABLE)
    parts = [_points(sheet[one.code], one) * one.weight for one in weighted]
    held = sheet.select("member_id", **{f"part_{n}": part for n, part in enumerate(parts)})
    changed = tables.table(history.TABLE)
    decays: list[ir.Value] = []
    for n, one in enumerate(weighted):
        if one.half_life_days is None:
            decays.append(ibis.literal(1.0))
            continue
        mine = changed.filter(changed["tag"] == one.code)
        last = mine.group_by(whose=mine["member_id"]).agg(changed=mine["until"].max())
        last = last.rename({f"whose_{n}": "whose", f"last_{n}": "changed"})
        held = held.left_join(last, held["member_id"] == last[f"whose_{n}"]).drop(f"whose_{n}")
        start = ibis.coalesce(held[f"last_{n}"], ibis.literal(since or as_of, type="date"))
        days = ibis.literal(as_of, type="date").delta(start, unit="day")
        decays.append(ibis.literal(0.5) ** (days / one.half_life_days))
    total = reduce(add, (held[f"part_{n}"] * decay for n, decay in enumerate(decays)))
    return held.select("member_id", score=total)


def _points(value: ir.Value, one: Weighted) -> ir.Value:
    """Return what the value counts; 0 for none."""
    if one.numeric:
        return ibis.coalesce(value, 0.0)
    told = [(value == name, float(points)) for name, points in one.points.items()]
    return ibis.cases((value.isnull(), 0.0), *told, else_=1.0)
