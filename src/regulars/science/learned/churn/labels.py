"""Who did not order in the time to come."""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir
import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.science.learned.churn.features import features
from regulars.science.learned.churn.fields import NAMES
from regulars.science.learned.churn.measures import Tables, measures

HORIZON_DAYS = 90
HORIZON_DAYS_MAX = 730


def labelled(tables: Tables, *, cut: date, horizon_days: int = HORIZON_DAYS) -> pa.Table:
    """Return member_id, the `FIELDS` as of ``cut`` and churned, by member.

    churned (bool) is true of who has no order from ``cut`` until ``horizon_days`` later, which must
    lie in the known past.

    Raises:
        RuleError: The horizon is not from 1 to 730 days.
    """
    if not 1 <= horizon_days <= HORIZON_DAYS_MAX:
        raise RuleError(
            f"{horizon_days} days are no horizon", fix=f"Use 1 to {HORIZON_DAYS_MAX} days"
        )
    known = features(measures(tables, as_of=cut), as_of=cut)
    orders = tables.table("orders")
    day = orders["business_date"]
    later = orders.filter(day >= cut, day < cut + timedelta(days=horizon_days))
    buyers = later.select("member_id").distinct().mutate(bought=True)
    both: ir.Table = known.left_join(buyers, "member_id")
    return (
        both.select("member_id", *NAMES, churned=both["bought"].isnull())
        .order_by("member_id")
        .to_pyarrow()
    )
