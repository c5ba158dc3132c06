"""Random dirty files: the counts add up, and the lake holds what plain Python would keep."""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import Settings

from regulars.apps.ingest import hooks
from regulars.apps.ingest.models import LoadRun, QuarantinedRow
from regulars.apps.ingest.tests.shop import GOOD, LINES, Shop, StandIn
from regulars.apps.ingest.types import RowCounts

CELLS = {
    "order": ["o1", "o1", "o2", " o3 ", "", "NULL"],
    "line": ["1", "2", "3", ""],
    "shop": ["s1", "s2", ""],
    "sku": ["p1", "p2", "面包", ""],
    "at": [
        "2024-05-31 23:59:59",
        "2024/6/1 0:30",
        "2024-13-01",
        "soon",
        "1980-01-01",
        "2999-01-01",
    ],
    "qty": ["1", "2", "0", "1.5", "5000", "-1", "x", ""],
    "paid": ["1.00", "¥2,000.50", "3.999", "(1.00)", "$3", "", "0"],
    "off": ["0", "0.10", "-1", "1e3"],
    "card": ["c1", "c2", "", "null"],
}
GAPS = {"", "NULL", "null"}
dirty_rows = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()}),
    max_size=14,
)
good_rows = st.lists(
    st.fixed_dictionaries(
        {
            "order": st.sampled_from(["o1", "o2"]),
            "line": st.sampled_from(["1", "2"]),
            "paid": st.sampled_from(["1.00", "2.00"]),
            "card": st.sampled_from(["c1", ""]),
        }
    ),
    max_size=8,
)


class Line(NamedTuple):
    """A till line as plain Python reads it."""

    card: str | None
    shop: str
    sku: str
    at: datetime
    day: date
    quantity: Decimal
    items: int
    listed: Decimal
    off: Decimal
    net: Decimal


def by_hand(row: dict[str, str]) -> tuple[tuple[str, str], Line] | None:
    """Read one row; None if it must be refused."""
    cell = {name: None if value.strip() in GAPS else value.strip() for name, value in row.items()}
    needed = [cell[name] for name in ("order", "line", "shop", "sku", "at", "qty", "paid", "off")]
    if None in needed:
        return None
    clock = {"2024-05-31 23:59:59": (5, 31, 23, 59, 59), "2024/6/1 0:30": (6, 1, 0, 30, 0)}
    paid, off = _money(cell["paid"] or ""), _money(cell["off"] or "")
    if cell["at"] not in clock or cell["qty"] in {"x", "-1"} or paid is None or off is None:
        return None
    if min(paid, off) < 0:
        return None
    at = datetime(2024, *clock[cell["at"] or ""], tzinfo=ZoneInfo("Asia/Shanghai"))
    quantity = Decimal(cell["qty"] or "0")
    items = 0 if quantity <= 0 else 1 if quantity % 1 or quantity > 999 else int(quantity)
    line = Line(
        *(cell["card"], str(cell["shop"]), str(cell["sku"]), at.astimezone(UTC), at.date()),
        *(quantity, items, paid + off, off, paid),
    )
    return (str(cell["order"]), str(cell["line"])), line


def _money(text: str) -> Decimal | None:
    if text == "(1.00)":
        return Decimal("-1.00")
    plain = text.replace("¥", "").replace(",", "")
    return Decimal(plain) if re.fullmatch(r"-?\d+(\.\d\d?)?", plain) else None


@pytest.fixture
def fresh(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, shop: Shop) -> object:
    """A maker of shops that know nothing of each other."""

    def make() -> Shop:
        settings.REGULARS_LAKE = Path(tempfile.mkdtemp(dir=settings.REGULARS_HOME)) / "lake"
        monkeypatch.setattr(hooks, "_resolver", StandIn())
        return Shop()

    return make


SLOW = effort(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@SLOW
@given(dirty_rows)
def test_the_lake_holds_what_plain_python_keeps(fresh: object, rows: list[dict[str, str]]) -> None:
    shop: Shop = fresh()  # type: ignore[operator]  # a maker
    kept = [read for row in rows if (read := by_hand(row))]
    expected = dict(kept)
    report = shop.load_lines(*rows, force=True)
    assert report.counts == RowCounts(
        read=len(rows),
        loaded=len(expected),
        duplicates=len(kept) - len(expected),
        quarantined=len(rows) - len(kept),
    )
    assert QuarantinedRow.objects.filter(run=report.run_id).count() == report.counts.quarantined
    held = {(row["order_id"], row["line_no"]): row for row in shop.table("order_lines")}
    assert held.keys() == expected.keys()
    for key, line in expected.items():
        row = held[key]
        assert (row["member_id"] is None) == (line.card is None)
        assert (
            Line(
                *(line.card, row["store_id"], row["product_id"], row["ordered_at"]),
                *(row["business_date"], row["quantity"], row["item_count"], row["list_amount"]),
                *(row["discount_amount"], row["net_amount"]),
            )
            == line
        )
        assert row["business_month"] == line.day.strftime("%Y-%m")
    orders = {row["order_id"]: row for row in shop.table("orders")}
    assert orders.keys() == {order for order, _ in expected}
    for order, row in orders.items():
        lines = [line for (key, _), line in expected.items() if key == order]
        assert row["net_amount"] == sum(line.net for line in lines)
        assert row["list_amount"] == sum(line.listed for line in lines)
        assert (row["line_count"], row["item_count"]) == (
            len(lines),
            sum(line.items for line in lines),
        )


@SLOW
@given(good_rows, good_rows)
def test_two_loads_add_up_and_a_third_reading_changes_nothing(
    fresh: object, first: list[dict[str, str]], second: list[dict[str, str]]
) -> None:
    shop: Shop = fresh()  # type: ignore[operator]  # a maker
    lake: dict[tuple[str, str], tuple[str, str]] = {}
    for rows in (first, second):
        incoming = {(row["order"], row["line"]): (row["paid"], row["card"]) for row in rows}
        changed = sum(lake.get(key) != value for key, value in incoming.items())
        groups = {order for order, _ in incoming}
        kept = {key: value for key, value in lake.items() if key[0] not in groups}
        removed = sum(key[0] in groups and key not in incoming for key in lake)
        report = shop.load_lines(*rows, force=True)
        assert report.counts == RowCounts(
            read=len(rows),
            loaded=changed,
            duplicates=len(rows) - changed,
            unchanged=len(incoming) - changed,
            removed=removed,
        )
        lake = kept | incoming
        held = {
            (row["order_id"], row["line_no"]): row["net_amount"]
            for row in shop.table("order_lines")
        }
        assert held == {key: Decimal(paid) for key, (paid, _) in lake.items()}
    sequence = shop.sequence
    again = shop.load("lines", force=True)
    assert (again.counts.loaded, again.counts.removed, shop.sequence) == (0, 0, sequence)


def test_the_ledger_refuses_counts_that_do_not_add_up(shop: Shop) -> None:
    with pytest.raises(IntegrityError, match="load_run_counts_add_up"), transaction.atomic():
        LoadRun.objects.create(mapping="x", started_at=timezone.now(), rows_read=1)
    with pytest.raises(IntegrityError, match="load_run_unchanged"), transaction.atomic():
        LoadRun.objects.create(mapping="x", started_at=timezone.now(), rows_unchanged=1)


def test_too_many_refused_rows_stop_the_load(shop: Shop) -> None:
    from regulars.base.errors import SourceError

    shop.csv([{**GOOD, "order": str(row), "at": "soon"} for row in range(11)])
    with pytest.raises(SourceError, match=r"11 of the first 11 rows .* not_a_time in ordered_at"):
        shop.load(shop.mapping(f"{LINES}\nrefused_max: 10\n"))
    assert shop.sequence == 0
    assert not QuarantinedRow.objects.exists()


def test_tomorrow_in_the_brands_zone_may_be_a_clock_ahead_but_no_more(shop: Shop) -> None:
    now = timezone.now().astimezone(ZoneInfo("Asia/Shanghai"))
    later = now + timedelta(days=3)
    report = shop.load_lines(
        {"at": now.strftime("%Y-%m-%d %H:%M:%S")},
        {"line": "2", "at": later.strftime("%Y-%m-%d %H:%M:%S")},
    )
    assert report.counts == RowCounts(read=2, loaded=1, quarantined=1)
    assert report.reasons[0].reason == "in_future"
