"""When people buy: BG/NBD on the city's clock, and what campaigns add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.people.natures import (
    ANONYMOUS,
    MEMBER,
    POS,
    WEB,
    People,
    channels_of,
)
from regulars.science.simulation.streams import Floats, Ints, stream
from regulars.science.simulation.trade.sends import Sends
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import ZONE_SECONDS

# Of a day's orders, by the hour: shops are open from 9 to 22; evenings belong to phones.
_SHOP_HOURS = (0,) * 9 + (2, 4, 6, 7, 6, 6, 6, 6, 7, 9, 11, 9, 5) + (0, 0)
_ONLINE_HOURS = (3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 5, 6, 6, 5, 5, 5, 5, 6, 7, 9, 10, 9, 6)


@dataclass(frozen=True, slots=True)
class Life:
    """When each person's process ended: the purchase after which it stopped, inf if none did."""

    dropped_out: Floats


@dataclass(frozen=True, slots=True)
class Purchases:
    """The orders of a chunk by time, one entry each.

    Attributes:
        person: The person's place in the chunk.
        day: Day of the history.
        second: Unix seconds, UTC.
        reading: The city's clock, in days.
        channel: POS, WEB or MINIPROGRAM.
        shop: The shop's place in the chain, online shops included.
        guide: Who served, -1 online.
        campaign: The campaign that caused the order, -1 for the process.
    """

    person: Ints
    day: Ints
    second: Ints
    reading: Floats
    channel: Ints
    shop: Ints
    guide: Ints
    campaign: Ints

    def __len__(self) -> int:
        return len(self.person)


def process_of(world: World, people: People, chunk: int) -> tuple[Ints, Floats, Life]:
    """Return the purchases of the process, as (person, clock reading), and when each life ended.

    The first purchase opens the history of a person and ends none; after every later one the
    person stops with chance ``dropout``. Anonymous buyers come once.
    """
    rng = stream(world.options.seed, "purchases", chunk)
    end = float(world.clock.days)
    alive = np.flatnonzero(people.buys)
    now = people.starts[alive]
    dropped_out = np.full(len(people), np.inf)
    persons, readings = [alive], [now]
    stays = people.kind[alive] != ANONYMOUS
    alive, now = alive[stays], now[stays]
    while len(alive):
        now = now + rng.standard_exponential(len(alive)) / people.rate[alive]
        within = now < end
        alive, now = alive[within], now[within]
        persons.append(alive)
        readings.append(now)
        stops = rng.random(len(alive)) < people.dropout[alive]
        dropped_out[alive[stops]] = now[stops]
        alive, now = alive[~stops], now[~stops]
    return np.concatenate(persons), np.concatenate(readings), Life(dropped_out)


def purchases_of(
    world: World,
    people: People,
    process: tuple[Ints, Floats],
    sends: Sends,
    chunk: int,
) -> Purchases:
    """Return all purchases in order of time, each with its channel, shop and guide."""
    rng = stream(world.options.seed, "channels", chunk)
    person = np.concatenate([process[0], sends.person[sends.responded]])
    reading = np.concatenate([process[1], sends.reading[sends.responded]])
    campaign = np.concatenate([
        np.full(len(process[0]), -1),
        sends.campaign[sends.responded],
    ])  # fmt: skip
    city = people.city[person]
    day, passed = world.clock.moment(reading, city)
    channel = channels_of(rng, people.mix[person], world.clock.online[city, day])
    # The first order is placed where the person registers.
    channel[: int(people.buys.sum())] = people.joins_by[people.buys]
    first_day = np.datetime64(world.clock.first_day, "s").astype(np.int64)
    second = first_day + day * 86_400 + _of_day(passed, channel) - ZONE_SECONDS
    shop = _shops(rng, world, people, person, channel)
    guide = _guides(rng, world, people, person, shop)
    order = np.lexsort((person, second))
    return Purchases(
        person=person[order],
        day=day[order],
        second=second[order],
        reading=reading[order],
        channel=channel[order],
        shop=shop[order],
        guide=guide[order],
        campaign=campaign[order],
    )


def _of_day(passed: Floats, channel: Ints) -> Ints:
    """The second of the day when that share of the day's orders of the channel are placed."""
    found = np.zeros(len(passed))
    for online, hours in ((False, _SHOP_HOURS), (True, _ONLINE_HOURS)):
        shares = np.cumsum((0, *hours)) / sum(hours)
        here = (channel != POS) == online
        found[here] = np.interp(passed[here], shares, np.arange(25) * 3600.0)
    return np.minimum(found.astype(np.int64), 86_399)


def _shops(
    rng: np.random.Generator, world: World, people: People, person: Ints, channel: Ints
) -> Ints:
    """Mostly the home shop, else another of the city; online orders belong to an online shop."""
    city = people.city[person]
    other = world.chain.first_shop[city] + np.minimum(
        (rng.random(len(person)) * world.chain.shops[city]).astype(np.int64),
        world.chain.shops[city] - 1,
    )
    found = np.where(rng.random(len(person)) < 0.8, people.shop[person], other)
    online = np.where(channel == WEB, world.chain.web, world.chain.miniprogram)
    return np.where(channel == POS, found, online)


def _guides(
    rng: np.random.Generator, world: World, people: People, person: Ints, shop: Ints
) -> Ints:
    """The member's own guide half of the time, else whoever is there; nobody online."""
    doors = shop < world.chain.web
    safe = np.where(doors, shop, 0)
    anyone = world.chain.first_guide[safe] + np.minimum(
        (rng.random(len(person)) * world.chain.guides[safe]).astype(np.int64),
        world.chain.guides[safe] - 1,
    )
    own = (shop == people.shop[person]) & (people.kind[person] == MEMBER)
    own &= rng.random(len(person)) < 0.5
    return np.where(doors, np.where(own, people.guide[person], anyone), -1)
