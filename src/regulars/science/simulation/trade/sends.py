"""Campaign sends, their control groups, and what a send truly changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.people.natures import People
from regulars.science.simulation.streams import Flags, Floats, Ints, stream
from regulars.science.simulation.world.campaigns import CONTROL_SHARE
from regulars.science.simulation.world.everything import World

# A person who stopped buying answers less.
GONE_TIMES = 0.25


@dataclass(frozen=True, slots=True)
class Sends:
    """Who was chosen by which campaign, one entry each, campaign by campaign.

    Attributes:
        person: The person's place in the chunk.
        campaign: The campaign's place in the world.
        treated: Whether the message was sent; the others are its control group.
        chance: The chance that the send causes an order, the same for control had it been sent.
        responded: Whether it did; only treated people respond.
        reading: The city's clock when the extra order is placed, if it is.
    """

    person: Ints
    campaign: Ints
    treated: Flags
    chance: Floats
    responded: Flags
    reading: Floats


def sends_of(world: World, people: People, dropped_out: Floats, chunk: int) -> Sends:
    """Return the sends to members who had joined the day before their campaign.

    Orders that a send causes come on top of the process and end nobody's life, so that the
    process stays as it was planted; the truth tells them apart.
    """
    rng = stream(world.options.seed, "sends", chunk)
    parts: list[tuple[Ints, Ints, Flags, Floats, Flags, Floats]] = []
    members = np.arange(people.members)
    for place, campaign in enumerate(world.campaigns):
        reading = world.clock.reading[people.city[members], campaign.first]
        chosen = rng.random(len(members)) < campaign.audience
        chosen &= people.starts[members] < reading - 1.0
        person = members[chosen]
        treated = rng.random(len(person)) >= CONTROL_SHARE
        gone = dropped_out[person] < reading[chosen]
        chance = np.clip(
            campaign.lift * people.response[person] * np.where(gone, GONE_TIMES, 1.0), 0.0, 0.5
        )
        # Who only registered never buys.
        chance = np.where(people.buys[person], chance, 0.0)
        responded = treated & (rng.random(len(person)) < chance)
        city = people.city[person]
        start, end = (
            world.clock.reading[city, day]
            for day in (campaign.first, campaign.first + campaign.days)
        )
        when = start + rng.random(len(person)) * (end - start) * 0.999
        parts.append((person, np.full(len(person), place), treated, chance, responded, when))
    if not parts:
        none = np.zeros(0, np.int64)
        return Sends(none, none, none > 0, none * 1.0, none > 0, none * 1.0)
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Sends(*joined)
