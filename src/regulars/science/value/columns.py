"""A fit's answers as columns of ``features/value``."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from regulars.science.value.histories import Floats, histories
from regulars.science.value.model import ValueModel
from regulars.science.value.outlook import Outlook
from regulars.science.value.scores import score

_MONEY = pa.decimal128(18, 2)
_MOST = 1e15
_EPOCH = date(1970, 1, 1)


def scored(
    rows: pa.RecordBatch, *, model: ValueModel, outlook: Outlook, as_of: date
) -> dict[str, pa.Array]:
    """Return the columns that the fit adds to measured members.

    Probabilities have six digits after the point, orders four, money two; a member's band follows
    from the rounded value. Money and band are null where the mean spend does not exist.
    """
    found = score(model, histories(rows, as_of=as_of), outlook)
    value = np.round(found.value, 2)
    high, medium = model.bands
    names = np.where(value >= high, "high", np.where(value >= medium, "medium", "low"))
    first = (as_of - _EPOCH).days - 1
    on = np.nan_to_num(first + found.days_to_order).astype(np.int32)
    return {
        "p_alive": pa.array(np.round(found.p_alive, 6)),
        "p_purchase_30d": pa.array(np.round(found.soon, 6)),
        "expected_orders_90d": pa.array(np.round(found.quarter, 4)),
        "expected_orders_365d": pa.array(np.round(found.year, 4)),
        "expected_spend": _money(found.spend),
        "clv": _money(found.value),
        "clv_low": _money(found.low),
        "clv_high": _money(found.high),
        "next_order_on": pa.array(on, mask=np.isnan(found.days_to_order)).cast(pa.date32()),
        "value_band": pa.array(names.astype(object), pa.string(), mask=~np.isfinite(value)),
        "model_version": pa.array([model.version] * len(value), pa.string()),
    }


def _money(amounts: Floats) -> pa.Array:
    known = np.isfinite(amounts) & (np.abs(amounts) < _MOST)
    cents = np.round(np.where(known, amounts, 0.0), 2)
    return pa.array(cents, mask=~known).cast(_MONEY)
