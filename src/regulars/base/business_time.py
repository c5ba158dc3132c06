"""Business dates, zones and windows.

A computation is *as of* a date D: it knows every fact from before D begins. A window of N days
as of D holds the dates D - N … D - 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from regulars.base.errors import ConfigurationError, RuleError


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone called ``name``; raise ``ConfigurationError`` for an unknown one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(
            f"there is no time zone {name!r}", fix="Use an IANA name such as Asia/Shanghai"
        ) from error


def start_of_day(day: date, zone_name: str) -> datetime:
    """Return the UTC moment at which ``day`` begins in the zone.

    >>> start_of_day(date(2018, 1, 1), "America/New_York").isoformat()
    '2018-01-01T05:00:00+00:00'
    """
    return datetime.combine(day, time.min, tzinfo=zone(zone_name)).astimezone(UTC)


def local_date(moment: datetime, zone_name: str) -> date:
    """Return the date at ``moment`` (aware) in the zone.

    >>> local_date(datetime(2018, 1, 1, 4, 1, tzinfo=UTC), "America/New_York").isoformat()
    '2017-12-31'
    """
    if moment.tzinfo is None:
        raise RuleError("a moment without a zone has no local date", fix="Pass an aware datetime")
    return moment.astimezone(zone(zone_name)).date()


@dataclass(frozen=True, slots=True)
class Window:
    """The dates ``first <= day < end``.

    >>> Window.before(date(2018, 1, 1), days=365).first.isoformat()
    '2017-01-01'
    """

    first: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.first:
            raise RuleError(f"a window from {self.first} to {self.end} holds no day")

    @classmethod
    def before(cls, as_of: date, *, days: int) -> Window:
        """Return the ``days`` dates that end the day before ``as_of``."""
        if days < 1:
            raise RuleError(f"a window of {days} days holds no day", fix="Use at least 1 day")
        return cls(as_of - timedelta(days=days), as_of)

    @property
    def days(self) -> int:
        """How many dates the window holds."""
        return (self.end - self.first).days

    def previous(self) -> Window:
        """Return the window of the same length just before this one."""
        return Window(self.first - timedelta(days=self.days), self.first)
