"""Which accounts a person holds, since when, and what their sources hold of phones and names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.people import numbers
from regulars.science.simulation.people.natures import MINIPROGRAM, POS, WEB, People
from regulars.science.simulation.people.phones import NEVER, Phones, phones_of
from regulars.science.simulation.streams import Flags, Ints, stream
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import GIVEN, SURNAMES, ZONE_SECONDS

_CARD_ALSO = (1.0, 0.5, 0.62)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of a chunk's members, one entry per member; seconds are Unix time, UTC.

    ``card``, ``web`` and ``miniprogram`` are when the account was opened, ``NEVER`` without one.
    Texts are given for every member; they count where the account exists.
    """

    joined: Ints
    card: Ints
    web: Ints
    miniprogram: Ints
    card_channel: Ints
    card_no: list[str]
    account_id: list[str]
    openid: list[str]
    unionid: list[str]
    has_unionid: Flags
    name: list[str]
    email: list[str]
    phones: Phones


def accounts_of(
    world: World, people: People, first_order: Ints, joined: Ints, chunk: int
) -> Accounts:
    """Return the members' accounts.

    ``first_order`` is members by channels: when each channel was first bought in, ``NEVER`` if it
    was not. An account is opened minutes before its first order, or some day after joining.
    """
    seed = world.options.seed
    rng = stream(seed, "accounts", chunk)
    count = people.members
    by = people.joins_by[:count]
    end = _end(world)
    opened = []
    for channel in (POS, WEB, MINIPROGRAM):
        some_day = joined + (rng.random(count) * (end - joined)).astype(np.int64)
        before = first_order[:, channel] - rng.integers(60, 900, count)
        used = first_order[:, channel] < NEVER
        holds = rng.random(count) < np.where(people.mix[:count, channel] > 0, 0.5, 0.12)
        if channel == POS:
            holds = rng.random(count) < np.take(_CARD_ALSO, by)
            used &= holds
        at = np.where(used, np.maximum(before, joined), np.where(holds, some_day, NEVER))
        opened.append(np.where(by == channel, joined, at))
    card, web, miniprogram = opened
    # A card opened elsewhere than in a shop was opened where the person registered.
    in_shop = (by == POS) | (first_order[:, POS] < NEVER)
    phones = phones_of(world, people, (card, web, miniprogram), joined, chunk)
    surname, given = rng.integers(len(SURNAMES), size=count), rng.integers(len(GIVEN), size=count)
    surname = np.where(phones.relative >= 0, surname[phones.relative], surname)
    number = people.number[:count]
    return Accounts(
        joined=joined,
        card=card,
        web=web,
        miniprogram=miniprogram,
        card_channel=np.where(in_shop, POS, by),
        card_no=numbers.cards(number, seed=seed),
        account_id=numbers.web_accounts(number, seed=seed),
        openid=numbers.openids(number, seed=seed),
        unionid=numbers.unionids(number, seed=seed),
        has_unionid=rng.random(count) >= world.options.dirt.unionid_missing,
        name=[
            SURNAMES[s] + GIVEN[g] for s, g in zip(surname.tolist(), given.tolist(), strict=True)
        ],
        email=_emails(number, surname),
        phones=phones,
    )


def joined_of(world: World, people: People, first: Ints, chunk: int) -> Ints:
    """Return when each member registered: minutes before the first order, if there ever is one."""
    rng = stream(world.options.seed, "joined", chunk)
    count = people.members
    day, passed = world.clock.moment(people.starts[:count], people.city[:count])
    start = np.datetime64(world.clock.first_day, "s").astype(np.int64) - ZONE_SECONDS
    alone = start + day * 86_400 + 32_400 + (passed * 43_200).astype(np.int64)
    # Nobody registers before the history begins.
    return np.maximum(np.where(first < NEVER, first - rng.integers(30, 600, count), alone), start)


def _emails(number: Ints, surname: Ints) -> list[str]:
    """Addresses of reserved domains, so that no mail ever reaches anybody."""
    return [
        f"{_PINYIN[s]}.{n:x}@mail{n % 3}.example.com"
        for n, s in zip(number.tolist(), surname.tolist(), strict=True)
    ]


_PINYIN = (
    "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang "
    "song zheng xie han tang feng yu dong xiao cheng cao yuan deng xu fu shen zeng peng lv"
).split()


def _end(world: World) -> int:
    start = np.datetime64(world.clock.first_day, "s").astype(np.int64)
    return int(start) + world.clock.days * 86_400 - ZONE_SECONDS - 3_600
