"""RFM against numbers worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from regulars.science import rfm
from regulars.science.rfm import RfmCuts, RfmOptions, RfmValues
from tests.science.history import MONEY, bought, by_key, on, orders_table, rows

AS_OF = date(2024, 12, 31)


def measured(**frequency: int) -> ir.Table:
    """Return measured members whose recency, frequency and money are all the same number."""
    names = list(frequency)
    counts = list(frequency.values())
    days = [date.fromordinal(AS_OF.toordinal() - count) for count in counts]
    return ibis.memtable(
        pa.table(
            {
                "member_id": names,
                "last_order_date": pa.array(days, pa.date32()),
                "frequency": pa.array(counts, pa.int64()),
                "monetary": pa.array([Decimal(count) for count in counts], MONEY),
            }
        )
    )


def scores(options: RfmOptions, **values: int) -> dict[object, tuple[object, ...]]:
    ranked = by_key(rfm.rank(measured(**values), as_of=AS_OF, options=options), "member_id")
    return {m: (row["r_score"], row["f_score"], row["m_score"]) for m, row in ranked.items()}


def test_the_window_holds_the_days_before_the_date_and_no_other() -> None:
    orders = bought("first", 0) + bought("last", 364) + bought("early", -1) + bought("late", 365)
    scored = by_key(rfm.score(orders_table(orders), as_of=on(365)), "member_id")
    assert {m: row["recency_days"] for m, row in scored.items()} == {"first": 365, "last": 1}


def test_a_buyer_has_last_date_orders_and_exact_money() -> None:
    orders = bought("a", 3, 9, 9, net="0.10") + bought(None, 5) + bought("b", 4, net="7.25")
    scored = by_key(rfm.score(orders_table(orders), as_of=on(10)), "member_id")
    assert (scored["a"]["last_order_date"], scored["a"]["recency_days"]) == (on(9), 1)
    assert (scored["a"]["frequency"], scored["a"]["monetary"]) == (3, Decimal("0.30"))
    assert (scored["b"]["frequency"], scored["b"]["monetary"]) == (1, Decimal("7.25"))
    assert {row["as_of"] for row in scored.values()} == {on(10)}
    assert set(scored) == {"a", "b"}


def test_quantile_bins_close_on_the_right() -> None:
    # 1 … 5 in 5 levels: type-7 quantiles 1.8, 2.6, 3.4, 4.2: one value in each bin.
    assert scores(RfmOptions(), a=1, b=2, c=3, d=4, e=5) == {
        "a": (5, 1, 1),
        "b": (4, 2, 2),
        "c": (3, 3, 3),
        "d": (2, 4, 4),
        "e": (1, 5, 5),
    }
    # 10, 20, 30 in 2 levels: the median 20 belongs to the lower bin.
    assert scores(RfmOptions(levels=2), a=10, b=20, c=30) == {
        "a": (2, 1, 1),
        "b": (2, 1, 1),
        "c": (1, 2, 2),
    }


def test_quantile_plus_one_gives_the_bins_of_the_r_package() -> None:
    # quantile(c(1, 2, 4, 8, 16), 1:4 / 5) in R is 1.8, 3.2, 5.6, 9.6; plus one 2.8, 4.2, 6.6, 10.6:
    # bins [1, 2.8) [2.8, 4.2) [4.2, 6.6) [6.6, 10.6) [10.6, 17).
    options = RfmOptions(method="quantile_plus_one")
    assert scores(options, a=1, b=2, c=4, d=8, e=16) == {
        "a": (5, 1, 1),
        "b": (5, 1, 1),
        "c": (4, 2, 2),
        "d": (2, 4, 4),
        "e": (1, 5, 5),
    }
    # quantile(c(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 1:4 / 5) is 2.8, 4.6, 6.4, 8.2: cuts 3.8 … 9.2.
    ten = scores(options, **{f"m{n}": n for n in range(1, 11)})
    assert [ten[f"m{n}"][1] for n in range(1, 11)] == [1, 1, 1, 2, 2, 3, 3, 4, 4, 5]
    assert [ten[f"m{n}"][0] for n in range(1, 11)] == [5, 5, 5, 4, 4, 3, 3, 2, 2, 1]


def test_equal_values_get_equal_scores() -> None:
    tied = scores(RfmOptions(), a=1, b=1, c=1, d=1, e=1, f=1, g=1, h=2)
    assert {tied[m] for m in "abcdefg"} == {(5, 1, 1)}
    assert tied["h"] == (1, 5, 5)
    assert scores(RfmOptions(), a=7, b=7) == {"a": (5, 1, 1), "b": (5, 1, 1)}
    assert scores(RfmOptions(), a=7) == {"a": (5, 1, 1)}


def test_fixed_cuts_reach_from_and_recency_reaches_within() -> None:
    cuts = RfmCuts(
        recency_days=(30, 90), frequency=(2, 5), monetary=(Decimal("40.00"), Decimal("90.5"))
    )
    options = RfmOptions(method="fixed", levels=3, cuts=cuts)
    found = scores(options, a=1, b=2, c=30, d=31, e=40, f=90, g=91)
    assert found == {
        "a": (3, 1, 1),
        "b": (3, 2, 1),
        "c": (3, 3, 1),
        "d": (2, 3, 1),
        "e": (2, 3, 2),
        "f": (2, 3, 2),
        "g": (1, 3, 3),
    }


def test_mean_cuts_are_even_fractions_of_the_mean() -> None:
    # The mean of 1, 2, 3, 6 is 3: two levels split above 3, four levels above 1.5, 3 and 4.5.
    values = {"a": 1, "b": 2, "c": 3, "d": 6}
    two = scores(RfmOptions(method="mean", levels=2), **values)
    assert two == {"a": (2, 1, 1), "b": (2, 1, 1), "c": (2, 1, 1), "d": (1, 2, 2)}
    four = scores(RfmOptions(method="mean", levels=4), **values)
    assert four == {"a": (4, 1, 1), "b": (3, 2, 2), "c": (3, 2, 2), "d": (1, 4, 4)}


@pytest.mark.parametrize(
    ("recency", "frequency", "money", "group"),
    [
        (1, 9, 9, "important_value"),
        (1, 1, 9, "important_develop"),
        (9, 9, 9, "important_keep"),
        (9, 1, 9, "important_winback"),
        (1, 9, 1, "general_value"),
        (1, 1, 1, "general_develop"),
        (9, 9, 1, "general_keep"),
        (9, 1, 1, "general_winback"),
    ],
)
def test_the_eight_groups(recency: int, frequency: int, money: int, group: str) -> None:
    high = RfmValues(recency_days=5, frequency=5, monetary=Decimal(5))
    table = ibis.memtable(
        pa.table(
            {
                "member_id": ["x"],
                "last_order_date": [date.fromordinal(AS_OF.toordinal() - recency)],
                "frequency": [frequency],
                "monetary": pa.array([Decimal(money)], MONEY),
            }
        )
    )
    (found,) = rows(rfm.rank(table, as_of=AS_OF, options=RfmOptions(high=high)))
    assert found["rfm_group"] == group


def test_high_is_better_than_the_mean_and_not_equal_to_it() -> None:
    ranked = by_key(rfm.rank(measured(a=2, b=4, c=6), as_of=AS_OF), "member_id")
    assert {m: row["rfm_group"] for m, row in ranked.items()} == {
        "a": "general_develop",
        "b": "general_winback",  # exactly the mean in all three: high in none
        "c": "important_keep",
    }


def test_high_may_be_a_score_above_the_middle() -> None:
    ranked = by_key(
        rfm.rank(measured(a=1, b=2, c=3, d=4, e=5), as_of=AS_OF, options=RfmOptions(high="score")),
        "member_id",
    )
    assert {m: row["rfm_group"] for m, row in ranked.items()} == {
        "a": "general_develop",
        "b": "general_develop",
        "c": "general_winback",
        "d": "important_keep",
        "e": "important_keep",
    }


def test_group_sizes_list_all_eight_and_add_up() -> None:
    orders = bought("a", 1, 2, 3, net="9.99") + bought("b", 4) + bought("c", 5, 5)
    sizes = rows(rfm.group_sizes(rfm.score(orders_table(orders), as_of=on(9))))
    assert tuple(row["rfm_group"] for row in sizes) == rfm.GROUPS
    assert sum(row["members"] for row in sizes) == 3
    assert sum(row["orders"] for row in sizes) == 6
    assert sum(row["sales"] for row in sizes) == Decimal("59.97")


def test_nobody_bought() -> None:
    scored = rfm.score(orders_table([]), as_of=on(9))
    assert rows(scored) == []
    assert {row["members"] for row in rows(rfm.group_sizes(scored))} == {0}
