"""Scores and groups of measured buyers, in whole numbers only.

Days, orders and minor units are integers, and every comparison with a quantile or a mean is
multiplied out (value × n > sum, not value > sum / n). So nothing is rounded, equal values always
get equal scores, and every engine gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
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
_VALUES = {"r": "r_value", "f": "f_value", "m": "m_value"}
_STEP = 1024  # minor units
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
    compared = measured
    if options.compares:
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

    Each is a bound: the least value of a buyer that lies beyond a cut (``r_cut_1`` …) or the mean
    (``r_mean`` …), null where there is none. So a bound moves only when it parts the buyers
    elsewhere. Only for options that compare.
    """
    options = options or RfmOptions()
    require_columns(measured, ("last_order_date", "frequency", "monetary"), where="measured")
    valued = _valued(measured, as_of)
    bounds = (_bounds(valued.select(name), m, options) for m, name in _VALUES.items())
    return reduce(ir.Table.cross_join, bounds)


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
    ).drop(*_VALUES.values())


def between(
    measured: ir.Table,
    before: Mapping[str, int | None],
    after: Mapping[str, int | None],
    *,
    as_of: date,
) -> ir.Table:
    """Return the measured buyers who lie on other sides of one yardstick than of another.

    The yardsticks are those of the same options and date, each as {column: bound}. Other columns
    are passed on.
    """
    crossed = [
        _lies_between(measured, name[0], before[name], bound, as_of)
        for name, bound in after.items()
        if before[name] != bound
    ]
    return measured.filter(ibis.or_(*crossed))


def _lies_between(
    measured: ir.Table, measure_letter: str, one: int | None, other: int | None, as_of: date
) -> ir.BooleanValue:
    """Tell whether a value reaches one bound only, by the column as it is held.

    What is not worked out first can be compared where it lies, which is several times quicker.
    """
    low, *high = sorted(bound for bound in (one, other) if bound is not None)
    if measure_letter == "r":
        day = measured["last_order_date"]
        reached: ir.BooleanValue = day <= as_of - timedelta(days=low)
        return reached & (day > as_of - timedelta(days=high[0])) if high else reached
    value = measured[{"f": "frequency", "m": "monetary"}[measure_letter]]
    # A literal of another type would have the column cast.
    bounds = [
        ibis.literal(Decimal(bound) / _UNIT[measure_letter], type=value.type())
        for bound in (low, *high)
    ]
    reached = value >= bounds[0]
    return reached & (value < bounds[1]) if high else reached


def _valued(measured: ir.Table, as_of: date) -> ir.Table:
    """Add the three values as whole numbers: days, orders, minor units."""
    day = ibis.literal(checked_date(as_of))
    return measured.mutate(
        r_value=day.delta(measured["last_order_date"], unit="day").cast("int64"),
        f_value=measured["frequency"].cast("int64"),
        m_value=(measured["monetary"] * MINOR_UNITS).cast("int64"),
    )


def _bounds(valued: ir.Table, measure_letter: str, options: RfmOptions) -> ir.Table:
    """Return the least value beyond each cut and beyond the mean, in one row.

    ``valued`` has each buyer's value. Few days and few numbers of orders come again and again, and
    each is compared once. Nearly every buyer has an amount of their own: these are counted in
    steps, which is enough for the sums and tells where to look for the quantiles.
    """
    name = _VALUES[measure_letter]
    value, is_money = valued[name], measure_letter == "m"
    place = value - value % _STEP if is_money else value
    counts = valued.group_by(**{name: place}).agg(members=valued.count(), total=value.sum())
    known = counts.agg(buyers=counts["members"].sum(), total=counts["total"].sum())
    if options.method in {"quantile", "quantile_plus_one"}:
        neighbours = _at_quantiles(counts, known, measure_letter, options)
        if is_money:
            neighbours = _within_steps(valued, neighbours, known, options)
        known = known.cross_join(neighbours)
    beside = (valued if is_money else counts.drop("total")).cross_join(known)
    bounds: dict[str, ir.Value] = {}
    if options.method != "fixed":
        for k in range(1, options.levels):
            beyond = _beyond_cut(beside, measure_letter, k, options)
            bounds[f"{measure_letter}_cut_{k}"] = beside[name].min(where=beyond)
    if options.high == "mean":
        beyond = _beyond_mean(beside, measure_letter)
        bounds[f"{measure_letter}_mean"] = beside[name].min(where=beyond)
    return beside.agg(**bounds)


def _within_steps(
    valued: ir.Table, steps: ir.Table, known: ir.Table, options: RfmOptions
) -> ir.Table:
    """Return the amounts beside each quantile; ``steps`` tells in which steps they lie.

    Amounts are told apart in these steps only: that leaves the order as it is.
    """
    name = _VALUES["m"]
    beside = valued.mutate(step=valued[name] - valued[name] % _STEP).cross_join(steps)
    inside = ibis.or_(*(beside["step"] == beside[column] for column in steps.columns))
    told = beside.select(**{name: inside.ifelse(beside[name], beside["step"])})
    return _at_quantiles(told.group_by(name).agg(members=told.count()), known, "m", options)


def _at_quantiles(
    counts: ir.Table, known: ir.Table, measure_letter: str, options: RfmOptions
) -> ir.Table:
    """Return the buyers' values beside each quantile k / levels, k = 1 … levels - 1, in one row.

    Hyndman & Fan (1996), type 7: with n sorted values x_0 … x_(n-1) and h = (n - 1) k / levels,
    the quantile lies between x_⌊h⌋ (``r_lower_1`` …) and x_(⌊h⌋+1) (``r_upper_1`` …, the same when
    there is no further one). They follow from how many buyers have each value: nobody is sorted.
    """
    name, levels = _VALUES[measure_letter], options.levels
    ranks = counts.mutate(
        upto=counts["members"].sum().over(order_by=counts[name], rows=(None, 0))
    ).cross_join(known.select("buyers"))
    value, upto, last = ranks[name], ranks["upto"], ranks["buyers"] - 1
    columns: dict[str, ir.Value] = {}
    for k in range(1, levels):
        lower = value.min(where=upto * levels > last * k)
        columns[f"{measure_letter}_lower_{k}"] = lower
        if options.method == "quantile_plus_one":
            upper = value.min(where=(upto - 1) * levels > last * k)
            columns[f"{measure_letter}_upper_{k}"] = upper.coalesce(lower)
    return ranks.agg(**columns)


def _beyond_cut(
    beside: ir.Table, measure_letter: str, k: int, options: RfmOptions
) -> ir.BooleanValue:
    """Tell whether a value lies beyond the k-th cut that follows from all buyers."""
    value, levels = beside[_VALUES[measure_letter]], options.levels
    beyond: ir.BooleanValue
    if options.method == "mean":
        beyond = value * beside["buyers"] * levels > beside["total"] * (2 * k)
        return beyond
    lower = beside[f"{measure_letter}_lower_{k}"]
    if options.method == "quantile":
        # Above the quantile, which is less than the next value, just when above x_⌊h⌋.
        beyond = value > lower
        return beyond
    upper = beside[f"{measure_letter}_upper_{k}"]
    quantile = lower * levels + ((beside["buyers"] - 1) * k) % levels * (upper - lower)
    beyond = value * levels >= quantile + levels * _UNIT[measure_letter]
    return beyond


def _beyond_mean(beside: ir.Table, measure_letter: str) -> ir.BooleanValue:
    """Tell whether a value is above the mean; of the days, whether it is not below."""
    mine, total = beside[_VALUES[measure_letter]] * beside["buyers"], beside["total"]
    beyond: ir.BooleanValue = mine >= total if measure_letter == "r" else mine > total
    return beyond


def _score(valued: ir.Table, measure_letter: str, options: RfmOptions) -> ir.Value:
    """Return 1 … levels: how many cuts the value passed, counted from the good end."""
    cuts = (_passed(valued, measure_letter, k, options) for k in range(1, options.levels))
    passed = reduce(add, (cut.cast("int64") for cut in cuts))
    return options.levels - passed if measure_letter == "r" else passed + 1


def _passed(valued: ir.Table, measure_letter: str, k: int, options: RfmOptions) -> ir.Value:
    """Tell whether the value lies beyond the k-th cut."""
    value = valued[_VALUES[measure_letter]]
    if options.method != "fixed":
        return _is_beyond(value, valued[f"{measure_letter}_cut_{k}"])
    bound = int(getattr(options.cuts, MEASURES[measure_letter])[k - 1] * _UNIT[measure_letter])
    return value > bound if measure_letter == "r" else value >= bound


def _high(scored: ir.Table, measure_letter: str, options: RfmOptions) -> ir.Value:
    """Tell whether a member is better than the yardstick of ``options.high``."""
    value = scored[_VALUES[measure_letter]]
    if isinstance(options.high, RfmValues):
        bound = int(getattr(options.high, MEASURES[measure_letter]) * _UNIT[measure_letter])
        return value <= bound if measure_letter == "r" else value >= bound
    if options.high == "score":
        return scored[f"{measure_letter}_score"] * 2 > options.levels + 1
    beyond = _is_beyond(value, scored[f"{measure_letter}_mean"])
    return ~beyond if measure_letter == "r" else beyond


def _is_beyond(value: ir.Value, bound: ir.Value) -> ir.BooleanValue:
    beyond: ir.BooleanValue = (value >= bound).fill_null(ibis.literal(value=False))
    return beyond
