"""Times and dates: formats, zones, the hours that clocks skip and repeat, sheet serials."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.apps.ingest.cleaning import TimeRule, dates, local_dates, times

NEW_YORK = TimeRule(zone="America/New_York", latest=date(2030, 1, 1))


def read(text: object, rule: TimeRule = NEW_YORK) -> datetime | str | None:
    found = times(pa.array([text]), rule)
    value: datetime | None = found.values[0].as_py()
    reason: str | None = found.reasons[0].as_py()
    assert value is None or reason is None
    return reason or value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2017-01-01 06:53:26", "2017-01-01T11:53:26"),
        ("2017-01-01T06:53:26", "2017-01-01T11:53:26"),
        ("2017/1/1 6:53", "2017-01-01T11:53:00"),
        ("2017年1月1日 6时53分26秒", "2017-01-01T11:53:26"),
        ("20170101", "2017-01-01T05:00:00"),
        ("20170101065326", "2017-01-01T11:53:26"),
        ("2017-01-01", "2017-01-01T05:00:00"),
        ("2017-01-01 06:53:26Z", "2017-01-01T06:53:26"),
        ("2017-01-01 06:53:26+08:00", "2016-12-31T22:53:26"),
        ("2017-01-01 06:53:26-0330", "2017-01-01T10:23:26"),
        ("２０１７-０１-０１ 06:53:26", "2017-01-01T11:53:26"),
    ],
)
def test_year_first_times_are_read(text: str, expected: str) -> None:
    assert read(text) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2017-13-01", "impossible_time"),
        ("2017-02-29", "impossible_time"),
        ("2017-01-01 24:00:00", "impossible_time"),
        ("01/02/2017", "not_a_time"),
        ("yesterday", "not_a_time"),
        ("1989-12-31", "too_old"),
        ("2030-01-03", "in_future"),
        ("2017-03-12 02:30:00", "skipped_hour"),
    ],
)
def test_what_no_clock_showed_is_refused(text: str, reason: str) -> None:
    assert read(text) == reason


def test_a_repeated_hour_is_the_earlier_one_unless_told() -> None:
    repeated = "2017-11-05 01:30:00"
    assert read(repeated) == datetime(2017, 11, 5, 5, 30, tzinfo=UTC)
    late = TimeRule(zone="America/New_York", repeated_hour="latest", latest=date(2030, 1, 1))
    assert read(repeated, late) == datetime(2017, 11, 5, 6, 30, tzinfo=UTC)
    strict = TimeRule(zone="America/New_York", repeated_hour="refuse", latest=date(2030, 1, 1))
    assert read(repeated, strict) == "repeated_hour"


def test_a_skipped_hour_can_be_moved_to_where_the_clock_went() -> None:
    rule = TimeRule(zone="America/New_York", skipped_hour="latest", latest=date(2030, 1, 1))
    assert read("2017-03-12 02:30:00", rule) == datetime(2017, 3, 12, 7, 0, tzinfo=UTC)


def test_day_first_dates_need_a_format() -> None:
    rule = TimeRule(formats=("%d/%m/%Y %H:%M", "%d/%m/%Y"))
    assert read("31/12/2017 08:00", rule) == datetime(2017, 12, 31, 8, tzinfo=UTC)
    assert read("12/31/2017", rule) == "not_a_time"


def test_sheet_serials_and_epochs() -> None:
    sheet = TimeRule(unit="excel")
    assert read("43101.5", sheet) == datetime(2018, 1, 1, 12, tzinfo=UTC)
    assert read("2018-01-01", sheet) == datetime(2018, 1, 1, tzinfo=UTC)
    assert read("60", sheet) == "impossible_time"  # 29 February 1900
    assert read(1514764800, TimeRule(unit="s")) == datetime(2018, 1, 1, tzinfo=UTC)
    assert read("1514764800123", TimeRule(unit="ms")) == datetime(2018, 1, 1, 0, 0, 0, 123000, UTC)
    assert read("soon", TimeRule(unit="s")) == "not_a_time"


def test_typed_times_keep_their_moment() -> None:
    naive = pa.array([datetime(2017, 1, 1, 11, 53, 26)], pa.timestamp("ns"))  # noqa: DTZ001 — naive is the case
    assert times(naive, TimeRule()).values[0].as_py() == datetime(
        2017, 1, 1, 11, 53, 26, tzinfo=UTC
    )
    aware = pa.array(
        [datetime(2017, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))],
        pa.timestamp("us", "Asia/Shanghai"),
    )
    assert times(aware, NEW_YORK).values[0].as_py() == datetime(2016, 12, 31, 16, tzinfo=UTC)
    assert dates(pa.array([date(2017, 5, 4)]), TimeRule()).values.to_pylist() == [date(2017, 5, 4)]


@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2029, 12, 30)),  # noqa: DTZ001 — clock readings
    st.sampled_from(["America/New_York", "Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe"]),
)
def test_zones_agree_with_the_standard_library(clock: datetime, name: str) -> None:
    clock = clock.replace(microsecond=0)
    zone = ZoneInfo(name)
    expected = clock.replace(tzinfo=zone, fold=0).astimezone(UTC)
    exists = expected.astimezone(zone).replace(tzinfo=None) == clock
    rule = TimeRule(zone=name, latest=date(2030, 1, 1))
    found = read(clock.isoformat(sep=" "), rule)
    assert found == (expected if exists else "skipped_hour")


@given(
    st.lists(
        st.tuples(st.integers(0, 10**9), st.sampled_from(["Asia/Shanghai", "America/New_York"]))
    )
)
def test_local_dates_agree_with_the_standard_library(cases: list[tuple[int, str]]) -> None:
    start = datetime(1995, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(seconds=seconds) for seconds, _ in cases]
    found = local_dates(
        pa.array(moments, pa.timestamp("us", "UTC")),
        pa.array([zone for _, zone in cases], pa.string()),
    )
    expected = [
        moment.astimezone(ZoneInfo(zone)).date()
        for moment, (_, zone) in zip(moments, cases, strict=True)
    ]
    assert found.to_pylist() == expected
