"""What a fit says of each member."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science import clv
from regulars.science.value.estimates import repeat_model, spend_model
from regulars.science.value.histories import DAYS_PER_WEEK, Floats, Histories
from regulars.science.value.model import ValueModel
from regulars.science.value.outlook import YEAR_DAYS, Outlook, Prospects

_EVEN = 0.5
Rows = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Scores:
    """One entry per member; money in the orders' currency.

    ``spend``, ``value``, ``low`` and ``high`` are infinite where the mean spend of all members does
    not exist (Gamma-Gamma with p x + q ≤ 1). ``days_to_order`` counts from the last known day and
    is NaN where it is as likely that no order comes within a year.
    """

    p_alive: Floats
    quarter: Floats
    year: Floats
    soon: Floats
    spend: Floats
    value: Floats
    low: Floats
    high: Floats
    days_to_order: Floats


def score(model: ValueModel, members: Histories, outlook: Outlook) -> Scores:
    """Ask the fit of these members; ``outlook`` is that of the same fit.

    The value is Σ over twelve months of expected orders, discounted at the month's end, times what
    an order is worth. Its interval takes the quantiles of the money of those months, discounted in
    the same proportion: half of 1 - level lies below, half above.
    """
    x, size = members.frequency, len(members.frequency)
    repeat, spend = repeat_model(model), spend_model(model)
    p = repeat.p_alive(x, members.recency, members.age) if size else np.zeros(0)
    monetary = members.monetary
    scale = spend.v + x * monetary
    columns = np.zeros((6, size))
    below, above = (1.0 - model.level) / 2.0, (1.0 + model.level) / 2.0
    for orders, mine in _by_orders(x):
        held, row = _held(outlook, orders, members.age_days[mine])
        money, place = _spent(outlook, orders, members.age_days[mine])
        kept = held.worth[row] / held.year[row]
        columns[:, mine] = (
            held.quarter[row],
            held.year[row],
            held.worth[row],
            held.soon[row],
            kept * money.quantiles(place, p[mine], below),
            kept * money.quantiles(place, p[mine], above),
        )
    quarter, year, worth, soon, low, high = columns
    each = spend.expected_spend(x, monetary)
    return Scores(
        p_alive=p,
        quarter=p * quarter,
        year=p * year,
        soon=p * soon,
        spend=each,
        value=p * worth * each,
        low=scale * low,
        high=scale * high,
        days_to_order=_days_to_order(repeat, p, x, members.age),
    )


def values(model: ValueModel, members: Histories, outlook: Outlook) -> Floats:
    """Return the value alone, which ``score`` gives too; an interval takes the most time."""
    repeat, spend = repeat_model(model), spend_model(model)
    p = repeat.p_alive(members.frequency, members.recency, members.age)
    worth = np.zeros(len(members.frequency))
    for orders, mine in _by_orders(members.frequency):
        held, row = _held(outlook, orders, members.age_days[mine])
        worth[mine] = held.worth[row]
    return p * worth * spend.expected_spend(members.frequency, members.monetary)


def _held(outlook: Outlook, orders: float, ages: Floats) -> tuple[Prospects, Rows]:
    held = outlook.of(orders, ages)
    return held, np.searchsorted(held.ages, ages)


def _spent(outlook: Outlook, orders: float, ages: Floats) -> tuple[clv.Money, Rows]:
    held = outlook.spending(orders, ages)
    return held.money, np.searchsorted(held.ages, ages)


def _by_orders(frequency: Floats) -> list[tuple[float, Rows]]:
    order = np.argsort(frequency, kind="stable")
    held, starts = np.unique(frequency[order], return_index=True)
    parts = np.split(order, starts[1:]) if len(held) else []
    return [(float(orders), part) for orders, part in zip(held, parts, strict=True)]


def _days_to_order(repeat: clv.BetaGeo, p: Floats, frequency: Floats, age: Floats) -> Floats:
    """Return the day by which an order has come with even odds, whole days from the last known.

    P(an order within t) = p · [1 - (α' / (α' + t))^r'] with r' = r + x and α' = α + T.
    """
    likely = p > _EVEN
    missing = np.divide(_EVEN, p, out=np.zeros_like(p), where=likely)
    weeks = (repeat.alpha + age) * np.expm1(-np.log1p(-missing) / (repeat.r + frequency))
    days = np.ceil(weeks * DAYS_PER_WEEK)
    return np.where(likely & (days <= YEAR_DAYS), days, np.nan)
