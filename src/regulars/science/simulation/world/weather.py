"""A day's weather in every city, and what it does to shopping."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.streams import Flags, Floats, stream
from regulars.science.simulation.world.geography import CITIES

# True effects. Rain keeps people at home; some of them buy online instead.
RAIN_TIMES = 0.9
RAIN_ONLINE = 0.45
# From here on a day is hot or cold, and other things are wanted.
HOT, COLD = 28.0, 8.0


@dataclass(frozen=True, slots=True)
class Weather:
    """Cities by days: temperature in degrees Celsius (one decimal), rain in millimetres."""

    temperature: Floats
    rain: Floats

    @property
    def rainy(self) -> Flags:
        """Where it rains."""
        return self.rain > 0


def weather_of(*, day_of_year: Floats, seed: int) -> Weather:
    """Return the weather of all cities: a yearly wave, weather that lasts for days, rain in spells.

    Temperature departs from the wave as AR(1) with coefficient 0.75; rain is a two-state chain
    whose stay in rain is 0.55, with the city's share of rainy days by season.
    """
    rng = stream(seed, "weather")
    days = len(day_of_year)
    wave = -np.cos(2 * np.pi * (day_of_year - 20) / 365.25)
    noise = rng.normal(0.0, 2.3, (len(CITIES), days))
    thrown = rng.random((len(CITIES), days))
    depth = np.round(rng.gamma(0.8, 11.0, (len(CITIES), days)) + 0.1, 1)
    temperature = np.empty((len(CITIES), days))
    rain = np.zeros((len(CITIES), days))
    for place, city in enumerate(CITIES):
        low, high = city.rain
        share = low + (high - low) * (wave + 1) / 2
        departure, wet = 0.0, False
        for day in range(days):
            departure = 0.75 * departure + noise[place, day]
            temperature[place, day] = city.mean + city.swing * wave[day] + departure
            chance = 0.55 if wet else min(0.45 * share[day] / (1 - share[day]), 0.95)
            wet = bool(thrown[place, day] < chance)
            rain[place, day] = depth[place, day] if wet else 0.0
    return Weather(np.round(temperature - 1.5 * (rain > 0), 1), rain)
