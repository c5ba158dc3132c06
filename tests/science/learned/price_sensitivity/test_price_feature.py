"""The feature table of price sensitivity: planted hunters, kept fits, incremental as full."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.learned import price_sensitivity as price
from regulars.science.learned.price_sensitivity.judging import weighted_auc
from regulars.science.producers import RefreshReport, profile_producers, refresh

PRODUCERS = tuple(one for one in profile_producers() if one.name == "price_sensitivity")
FIRST, AS_OF = date(2024, 1, 1), date(2024, 10, 7)
HUNTERS = [f"h{n}" for n in range(20)]
OTHERS = [f"o{n}" for n in range(20)]
GOODS = {"p1": ("tea", "A"), "p2": ("tea", "B"), "p9": (None, None)}
Line = tuple[str | None, str, date, str, str, str]
Rows = dict[str, dict[str, Any]]


def offer(day: date) -> str:
    """Return the product at half the price: they take turns by the week."""
    return ("p1", "p2")[(day - FIRST).days // 7 % 2]


def bought(first: date, end: date, members: Iterable[str], seed: int) -> list[Line]:
    """Return one line a member and week: hunters take the offer nine times in ten."""
    dice = Random(seed)
    rows: list[Line] = []
    for member in members:
        day = first
        while day < end:
            cheap = offer(day)
            likes = 0.9 if member.startswith("h") else 0.5
            taken = cheap if dice.random() < likes else ({"p1", "p2"} - {cheap}).pop()
            off = "5.00" if taken == cheap else "0.00"
            coupon = "1.00" if member.startswith("h") and dice.random() < 0.2 else "0.00"
            rows.append((member, taken, day, "10.00", off, coupon))
            day += timedelta(days=7)
    return rows


def load(lake: Lake, lines: Sequence[Line], *, batch: str) -> None:
    rows = [
        {
            "order_id": f"{batch}{n}", "line_no": "1", "member_id": member, "store_id": "s1",
            "product_id": product, "business_date": day, "business_month": f"{day:%Y-%m}",
            "ordered_at": datetime(day.year, day.month, day.day, tzinfo=UTC), "quantity": 1,
            "item_count": 1, "list_amount": Decimal(listed), "discount_amount": Decimal(off),
            "coupon_amount": Decimal(coupon), "net_amount": Decimal(listed) - Decimal(off),
            "currency": "CNY", "flags": "", "source": "t",
        }
        for n, (member, product, day, listed, off, coupon) in enumerate(lines)
    ]  # fmt: skip
    goods = [
        {"product_id": p, "category": c, "brand": b, "measured": False, "placeholder": False,
         "source": "t"}
        for p, (c, b) in GOODS.items()
    ]  # fmt: skip
    with lake.transaction(note=batch) as transaction:
        for name, several in (("order_lines", rows), ("products", goods)):
            schema = contract(name).arrow_schema
            transaction.upsert(name, pa.Table.from_pylist(several, schema=schema))


def ask(lake: Lake, day: date = AS_OF, *, full: bool = False) -> RefreshReport:
    report = refresh(lake, day, producers=PRODUCERS, full=full)
    assert report.succeeded
    return report


def held(lake: Lake, day: date = AS_OF) -> Rows:
    with lake.snapshot() as snapshot:
        rows = snapshot.table("features/price_sensitivity")
        found = rows.filter(rows["as_of"] == day).to_pyarrow().to_pylist()
    return {row["member_id"]: row for row in found}


LINES = bought(FIRST, AS_OF, [*HUNTERS, *OTHERS], 1)


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("price") / "lake"
    lake = Lake(folder)
    few: list[Line] = [("few", offer(FIRST), FIRST, "10.00", "5.00", "0.00")]
    strange: list[Line] = [("odd", "p9", FIRST, "10.00", "5.00", "0.00"), (None, *few[0][1:])]
    load(lake, LINES + few + strange, batch="a")
    ask(lake)
    return folder


@pytest.fixture
def lake(refreshed: Path, tmp_path: Path) -> Lake:
    shutil.copytree(refreshed, tmp_path / "lake")
    return Lake(tmp_path / "lake")


def test_planted_hunters_are_told_from_the_others(lake: Lake) -> None:
    rows = held(lake)
    assert set(rows) == {*HUNTERS, *OTHERS, "few"}
    slope = [rows[member]["price_slope"] for member in (*HUNTERS, *OTHERS)]
    truth = np.array([1.0] * 20 + [0.0] * 20)
    assert weighted_auc(np.array(slope), truth, 1 - truth) > 0.95
    assert sum(rows[member]["price_band"] == "high" for member in HUNTERS) >= 15
    assert sum(rows[member]["price_band"] == "low" for member in OTHERS) >= 15
    assert (rows["few"]["price_band"], rows["few"]["price_reason"]) == ("unknown", "few_choices")
    assert rows["few"]["price_choices"] == 1
    assert rows["h0"]["price_choices"] == 40


def test_the_kept_shelves_say_what_the_model_says(lake: Lake) -> None:
    with lake.snapshot() as snapshot:
        lines, goods = snapshot.table("order_lines"), snapshot.table("products")
        offers = price.paid_offers(lines, goods, as_of=AS_OF)
        chosen = price.choices(lines, goods, offers, as_of=AS_OF)
        model = price.DiscountResponse.fit(chosen, price.alternatives(chosen, offers))
        wanted = {row["member_id"]: row for row in model.scores(chosen).to_pyarrow().to_pylist()}
    for member, row in held(lake).items():
        for name, value in wanted[member].items():
            close = pytest.approx(value, abs=2e-6) if isinstance(value, float) else value
            assert row[name] == close, (member, name)


def test_a_fit_holds_for_its_month_and_incremental_is_full(lake: Lake, tmp_path: Path) -> None:
    version = held(lake)["h0"]["model_version"]
    later = AS_OF + timedelta(days=10)
    # h0 buys the offer all the time: before the fit's date it counts, after it the month is blind.
    load(
        lake,
        [("h0", offer(day), day, "10.00", "5.00", "0.00")
         for day in (FIRST + timedelta(days=n) for n in range(0, 60, 7))]
        + [("new", offer(AS_OF), AS_OF, "10.00", "5.00", "0.00")],
        batch="b",
    )  # fmt: skip
    shutil.copytree(tmp_path / "lake", tmp_path / "twin")
    (run,) = ask(lake, later).runs
    assert (run.mode, run.members_touched) == ("incremental", 2)
    ask(Lake(tmp_path / "twin"), later, full=True)
    assert held(lake, later) == held(Lake(tmp_path / "twin"), later)
    after = held(lake, later)
    assert after["h0"]["price_choices"] == 49
    assert "new" not in after
    assert {row["model_version"] for row in after.values()} == {version}


def test_the_next_month_fits_anew_and_everybody_moves(lake: Lake) -> None:
    november = date(2024, 11, 4)
    load(lake, bought(AS_OF, november, HUNTERS, 2), batch="c")
    (run,) = ask(lake, november).runs
    assert run.mode == "full"
    assert held(lake, november)["h0"]["price_choices"] == 44
    with lake.snapshot() as snapshot:
        fits = snapshot.rows("model_versions", "model", "version", "as_of").to_pylist()
    assert len({fit["version"] for fit in fits}) == 2


def test_equal_facts_give_an_equal_version(lake: Lake, tmp_path: Path) -> None:
    other = Lake(tmp_path / "other")
    with lake.snapshot() as snapshot:
        tables = {name: snapshot.table(name).to_pyarrow() for name in ("order_lines", "products")}
    with other.transaction(note="the same") as transaction:
        for name, rows in tables.items():
            transaction.upsert(name, rows.cast(contract(name).arrow_schema))
    ask(other)
    assert held(other)["h0"]["model_version"] == held(lake)["h0"]["model_version"]


def test_the_report_is_of_a_time_it_had_not_seen(lake: Lake) -> None:
    with lake.snapshot() as snapshot:
        (fit,) = snapshot.table("model_versions").to_pyarrow().to_pylist()
    report = json.loads(fit["quality"])
    assert report["held_from"] == "2024-07-09"
    weeks = sum(1 for line in LINES if line[2] >= date(2024, 7, 9))
    assert (report["members"], report["choices"]) == (40, weeks)
    assert report["choice_auc"] > 0.65
    assert report["coupon_auc"] > 0.8


def test_without_any_reduction_the_reason_is_kept(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    load(lake, [("m1", "p1", FIRST, "10.00", "0.00", "0.00")], batch="a")
    report = ask(lake)
    assert held(lake) == {}
    assert "no brand was ever cheaper" in report.notes[0]
    assert "no brand was ever cheaper" in ask(lake).notes[0]
    with lake.snapshot() as snapshot:
        (fit,) = snapshot.table("model_versions").to_pyarrow().to_pylist()
    assert fit["version"] is None
    assert "no brand was ever cheaper" in fit["error"]


def test_the_measure_of_order_is_the_share_of_right_pairs() -> None:
    dice = np.random.default_rng(5)
    score = dice.integers(0, 6, 30).astype(float)
    up, down = dice.integers(0, 4, 30).astype(float), dice.integers(0, 4, 30).astype(float)
    right = sum(
        up[i] * down[j] * (1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0)
        for i in range(30)
        for j in range(30)
    )
    assert weighted_auc(score, up, down) == pytest.approx(right / (up.sum() * down.sum()))
