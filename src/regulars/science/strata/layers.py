"""Four layers of members by a value: key, main, ordinary, long tail."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from regulars.base.errors import RuleError
from regulars.science.facts import require_columns

STRATA = ("key", "main", "ordinary", "long_tail")


@dataclass(frozen=True, slots=True, kw_only=True)
class StrataRules:
    """Where the strata end, as shares of the members counted from the greatest value.

    The default is ours: the fifth that the Pareto principle speaks of is key and main together.
    """

    key: Fraction = Fraction(5, 100)
    main: Fraction = Fraction(20, 100)
    ordinary: Fraction = Fraction(50, 100)

    def __post_init__(self) -> None:
        if not 0 < self.key < self.main < self.ordinary < 1:
            raise RuleError(
                f"strata cannot end at {self.key}, {self.main} and {self.ordinary} of the members",
                where="StrataRules",
                fix="Use three rising shares between 0 and 1",
            )


def strata(values: ir.Table, *, by: str, rules: StrataRules | None = None) -> ir.Table:
    """Put every member into one stratum by the value ``by``.

    A member belongs to the first stratum whose share exceeds (members with a greater value) ÷ all:
    equal values are never parted, and the one with the greatest value is always key. ``values`` has
    member_id and ``by`` (a whole number or a decimal; sales, growth value), one row per member; a
    missing value is the least.

    Returns member_id, ``by``, stratum.

    Raises:
        RuleError: A column is missing.
    """
    rules = rules or StrataRules()
    require_columns(values, ("member_id", by), where="values")
    place = ibis.rank().over(order_by=values[by].desc(nulls_first=False))
    counted = values.mutate(place=place, everybody=values.count().over())
    first, second, third = (
        counted["place"] * share.denominator < counted["everybody"] * share.numerator
        for share in (rules.key, rules.main, rules.ordinary)
    )
    stratum = ibis.cases((first, "key"), (second, "main"), (third, "ordinary"), else_="long_tail")
    return counted.select("member_id", by, stratum=stratum)
