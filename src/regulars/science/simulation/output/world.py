"""The truth about the world: the cities' clocks, brands, promotions."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from regulars.science.simulation.output.files import Files
from regulars.science.simulation.output.rows import chosen
from regulars.science.simulation.world.catalogue import BRANDS_PER_CATEGORY
from regulars.science.simulation.world.categories import CATEGORIES
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import CITIES

_WEEK = 7.0


def write_world(files: Files, world: World) -> None:
    """Write what moved everybody: ``truth/calendar``, ``truth/brands`` and ``truth/prices``."""
    clock, catalogue = world.clock, world.catalogue
    cities, days = len(CITIES), clock.days
    dates = np.datetime64(clock.first_day) + np.arange(days)
    files.table(
        "truth/calendar.parquet",
        pa.table({
            "city": chosen([city.name for city in CITIES], np.repeat(np.arange(cities), days)),
            "date": pa.array(np.tile(dates, cities)),
            "season": pa.array(list(clock.seasons) * cities, pa.string()),
            # What the city's clock shows when the day begins, and how fast it runs.
            "week": clock.reading[:, :-1].ravel() / _WEEK,
            "speed": clock.speed.ravel(),
            "online_log_odds": clock.online.ravel(),
            "temperature_c": clock.weather.temperature.ravel(),
            "rain_mm": clock.weather.rain.ravel(),
        }),
    )  # fmt: skip
    cell = np.arange(catalogue.cells)
    flat = pa.array(catalogue.position.ravel())
    brands = pa.table({
        "category": chosen([c.name for c in CATEGORIES], cell // BRANDS_PER_CATEGORY),
        "brand": pa.array(catalogue.brand, pa.string()),
        "popularity": catalogue.popularity,
        "quality": catalogue.quality,
        "position": pa.FixedSizeListArray.from_arrays(flat, catalogue.position.shape[1]),
    })  # fmt: skip
    files.table("truth/brands.parquet", brands)
    week, promoted = np.nonzero(world.promotions.percent)
    files.table(
        "truth/prices.parquet",
        pa.table({
            "category": brands["category"].take(pa.array(promoted)),
            "brand": brands["brand"].take(pa.array(promoted)),
            "starts_on": pa.array(dates[week * 7]),
            "ends_on": pa.array(dates[np.minimum(week * 7 + 6, days - 1)]),
            "percent": world.promotions.percent[week, promoted],
        }),
    )  # fmt: skip
