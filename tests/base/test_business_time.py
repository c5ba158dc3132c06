"""Business dates, zones and windows, checked against hand-worked dates."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from regulars.base.business_time import Window, local_date, start_of_day, zone
from regulars.base.errors import ConfigurationError, RuleError


def test_a_day_begins_at_local_midnight_also_when_the_clock_changes() -> None:
    shanghai = start_of_day(date(2026, 11, 11), "Asia/Shanghai")
    winter = start_of_day(date(2017, 3, 12), "America/New_York")
    summer = start_of_day(date(2017, 3, 13), "America/New_York")

    assert shanghai == datetime(2026, 11, 10, 16, tzinfo=UTC)
    assert (summer - winter).total_seconds() == 23 * 3600


def test_the_local_date_is_the_one_on_the_shop_wall() -> None:
    moment = datetime(2018, 1, 1, 4, 59, 59, tzinfo=UTC)

    assert local_date(moment, "America/New_York") == date(2017, 12, 31)
    assert local_date(moment, "Asia/Shanghai") == date(2018, 1, 1)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(RuleError, match="without a zone"):
        local_date(datetime(2018, 1, 1), "Asia/Shanghai")  # noqa: DTZ001  that is the point


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(ConfigurationError, match="Asia/Shangai"):
        zone("Asia/Shangai")


def test_a_window_ends_the_day_before_as_of() -> None:
    window = Window.before(date(2018, 1, 1), days=365)

    assert (window.first, window.end, window.days) == (date(2017, 1, 1), date(2018, 1, 1), 365)
    assert window.previous() == Window(date(2016, 1, 2), date(2017, 1, 1))


@pytest.mark.parametrize("days", [0, -1])
def test_a_window_without_days_is_refused(days: int) -> None:
    with pytest.raises(RuleError, match="holds no day"):
        Window.before(date(2018, 1, 1), days=days)
