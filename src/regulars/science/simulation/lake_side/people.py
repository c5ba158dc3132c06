"""Members and goods as the lake's dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.science.simulation.output.rows import chosen, moments
from regulars.science.simulation.people.natures import CHANNELS, People
from regulars.science.simulation.streams import Ints
from regulars.science.simulation.trade.history import History
from regulars.science.simulation.world.catalogue import (
    BRANDS_PER_CATEGORY,
    PRODUCTS_PER_CELL,
    product_ids,
)
from regulars.science.simulation.world.categories import CATEGORIES
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import ZONE_SECONDS


def members_table(world: World, history: History) -> pa.Table:
    """Return the chunk's members."""
    people, accounts = history.people, history.accounts
    count = people.members
    everyone = np.arange(count)
    return pa.table({
        "member_id": member_ids(people, everyone),
        "home_store_id": chosen([s.store_id for s in world.chain.stores], people.shop[:count]),
        "guide_id": chosen([g.staff_id for g in world.chain.staff], people.guide[:count]),
        "joined_at": moments(accounts.joined),
        "joined_on": dates(accounts.joined),
        "joined_channel": chosen(CHANNELS, people.joins_by[:count]),
        "gender": chosen(("male", "female"), people.female[:count].astype(np.int64)),
        "birth_date": pa.array(people.birth_day[:count], pa.int32()).cast(pa.date32()),
    })  # fmt: skip


def products_table(world: World) -> pa.Table:
    """Return what the chain sells."""
    catalogue = world.catalogue
    cell = np.arange(catalogue.products) // PRODUCTS_PER_CELL
    category = cell // BRANDS_PER_CATEGORY
    return pa.table({
        "product_id": pa.array(product_ids(catalogue.products)),
        "name": pa.array(catalogue.name),
        "brand": chosen(catalogue.brand, cell),
        "department": chosen([entry.department for entry in CATEGORIES], category),
        "category": chosen([entry.name for entry in CATEGORIES], category),
        "subcategory": pa.array(catalogue.thing),
    })  # fmt: skip


def member_ids(people: People, person: Ints) -> Any:
    """Return the member id of each person, null for guests and passers-by."""
    names = pa.array([f"M{number:08d}" for number in people.number[: people.members].tolist()])
    inside = person < people.members
    return pc.if_else(
        pa.array(inside),
        chosen(names, np.where(inside, person, 0)),
        pa.scalar(None, pa.string()),
    )


def dates(seconds: Ints) -> Any:
    """Return the business date of each moment (Unix seconds)."""
    return pa.array((seconds + ZONE_SECONDS) // 86_400).cast(pa.int32()).cast(pa.date32())
