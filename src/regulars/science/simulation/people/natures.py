"""Who people are: what they like, how often they buy, what they spend, how a price moves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from regulars.science.simulation.streams import Flags, Floats, Ints, picked, stream
from regulars.science.simulation.world.catalogue import STYLES
from regulars.science.simulation.world.categories import CATEGORIES
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import CITIES

CHUNK_MEMBERS = 20_000
GUEST_SHARE, ANONYMOUS_SHARE = 0.06, 0.5
MEMBER, GUEST, ANONYMOUS = 0, 1, 2
POS, WEB, MINIPROGRAM = 0, 1, 2
CHANNELS = ("pos", "web", "miniprogram")
# Where members register, and how much each of the other channels then draws them.
_REGISTERS = np.array([0.55, 0.13, 0.32])
_MIX = np.array([[6.0, 0.5, 1.2], [0.8, 5.0, 0.8], [1.6, 0.5, 4.5]])
# Price sensitivity is log-normal with this median and this spread.
SENSITIVITY_MEDIAN, SENSITIVITY_SPREAD = 2.4, 0.7


@dataclass(frozen=True, slots=True)
class People:
    """A chunk of people, one entry each; members first, then guests, then anonymous buyers.

    Attributes:
        number: The person's number in the truth; anonymous buyers have -1.
        kind: MEMBER, GUEST (gives a phone at the till, never registers) or ANONYMOUS.
        rate: lambda, purchases per day of the city's clock.
        dropout: p, the chance to stop for good after a repeat purchase.
        nu: The person's rate of the gamma that order amounts follow.
        sensitivity: Price sensitivity: a brand's weight is multiplied by
            (price / usual price) ** -sensitivity.
        response: What the person makes of a campaign: its lift is multiplied by this (mean 1).
        taste: People by categories: weights that add up to 1.
        style: People by styles: which brands they like.
        mix: People by channels: weights.
        joins_by: The channel of registration.
        starts: When the person first buys (or only registers), in days of the city's clock.
        buys: Whether the person ever buys.
    """

    number: Ints
    kind: Ints
    city: Ints
    shop: Ints
    guide: Ints
    female: Flags
    birth_day: Ints
    rate: Floats
    dropout: Floats
    nu: Floats
    sensitivity: Floats
    response: Floats
    taste: Floats
    style: Floats
    mix: Floats
    joins_by: Ints
    starts: Floats
    buys: Flags

    def __len__(self) -> int:
        return len(self.number)

    @property
    def members(self) -> int:
        """How many of them are members: the first ones."""
        return int((self.kind == MEMBER).sum())

    @property
    def named(self) -> int:
        """How many of them the truth names: members and guests."""
        return int((self.kind != ANONYMOUS).sum())


def chunks_of(members: int) -> int:
    """Return how many chunks that many members make. Chunks do not depend on the machine."""
    return -(-members // CHUNK_MEMBERS)


def people_of(world: World, chunk: int) -> People:
    """Return the people of one chunk."""
    options = world.options
    first, end = chunk * CHUNK_MEMBERS, min((chunk + 1) * CHUNK_MEMBERS, options.members)
    first_guest, end_guest = round(first * GUEST_SHARE), round(end * GUEST_SHARE)
    members, guests = end - first, end_guest - first_guest
    anonymous = round(members * ANONYMOUS_SHARE)
    total = members + guests + anonymous
    number = np.concatenate([
        np.arange(first, end),
        options.members + np.arange(first_guest, end_guest),
        np.full(anonymous, -1),
    ])  # fmt: skip
    kind = np.repeat([MEMBER, GUEST, ANONYMOUS], [members, guests, anonymous])
    rng = stream(options.seed, "natures", chunk)
    city = rng.choice(len(CITIES), total, p=_shares())
    shop = world.chain.first_shop[city] + _below(rng, world.chain.shops[city])
    joins_by = np.where(kind == MEMBER, rng.choice(3, total, p=_REGISTERS), POS)
    process = options.process
    gamma_nu = rng.gamma(process.q, 1.0, total) / process.v
    female = rng.random(total) < 0.62
    birth_day = _birth_days(rng, total, options.until)
    return People(
        number=number,
        kind=kind,
        city=city,
        shop=shop,
        guide=world.chain.first_guide[shop] + _below(rng, world.chain.guides[shop]),
        female=female,
        birth_day=birth_day,
        # A week has seven days of the clock.
        rate=rng.gamma(process.r, 1.0, total) / process.alpha / 7.0,
        dropout=rng.beta(process.a, process.b, total),
        nu=gamma_nu,
        sensitivity=SENSITIVITY_MEDIAN * np.exp(SENSITIVITY_SPREAD * rng.normal(size=total)),
        response=rng.gamma(1.5, 1.0 / 1.5, total),
        taste=_tastes(rng, female, _ages(birth_day, options.until)),
        style=rng.normal(size=(total, STYLES)),
        mix=_mixes(rng, kind, joins_by),
        joins_by=joins_by,
        starts=_starts(rng, kind, world.clock.days),
        buys=(kind != MEMBER) | (rng.random(total) < process.bought_share),
    )


def _shares() -> Floats:
    share = np.array([city.share for city in CITIES])
    return np.asarray(share / share.sum())


def _below(rng: np.random.Generator, limits: Ints) -> Ints:
    """One whole number below each limit."""
    return np.minimum((rng.random(len(limits)) * limits).astype(np.int64), limits - 1)


def _birth_days(rng: np.random.Generator, total: int, until: date) -> Ints:
    """Birthdays of people of 16 to 80, most around 33, as days since 1970."""
    age = np.clip(16 + rng.gamma(3.2, 6.2, total), 16.5, 80.0)
    return (until - date(1970, 1, 1)).days - (age * 365.25).astype(np.int64)


def _ages(birth_day: Ints, until: date) -> Floats:
    return ((until - date(1970, 1, 1)).days - birth_day) / 365.25


def _tastes(rng: np.random.Generator, female: Flags, age: Floats) -> Floats:
    """Dirichlet around what the person's gender and age want."""
    centre = np.empty((len(female), len(CATEGORIES)))
    for place, category in enumerate(CATEGORIES):
        centre[:, place] = np.where(female, category.female, category.male)
        centre[:, place] *= np.where(age < 30, category.young, 1.0)
        centre[:, place] *= np.where(age >= 45, category.old, 1.0)
    centre /= centre.sum(axis=1, keepdims=True)
    drawn = rng.standard_gamma(7.0 * centre) + 1e-6
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))


def _mixes(rng: np.random.Generator, kind: Ints, joins_by: Ints) -> Floats:
    """How the person divides purchases between channels; guests know only shops."""
    drawn = rng.standard_gamma(_MIX[joins_by]) + 1e-9
    drawn[kind != MEMBER, 1:] = 0.0
    # Many never try another channel at all.
    tries = rng.random(drawn.shape) < np.where(_MIX[joins_by] > 2.0, 1.0, 0.45)
    drawn = np.where(tries, drawn, 0.0)
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))


def _starts(rng: np.random.Generator, kind: Ints, days: int) -> Floats:
    """A quarter of the members join in the first eight weeks, when the programme opens."""
    opening = (rng.random(len(kind)) < 0.25) & (kind != ANONYMOUS)
    return np.where(opening, rng.random(len(kind)) * min(56, days), rng.random(len(kind)) * days)


def channels_of(rng: np.random.Generator, mix: Floats, online: Floats) -> Ints:
    """Return a channel per purchase: the person's mix, the day adding to the log-odds of online."""
    weights = mix * np.stack([np.ones(len(mix)), np.exp(online), np.exp(online)], axis=1)
    return picked(rng, weights)
