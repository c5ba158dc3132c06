"""Signs of the zodiac, by the date of birth alone."""

from __future__ import annotations

from datetime import date

# The last day of each sign, as the calendars print it; the year begins and ends in Capricorn.
_LAST_DAYS = (
    ((1, 19), "capricorn"),
    ((2, 18), "aquarius"),
    ((3, 20), "pisces"),
    ((4, 19), "aries"),
    ((5, 20), "taurus"),
    ((6, 21), "gemini"),
    ((7, 22), "cancer"),
    ((8, 22), "leo"),
    ((9, 22), "virgo"),
    ((10, 23), "libra"),
    ((11, 22), "scorpio"),
    ((12, 21), "sagittarius"),
    ((12, 31), "capricorn"),
)
SIGNS = {
    "capricorn": "摩羯座",
    "aquarius": "水瓶座",
    "pisces": "双鱼座",
    "aries": "白羊座",
    "taurus": "金牛座",
    "gemini": "双子座",
    "cancer": "巨蟹座",
    "leo": "狮子座",
    "virgo": "处女座",
    "libra": "天秤座",
    "scorpio": "天蝎座",
    "sagittarius": "射手座",
}
_OTHER_NAMES = {
    "山羊座": "capricorn",
    "牡羊座": "aries",
    "人马座": "sagittarius",
    "天平座": "libra",
}


def zodiac_sign(birth_date: date) -> str:
    """Return the sign of a birthday.

    >>> zodiac_sign(date(1987, 2, 16))
    'aquarius'
    """
    day = (birth_date.month, birth_date.day)
    return next(sign for last, sign in _LAST_DAYS if day <= last)


def read_sign(text: str) -> str | None:
    """Return the sign that a source's text names; None where it names none.

    >>> read_sign("水瓶"), read_sign("Aquarius")
    ('aquarius', 'aquarius')
    """
    said = text.strip().casefold()
    chinese = {name: sign for sign, name in SIGNS.items()} | _OTHER_NAMES
    return said if said in SIGNS else chinese.get(said if said.endswith("座") else f"{said}座")
