"""When which brand is cheaper: weekly promotions, deeper around the great shopping days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from regulars.science.simulation.streams import Ints, stream
from regulars.science.simulation.world.catalogue import Catalogue

SHARE, SHARE_SEASON = 0.16, 0.42
DEPTHS = np.array([10, 15, 20, 25, 30, 40])
_CHANCE = np.array([0.15, 0.2, 0.25, 0.2, 0.15, 0.05])
_CHANCE_SEASON = np.array([0.05, 0.1, 0.2, 0.25, 0.25, 0.15])


@dataclass(frozen=True, slots=True)
class Promotions:
    """Weeks by cells: the discount in whole percent, 0 for none.

    A week is seven days counted from the first day; a promotion runs on all its days, in every
    channel, on every product of the brand in the category. Who is offered it does not depend on
    the person, so that what a person makes of it shows the person's price sensitivity.
    """

    percent: Ints

    def of_day(self, day: Ints) -> Ints:
        """Return the week of each day."""
        return day // 7


def promotions_of(catalogue: Catalogue, *, seasons: tuple[str, ...], seed: int) -> Promotions:
    """Return the promotions of every week."""
    rng = stream(seed, "promotions")
    weeks = (len(seasons) + 6) // 7
    percent = np.zeros((weeks, catalogue.cells), np.int64)
    for week in range(weeks):
        great = any("618" in s or "双" in s for s in seasons[week * 7 : week * 7 + 7])
        runs = rng.random(catalogue.cells) < (SHARE_SEASON if great else SHARE)
        chance = _CHANCE_SEASON if great else _CHANCE
        depth = rng.choice(DEPTHS, catalogue.cells, p=chance)
        percent[week] = np.where(runs, depth, 0)
    return Promotions(percent)


def years_of(first_day: date, last_day: date) -> int:
    """Return how many calendar years the history touches."""
    return last_day.year - first_day.year + 1
