"""Which months, weeks and days the figures are about, as of a date."""

from __future__ import annotations

from datetime import date, timedelta

from regulars.base.business_time import Window

WEEKS_SHOWN = 52
MONTHS_SHOWN = 13
RANKED_DAYS = 365
REPURCHASE_DAYS = 30
QUIET_DAYS = 60


def last_full_month(as_of: date) -> Window:
    """Return the last calendar month that was over when ``as_of`` began.

    >>> last_full_month(date(2018, 1, 1)).first.isoformat()
    '2017-12-01'
    """
    end = as_of.replace(day=1)
    return Window((end - timedelta(days=1)).replace(day=1), end)


def month_windows(as_of: date) -> list[Window]:
    """Return the last ``MONTHS_SHOWN`` full months, oldest first."""
    windows = [last_full_month(as_of)]
    while len(windows) < MONTHS_SHOWN:
        windows.insert(0, last_full_month(windows[0].first))
    return windows


def week_windows(as_of: date) -> list[Window]:
    """Return the last ``WEEKS_SHOWN`` full weeks from Monday, oldest first."""
    end = as_of - timedelta(days=as_of.weekday())
    starts = [end - timedelta(weeks=number) for number in range(WEEKS_SHOWN, 0, -1)]
    return [Window(start, start + timedelta(weeks=1)) for start in starts]


def ranked_window(as_of: date) -> Window:
    """Return the last ``RANKED_DAYS`` days."""
    return Window.before(as_of, days=RANKED_DAYS)
