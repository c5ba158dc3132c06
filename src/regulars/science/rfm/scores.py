"""Scores and groups of measured buyers, in whole numbers only.

Days, orders and minor units are integers, and every comparison with a quantile or a mean is
multiplied out (value × n > sum, not value > sum / n). So nothing is rounded, equal values always
get equal scores, and every engine gives the same answer.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from regulars.science.facts import checked_date, require_columns
from regulars.science.rfm.groups import group_of
from regulars.science.rfm.measures import measure
from regulars.science.rfm.options import RfmOptions, RfmValues

MINOR_UNITS = 100  # net_amount has two digits after the point

MEASURES = {"r": "recency_days", "f": "frequency", "m": "monetary"}
_UNIT = {"r": 1, "f": 1, "m": MINOR_UNITS}


def score(orders: ir.Table, *, as_of: date, options: RfmOptions | None = None) -> ir.Table:
    """Score every member who bought in the window, and put each into one of the eight groups.

    ``orders`` needs member_id, business_date (date in the store's zone) and net_amount. A member
    without an order in the window has no row: there is nothing to compare.

    Returns member_id, as_of, last_order_date, recency_days (``as_of`` - last_order_date, at least
    1), frequency (orders), monetary (decimal(18, 2)), r_score, f_score, m_score (1 … levels, more
    is better), rfm_group.
    """
    options = options or RfmOptions()
    measured = measure(orders, as_of=as_of, window_days=options.window_days)
    return rank(measured, as_of=as_of, options=options)


def rank(measured: ir.Table, *, as_of: date, options: RfmOptions | None = None) -> ir.Table:
    """Compare measured buyers (see ``measure``) with each other; columns as ``score``."""
    options = options or RfmOptions()
    compared = measured.cross_join(yardstick(measured, as_of=as_of, options=options))
    return ranked(compared, as_of=as_of, options=options).select(
        "member_id",
        "as_of",
        "last_order_date",
        "recency_days",
        "frequency",
        "monetary",
        "r_score",
        "f_score",
        "m_score",
        "rfm_group",
    )


def yardstick(measured: ir.Table, *, as_of: date, options: RfmOptions | None = None) -> ir.Table:
    """Return what ``ranked`` must know of all buyers, as one row of whole numbers.

    ``buyers``, ``r_total``, ``f_total``, ``m_total``, and for the methods ``quantile`` and
    ``quantile_plus_one`` a column ``r_cut_1`` … for each value and cut. They follow from how many
    buyers have each value, so no buyer is sorted.
    """
    options = options or RfmOptions()
    require_columns(measured, ("last_order_date", "frequency", "monetary"), where="measured")
    valued = _valued(measured, as_of)
    totals = {f"{m}_total": valued[f"{m}_value"].sum().cast("int64") for m in MEASURES}
    found = valued.agg(buyers=valued.count(), **totals)
    if options.method in {"quantile", "quantile_plus_one"}:
        for m in MEASURES:
            found = found.cross_join(_cuts(valued, m, options))
    return found


def ranked(compared: ir.Table, *, as_of: date, options: RfmOptions | None = None) -> ir.Table:
    """Add as_of, recency_days, the scores and the group to measured buyers, row by row.

    ``compared`` are buyers with the columns of a ``yardstick``; other columns are passed on.
    """
    options = options or RfmOptions()
    valued = _valued(compared, as_of)
    scored = valued.mutate(
        as_of=ibis.literal(checked_date(as_of)),
        recency_days=valued["r_value"],
        **{f"{m}_score": _score(valued, m, options) for m in MEASURES},
    )
    return scored.mutate(
        rfm_group=group_of(
            recent=_high(scored, "r", options),
            often=_high(scored, "f", options),
            much=_high(scored, "m", options),
        )
    ).drop(*(f"{m}_value" for m in MEASURES))


def _valued(measured: ir.Table, as_of: date) -> ir.Table:
    """Add the three values as whole numbers: days, orders, minor units."""
    day = ibis.literal(checked_date(as_of))
    return measured.mutate(
        r_value=day.delta(measured["last_order_date"], unit="day").cast("int64"),
        f_value=measured["frequency"].cast("int64"),
        m_value=(measured["monetary"] * MINOR_UNITS).cast("int64"),
    )


def _cuts(valued: ir.Table, measure_letter: str, options: RfmOptions) -> ir.Table:
    """Return the cuts k / levels of one value, k = 1 … levels - 1, in one row.

    Hyndman & Fan (1996), type 7: with n sorted values x_0 … x_(n-1) and h = (n - 1) k / levels,
    the quantile is x_⌊h⌋ + (h - ⌊h⌋)(x_(⌊h⌋+1) - x_⌊h⌋).

    ``quantile``: a value is above the quantile just when more than h buyers have a smaller one; the
    cut is the least such value, null when there is none. ``quantile_plus_one``: the cut is the
    quantile itself times ``levels``, which is a whole number.
    """
    name, levels = f"{measure_letter}_value", options.levels
    counts = valued.group_by(name).agg(members=valued.count())
    # The number of buyers beside each value: a second window over them all would cost as much.
    ranks = counts.mutate(
        upto=counts["members"].sum().over(order_by=counts[name], rows=(None, 0)).cast("int64"),
    ).cross_join(valued.agg(buyers=valued.count()))
    value, upto, last = ranks[name], ranks["upto"], ranks["buyers"] - 1
    columns: dict[str, ir.Value] = {}
    for k in range(1, levels):
        if options.method == "quantile":
            smaller = upto - ranks["members"]
            cut = value.min(where=smaller * levels > last * k)
        else:
            lower = value.min(where=upto * levels > last * k)
            upper = value.min(where=(upto - 1) * levels > last * k).coalesce(lower)
            cut = lower * levels + ((last * k) % levels).max() * (upper - lower)
        columns[f"{measure_letter}_cut_{k}"] = cut
    return ranks.agg(**columns)


def _score(valued: ir.Table, measure_letter: str, options: RfmOptions) -> ir.Value:
    """Return 1 … levels: how many cuts the value passed, counted from the good end."""
    cuts = (_passed(valued, measure_letter, k, options) for k in range(1, options.levels))
    passed = reduce(add, (cut.cast("int64") for cut in cuts))
    return options.levels - passed if measure_letter == "r" else passed + 1


def _passed(valued: ir.Table, measure_letter: str, k: int, options: RfmOptions) -> ir.Value:
    """Tell whether the value lies above the k-th cut."""
    value, levels = valued[f"{measure_letter}_value"], options.levels
    if options.method == "quantile":
        above = value >= valued[f"{measure_letter}_cut_{k}"]
        return above.fill_null(ibis.literal(value=False))
    if options.method == "quantile_plus_one":
        cut = valued[f"{measure_letter}_cut_{k}"] + levels * _UNIT[measure_letter]
        return value * levels >= cut
    if options.method == "mean":
        total = valued[f"{measure_letter}_total"]
        return value * valued["buyers"] * levels > total * (2 * k)
    bound = int(getattr(options.cuts, MEASURES[measure_letter])[k - 1] * _UNIT[measure_letter])
    return value > bound if measure_letter == "r" else value >= bound


def _high(scored: ir.Table, measure_letter: str, options: RfmOptions) -> ir.Value:
    """Tell whether a member is better than the yardstick of ``options.high``."""
    value = scored[f"{measure_letter}_value"]
    if isinstance(options.high, RfmValues):
        bound = int(getattr(options.high, MEASURES[measure_letter]) * _UNIT[measure_letter])
        return value <= bound if measure_letter == "r" else value >= bound
    if options.high == "score":
        return scored[f"{measure_letter}_score"] * 2 > options.levels + 1
    mine, mean = value * scored["buyers"], scored[f"{measure_letter}_total"]
    return mine < mean if measure_letter == "r" else mine > mean
