"""A refresh of the tags: every kind, held against plain Python, and what is kept of the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from regulars.base.errors import RuleError
from regulars.lake import Lake
from regulars.science.tags import TagRule, figures_of, parts, refresh_tags, values_before
from tests.science.history import Order
from tests.science.tags.world import (
    AS_OF,
    LARGEST,
    RECENT,
    SPENT,
    TAGS,
    VIP,
    VOCABULARY,
    assign,
    buy,
    cases,
    drawn_orders,
    held,
    kept_changes,
    new_lake,
)


def refreshed(lake: Lake, *tags: TagRule, full: bool = False, days: int = 0) -> Any:
    day = AS_OF + timedelta(days=days)
    return refresh_tags(lake, day, tags or TAGS, vocabulary=VOCABULARY, full=full)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return new_lake(tmp_path)


def by_hand(orders: list[Order]) -> dict[str, dict[str, Any]]:
    """Work every tag out in plain Python."""
    known = [order for order in orders if order.day < AS_OF]
    mine = {f"m{n:02}": [o for o in known if o.member_id == f"m{n:02}"] for n in range(20)}
    total = {member: sum((o.net for o in some), Decimal()) for member, some in mine.items()}
    top = sorted((m for m in mine if mine[m]), key=lambda member: (-total[member], member))[:3]
    found: dict[str, dict[str, Any]] = {}
    for member, some in mine.items():
        hot = any(o.day >= AS_OF - timedelta(days=30) for o in some)
        tags: dict[str, Any] = {"recent": "hot" if hot else "warm" if some else "cold"}
        if some:
            tags |= {"spent": float(total[member]), "largest": float(max(o.net for o in some))}
        if hot and total[member] >= 40:
            tags["together"] = "yes"
        if member in top:
            tags["on_top"] = "yes"
        found[member] = tags
    found["m03"]["vip"] = "gold"
    return found


@pytest.mark.parametrize("at_once", [7, 125_000])
def test_every_kind_of_tag(lake: Lake, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(parts, "MEMBERS_AT_ONCE", at_once)
    assign(lake, "m03", "vip", "silver")
    assign(lake, "m03", "vip", "gold", number=2)
    assign(lake, "m04", "vip", "gold")
    assign(lake, "m04", "vip", None, number=2)
    report = refreshed(lake)
    assert held(lake) == by_hand(drawn_orders(1, 20, 60))
    assert (report.errors, report.run.mode, report.run.rows_out) == ({}, "full", 20)
    assert kept_changes(lake) == set()


def test_only_changes_are_written(lake: Lake) -> None:
    refreshed(lake)
    before = held(lake)
    buy(lake, Order("new", "m05", AS_OF - timedelta(days=1), Decimal("1.50")))
    report = refreshed(lake)
    after = held(lake)
    assert report.run.mode == "incremental"
    assert 1 <= report.run.members_touched < 20
    assert after["m05"]["spent"] == before["m05"].get("spent", 0.0) + 1.5
    changed = {
        (member, code, text(before[member].get(code)), AS_OF)
        for member in after
        for code in after[member] | before[member]
        if before[member].get(code) != after[member].get(code)
    }
    assert kept_changes(lake) == changed
    assert report.run.rows_written == len({row[0] for row in changed})


def text(value: Any) -> str | None:
    return None if value is None else str(value)


def test_yesterday_can_be_read(lake: Lake) -> None:
    refreshed(lake, SPENT)
    first = held(lake)
    for cents in ("1.00", "2.00"):  # twice on one date: what held when it began is kept
        buy(lake, Order(f"new {cents}", "m05", AS_OF, Decimal(cents)), as_of=AS_OF + timedelta(1))
        refreshed(lake, SPENT, days=1)
    assert held(lake)["m05"]["spent"] == first["m05"]["spent"] + 3.0
    found = values_before(lake.snapshot(), "spent", AS_OF).to_pyarrow().to_pylist()
    was = {row["member_id"]: row["value"] for row in found}
    assert float(was["m05"]) == first["m05"]["spent"]
    later = values_before(lake.snapshot(), "spent", AS_OF + timedelta(1)).to_pyarrow()
    assert later.num_rows == 0


def test_nothing_touched_nothing_written(lake: Lake) -> None:
    refreshed(lake)
    sequence = lake.snapshot().sequence
    report = refreshed(lake)
    assert (report.run.state, lake.snapshot().sequence) == ("unchanged", sequence)


def test_another_definition_is_a_full_run_and_is_kept(lake: Lake) -> None:
    refreshed(lake, SPENT, RECENT)
    hotter = replace(RECENT, choice=cases(("hot", "did order in last 5 days"), otherwise="cold"))
    report = refreshed(lake, SPENT, hotter)
    assert report.run.mode == "full"
    assert {row[1] for row in kept_changes(lake)} == {"recent"}
    assert set(lake.snapshot().columns("tags")) >= {"spent", "recent"}


def test_a_tag_that_goes_takes_its_column_along(lake: Lake) -> None:
    refreshed(lake, SPENT, RECENT)
    refreshed(lake, SPENT)
    assert "recent" not in lake.snapshot().columns("tags")


def test_a_failing_query_keeps_its_tag_and_spoils_no_other(lake: Lake) -> None:
    refreshed(lake, LARGEST, RECENT)
    before = held(lake)
    broken = replace(LARGEST, query="SELECT member_id, 1 / 'x' AS value FROM orders")
    report = refreshed(lake, broken, RECENT)
    assert list(report.errors) == ["largest"]
    assert held(lake) == before


def test_who_is_no_member_any_more_has_no_tags(lake: Lake) -> None:
    refreshed(lake, *(tag for tag in TAGS if tag is not VIP))
    with lake.transaction() as transaction:
        transaction.erase_member("m07")
    refreshed(lake, full=True)
    assert "m07" not in held(lake)


def test_circles_are_refused(lake: Lake) -> None:
    one = TagRule(code="vip", choice=cases(("yes", 'tag.recent = "hot"')))
    other = TagRule(code="recent", choice=cases(("hot", 'tag.vip = "yes"')))
    with pytest.raises(RuleError, match="in a circle: recent, vip"):
        refreshed(lake, one, other)
    assert not lake.snapshot().has("tags")


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        (range(1_000_001, 1_000_012), "1,000,001–1,000,002", "1,000,010–1,000,011"),
        ((0, 25_000), "0–2,500", "22,500–25,000"),
        ((0, 1), "0.0–0.1", "0.9–1.0"),
        ((7, 7), "7", "7"),
        ((1_234_567, 1_234_567), "1,234,567", "1,234,567"),
    ],
)
def test_ranges_of_a_number_have_names_of_their_own(
    values: Sequence[int], first: str, last: str
) -> None:
    rows = ibis.memtable(pa.table({"n": pa.array(values, pa.float64())}))
    shares = figures_of(rows, "n", numeric=True).shares
    assert (shares[0][0], shares[-1][0]) == (first, last)
    assert sum(members for _name, members in shares) == len(values)
    assert len({name for name, _members in shares}) == len(shares)
