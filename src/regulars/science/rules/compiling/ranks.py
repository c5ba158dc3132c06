"""Where members stand among everybody with a value: one sort per field and direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis
import ibis.expr.types as ir

from regulars.science.rules.compiling.leaves import Rank
from regulars.science.rules.compiling.sources import Sources
from regulars.science.rules.compiling.values import everybodys_values
from regulars.science.rules.nodes import InPercentiles, InTop


def rank_tables(sources: Sources, names: Mapping[Rank, str]) -> Iterator[ir.Table]:
    """Yield, for each field, member_id and flags; ``names`` gives each condition its column."""
    groups: dict[str, list[Rank]] = {}
    for rank in names:
        groups.setdefault(rank.field, []).append(rank)
    for field, ranks in groups.items():
        values = everybodys_values(sources, field)
        flagged = values.select(
            "member_id", **{names[rank]: _holds(values, rank) for rank in ranks}
        )
        yield sources.cut(flagged)


def _holds(values: ir.Table, rank: Rank) -> ir.BooleanValue:
    value = values["value"]
    if isinstance(rank, InPercentiles):
        lower = ibis.rank().over(ibis.window(order_by=value))
        everybody = values.count().over(ibis.window())
        # In whole numbers: 100 × lower ÷ everybody lies in [low, high).
        return (lower * 100 >= everybody * rank.low) & (lower * 100 < everybody * rank.high)
    first = value.desc() if isinstance(rank, InTop) else value.asc()
    return ibis.row_number().over(ibis.window(order_by=[first, values["member_id"]])) < rank.count
