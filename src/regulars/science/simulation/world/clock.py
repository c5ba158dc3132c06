"""The city's own clock: season and weather speed time up and slow it down.

People buy by a process that knows no seasons, on a clock that runs fast before 双11 and slow when
it rains. The clock is deterministic and reads the same as the calendar at both ends, so its mean
speed is 1. A model finds the parameters of the process back by fitting it on the clock
(``truth/calendar.parquet``), or nearly so on the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from regulars.science.simulation.streams import Floats, Ints
from regulars.science.simulation.world.festivals import WEEKDAY_TIMES, seasons_of
from regulars.science.simulation.world.geography import CITIES
from regulars.science.simulation.world.weather import RAIN_ONLINE, RAIN_TIMES, Weather, weather_of


@dataclass(frozen=True, slots=True)
class Clock:
    """Every day of the history.

    Attributes:
        first_day: Day 0.
        seasons: The name of each day's season; '' for none.
        speed: Cities by days: days of the clock that pass on the day.
        reading: Cities by days + 1: what the clock shows when the day begins, in days.
        online: Cities by days: what the day adds to the log-odds of buying online.
        month: Each day's month, counted from the first.
        weather: The weather of the days.
    """

    first_day: date
    seasons: tuple[str, ...]
    speed: Floats
    reading: Floats
    online: Floats
    month: Ints
    weather: Weather

    @property
    def days(self) -> int:
        """How many days there are."""
        return int(self.speed.shape[1])

    def moment(self, reading: Floats, city: Ints) -> tuple[Ints, Floats]:
        """Return the day on which each city's clock shows the reading, and how much has passed."""
        day = np.zeros(len(reading), np.int64)
        for place in range(len(CITIES)):
            here = city == place
            day[here] = np.searchsorted(self.reading[place], reading[here], side="right") - 1
        np.clip(day, 0, self.days - 1, out=day)
        passed = (reading - self.reading[city, day]) / self.speed[city, day]
        return day, np.clip(passed, 0.0, 1.0 - 1e-9)


def clock_of(*, first_day: date, days: int, seed: int) -> Clock:
    """Return the clocks of all cities."""
    dates = [first_day + timedelta(days=number) for number in range(days)]
    weather = weather_of(
        day_of_year=np.array([d.timetuple().tm_yday for d in dates], np.float64), seed=seed
    )
    seasons = [seasons_of(day) for day in dates]
    times = [
        WEEKDAY_TIMES[day.weekday()] * float(np.prod([season.times for season in found]))
        for day, found in zip(dates, seasons, strict=True)
    ]
    online = np.array([sum(season.online for season in found) for found in seasons])
    speed = np.array(times) * np.where(weather.rainy, RAIN_TIMES, 1.0)
    speed = speed / speed.mean(axis=1, keepdims=True)
    reading = np.concatenate([np.zeros((len(CITIES), 1)), np.cumsum(speed, axis=1)], axis=1)
    first = first_day.year * 12 + first_day.month
    return Clock(
        first_day=first_day,
        seasons=tuple("+".join(season.name for season in found) for found in seasons),
        speed=speed,
        reading=reading,
        online=online + np.where(weather.rainy, RAIN_ONLINE, 0.0),
        month=np.array([d.year * 12 + d.month - first for d in dates], np.int64),
        weather=weather,
    )
