"""Whom a moved bound concerns: exactly the buyers who reach one of the two and not the other."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import ibis
import pyarrow as pa
import pytest

from regulars.science.rfm import between

AS_OF = date(2024, 3, 1)
BOUNDS = (None, 1, 2, 3, 250, 251)
BUYERS = [
    (days, orders, amount)
    for days, orders, amount in product((1, 2, 3), (1, 2, 3), ("-0.01", "0.03", "2.50", "2.51"))
]


@pytest.mark.parametrize("column", ["r_cut_1", "f_cut_2", "m_mean"])
def test_it_finds_whom_each_pair_of_bounds_parts(column: str) -> None:
    buyers = ibis.memtable(
        pa.table(
            {
                "member_id": [str(number) for number in range(len(BUYERS))],
                "last_order_date": [AS_OF - timedelta(days=days) for days, _, _ in BUYERS],
                "frequency": [orders for _, orders, _ in BUYERS],
                "monetary": pa.array([Decimal(m) for _, _, m in BUYERS], pa.decimal128(18, 2)),
            }
        )
    )
    place = "rfm".index(column[0])
    values = [(days, orders, int(Decimal(m) * 100))[place] for days, orders, m in BUYERS]
    for before, after in product(BOUNDS, BOUNDS):
        if before == after:
            continue
        found = between(buyers, {column: before}, {column: after}, as_of=AS_OF)
        parted = {
            str(number)
            for number, value in enumerate(values)
            if (before is not None and value >= before) != (after is not None and value >= after)
        }
        assert set(found.to_pyarrow()["member_id"].to_pylist()) == parted, (before, after)
