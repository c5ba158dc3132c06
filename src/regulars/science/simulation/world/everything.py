"""The whole world of one simulation, made once and shared by every chunk of people."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.science.simulation.options import SimulationOptions
from regulars.science.simulation.world.campaigns import Campaign, campaigns_of
from regulars.science.simulation.world.catalogue import (
    Baskets,
    Catalogue,
    baskets_of,
    catalogue_of,
)
from regulars.science.simulation.world.clock import Clock, clock_of
from regulars.science.simulation.world.geography import Chain, chain_of
from regulars.science.simulation.world.promotions import Promotions, promotions_of, years_of


@dataclass(frozen=True, slots=True)
class World:
    """What every person meets."""

    options: SimulationOptions
    chain: Chain
    clock: Clock
    catalogue: Catalogue
    baskets: Baskets
    promotions: Promotions
    campaigns: tuple[Campaign, ...]


def world_of(options: SimulationOptions) -> World:
    """Return the world of the arguments; no random number in it depends on a person."""
    first_day, seed = options.first_day, options.seed
    clock = clock_of(first_day=first_day, days=options.days, seed=seed)
    catalogue = catalogue_of(
        seed=seed, first_year=first_day.year, years=years_of(first_day, options.last_day)
    )
    return World(
        options=options,
        chain=chain_of(members=options.members, seed=seed, first_day=first_day),
        clock=clock,
        catalogue=catalogue,
        baskets=baskets_of(catalogue),
        promotions=promotions_of(catalogue, seasons=clock.seasons, seed=seed),
        campaigns=campaigns_of(first_day=first_day, days=options.days, seed=seed),
    )
