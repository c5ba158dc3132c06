"""One alert for each member and line: by brute force, and never twice."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.lake import Lake
from regulars.science.monitors import PLAYS, WatchOptions, standard_monitors, watch
from regulars.science.producers import Producer, refresh, standard_producers
from regulars.science.rfm import GROUPS, RfmOptions
from tests.science.history import Member, bought, on
from tests.science.test_incremental_equals_full import SETTINGS, Step, step, write

pytestmark = pytest.mark.slow

PRODUCERS = SETTINGS[0]
RISK_DAYS = 8
MONITORS = standard_monitors(WatchOptions(risk_days=RISK_DAYS))
# Recency, frequency and monetary of the eight groups, as the glossary has them.
HIGH = {
    "important_value": (1, 1, 1),
    "important_develop": (1, 0, 1),
    "important_keep": (0, 1, 1),
    "important_winback": (0, 0, 1),
    "general_value": (1, 1, 0),
    "general_develop": (1, 0, 0),
    "general_keep": (0, 1, 0),
    "general_winback": (0, 0, 0),
}
AWAKE = ("introduction", "growth", "mature")
Row = dict[str, Any]
Alert = tuple[str, str, str, str, str]


def refreshed(lake: Lake, as_of: date) -> int:
    """Refresh and watch; return how many alerts were raised."""
    assert refresh(lake, as_of, producers=PRODUCERS).succeeded
    return watch(lake, as_of, monitors=MONITORS, run_id="r1").rows_written or 0


def features(lake: Lake, name: str, day: date) -> dict[str, Row]:
    with lake.snapshot() as snapshot:
        rows = snapshot.table(f"features/{name}").to_pyarrow().to_pylist()
    return {row["member_id"]: row for row in rows if row["as_of"] == day}


def raised(lake: Lake) -> list[Row]:
    with lake.snapshot() as snapshot:
        rows: list[Row] = snapshot.table("alerts").to_pyarrow().to_pylist()
    return rows


def crossed(lake: Lake, since: date, as_of: date) -> set[Alert]:
    """Return who crossed which line, member by member: no table, no join."""
    found: set[Alert] = set()
    then, now = features(lake, "rfm", since), features(lake, "rfm", as_of)
    for member in then.keys() | now.keys():
        found |= _of_a_buyer(member, then.get(member), now.get(member))
    asleep, awake = features(lake, "lifecycle", since), features(lake, "lifecycle", as_of)
    for member in asleep.keys() & awake.keys():
        before, after = (one[member]["lifecycle_stage"] for one in (asleep, awake))
        if after == "churned" != before or (after == "dormant" and before in AWAKE):
            found.add((member, "lifecycle_stage", "down", before, after))
        if before in {"dormant", "churned"} and after in AWAKE:
            found.add((member, "lifecycle_stage", "up", before, after))
    return found


def _of_a_buyer(member: str, then: Row | None, now: Row | None) -> set[Alert]:
    if then is None or now is None:
        gone = then is not None
        return (
            {(member, "rfm_group", "down", then["rfm_group"], "absent")} if gone and then else set()
        )
    found: set[Alert] = set()
    before, after = then["rfm_group"], now["rfm_group"]
    pairs = list(zip(HIGH[before], HIGH[after], strict=True))
    if before != after and all(a >= b for a, b in pairs):
        found.add((member, "rfm_group", "down", before, after))
    if before != after and all(a <= b for a, b in pairs):
        found.add((member, "rfm_group", "up", before, after))
    low, high = _band(then), _band(now)
    if low != high:
        words = ("low", "medium", "high")
        way = "up" if high > low else "down"
        found.add((member, "value_band", way, words[low], words[high]))
    if then["recency_days"] <= RISK_DAYS < now["recency_days"]:
        found.add((member, "churn_risk", "down", "safe", "at_risk"))
    return found


def _band(row: Row) -> int:
    """0, 1 or 2: of the sums 3 to 15, 7 to 11 lie nearer to 9 than a sixth of 13."""
    together = row["r_score"] + row["f_score"] + row["m_score"]
    return 0 if together < 7 else 1 if together <= 11 else 2


@settings(deadline=None, max_examples=4, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(step, min_size=3, max_size=5))
def test_alerts_are_those_of_brute_force_and_are_raised_once(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake")
        watched: list[date] = []
        expected: dict[tuple[str, str, date], Alert] = {}
        for taken in steps:
            write(lake, taken)
            expected = {key: one for key, one in expected.items() if key[0] != taken.erased}
            refreshed(lake, taken.as_of)
            earlier = [day for day in watched if day < taken.as_of]
            if earlier and taken.as_of >= max(watched):
                for alert in crossed(lake, max(earlier), taken.as_of):
                    expected.setdefault((alert[0], alert[1], taken.as_of), alert)
            if not watched or taken.as_of >= max(watched):
                watched.append(taken.as_of)
            names = ("member_id", "monitor", "direction", "before", "after")
            found = {
                (row["member_id"], row["monitor"], row["as_of"]): tuple(row[one] for one in names)
                for row in raised(lake)
            }
            assert found == expected
            assert len(raised(lake)) == len(found)
            assert refreshed(lake, taken.as_of) == 0


def test_a_fall_is_told_once_with_its_group_and_play(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    orders = bought("a", 1, 2, 3, net="90.00") + bought("b", 3) + bought("b", 30)
    people = [Member("a", on(1)), Member("b", on(1))]
    write(lake, Step(orders, set(), people, None, on(0), 0))
    assert refreshed(lake, on(5)) == 0  # where watching begins
    assert refreshed(lake, on(31)) > 0
    (fall,) = [row for row in raised(lake) if row["monitor"] == "lifecycle_stage"]
    was = features(lake, "rfm", on(5))["a"]["rfm_group"]
    assert (fall["member_id"], fall["before"], fall["after"]) == ("a", "mature", "churned")
    assert (fall["since"], fall["as_of"], fall["direction"]) == (on(5), on(31), "down")
    assert (fall["rfm_group"], fall["play"]) == (was, PLAYS[was][0])
    count, commits = len(raised(lake)), lake.snapshot().sequence
    assert refreshed(lake, on(31)) == 0  # the same again tells nothing
    assert lake.snapshot().sequence == commits
    assert refreshed(lake, on(4)) == 0  # the past tells nothing new
    assert len(raised(lake)) == count


def test_every_group_has_plays_and_every_play_is_used() -> None:
    assert set(PLAYS) == set(GROUPS) == set(HIGH)
    assert len({play for plays in PLAYS.values() for play in plays}) == 7
    assert {len(set(plays)) for plays in PLAYS.values()} == {2}


def test_dates_of_another_making_are_not_compared(tmp_path: Path) -> None:
    """With three levels instead of five everybody's band would seem to have moved."""
    lake = Lake(tmp_path / "lake")
    names = "abcdefghij"
    orders = [
        order
        for place, name in enumerate(names)
        for order in bought(name, *range(1, 2 + place), net=f"{10 + place}.00")
    ]
    write(lake, Step(orders, set(), [Member(name, on(1)) for name in names], None, on(0), 0))
    five, three = (
        standard_producers(rfm=RfmOptions(window_days=60, levels=levels)) for levels in (5, 3)
    )

    def bands(day: int, producers: tuple[Producer, ...], levels: int) -> int:
        assert refresh(lake, on(day), producers=producers).succeeded
        monitors = standard_monitors(WatchOptions(levels=levels, risk_days=60))
        watch(lake, on(day), monitors=monitors, run_id="r1")
        return sum(row["monitor"] == "value_band" for row in raised(lake))

    assert bands(12, five, 5) == 0  # where watching begins
    assert bands(13, three, 3) == 0  # the lines lie elsewhere: it begins anew
    assert bands(14, three, 3) == 0  # nobody bought, nobody moved
    more = [order for day in (14, 15, 16) for order in bought("a", day, net="900.00")]
    write(lake, Step(more, set(), [], None, on(0), 0))
    assert bands(17, three, 3) > 0


def test_a_date_without_features_is_passed_over(tmp_path: Path) -> None:
    """Who falls while the features cannot be computed is told of when they can be."""
    lake = Lake(tmp_path / "lake")
    orders = bought("a", 1, 2, 3, net="90.00") + bought("b", 3)
    write(lake, Step(orders, set(), [Member("a", on(1)), Member("b", on(1))], None, on(0), 0))
    assert refreshed(lake, on(5)) == 0
    lifecycle = [one for one in PRODUCERS if one.name == "lifecycle"]
    assert refresh(lake, on(20), producers=lifecycle).succeeded  # RFM cannot
    watch(lake, on(20), monitors=MONITORS, run_id="r1")
    assert {row["monitor"] for row in raised(lake)} == {"lifecycle_stage"}
    assert refreshed(lake, on(21)) > 0
    (late,) = [
        row for row in raised(lake) if row["monitor"] == "churn_risk" and row["member_id"] == "a"
    ]
    assert (late["since"], late["as_of"]) == (on(5), on(21))
