"""Lists of goods, shops, staff and weather, as headquarters exports them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from regulars.science.simulation.output.files import Files
from regulars.science.simulation.output.rows import chosen, joined, money, text
from regulars.science.simulation.streams import Ints
from regulars.science.simulation.world.catalogue import (
    BRANDS_PER_CATEGORY,
    PRODUCTS_PER_CELL,
    product_ids,
)
from regulars.science.simulation.world.categories import CATEGORIES
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import CITIES, ZONE, Shop


def write_catalog(files: Files, world: World) -> None:
    """Write ``raw/catalog``."""
    _products(files, world)
    chain = world.chain
    rows = joined([
        pa.array([store.store_id for store in chain.stores]),
        pa.array([store.name for store in chain.stores]),
        pa.array([_city(store) for store in chain.stores]),
        pa.array([store.region_id for store in chain.stores]),
        pa.array([store.region for store in chain.stores]),
        pa.array([ZONE for _ in chain.stores]),
        pa.array([str(store.opened_on) for store in chain.stores]),
    ])  # fmt: skip
    header = "store_id,name,city,region_id,region_name,zone,opened_on\n"
    files.text("raw/catalog/stores.csv", rows, header=header)
    rows = joined([
        pa.array([guide.staff_id for guide in chain.staff]),
        pa.array([guide.name for guide in chain.staff]),
        pa.array([chain.stores[guide.shop].store_id for guide in chain.staff]),
        pa.array([guide.role for guide in chain.staff]),
        pa.array([str(guide.hired_on) for guide in chain.staff]),
    ])  # fmt: skip
    files.text("raw/catalog/staff.csv", rows, header="staff_id,name,store_id,role,hired_on\n")
    _weather(files, world)


def _products(files: Files, world: World) -> None:
    catalogue = world.catalogue
    cell = np.arange(catalogue.products) // PRODUCTS_PER_CELL
    category = cell // BRANDS_PER_CATEGORY
    rows = joined([
        pa.array(product_ids(catalogue.products)),
        pa.array(catalogue.name),
        chosen(catalogue.brand, cell),
        chosen([entry.department for entry in CATEGORIES], category),
        chosen([entry.name for entry in CATEGORIES], category),
        pa.array(catalogue.thing),
        pa.array(catalogue.size),
        _yuan(catalogue.price[0]),
    ])  # fmt: skip
    header = "product_id,name,brand,department,category,subcategory,package_size,list_price\n"
    files.text("raw/catalog/products.csv", rows, header=header)


def _weather(files: Files, world: World) -> None:
    weather = world.clock.weather
    days = np.datetime64(world.clock.first_day) + np.arange(world.clock.days)
    city = np.repeat(np.arange(len(CITIES)), world.clock.days)
    rows = joined([
        chosen([entry.name for entry in CITIES], city),
        pa.array(np.tile(days, len(CITIES))).cast(pa.string()),
        text(weather.temperature.ravel()),
        text(weather.rain.ravel()),
    ])  # fmt: skip
    header = "city,date,temperature_c,rain_mm\n"
    files.text("raw/catalog/weather.csv", rows, header=header)


def _city(store: Shop) -> str:
    return "" if store.city is None else CITIES[store.city].name


def _yuan(cents: Ints) -> Any:
    return money(cents).cast(pa.string())
