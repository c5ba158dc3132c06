"""How good a fit is: asked about choices and coupons of a time that it had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from regulars.base.business_time import Window
from regulars.base.errors import RuleError
from regulars.science.facts import within
from regulars.science.learned.price_sensitivity.shelves import (
    GOODS,
    SHELF,
    Held,
    PriceFit,
    Seen,
    price_fit,
    responses,
    seen_until,
)

HELD_DAYS = 90
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PriceReport:
    """Both on the same members and days: the slope, and the average discount share.

    Attributes:
        held_from: The first day that neither had seen.
        members, choices: Who chose in that time, and how often there was something to choose.
        choice_auc, choice_auc_baseline: How often, of a choice that was cheaper than everybody's
            and one that was not, the right one's member ranked higher; 0.5 is chance.
        coupon_auc, coupon_auc_baseline: The same of members who used a coupon in that time and
            those who bought without; None where nobody, or everybody, used one.
    """

    held_from: date
    members: int
    choices: int
    choice_auc: float
    choice_auc_baseline: float
    coupon_auc: float | None
    coupon_auc_baseline: float | None


def fitted_and_judged(tables: Held, *, as_of: date) -> tuple[PriceFit, PriceReport | None]:
    """Fit on the lines before ``as_of`` and return the fit with what became of an earlier one.

    Raises:
        RuleError: Nothing was bought, or no brand was ever cheaper than another of its category.
    """
    seen = seen_until(tables, as_of=as_of)
    fit = price_fit(seen, as_of=as_of)
    return fit, judged(tables, seen, fit)


def judged(tables: Held, seen: Seen, fit: PriceFit) -> PriceReport | None:
    """Return how well a fit without the last 90 days foretold them; None when too little is known.

    What counts as cheaper than everybody's choice is said by ``fit``, which has seen those days.
    """
    held_from = fit.as_of - timedelta(days=HELD_DAYS)
    try:
        before = price_fit(seen.before(held_from), as_of=held_from)
    except RuleError:
        return None
    lines = tables.table("order_lines")
    told = responses(
        lines, ibis.memtable(before.shelves), spread=before.spread, as_of=held_from
    ).select("member_id", "price_slope")
    window = Window(held_from, fit.as_of)
    taken = _taken(within(lines, window), ibis.memtable(fit.shelves))
    rows = told.inner_join(_share(lines, held_from), "member_id").inner_join(
        _coupons(within(lines, window)), "member_id"
    )
    rows = rows.left_join(taken, "member_id").drop("member_id_right").order_by("member_id")
    found = rows.to_pyarrow()
    if not found.num_rows:
        return None

    def column(name: str) -> Floats:
        values = found[name].to_numpy(zero_copy_only=False).astype(np.float64)
        return np.asarray(np.nan_to_num(values))

    slope, share = column("price_slope"), column("share")
    more, less, used = column("more"), column("less"), column("used")
    if not (more.sum() and less.sum()):
        return None
    coupons = bool(used.sum() and (1 - used).sum())
    return PriceReport(
        held_from=held_from,
        members=int(found.num_rows),
        choices=int((more + less).sum()),
        choice_auc=weighted_auc(slope, more, less),
        choice_auc_baseline=weighted_auc(share, more, less),
        coupon_auc=weighted_auc(slope, used, 1 - used) if coupons else None,
        coupon_auc_baseline=weighted_auc(share, used, 1 - used) if coupons else None,
    )


def weighted_auc(score: Floats, positive: Floats, negative: Floats) -> float:
    """Return the share of pairs in the right order, ties counted half; weights are how often."""
    values, place = np.unique(score, return_inverse=True)
    up = np.bincount(place, positive, minlength=len(values))
    down = np.bincount(place, negative, minlength=len(values))
    below = np.cumsum(down) - down
    return float((up * (below + down / 2.0)).sum() / (up.sum() * down.sum()))


def _taken(lines: ir.Table, shelves: ir.Table) -> ir.Table:
    """Count each member's choices that were cheaper than everybody's, and the others."""
    goods = shelves.filter(shelves["part"] == GOODS).select("product_id", "category", "brand")
    days = shelves.filter(shelves["part"] == SHELF)
    days = days.select("category", "brand", "business_date", "away")
    mine = lines.filter(lines["member_id"].notnull())
    mine = mine.select("member_id", "product_id", "business_date").inner_join(goods, "product_id")
    found = mine.inner_join(days, ("category", "brand", "business_date"))
    return found.group_by("member_id").agg(
        more=(found["away"] > 0).sum(), less=(found["away"] <= 0).sum()
    )


def _share(lines: ir.Table, before: date) -> ir.Table:
    """Return what share of the list price each member was spared: the simple answer."""
    mine = lines.filter(lines["member_id"].notnull(), lines["business_date"] < before)
    sums = mine.group_by("member_id").agg(
        spared=mine["discount_amount"].sum(), listed=mine["list_amount"].sum()
    )
    share = sums["spared"].cast("float64") / sums["listed"].cast("float64").nullif(0)
    return sums.select("member_id", share=share.fill_null(0.0))


def _coupons(lines: ir.Table) -> ir.Table:
    mine = lines.filter(lines["member_id"].notnull())
    return mine.group_by("member_id").agg(used=(mine["coupon_amount"] > 0).any().cast("int64"))
