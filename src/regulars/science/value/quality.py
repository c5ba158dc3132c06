"""How well the models foretold the last months, when they knew only what came before."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.base.errors import RuleError
from regulars.science import clv
from regulars.science.value.estimates import estimated, repeat_model, spend_model
from regulars.science.value.histories import DAYS_PER_WEEK, histories
from regulars.science.value.model import Calibration, Quality
from regulars.science.value.options import ValueOptions

_DAYS_MIN = 28
_PENNY = 0.005


def held_out(rows: pa.Table, *, cut: date, as_of: date, options: ValueOptions) -> Quality | None:
    """Fit what was known as of ``cut`` and compare it with the days from then to ``as_of``.

    ``rows`` are what ``measure_twice`` found. None where the days are fewer than 28, or what was
    known then does not hold the models.
    """
    days = (as_of - cut).days
    if days < _DAYS_MIN:
        return None
    known = rows.filter(pc.is_valid(rows["known_last"]))
    members = histories(
        pa.table({
            "first_order_date": known["first_order_date"],
            "last_order_date": known["known_last"],
            "frequency": known["known_frequency"],
            "repeat_amount": known["known_amount"],
        }),
        as_of=cut,
    )  # fmt: skip
    try:
        model = estimated(members, as_of=cut, options=options)
    except RuleError:
        return None
    repeat, spend = repeat_model(model), spend_model(model)
    orders, paid = (
        np.asarray(pc.cast(known[name], pa.float64()).to_numpy(), np.float64)
        for name in ("later_orders", "later_amount")
    )
    x, t, age, horizon = members.frequency, members.recency, members.age, days / DAYS_PER_WEEK
    report = clv.hold_out(
        repeat, horizon, frequency=x, recency=t, age=age, orders=orders, level=options.level
    )
    least, most = clv.spend_interval(
        *(repeat, spend, horizon),
        frequency=x, recency=t, age=age, monetary=members.monetary, level=options.level,
    )  # fmt: skip
    worth = repeat.expected_orders(horizon, x, t, age) * spend.expected_spend(x, members.monetary)
    # A day on which more was given back than bought leaves an amount below nothing.
    inside = (np.maximum(paid, 0.0) >= least - _PENNY) & (paid <= most + _PENNY)
    return Quality(
        days=days,
        members=len(x),
        level=options.level,
        calibration=tuple(Calibration(*group) for group in report.groups),
        orders=report.actual,
        expected_orders=report.expected,
        spend=float(paid.sum()),
        expected_spend=float(worth[np.isfinite(worth)].sum()),
        mean_absolute_error=report.mean_absolute_error,
        orders_coverage=report.coverage,
        spend_coverage=float(inside.mean()),
    )
