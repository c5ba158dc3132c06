"""What is in an order: lines whose net amounts add up to what the person meant to spend.

The amount of an order is drawn from the person's gamma; its lines are goods with prices and
whole quantities, chosen so that each takes its share and passes on what it could not take. The
order's net amount (after promotions, before coupons) therefore follows the gamma to within the
last line's price step, about 1 %. Within a category a person picks the brand with a weight of
liking times (price / usual price) ** -sensitivity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.people.natures import People
from regulars.science.simulation.streams import Floats, Ints, picked, stream
from regulars.science.simulation.trade.purchases import Purchases
from regulars.science.simulation.world.catalogue import BRANDS_PER_CATEGORY, SPREAD, STYLES
from regulars.science.simulation.world.categories import CATEGORIES
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.weather import COLD, HOT

LINES_MAX = 12
_YUAN_PER_LINE_MIN = 16.0


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a chunk's orders, order by order, one entry each; amounts in cents.

    Attributes:
        order: The order's place in the chunk.
        number: The line's number in its order, from 1.
        listed: Price on the shelf times quantity.
        discount: What the promotion takes off.
        coupon: The line's part of the order's coupon.
    """

    order: Ints
    number: Ints
    product: Ints
    quantity: Ints
    listed: Ints
    discount: Ints
    coupon: Ints

    @property
    def net(self) -> Ints:
        """What the chain takes in: the coupon is paid for by the maker."""
        return self.listed - self.discount

    def __len__(self) -> int:
        return len(self.order)


@dataclass(frozen=True, slots=True)
class Orders:
    """What the truth knows of each order: the amount meant and the coupon used (cents)."""

    meant: Ints
    net: Ints
    coupon: Ints
    campaign: Ints


def lines_of(world: World, people: People, bought: Purchases, chunk: int) -> tuple[Lines, Floats]:
    """Return the lines of every order, coupons still 0, and the amount that was meant (yuan)."""
    rng = stream(world.options.seed, "baskets", chunk)
    meant = rng.standard_gamma(world.options.process.p, len(bought)) / people.nu[bought.person]
    most = np.clip((meant / _YUAN_PER_LINE_MIN).astype(np.int64), 1, LINES_MAX)
    count = np.minimum(1 + rng.poisson(2.35, len(bought)), most)
    order = np.repeat(np.arange(len(bought)), count)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    number = np.arange(len(order)) - first[order]
    cell = _cells(rng, world, people, bought, order)
    share = rng.standard_gamma(2.5, len(order))
    total = np.add.reduceat(share, first)
    wanted = meant[order] * share / total[order]
    product, quantity, listed, discount = _goods(
        rng, world, cell, wanted, bought.day[order], first, count
    )
    lines = Lines(
        order, number + 1, product, quantity, listed, discount, np.zeros(len(order), np.int64)
    )
    return lines, meant


def _cells(
    rng: np.random.Generator, world: World, people: People, bought: Purchases, order: Ints
) -> Ints:
    """The category by taste, season and weather; the brand by liking and price."""
    person, day = bought.person[order], bought.day[order]
    temperature = world.clock.weather.temperature[people.city[person], day]
    times = np.ones((len(order), len(CATEGORIES)))
    for place, wanted in enumerate(CATEGORIES):
        if wanted.hot != 1.0 or wanted.cold != 1.0:
            times[:, place] = np.where(temperature >= HOT, wanted.hot, 1.0)
            times[:, place] *= np.where(temperature <= COLD, wanted.cold, 1.0)
    category = picked(rng, people.taste[person] * times)
    cells = category[:, None] * BRANDS_PER_CATEGORY + np.arange(BRANDS_PER_CATEGORY)
    percent = world.promotions.percent[world.promotions.of_day(day)[:, None], cells]
    liking = np.log(world.catalogue.popularity)[cells]
    # Spelled out: a matrix product would depend on the machine's threads.
    for style in range(STYLES):
        liking += people.style[person, style][:, None] * world.catalogue.position[cells, style]
    liking -= people.sensitivity[person][:, None] * np.log(1.0 - percent / 100.0)
    return category * BRANDS_PER_CATEGORY + picked(rng, np.exp(liking))


def _goods(
    rng: np.random.Generator,
    world: World,
    cell: Ints,
    wanted: Floats,
    day: Ints,
    first: Ints,
    count: Ints,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Product and quantity of each line, first lines first: what one could not take, the next may.

    A line takes something near its share; the last one takes what is left as exactly as the
    prices of its brand allow.
    """
    catalogue, baskets = world.catalogue, world.baskets
    percent = world.promotions.percent[world.promotions.of_day(day), cell]
    year = _years(world, day)
    block = year * catalogue.cells + cell
    entry = np.zeros(len(cell), np.int64)
    shift = rng.integers(-3, 2, len(cell))
    carry = np.zeros(len(count))
    for place in range(int(count.max(initial=0))):
        has = np.flatnonzero(count > place)
        line = first[has] + place
        target = (wanted[line] + carry[has]) * 10_000.0 / (100 - percent[line])
        found = _nearest(world, block[line], np.maximum(target, 1.0))
        found += np.where(count[has] == place + 1, 0, shift[line])
        found = np.clip(found, baskets.first[block[line]], baskets.last[block[line]])
        entry[line] = found
        listed = catalogue.price[year[line], baskets.product[found]] * baskets.quantity[found]
        net = listed - _discounts(listed, percent[line])
        carry[has] += wanted[line] - net / 100.0
    product, quantity = baskets.product[entry], baskets.quantity[entry]
    listed = catalogue.price[year, product] * quantity
    return product, quantity, listed, _discounts(listed, percent)


def _nearest(world: World, block: Ints, cents: Floats) -> Ints:
    """The entry of the block whose amount is nearest by ratio."""
    keys = world.baskets.key
    key = block * SPREAD + np.log(cents)
    right = np.clip(
        np.searchsorted(keys, key), world.baskets.first[block], world.baskets.last[block]
    )
    left = np.maximum(right - 1, world.baskets.first[block])
    return np.where(key - keys[left] < keys[right] - key, left, right)


def _discounts(listed: Ints, percent: Ints) -> Ints:
    """Whole cents, halves up."""
    return (listed * percent + 50) // 100


def _years(world: World, day: Ints) -> Ints:
    days = np.datetime64(world.clock.first_day) + np.arange(world.clock.days)
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970 - world.catalogue.first_year
    return np.asarray(years[day])
