"""Where the strata of members begin, in whole numbers that move only with who belongs where."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from regulars.science.strata.layers import STRATA, StrataRules

_BOUNDS = STRATA[:-1]


def bounds(valued: ir.Table, *, by: str, rules: StrataRules) -> ir.Table:
    """Return the least value of each stratum but the last, as one row: key, main, ordinary.

    ``valued`` has ``by``, a whole number per member. A value belongs to the first stratum whose
    share exceeds (members with a greater value) ÷ all; null where there is nobody.
    """
    counts = valued.group_by(by).agg(members=valued.count())
    upto = counts["members"].sum().over(order_by=counts[by].desc(), rows=(None, 0))
    ranked = counts.mutate(
        greater=(upto - counts["members"]).cast("int64"), everybody=counts["members"].sum().over()
    )
    inside = {
        name: ranked["greater"] * share.denominator < ranked["everybody"] * share.numerator
        for name, share in zip(_BOUNDS, (rules.key, rules.main, rules.ordinary), strict=True)
    }
    return ranked.agg(**{name: ranked[by].min(where=held) for name, held in inside.items()})


def stratum(value: ir.Value, beside: ir.Table) -> ir.Value:
    """Return the stratum of a value by the bounds that stand beside it."""
    return ibis.cases(*((value >= beside[name], name) for name in _BOUNDS), else_=STRATA[-1])


def crossed(
    value: ir.Value, before: Mapping[str, int | None], after: Mapping[str, int | None]
) -> ir.BooleanValue:
    """Whether a value lies on other sides of some bounds than of others."""
    found: list[ir.BooleanValue] = []
    for name in _BOUNDS:
        one, other = before[name], after[name]
        if one != other:
            sides = [
                ibis.literal(value=False) if bound is None else value >= bound
                for bound in (one, other)
            ]
            found.append(sides[0] != sides[1])
    return ibis.or_(*found)
