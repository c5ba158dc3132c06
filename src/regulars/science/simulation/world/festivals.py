"""The days that move Chinese retail: festivals of the sun, the moon and the shops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

# First day of the lunar year. Source: Hong Kong Observatory, Gregorian-Lunar Calendar
# Conversion Tables (hko.gov.hk, 2015 to 2035). tests/simulation/test_calendar.py checks
# each against the new moon.
SPRING_FESTIVAL = (
    *(date(2015, 2, 19), date(2016, 2, 8), date(2017, 1, 28), date(2018, 2, 16)),
    *(date(2019, 2, 5), date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1)),
    *(date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17)),
    *(date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3)),
    *(date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31), date(2034, 2, 19)),
    date(2035, 2, 8),
)


@dataclass(frozen=True, slots=True)
class Season:
    """Days around a festival: how much more is bought, and how much more of it online.

    ``first`` and ``last`` count days from the festival, both included; ``times`` multiplies the
    rate of buying; ``online`` is added to the log-odds of buying online.
    """

    name: str
    first: int
    last: int
    times: float
    online: float = 0.0


_LUNAR = (
    Season("年货节", -21, -4, 1.45, 0.1),
    Season("春节", -3, -1, 1.15, -0.6),
    Season("春节", 0, 6, 0.55, -0.4),
)
_SOLAR: tuple[tuple[int, int, Season], ...] = (
    (3, 8, Season("38节", -4, 0, 1.35, 0.3)),
    (5, 1, Season("五一", 0, 4, 1.2, -0.3)),
    (6, 18, Season("618", -17, -1, 1.25, 0.5)),
    (6, 18, Season("618", 0, 0, 2.6, 1.2)),
    (10, 1, Season("国庆", 0, 6, 1.25, -0.3)),
    (11, 11, Season("双11", -11, -1, 1.35, 0.6)),
    (11, 11, Season("双11", 0, 0, 3.2, 1.5)),
    (12, 12, Season("双12", 0, 0, 1.7, 0.8)),
)
# Monday to Sunday.
WEEKDAY_TIMES = (0.88, 0.86, 0.89, 0.93, 1.06, 1.24, 1.14)


def seasons_of(day: date) -> tuple[Season, ...]:
    """Return the seasons the day lies in.

    >>> [season.name for season in seasons_of(date(2024, 11, 11))]
    ['双11']
    """
    found = [season for start in SPRING_FESTIVAL for season in _LUNAR if _in(day, start, season)]
    found += [season for m, d, season in _SOLAR if _in(day, date(day.year, m, d), season)]
    return tuple(found)


def _in(day: date, festival: date, season: Season) -> bool:
    first, last = timedelta(days=season.first), timedelta(days=season.last)
    return festival + first <= day <= festival + last
