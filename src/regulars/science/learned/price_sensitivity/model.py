"""How a member answers discounts: the slope of their choices, drawn towards everybody's.

Source of the idea: Rossi, McCulloch & Allenby (1996), "The value of purchase history data in
target marketing", Marketing Science 15(4): a slope per person, shrunk to the population's. Theirs
is sampled; here it is one step of Fisher's scoring from the category's slope, so that two sums per
member suffice and the engine adds them up: with U the first derivative of the member's
log-likelihood at the category's slope s and I the information, s + U / (I + 1 / spread^2), whose
standard error is 1 / sqrt(I + 1 / spread^2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.science.facts import require_columns
from regulars.science.learned.price_sensitivity import words
from regulars.science.learned.price_sensitivity.category_fit import fitted
from regulars.science.learned.price_sensitivity.expectations import Days, days_of, expected
from regulars.science.learned.price_sensitivity.shrinkage import drawn_together, variance_between


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountResponse:
    """What discounts do to the choice of brand, fitted on a chain's lines.

    Assumptions: within a category a member chooses among the brands on offer by a multinomial logit
    (see `category_fit`); members differ in their slope by a normal around the category's; whoever
    fills shelves does not look at the member. Members' liking of single brands is not modelled,
    which draws slopes somewhat towards 0 and leaves their order.

    Attributes:
        overall: The slope of all categories together: odds of a brand go with price^-slope.
        spread: The standard deviation of members' slopes around their categories'.
        slopes: The slope of each category, drawn towards ``overall``.
        expectations: For each category and day what everybody would have chosen: category,
            business_date, discount_expected, information (the variance of the discount chosen).
        lines: How many lines the fit has seen.
    """

    overall: float
    spread: float
    slopes: Mapping[str, float]
    expectations: pa.Table
    lines: int

    @classmethod
    def fit(cls, chosen: ir.Table, alternatives: ir.Table) -> Self:
        """Fit on `choices` and `alternatives` of them.

        Raises:
            RuleError: A column is missing, or no discount was ever on offer beside a full price.
        """
        columns = ("category", "brand", "business_date", "discount")
        require_columns(chosen, ("member_id", *columns), where="chosen")
        require_columns(alternatives, (*columns, "lines"), where="alternatives")
        days = days_of(alternatives.order_by("category", "business_date", "brand").to_pyarrow())
        fits = {c: fitted(d.discount, d.lines, d.offered) for c, d in days.items()}
        information = np.array([fit.information for fit in fits.values()])
        if not information.any():
            raise RuleError(
                "no brand was ever cheaper than another of its category",
                where="alternatives",
                fix="Pass the days of at least one promotion",
            )
        guesses, mean = drawn_together(np.array([f.slope for f in fits.values()]), information)
        slopes = dict(zip(fits, guesses.tolist(), strict=True))
        table = expected(days, {c: f.weights for c, f in fits.items()}, slopes)
        sums = _sums(chosen, table).select("score", "information").to_pyarrow()
        spread = variance_between(*(sums[name].to_numpy() for name in ("score", "information")))
        return cls(
            overall=mean,
            spread=float(np.sqrt(spread)),
            slopes=slopes,
            expectations=table,
            lines=_lines(days),
        )

    def scores(self, chosen: ir.Table) -> ir.Table:
        """Return what each member of ``chosen`` (`choices`) makes of discounts.

        Returns member_id, price_slope (float: by how many per cent the odds of a brand rise when
        its price falls by one), price_slope_se (its standard error), price_choices (int: lines
        bought while the category had an offer to take or to leave), discount_taken and
        discount_expected (floats: mean discount of these lines, and that everybody would have had
        before the same shelves), price_band and price_reason (see `words`).
        """
        return scored(_sums(chosen, self.expectations, self.slopes), spread=self.spread)


def scored(sums: ir.Table, *, spread: float) -> ir.Table:
    """Return the columns of `DiscountResponse.scores` from what each member's choices add up to.

    ``sums`` has member_id, score, information, choices, category_slope, mean_taken, mean_expected.
    """
    held = sums["information"] + 1.0 / spread**2
    slope = sums["category_slope"] + sums["score"] / held
    error = 1.0 / held.sqrt()
    away = (slope - sums["category_slope"]) / error
    taken, usual = (-(-sums[f"mean_{name}"]).exp() + 1.0 for name in ("taken", "expected"))
    return sums.select(
        "member_id",
        price_slope=slope,
        price_slope_se=error,
        price_choices="choices",
        discount_taken=taken,
        discount_expected=usual,
        price_band=words.band(sums["choices"], away),
        price_reason=words.code(sums["choices"], away),
    )


def _sums(
    chosen: ir.Table, expectations: pa.Table, slopes: Mapping[str, float] | None = None
) -> ir.Table:
    """Return score, information and means of each member: all that a slope needs to know."""
    by_category = slopes or dict.fromkeys(expectations["category"].unique().to_pylist(), 0.0)
    named = ibis.memtable(
        pa.table({"category": list(by_category), "category_slope": list(by_category.values())})
    )
    lines = (
        chosen.filter(chosen["member_id"].notnull())
        .inner_join(ibis.memtable(expectations), ("category", "business_date"))
        .inner_join(named, "category")
    )
    open_to_choice = lines["information"] > 0
    grouped = lines.group_by("member_id").agg(
        score=(lines["discount"] - lines["discount_expected"]).sum(),
        information=lines["information"].sum(),
        weighted=(lines["information"] * lines["category_slope"]).sum(),
        plain=lines["category_slope"].mean(),
        choices=open_to_choice.sum(),
        taken=lines["discount"].mean(where=open_to_choice),
        expected=lines["discount_expected"].mean(where=open_to_choice),
    )
    known = grouped["information"] > 0
    return grouped.select(
        "member_id",
        "score",
        "information",
        "choices",
        category_slope=ibis.ifelse(
            known, grouped["weighted"] / grouped["information"], grouped["plain"]
        ),
        mean_taken=grouped["taken"].fill_null(0.0),
        mean_expected=grouped["expected"].fill_null(0.0),
    )


def _lines(days: Mapping[str, Days]) -> int:
    return int(sum(day.lines.sum() for day in days.values()))
