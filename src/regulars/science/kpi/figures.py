"""What each key figure means, and the query that computes them for any split.

members            joined before the window ends. A member without a joining date joined with the
                   first order; who has neither is a member since an unknown day.
new_members        joined inside the window.
orders, sales      orders of the window, members' and visitors', and their net amount.
average_order_value   sales / orders, rounded half up to two digits (客单价).
items_per_order    items / orders.
active_members     members with an order in the window.
member_orders, member_sales   orders and sales of members only.
frequency          member_orders / active_members.
repurchase_*       see `regulars.science.kpi.repurchase`.

Amounts are exact decimals in the orders' currency; a ratio over nothing is null, not zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.base.business_time import Window
from regulars.base.errors import RuleError
from regulars.science.facts import checked_date, require_columns, within
from regulars.science.kpi.repurchase import (
    REPURCHASE_DAYS,
    counted_repurchases,
    with_repurchase_rates,
)

ORDER_COLUMNS = ("order_id", "member_id", "business_date", "net_amount", "item_count")
MONEY = "decimal(18, 2)"
_COUNTS = ("orders", "item_count", "active_members", "member_orders")
_SUMS = ("sales", "member_sales")


def summary(
    orders: ir.Table,
    members: ir.Table,
    *,
    window: Window,
    as_of: date | None = None,
    repurchase_days: Sequence[int] = REPURCHASE_DAYS,
) -> ir.Table:
    """Return one row of key figures for ``window``.

    ``orders`` needs order_id, member_id, business_date, net_amount, item_count and must reach
    back over the whole history; ``members`` needs member_id and joined_on. ``as_of`` (default: the
    window's end) is how far repurchases of the window's buyers are observed.

    Columns: members, new_members, active_members, orders, sales, average_order_value, item_count,
    items_per_order, member_orders, member_sales, frequency, and for each N of ``repurchase_days``
    repurchase_base_Nd, repurchased_Nd, repurchase_rate_Nd.
    """
    require_columns(orders, ORDER_COLUMNS, where="orders")
    joined = joining_dates(orders, members)
    whole = orders.mutate(split=ibis.literal(1))
    figures = split_figures(
        whole,
        split="split",
        window=window,
        as_of=observed_until(window, as_of),
        repurchase_days=repurchase_days,
    )
    membership = joined.agg(**member_counts(joined, window)).mutate(split=ibis.literal(1))
    result = finished(membership.left_join(figures, "split"), repurchase_days)
    return ordered_columns(result, (), repurchase_days)


def split_figures(
    orders: ir.Table,
    *,
    split: str,
    window: Window,
    as_of: date,
    repurchase_days: Sequence[int],
    calendar: ir.Table | None = None,
) -> ir.Table:
    """Count and sum the orders of ``window`` for each value of the column ``split``.

    ``split`` is a column of ``orders`` or of ``calendar`` (business_date → period).
    """
    bought = within(orders, window)
    if calendar is not None:
        bought = bought.inner_join(calendar, "business_date")
    of_member = bought["member_id"].notnull()
    trade = bought.group_by(split).agg(
        orders=bought.count(),
        item_count=bought["item_count"].sum().cast("int64"),
        active_members=bought["member_id"].nunique(),
        member_orders=bought.count(where=of_member),
        sales=bought["net_amount"].sum().cast(MONEY),
        member_sales=bought["net_amount"].sum(where=of_member).fill_null(0).cast(MONEY),
    )
    again = counted_repurchases(
        orders,
        split=split,
        window=window,
        as_of=as_of,
        repurchase_days=repurchase_days,
        calendar=calendar,
    )
    return trade.left_join(again, split).drop(f"{split}_right")


def finished(counted: ir.Table, repurchase_days: Sequence[int]) -> ir.Table:
    """Fill what did not happen with zero and add the ratios."""
    repurchases = [
        f"{name}_{days}d" for days in repurchase_days for name in ("repurchase_base", "repurchased")
    ]
    filled = counted.mutate(
        **{name: counted[name].fill_null(0) for name in (*_COUNTS, *repurchases)},
        **{name: counted[name].fill_null(0).cast(MONEY) for name in _SUMS},
    )
    with_ratios = filled.mutate(
        average_order_value=money_ratio(filled["sales"], filled["orders"]),
        items_per_order=filled["item_count"] / filled["orders"].nullif(0),
        frequency=filled["member_orders"] / filled["active_members"].nullif(0),
    )
    return with_repurchase_rates(with_ratios, repurchase_days)


def ordered_columns(
    result: ir.Table, keys: Sequence[str], repurchase_days: Sequence[int]
) -> ir.Table:
    """Select the public columns in their documented order; member counts where there are any."""
    names = [
        *keys,
        *(name for name in ("members", "new_members") if name in result.columns),
        "active_members",
        "orders",
        "sales",
        "average_order_value",
        "item_count",
        "items_per_order",
        "member_orders",
        "member_sales",
        "frequency",
    ]
    for days in repurchase_days:
        names += [f"repurchase_base_{days}d", f"repurchased_{days}d", f"repurchase_rate_{days}d"]
    return result.select(*names)


def joining_dates(orders: ir.Table, members: ir.Table, *extra: str) -> ir.Table:
    """Return member_id, joined_on and ``extra`` columns of every member.

    Where ``joined_on`` is missing, the date of the first order stands in for it.
    """
    require_columns(members, ("member_id", "joined_on", *extra), where="members")
    people = members.select("member_id", "joined_on", *extra)
    undated = people.filter(people["joined_on"].isnull())
    first_orders = (
        orders.semi_join(undated, "member_id")
        .group_by("member_id")
        .agg(first_order_date=lambda t: t["business_date"].min())
    )
    known_people = people.left_join(first_orders, "member_id")
    return known_people.select(
        "member_id",
        *extra,
        joined_on=known_people["joined_on"].coalesce(known_people["first_order_date"]),
    )


def member_counts(joined: ir.Table, window: Window) -> dict[str, ir.Value]:
    """Return the aggregates members and new_members."""
    day = joined["joined_on"]
    return {
        "members": joined.count(where=day.isnull() | (day < window.end)),
        "new_members": joined.count(where=(day >= window.first) & (day < window.end)),
    }


def observed_until(window: Window, as_of: date | None) -> date:
    """Return the date up to which facts are known; never before the window ends."""
    if as_of is None:
        return window.end
    if checked_date(as_of) < window.end:
        raise RuleError(
            f"as of {as_of} the window that ends on {window.end} is not over",
            fix="Use an as_of on or after the window's end",
        )
    return as_of


def money_ratio(amount: ir.Value, count: ir.Value) -> ir.Value:
    """Return amount / count rounded half up to two digits, by whole minor units."""
    twice = (amount * 200).cast("int64")
    by = count.nullif(0)
    cents = (twice + by) // (by * 2)
    return (cents.cast("decimal(18, 2)") / 100).cast(MONEY)
