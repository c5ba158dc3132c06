"""What active members will do in the time to come, by how often they ordered and how old they are.

Of an active member neither the day of the last order nor the spend changes what is to be expected
in orders, so a million members share some ten thousand answers. These are computed once per fit and
date and kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science import clv
from regulars.science.value.estimates import repeat_model, spend_model
from regulars.science.value.histories import DAYS_PER_WEEK, Floats
from regulars.science.value.model import ValueModel

SOON_DAYS, QUARTER_DAYS, YEAR_DAYS = 30, 90, 365
_MONTHS = 12
_YEAR = YEAR_DAYS / DAYS_PER_WEEK


@dataclass(frozen=True, slots=True)
class Prospects:
    """Active members with one number of repeat orders, by age in days (rows, ascending).

    ``quarter`` and ``year`` are expected orders, ``worth`` those of the year, discounted; ``soon``
    the probability of an order within 30 days.
    """

    ages: Floats
    quarter: Floats
    year: Floats
    worth: Floats
    soon: Floats


@dataclass(frozen=True, slots=True)
class Spending:
    """What the year brings from the same members, by age in days (rows, ascending)."""

    ages: Floats
    money: clv.Money


class Outlook:
    """The prospects under one fit; each is computed when it is first asked for."""

    def __init__(self, model: ValueModel) -> None:
        self._discount = model.discount
        self._repeat = repeat_model(model)
        self._spend = spend_model(model)
        self._known: dict[float, Prospects] = {}
        self._spent: dict[float, Spending] = {}

    def of(self, orders: float, ages: Floats) -> Prospects:
        """Return the prospects after so many repeat orders, with these ages (days) among them."""
        known = self._known.get(orders)
        if known is None:
            found = self._computed(orders, np.unique(ages))
        else:
            new = np.setdiff1d(ages, known.ages)
            found = _together(known, self._computed(orders, new)) if len(new) else known
        self._known[orders] = found
        return found

    def spending(self, orders: float, ages: Floats) -> Spending:
        """Return what members will spend after so many repeat orders, these ages among them."""
        known = self._spent.get(orders)
        if known is None:
            found = self._spent_at(orders, np.unique(ages))
        else:
            new = np.setdiff1d(ages, known.ages)
            found = _spent_together(known, self._spent_at(orders, new)) if len(new) else known
        self._spent[orders] = found
        return found

    def _computed(self, orders: float, ages: Floats) -> Prospects:
        active = self._repeat.active(np.full(len(ages), orders), ages / DAYS_PER_WEEK)
        months = (_all(ages, _YEAR * month / _MONTHS) for month in range(1, _MONTHS + 1))
        upto = [np.zeros(len(ages)), *map(active.expected, months)]
        month_rates = (1.0 + self._discount) ** (-np.arange(1, _MONTHS + 1) / _MONTHS)
        worth = np.zeros(len(ages))
        for orders_in_month, rate in zip(np.diff(upto, axis=0), month_rates, strict=True):
            worth = worth + orders_in_month * rate
        return Prospects(
            ages,
            quarter=active.expected(_all(ages, QUARTER_DAYS / DAYS_PER_WEEK)),
            year=upto[-1],
            worth=worth,
            soon=active.p_some(_all(ages, SOON_DAYS / DAYS_PER_WEEK)),
        )

    def _spent_at(self, orders: float, ages: Floats) -> Spending:
        weeks = ages / DAYS_PER_WEEK
        money = clv.money(self._repeat, self._spend, _YEAR, orders=orders, ages=weeks)
        return Spending(ages, money)


def _together(one: Prospects, other: Prospects) -> Prospects:
    ages = np.concatenate([one.ages, other.ages])
    order = np.argsort(ages)

    def both(first: Floats, second: Floats) -> Floats:
        return np.concatenate([first, second])[order]

    return Prospects(
        ages[order],
        quarter=both(one.quarter, other.quarter),
        year=both(one.year, other.year),
        worth=both(one.worth, other.worth),
        soon=both(one.soon, other.soon),
    )


def _spent_together(one: Spending, other: Spending) -> Spending:
    ages = np.concatenate([one.ages, other.ages])
    order = np.argsort(ages)
    chances = np.concatenate([one.money.chances, other.money.chances])[order]
    return Spending(ages[order], clv.Money(one.money.logs, chances))


def _all(ages: Floats, horizon: float) -> Floats:
    return np.full(len(ages), horizon)
