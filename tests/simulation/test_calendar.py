"""Spring Festival is where the moon puts it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import radians, sin

import pytest

from regulars.science.simulation.world.festivals import SPRING_FESTIVAL, seasons_of

J2000 = datetime(2000, 1, 1, 12)  # noqa: DTZ001  dynamical time, which no zone has


def new_moon(number: int) -> datetime:
    """Return the new moon so many lunations after that of 6 January 2000, by the clocks of China.

    Meeus, Astronomical Algorithms (1998), chapter 49: the mean phase and its largest terms, good
    to some minutes.
    """
    t = number / 1236.85
    days = 2451550.09766 + 29.530588861 * number + 0.00015437 * t * t - 2451545.0
    sun = radians(2.5534 + 29.10535670 * number)
    moon = radians(201.5643 + 385.81693528 * number)
    node = radians(160.7108 + 390.67050284 * number)
    e = 1 - 0.002516 * t
    days += -0.40720 * sin(moon) + 0.17241 * e * sin(sun) + 0.01608 * sin(2 * moon)
    days += 0.01039 * sin(2 * node) + 0.00739 * e * sin(moon - sun)
    days += -0.00514 * e * sin(moon + sun) + 0.00208 * e * e * sin(2 * sun)
    # Dynamical time runs about 70 seconds ahead; China eight hours.
    return J2000 + timedelta(days=days, seconds=-70, hours=8)


def sun_longitude(moment: datetime) -> float:
    """Return the sun's apparent place on the ecliptic in degrees (Meeus, chapter 25, low)."""
    t = ((moment - timedelta(hours=8)) - J2000) / timedelta(days=36525)
    mean = radians(357.52911 + 35999.05029 * t)
    place = 280.46646 + 36000.76983 * t + 1.914602 * sin(mean) + 0.019993 * sin(2 * mean)
    return (place - 0.00569 - 0.00478 * sin(radians(125.04 - 1934.136 * t))) % 360


@pytest.mark.parametrize("festival", SPRING_FESTIVAL, ids=str)
def test_spring_festival_is_the_new_moon_nearest_the_start_of_spring(festival: date) -> None:
    """The day of the new moon whose month holds the sun's 330 degrees (雨水)."""
    number = round((festival - date(2000, 1, 6)).days / 29.530588861)

    begins, ends = (new_moon(place).date() for place in (number, number + 1))
    assert begins == festival
    first, last = (
        sun_longitude(datetime.combine(day, datetime.min.time())) for day in (begins, ends)
    )
    # After the knot of 2033 the sun gets there the evening before the month: hence one degree.
    assert first <= 331
    assert last > 330 or last < 30


def test_there_is_one_festival_a_year() -> None:
    assert [day.year for day in SPRING_FESTIVAL] == list(range(2015, 2036))


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2024, 11, 11), ["双11"]),
        (date(2024, 6, 18), ["618"]),
        (date(2024, 2, 10), ["春节"]),
        (date(2025, 2, 10), []),
        (date(2025, 1, 20), ["年货节"]),
        (date(2024, 9, 10), []),
    ],
)
def test_the_seasons_of_a_day(day: date, names: list[str]) -> None:
    assert [season.name for season in seasons_of(day)] == names
