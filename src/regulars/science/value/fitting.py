"""Fitting the value models on all members of a brand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import ibis.expr.types as ir
import numpy as np

from regulars.science.facts import checked_date, known
from regulars.science.value.estimates import estimated
from regulars.science.value.histories import Floats, histories
from regulars.science.value.measures import measure_twice
from regulars.science.value.model import ValueModel
from regulars.science.value.options import ValueOptions
from regulars.science.value.outlook import Outlook
from regulars.science.value.quality import held_out
from regulars.science.value.scores import values

_HOLD_OUT_PART = 3


def fit(orders: ir.Table, *, as_of: date, options: ValueOptions | None = None) -> ValueModel:
    """Fit BG/NBD and Gamma-Gamma on every member who ordered before ``as_of``.

    ``orders`` needs member_id, business_date and net_amount. The engine sums up members' days, so
    that only five numbers per member are read here.

    Raises:
        RuleError: Nobody ordered, or ordered again for money, or the likelihood has no maximum.
    """
    options = options or ValueOptions()
    cut = _cut(orders, checked_date(as_of), options)
    rows = measure_twice(orders, cut=cut, as_of=as_of).to_pyarrow()
    members = histories(rows, as_of=as_of)
    model = estimated(members, as_of=as_of, options=options)
    value = values(model, members, Outlook(model))
    return replace(
        model,
        bands=(_least_of(value, options.high), _least_of(value, options.medium)),
        quality=held_out(rows, cut=cut, as_of=as_of, options=options),
    )


def _cut(orders: ir.Table, as_of: date, options: ValueOptions) -> date:
    """Return the day on which the hold-out begins."""
    counted = known(orders, as_of)
    first = counted["business_date"].min(where=counted["member_id"].notnull()).to_pyarrow().as_py()
    days = (as_of - first).days // _HOLD_OUT_PART if first is not None else 0
    return as_of - timedelta(days=min(days, options.hold_out_days))


def _least_of(value: Floats, share: Fraction) -> float:
    """Return the least value among the greatest ``share`` of the members, to two digits."""
    place = max(int(len(value) * share) - 1, 0)
    return float(np.round(np.sort(value)[::-1][place], 2))
