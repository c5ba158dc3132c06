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
    require_columns(
        measured, ("member_id", "last_order_date", "frequency", "monetary"), where="measured"
    )
    day = ibis.literal(checked_date(as_of))
    valued = measured.mutate(
        as_of=day,
        recency_days=day.delta(measured["last_order_date"], unit="day").cast("int64"),
    ).mutate(
        r_value=lambda t: t["recency_days"],
        f_value=lambda t: t["frequency"].cast("int64"),
        m_value=lambda t: (t["monetary"] * MINOR_UNITS).cast("int64"),
    )
    yardsticks = _yardsticks(valued, options)
    for yardstick in yardsticks:
        valued = valued.cross_join(yardstick)
    scored = valued.mutate(**{f"{m}_score": _score(valued, m, options) for m in MEASURES})
    return scored.mutate(
        rfm_group=group_of(
            recent=_high(scored, "r", options),
            often=_high(scored, "f", options),
            much=_high(scored, "m", options),
        )
    ).select(
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


def _yardsticks(valued: ir.Table, options: RfmOptions) -> list[ir.Table]:
    """Return one-row tables that hold what the buyers are compared with."""
    yardsticks = []
    if options.method == "mean" or options.high == "mean":
        totals = {f"{m}_total": valued[f"{m}_value"].sum().cast("int64") for m in MEASURES}
        yardsticks.append(valued.agg(buyers=valued.count(), **totals))
    if options.method.startswith("quantile"):
        yardsticks += [_quantiles(valued, m, options.levels) for m in MEASURES]
    return yardsticks


def _quantiles(valued: ir.Table, measure_letter: str, levels: int) -> ir.Table:
    """Return the type-7 quantiles k / levels of one value, each times ``levels``.

    Hyndman & Fan (1996), type 7: with n sorted values x_0 … x_(n-1) and h = (n - 1) k / levels,
    the quantile is x_⌊h⌋ + (h - ⌊h⌋)(x_(⌊h⌋+1) - x_⌊h⌋). Times ``levels`` it is a whole number.
    """
    name = f"{measure_letter}_value"
    counts = valued.group_by(name).agg(members=valued.count())
    ranks = counts.mutate(
        upto=counts["members"].sum().over(order_by=counts[name], rows=(None, 0)).cast("int64"),
        buyers=counts["members"].sum().over().cast("int64"),
    )
    value, upto, last = ranks[name], ranks["upto"], ranks["buyers"] - 1
    columns: dict[str, ir.Value] = {}
    for k in range(1, levels):
        lower = value.min(where=upto * levels > last * k)
        upper = value.min(where=(upto - 1) * levels > last * k).coalesce(lower)
        part = ((last * k) % levels).max()
        columns[f"{measure_letter}_quantile_{k}"] = lower * levels + part * (upper - lower)
    return ranks.agg(**columns)


def _score(valued: ir.Table, measure_letter: str, options: RfmOptions) -> ir.Value:
    """Return 1 … levels: how many cuts the value passed, counted from the good end."""
    value, levels = valued[f"{measure_letter}_value"], options.levels
    passed = [_passed(valued, value, measure_letter, k, options) for k in range(1, levels)]
    count = reduce(add, (flag.cast("int64") for flag in passed))
    return levels - count if measure_letter == "r" else count + 1


def _passed(
    valued: ir.Table, value: ir.Value, measure_letter: str, k: int, options: RfmOptions
) -> ir.Value:
    """Tell whether ``value`` lies above the k-th cut."""
    if options.method == "mean":
        total = valued[f"{measure_letter}_total"]
        return value * valued["buyers"] * options.levels > total * (2 * k)
    if options.method == "quantile":
        return value * options.levels > valued[f"{measure_letter}_quantile_{k}"]
    if options.method == "quantile_plus_one":
        cut = valued[f"{measure_letter}_quantile_{k}"] + options.levels * _UNIT[measure_letter]
        return value * options.levels >= cut
    cut = int(getattr(options.cuts, MEASURES[measure_letter])[k - 1] * _UNIT[measure_letter])
    return value > cut if measure_letter == "r" else value >= cut


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
