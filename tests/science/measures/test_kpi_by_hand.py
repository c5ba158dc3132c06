"""Key figures against a month worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import ibis
import pyarrow as pa

from regulars.base.business_time import Window
from regulars.science import kpi
from tests.science.history import (
    MONEY,
    Member,
    Order,
    bought,
    by_key,
    members_table,
    on,
    orders_table,
    rows,
)

JANUARY = Window(date(2024, 1, 1), date(2024, 2, 1))
ORDERS = [
    Order("before", "old", date(2023, 12, 20), Decimal("5.00"), 1),
    Order("1", "old", date(2024, 1, 1), Decimal("10.00"), 2),
    Order("2", "old", date(2024, 1, 20), Decimal("0.05"), 1),
    Order("3", "new", date(2024, 1, 31), Decimal("20.00"), 4),
    Order("4", "new", date(2024, 1, 31), Decimal("-1.00"), 0),
    Order("5", None, date(2024, 1, 15), Decimal("3.00"), 1),
    Order("after", "new", date(2024, 2, 1), Decimal("99.00"), 9),
]
MEMBERS = [
    Member("old", date(2020, 1, 1)),
    Member("new", None),  # joined with the first order, on January 31
    Member("idle", date(2024, 1, 31)),
    Member("unknown", None),
    Member("later", date(2024, 2, 1)),
]


def test_a_month() -> None:
    (found,) = rows(
        kpi.summary(
            orders_table(ORDERS), members_table(MEMBERS), window=JANUARY, repurchase_days=(18, 19)
        )
    )
    assert found == {
        "members": 4,
        "new_members": 2,
        "active_members": 2,
        "orders": 5,
        "sales": Decimal("32.05"),
        "average_order_value": Decimal("6.41"),
        "item_count": 8,
        "items_per_order": 1.6,
        "member_orders": 4,
        "member_sales": Decimal("29.05"),
        "frequency": 2.0,
        # From January 1, old came back on the 19th day. new has not been observed for 18 days.
        "repurchase_base_18d": 1,
        "repurchased_18d": 0,
        "repurchase_rate_18d": 0.0,
        "repurchase_base_19d": 1,
        "repurchased_19d": 1,
        "repurchase_rate_19d": 1.0,
    }


def test_a_second_basket_on_the_same_day_is_no_repurchase() -> None:
    orders, members = orders_table(bought("a", 3, 3)), members_table([Member("a", None)])
    (found,) = rows(kpi.summary(orders, members, window=JANUARY, repurchase_days=(5,)))
    assert (found["repurchase_base_5d"], found["repurchased_5d"]) == (1, 0)


def test_the_base_has_been_observed_for_all_its_days() -> None:
    # Bought on January 26: the five days 27 … 31 are over as of February 1, six are not.
    orders, members = orders_table(bought("a", 25)), members_table([Member("a", None)])
    (found,) = rows(kpi.summary(orders, members, window=JANUARY, repurchase_days=(5, 6)))
    assert (found["repurchase_base_5d"], found["repurchase_base_6d"]) == (1, 0)
    assert (found["repurchase_rate_5d"], found["repurchase_rate_6d"]) == (0.0, None)
    (later,) = rows(
        kpi.summary(orders, members, window=JANUARY, as_of=on(32), repurchase_days=(6,))
    )
    assert later["repurchase_base_6d"] == 1


def test_averages_are_rounded_half_up_and_null_over_nothing() -> None:
    members = members_table([])
    window = Window(on(0), on(9))
    two = [*bought("a", 1, net="0.01"), *bought("a", 2, net="0.02")]
    (found,) = rows(kpi.summary(orders_table(two), members, window=window))
    assert found["average_order_value"] == Decimal("0.02")  # 0.015
    loss = [*bought("a", 1, net="-0.01"), *bought("a", 2, net="-0.02")]
    (found,) = rows(kpi.summary(orders_table(loss), members, window=window))
    assert found["average_order_value"] == Decimal("-0.01")  # -0.015, half up
    (nothing,) = rows(kpi.summary(orders_table([]), members, window=window))
    assert (nothing["orders"], nothing["sales"]) == (0, Decimal(0))
    assert nothing["average_order_value"] is None
    assert nothing["items_per_order"] is None
    assert nothing["frequency"] is None


def test_weeks_begin_on_monday_and_are_cut_to_the_window() -> None:
    window = Window(date(2024, 1, 3), date(2024, 1, 16))
    found = rows(
        kpi.by_period(
            orders_table(bought("a", 2, 6, 7, 15)), members_table([]), window=window, every="week"
        )
    )
    assert [(row["period_start"].day, row["period_end"].day, row["orders"]) for row in found] == [
        (3, 8, 2),
        (8, 15, 1),
        (15, 16, 0),
    ]


def test_months_carry_members_forward() -> None:
    window = Window(date(2024, 1, 1), date(2024, 4, 1))
    found = rows(
        kpi.by_period(orders_table(ORDERS), members_table(MEMBERS), window=window, every="month")
    )
    assert [(row["members"], row["new_members"]) for row in found] == [(4, 2), (5, 1), (5, 0)]
    assert [row["sales"] for row in found] == [Decimal("32.05"), Decimal(99), Decimal(0)]
    # new bought again on February 1, in the next month: that is a repurchase of January.
    assert [row["repurchased_30d"] for row in found] == [2, 0, 0]


def test_categories_split_an_order() -> None:
    lines = ibis.memtable(
        pa.table(
            {
                "order_id": ["1", "1", "1", "2"],
                "member_id": ["a", "a", "a", "a"],
                "product_id": ["tea", "cup", "nameless", "tea"],
                "business_date": [on(1), on(1), on(1), on(4)],
                "net_amount": pa.array([Decimal(n) for n in (3, 5, 7, 4)], MONEY),
                "item_count": [1, 2, 3, 1],
            }
        )
    )
    products = ibis.memtable(
        pa.table({"product_id": ["tea", "cup"], "category": ["drinks", "kitchen"]})
    )
    window = Window(on(0), on(9))
    found = by_key(
        kpi.by_category(lines, products, window=window, repurchase_days=(3,)), "category"
    )
    assert {
        name: (row["orders"], row["sales"], row["item_count"]) for name, row in found.items()
    } == {
        "drinks": (2, Decimal(7), 2),
        "kitchen": (1, Decimal(5), 2),
        None: (1, Decimal(7), 3),
    }
    assert found["drinks"]["repurchased_3d"] == 1
    assert found["kitchen"]["repurchased_3d"] == 0
    assert rows(kpi.cross_category(lines, products, window=window)) == [
        {"buyers": 1, "cross_buyers": 1, "cross_category_rate": 1.0}
    ]


def test_second_orders() -> None:
    orders = bought("a", 1, 1, 5) + bought("b", 2) + bought("c", 3, 13, 14) + bought("old", -9, 4)
    (found,) = rows(kpi.second_orders(orders_table(orders), window=Window(on(0), on(20))))
    assert found == {
        "first_buyers": 3,
        "second_buyers": 2,
        "second_order_rate": 2 / 3,
        "days_to_second_mean": 7.0,
        "days_to_second_median": 7.0,
    }
