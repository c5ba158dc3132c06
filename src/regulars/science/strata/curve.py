"""How unevenly a value is spread: the Pareto curve."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from regulars.base.errors import RuleError
from regulars.science.facts import require_columns

_STEPS_MAX = 1_000


def curve(values: ir.Table, *, by: str, steps: int = 100) -> ir.Table:
    """Return what the members with the greatest values hold, in ``steps`` even steps.

    ``values`` has ``by`` (decimal or whole number), one row per member. Step k holds the
    ⌊k · members ÷ steps⌋ members with the greatest values; the last holds all.

    Returns step (1 …), members, value (decimal(38, 2)), both from the greatest value on. Steps that
    add nobody are out.

    Raises:
        RuleError: The column is missing, or there are no steps.
    """
    require_columns(values, (by,), where="values")
    if not 1 <= steps <= _STEPS_MAX:
        raise RuleError(f"a curve cannot have {steps} steps", fix=f"Use 1 to {_STEPS_MAX}")
    ordered = values.select(
        value=values[by].cast("decimal(38, 2)").fill_null(0),
        place=ibis.row_number().over(order_by=values[by].desc(nulls_first=False)),
        everybody=values.count().over(),
    )
    # The first step k with place < ⌊k · everybody ÷ steps⌋: k ≥ steps · (place + 1) ÷ everybody.
    step = ((ordered["place"] + 1) * steps + ordered["everybody"] - 1) // ordered["everybody"]
    sums = (
        ordered.mutate(step=step.cast("int64"))
        .group_by("step")
        .agg(members=lambda t: t.count(), value=lambda t: t["value"].sum())
    )
    upto = ibis.window(order_by="step", preceding=None, following=0)
    return sums.select(
        "step",
        members=sums["members"].sum().over(upto).cast("int64"),
        value=sums["value"].sum().over(upto).cast("decimal(38, 2)"),
    ).order_by("step")


def top_share(values: ir.Table, *, by: str, share: Fraction = Fraction(1, 5)) -> Decimal | None:
    """Return which share of the value the top ``share`` of the members hold, to four digits.

    None where nobody has any value. The top fifth of seven members is one member.

    Raises:
        RuleError: The share does not lie between 0 and 1, is finer than a ``curve`` can be, or the
            column is missing.
    """
    if not 0 < share < 1:
        raise RuleError(f"a share lies between 0 and 1, not at {share}", where="share")
    steps = curve(values, by=by, steps=share.denominator).to_pyarrow().to_pylist()
    if not steps or not steps[-1]["value"]:
        return None
    inside = [row["value"] for row in steps if row["step"] <= share.numerator]
    held = inside[-1] if inside else Decimal(0)
    return (Decimal(held) / Decimal(steps[-1]["value"])).quantize(Decimal("0.0001"))
