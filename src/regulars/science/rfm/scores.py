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
    totals = {f"{m}_total": valued[f"{m}_value"].sum().cast("int64") for m in MEASURES}
    compared = valued.cross_join(valued.agg(buyers=valued.count(), **totals))
    if options.method == "quantile_plus_one":
        for m in MEASURES:
            compared = compared.cross_join(_quantiles(valued, m, options.levels))
    scored = compared.mutate(**{f"{m}_score": _score(compared, m, options) for m in MEASURES})
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


def _score(compared: ir.Table, measure_letter: str, options: RfmOptions) -> ir.Value:
    """Return 1 … levels: how many cuts the value passed, counted from the good end."""
    levels = options.levels
    if options.method == "quantile":
        passed = _quantiles_passed(compared, measure_letter, levels)
    else:
        cuts = (_passed(compared, measure_letter, k, options) for k in range(1, levels))
        passed = reduce(add, (cut.cast("int64") for cut in cuts))
    return levels - passed if measure_letter == "r" else passed + 1


def _quantiles_passed(compared: ir.Table, measure_letter: str, levels: int) -> ir.Value:
    """Return how many type-7 quantiles k / levels lie below the value.

    A value is above the quantile at place h = (n - 1) k / levels just when more than h buyers have
    a smaller one, so ranks tell without any quantile: count the k with smaller × levels >
    (n - 1) k.
    """
    smaller = ibis.rank().over(order_by=compared[f"{measure_letter}_value"])
    others = ibis.greatest(compared["buyers"] - 1, 1)
    return ibis.greatest((smaller * levels + others - 1) // others - 1, 0).cast("int64")


def _passed(compared: ir.Table, measure_letter: str, k: int, options: RfmOptions) -> ir.Value:
    """Tell whether the value lies above the k-th cut."""
    value, levels = compared[f"{measure_letter}_value"], options.levels
    if options.method == "mean":
        total = compared[f"{measure_letter}_total"]
        return value * compared["buyers"] * levels > total * (2 * k)
    if options.method == "quantile_plus_one":
        cut = compared[f"{measure_letter}_quantile_{k}"] + levels * _UNIT[measure_letter]
        return value * levels >= cut
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
