"""Members drawn from BG/NBD and Gamma-Gamma with parameters that are known, by whole days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import numpy as np

from tests.science.history import Order

FIRST_DAY = date(2024, 1, 1)
DAYS = 420
REPEAT = {"r": 0.9, "alpha": 4.0, "a": 0.7, "b": 3.0}
SPEND = {"p": 5.0, "q": 4.0, "v": 80.0}


@dataclass(frozen=True)
class Chain:
    """Every order of every member, in days after the first day of the chain."""

    orders: list[Order]

    def before(self, day: int) -> list[Order]:
        return [order for order in self.orders if order.day < on(day)]


def on(day: int) -> date:
    return FIRST_DAY + timedelta(days=day)


@cache
def planted(members: int, *, days: int = DAYS, seed: int = 7) -> Chain:
    """Draw members who join in the first two hundred days; no two orders of one on a day."""
    random = np.random.default_rng(seed)
    orders: list[Order] = []
    for number in range(members):
        rate = random.gamma(REPEAT["r"], 1.0 / REPEAT["alpha"]) / 7.0
        leaves = random.beta(REPEAT["a"], REPEAT["b"])
        scale = random.gamma(SPEND["q"], 1.0 / SPEND["v"])
        moment, last, here = float(random.integers(0, 200)), -1, True
        while here and moment < days:
            day = max(int(moment), last + 1)
            amount = Decimal(round(random.gamma(SPEND["p"], 1.0 / scale) * 100)) / 100
            orders.append(Order(f"{number}-{day}", f"m{number:05}", on(day), amount))
            here = last < 0 or random.random() >= leaves
            last, moment = day, moment + random.exponential(1.0 / rate)
    return Chain(orders)
