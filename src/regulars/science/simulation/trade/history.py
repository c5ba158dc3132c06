"""The whole history of one chunk of people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.people.accounts import Accounts, accounts_of, joined_of
from regulars.science.simulation.people.natures import MEMBER, POS, People, people_of
from regulars.science.simulation.people.phones import NEVER
from regulars.science.simulation.streams import Flags, Floats, Ints, stream
from regulars.science.simulation.trade.baskets import Lines, lines_of
from regulars.science.simulation.trade.coupons import coupons_of
from regulars.science.simulation.trade.purchases import Purchases, process_of, purchases_of
from regulars.science.simulation.trade.refunds import Refunds, refunds_of
from regulars.science.simulation.trade.reviews import Reviews, reviews_of
from regulars.science.simulation.trade.sends import Sends, sends_of
from regulars.science.simulation.trade.sessions import Events, events_of
from regulars.science.simulation.world.everything import World


@dataclass(frozen=True, slots=True)
class History:
    """What one chunk of people are and did.

    Attributes:
        dropped_out: When each person stopped for good, on the city's clock; inf: never.
        meant: The amount each order was meant to have, in the currency.
        used: The campaign whose coupon an order used, -1 for none.
        shows_card, shows_phone: What the till learns about the buyer of each order.
    """

    chunk: int
    people: People
    accounts: Accounts
    dropped_out: Floats
    sends: Sends
    purchases: Purchases
    lines: Lines
    meant: Floats
    used: Ints
    shows_card: Flags
    shows_phone: Flags
    refunds: Refunds
    reviews: Reviews
    events: Events


def history_of(world: World, chunk: int) -> History:
    """Return the history of a chunk; it depends on the arguments and the chunk's number alone."""
    people = people_of(world, chunk)
    person, reading, life = process_of(world, people, chunk)
    sends = sends_of(world, people, life.dropped_out, chunk)
    bought = purchases_of(world, people, (person, reading), sends, chunk)
    first_order = _first_orders(people, bought)
    joined = joined_of(world, people, first_order.min(axis=1), chunk)
    accounts = accounts_of(world, people, first_order, joined, chunk)
    lines, meant = lines_of(world, people, bought, chunk)
    received, which = _received(world, people, sends, bought)
    lines, used = coupons_of(world, bought, lines, received, which, chunk)
    refunds = refunds_of(world, bought, lines, chunk)
    shows_card, shows_phone = _shown(world, people, accounts, bought, chunk)
    return History(
        chunk=chunk,
        people=people,
        accounts=accounts,
        dropped_out=life.dropped_out,
        sends=sends,
        purchases=bought,
        lines=lines,
        meant=meant,
        used=used,
        shows_card=shows_card,
        shows_phone=shows_phone,
        refunds=refunds,
        reviews=reviews_of(world, people, bought, lines, refunds, chunk),
        events=events_of(world, people, accounts, bought, lines, chunk),
    )


def _first_orders(people: People, bought: Purchases) -> Ints:
    """Members by channels: the second of the first order, NEVER if there is none."""
    found = np.full((people.members, 3), NEVER)
    mine = bought.person < people.members
    np.minimum.at(found, (bought.person[mine], bought.channel[mine]), bought.second[mine])
    return found


def _received(world: World, people: People, sends: Sends, bought: Purchases) -> tuple[Flags, Ints]:
    """Which orders fall in the days of a campaign whose message their person got."""
    received = np.zeros(len(bought), dtype=np.bool_)
    which = np.zeros(len(bought), np.int64)
    for place, campaign in enumerate(world.campaigns):
        got = np.zeros(len(people), dtype=np.bool_)
        got[sends.person[(sends.campaign == place) & sends.treated]] = True
        inside = (bought.day >= campaign.first) & (bought.day < campaign.first + campaign.days)
        inside &= got[bought.person]
        received |= inside
        which[inside] = place
    return received, which


def _shown(
    world: World, people: People, accounts: Accounts, bought: Purchases, chunk: int
) -> tuple[Flags, Flags]:
    """What buyers show at the till: card, phone, both, or now and then nothing."""
    rng = stream(world.options.seed, "till", chunk)
    thrown = rng.random(len(bought))
    at_till = bought.channel == POS
    holder = np.minimum(bought.person, people.members - 1)
    carded = (people.kind[bought.person] == MEMBER) & (accounts.card[holder] <= bought.second)
    named = people.number[bought.person] >= 0
    card = at_till & carded & (thrown < 0.86)
    phone = np.where(carded, (thrown >= 0.62) & (thrown < 0.985), thrown < 0.97)
    phone = np.where(people.kind[bought.person] == MEMBER, phone, named)
    return card, at_till & phone
