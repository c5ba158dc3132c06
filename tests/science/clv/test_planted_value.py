"""On members whose truth is known a fit finds it, and intervals hold their share."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import ibis
import numpy as np
import pyarrow as pa
import pytest

from regulars.base.errors import RuleError
from regulars.science.value import ValueModel, ValueOptions, measure
from regulars.science.value.columns import scored
from regulars.science.value.fitting import fit
from regulars.science.value.model import quality_text
from regulars.science.value.outlook import Outlook
from tests.science.clv.chain import DAYS, REPEAT, SPEND, on, planted
from tests.science.history import Order, orders_table

MEMBERS = 4_000
CUT = 300


@pytest.fixture(scope="module")
def chain() -> list[Order]:
    return planted(MEMBERS).orders


@pytest.fixture(scope="module")
def model(chain: list[Order]) -> ValueModel:
    return fit(orders_table(chain), as_of=on(CUT))


def test_the_planted_parameters_come_back(model: ValueModel) -> None:
    assert model.members == MEMBERS
    assert model.repeat == pytest.approx(REPEAT, rel=0.15)
    assert model.spend == pytest.approx(SPEND, rel=0.15)


def test_the_hold_out_is_foretold(model: ValueModel) -> None:
    assert model.quality is not None
    assert (model.quality.days, model.quality.members) == (100, len_before(CUT - 100))
    assert model.quality.expected_orders == pytest.approx(model.quality.orders, rel=0.1)
    assert model.quality.expected_spend == pytest.approx(model.quality.spend, rel=0.12)
    assert 0.90 <= model.quality.orders_coverage <= 0.98
    assert 0.90 <= model.quality.spend_coverage <= 0.98
    groups = model.quality.calibration
    assert [group.frequency for group in groups] == list(range(8))
    assert sum(group.members for group in groups) == model.quality.members
    for group in groups:
        assert group.expected == pytest.approx(group.actual, rel=0.3)


def len_before(day: int) -> int:
    return len({order.member_id for order in planted(MEMBERS).before(day)})


def test_what_members_then_spend_lies_in_the_interval(
    chain: list[Order], model: ValueModel
) -> None:
    """The year is not over: so members' year is asked at a discount that leaves the money whole."""
    rows = measure(orders_table(chain), as_of=on(CUT)).to_pyarrow()
    batch = rows.combine_chunks().to_batches()[0]
    found = scored(batch, model=model, outlook=Outlook(model), as_of=on(CUT))
    value, low, high = (
        found[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in ("clv", "clv_low", "clv_high")
    )
    assert (low <= high).all()
    later: dict[str | None, Decimal] = {}
    for order in chain:
        if on(CUT) <= order.day < on(DAYS):
            later[order.member_id] = later.get(order.member_id, Decimal(0)) + order.net
    # A third of a year brings no more than the year's upper end allows, but for a few.
    paid = np.array([float(later.get(m, 0)) for m in rows["member_id"].to_pylist()])
    assert 0.97 <= (paid <= high / 0.9).mean() <= 1.0
    assert value.sum() > paid.sum()


def test_bands_part_the_members_of_the_fit(chain: list[Order], model: ValueModel) -> None:
    rows = measure(orders_table(chain), as_of=on(CUT)).to_pyarrow()
    found = scored(
        rows.combine_chunks().to_batches()[0], model=model, outlook=Outlook(model), as_of=on(CUT)
    )
    bands = found["value_band"].to_pylist()
    assert bands.count("high") == MEMBERS // 5
    assert bands.count("medium") == MEMBERS * 3 // 10


def test_a_fit_is_read_back_as_it_was_kept(model: ValueModel) -> None:
    assert ValueModel.read(model.parameters, quality_text(model.quality)) == model
    assert model.version.startswith(f"{on(CUT)}.")


def test_too_little_to_go_by() -> None:
    once = [Order(f"o{n}", f"m{n}", on(n)) for n in range(20)]
    with pytest.raises(RuleError, match="nobody has ordered again"):
        fit(orders_table(once), as_of=on(40))
    with pytest.raises(RuleError, match="there is no customer"):
        fit(orders_table([]), as_of=on(40))


def test_a_short_history_has_no_hold_out(chain: list[Order]) -> None:
    early = fit(orders_table(chain), as_of=on(80), options=ValueOptions(hold_out_days=20))
    assert early.quality is None


def test_options_that_make_no_sense() -> None:
    with pytest.raises(RuleError, match="a discount cannot be -1"):
        ValueOptions(discount=-1.0)
    with pytest.raises(RuleError, match="a level lies between 0 and 1"):
        ValueOptions(level=1.0)
    with pytest.raises(RuleError, match="bands cannot end at"):
        ValueOptions(high=Fraction(1, 2))
    with pytest.raises(RuleError, match="a hold-out cannot last 0 days"):
        ValueOptions(hold_out_days=0)


def test_measure_by_hand() -> None:
    orders = [
        Order("1", "a", date(2024, 1, 1), Decimal("10.00")),
        Order("2", "a", date(2024, 1, 1), Decimal("5.00")),
        Order("3", "a", date(2024, 1, 9), Decimal("7.50")),
        Order("4", "a", date(2024, 2, 1), Decimal("0.25")),
        Order("5", "a", date(2024, 3, 1), Decimal("99.00")),
        Order("6", None, date(2024, 1, 2), Decimal("1.00")),
    ]
    table = ibis.memtable(orders_table(orders).to_pyarrow())
    (row,) = measure(table, as_of=date(2024, 3, 1)).to_pyarrow().to_pylist()
    assert row == {
        "member_id": "a",
        "first_order_date": date(2024, 1, 1),
        "last_order_date": date(2024, 2, 1),
        "frequency": 2,
        "repeat_amount": Decimal("7.75"),
    }
    assert date(2024, 2, 1) - date(2024, 1, 1) == timedelta(days=31)
