"""The store's own hour, against the standard library's zones, around every change of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa
import pytest

from regulars.science.profile.habits import wall_clock

FIRST, END = date(2023, 1, 1), date(2024, 1, 1)


@pytest.mark.parametrize("name", ["America/New_York", "Asia/Shanghai", "Asia/Kathmandu"])
def test_every_hour_of_a_year_has_the_weekday_and_hour_of_its_zone(name: str) -> None:
    moments = [datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(17_520)]
    rows = _local(moments, [name] * len(moments), zones=[name])
    assert rows == [_expected(moment, name) for moment in moments]


def test_each_row_follows_its_own_zone() -> None:
    moment = datetime(2023, 7, 1, 3, 0, tzinfo=UTC)
    zones = ["America/New_York", "Asia/Shanghai"]
    assert _local([moment, moment], zones, zones=zones) == [(4, 23), (5, 11)]


def _local(moments: list[datetime], names: list[str], *, zones: list[str]) -> list[tuple[int, int]]:
    table = ibis.memtable(
        pa.table(
            {
                "n": list(range(len(moments))),
                "at": pa.array(moments, pa.timestamp("us", tz="UTC")),
                "zone": names,
            }
        )
    )
    local = wall_clock.local_seconds(table["at"], table["zone"], zones=zones, first=FIRST, end=END)
    found = table.select(
        "n", weekday=wall_clock.weekday(local), hour=wall_clock.hour(local)
    ).order_by("n")
    return [(row["weekday"], row["hour"]) for row in found.to_pyarrow().to_pylist()]


def _expected(moment: datetime, name: str) -> tuple[int, int]:
    local = moment.astimezone(ZoneInfo(name))
    return local.weekday(), local.hour
