"""Visits to the web shop and the mini-program: those that end in an order, and those that do not.

Every online order has a visit in which its goods are viewed and put into the cart. In the days
before it the person comes back to look, now and then at what they will buy; some carts are left.
On top of that everybody with an account looks around once in a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.people.accounts import Accounts
from regulars.science.simulation.people.natures import MINIPROGRAM, POS, WEB, People
from regulars.science.simulation.people.phones import NEVER
from regulars.science.simulation.streams import Ints, picked, stream
from regulars.science.simulation.trade.baskets import Lines
from regulars.science.simulation.trade.purchases import Purchases
from regulars.science.simulation.world.catalogue import BRANDS_PER_CATEGORY, PRODUCTS_PER_CELL
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import ZONE_SECONDS

EVENTS = ("session_start", "view", "add_to_cart", "checkout", "order")
START, VIEW, CART, CHECKOUT, ORDER = range(5)
# Visits in the ten days before an online order, and views in a visit.
_LOOKS_BEFORE, _LOOKS_DAYS = 0.9, 10
_VIEWS, _EXTRA_VIEWS = 1.8, 1.2
_WANDERS = 1.2
_CART_CHANCE, _WANTED_CHANCE = 0.22, 0.4
_PER_CATEGORY = BRANDS_PER_CATEGORY * PRODUCTS_PER_CELL


@dataclass(frozen=True, slots=True)
class Events:
    """The events of a chunk by time, one entry each; -1 stands for none.

    Attributes:
        event: The place in ``EVENTS``.
        session: The visit's number in the chunk.
        person: The person's place in the chunk.
        order: The order's place in the chunk.
    """

    event: Ints
    second: Ints
    day: Ints
    session: Ints
    person: Ints
    channel: Ints
    product: Ints
    quantity: Ints
    order: Ints


# Event, visit, second, product, quantity, order.
_Piece = tuple[int, Ints, Ints, Ints | int, Ints | int, Ints | int]


@dataclass(frozen=True, slots=True)
class _Visits:
    person: Ints
    channel: Ints
    start: Ints
    wanted: Ints


def events_of(
    world: World,
    people: People,
    accounts: Accounts,
    bought: Purchases,
    lines: Lines,
    chunk: int,
) -> Events:
    """Return every event of a chunk within the history."""
    rng = stream(world.options.seed, "sessions", chunk)
    online = np.flatnonzero(bought.channel != POS)
    buying, count = _buying(rng, people, bought, lines, online)
    looks = _visits(rng, world, accounts, bought, lines, online)
    looking = _looking(rng, people, looks, count)
    parts = [np.concatenate(part) for part in zip(buying, looking, strict=True)]
    event, second, session, person, channel, product, quantity, order = parts
    first = int(np.datetime64(world.clock.first_day, "s").astype(np.int64)) - ZONE_SECONDS
    day = (second - first) // 86_400
    inside = np.flatnonzero((day >= 0) & (day < world.clock.days) & (second >= first))
    by_time = inside[np.lexsort((event[inside], session[inside], second[inside]))]
    return Events(
        event=event[by_time],
        second=second[by_time],
        day=day[by_time],
        session=session[by_time],
        person=person[by_time],
        channel=channel[by_time],
        product=product[by_time],
        quantity=quantity[by_time],
        order=order[by_time],
    )


def _buying(
    rng: np.random.Generator, people: People, bought: Purchases, lines: Lines, online: Ints
) -> tuple[list[Ints], int]:
    """The events of the visits in which orders are placed; one visit per online order."""
    session_of = np.full(len(bought), -1, np.int64)
    session_of[online] = np.arange(len(online))
    span = rng.integers(120, 1_500, len(online))
    end = bought.second[online]
    start = end - span
    line = np.flatnonzero(session_of[lines.order] >= 0)
    visit = session_of[lines.order[line]]
    seen = start[visit] + (span[visit] * rng.uniform(0.05, 0.7, len(line))).astype(np.int64)
    carted = seen + 1 + (span[visit] * 0.1 * rng.random(len(line))).astype(np.int64)
    extra = np.repeat(np.arange(len(online)), rng.poisson(_EXTRA_VIEWS, len(online)))
    other = start[extra] + (span[extra] * rng.uniform(0.02, 0.8, len(extra))).astype(np.int64)
    person = bought.person[online]
    liked = _liked(rng, people, person[extra])
    visits = np.arange(len(online))
    pieces: list[_Piece] = [
        (START, visits, start, -1, -1, -1),
        (VIEW, visit, seen, lines.product[line], -1, -1),
        (VIEW, extra, other, liked, -1, -1),
        (CART, visit, carted, lines.product[line], lines.quantity[line], -1),
        (CHECKOUT, visits, start + span * 9 // 10, -1, -1, -1),
        (ORDER, visits, end, -1, -1, online),
    ]
    return _together(pieces, person, bought.channel[online], 0), len(online)


def _visits(
    rng: np.random.Generator,
    world: World,
    accounts: Accounts,
    bought: Purchases,
    lines: Lines,
    online: Ints,
) -> _Visits:
    """Visits that end without an order."""
    before = np.repeat(online, rng.poisson(_LOOKS_BEFORE, len(online)))
    back = rng.integers(1_800, _LOOKS_DAYS * 86_400, len(before))
    first_line = np.searchsorted(lines.order, before)
    wanted = np.where(rng.random(len(before)) < _WANTED_CHANCE, lines.product[first_line], -1)
    has_app = accounts.miniprogram < NEVER
    able = np.flatnonzero(has_app | (accounts.web < NEVER))
    wanders = np.repeat(able, rng.poisson(_WANDERS, len(able)))
    opened = np.minimum(accounts.miniprogram, accounts.web)[wanders]
    first_day = int(np.datetime64(world.clock.first_day, "s").astype(np.int64)) - ZONE_SECONDS
    left = np.maximum(first_day + world.clock.days * 86_400 - opened, 1)
    when = opened + (rng.random(len(wanders)) * left).astype(np.int64)
    channel = np.where(has_app[wanders] & (accounts.miniprogram[wanders] <= when), MINIPROGRAM, WEB)
    return _Visits(
        person=np.concatenate([bought.person[before], wanders]),
        channel=np.concatenate([bought.channel[before], channel]),
        start=np.concatenate([bought.second[before] - back, when]),
        wanted=np.concatenate([wanted, np.full(len(wanders), -1)]),
    )


def _looking(
    rng: np.random.Generator, people: People, visits: _Visits, first_session: int
) -> list[Ints]:
    """The events of visits without an order: views, and carts that are left."""
    count = len(visits.person)
    view = np.repeat(np.arange(count), 1 + rng.poisson(_VIEWS, count))
    seen = visits.start[view] + rng.integers(5, 900, len(view))
    first = np.ones(len(view), dtype=np.bool_)
    first[1:] = view[1:] != view[:-1]
    product = _liked(rng, people, visits.person[view])
    product = np.where(first & (visits.wanted[view] >= 0), visits.wanted[view], product)
    carted = np.flatnonzero(rng.random(len(view)) < _CART_CHANCE)
    pieces: list[_Piece] = [
        (START, np.arange(count), visits.start, -1, -1, -1),
        (VIEW, view, seen, product, -1, -1),
        (CART, view[carted], seen[carted] + 30, product[carted], 1, -1),
    ]
    return _together(pieces, visits.person, visits.channel, first_session)


def _together(
    pieces: Sequence[_Piece],
    person: Ints,
    channel: Ints,
    first_session: int,
) -> list[Ints]:
    """Columns event, second, session, person, channel, product, quantity, order."""
    columns: list[list[Ints]] = [[] for _ in range(8)]
    for event, visit, second, product, quantity, order in pieces:
        rows = (
            *(event, second, visit + first_session, person[visit], channel[visit]),
            *(product, quantity, order),
        )
        for column, values in zip(columns, rows, strict=True):
            column.append(np.broadcast_to(np.asarray(values, np.int64), visit.shape))
    return [np.concatenate(column) for column in columns]


def _liked(rng: np.random.Generator, people: People, person: Ints) -> Ints:
    """A product of a category that the person likes."""
    category = picked(rng, people.taste[person])
    return category * _PER_CATEGORY + rng.integers(0, _PER_CATEGORY, len(person))
