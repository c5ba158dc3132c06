"""RFM against a plain Python computation in fractions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from regulars.science import rfm
from regulars.science.rfm import RfmCuts, RfmOptions, RfmValues
from regulars.science.rfm.options import METHODS
from tests.science.history import Member, Order, by_key, histories, on, on_tables, orders_table

NAMED: tuple[Literal["mean", "score"], ...] = ("mean", "score")
high: st.SearchStrategy[Literal["mean", "score"] | RfmValues] = st.one_of(
    st.sampled_from(NAMED),
    st.builds(
        RfmValues,
        recency_days=st.integers(1, 60),
        frequency=st.integers(1, 4),
        monetary=st.integers(0, 9_000).map(lambda value: Decimal(value) / 100),
    ),
)


@st.composite
def all_options(draw: st.DrawFn) -> RfmOptions:
    method = draw(st.sampled_from(METHODS))
    levels = draw(st.integers(2, 5))
    cuts = None
    if method == "fixed":

        def rising(low: int, top: int) -> tuple[int, ...]:
            size = levels - 1
            values = st.lists(st.integers(low, top), min_size=size, max_size=size, unique=True)
            return tuple(sorted(draw(values)))

        money = tuple(Decimal(value) / 100 for value in rising(-100, 40_000))
        cuts = RfmCuts(recency_days=rising(1, 90), frequency=rising(1, 9), monetary=money)
    window = draw(st.sampled_from((1, 30, 365)))
    return RfmOptions(window_days=window, method=method, levels=levels, cuts=cuts, high=draw(high))


@on_tables
@given(histories(), all_options(), st.integers(1, 130).map(on))
def test_scores_and_groups(
    history: tuple[list[Order], list[Member]], options: RfmOptions, as_of: date
) -> None:
    orders, _members = history
    found = by_key(rfm.score(orders_table(orders), as_of=as_of, options=options), "member_id")
    assert found == expected(orders, as_of, options)


def expected(orders: list[Order], as_of: date, options: RfmOptions) -> dict[object, object]:
    mine = defaultdict(list)
    for order in orders:
        age = (as_of - order.day).days
        if order.member_id is not None and 1 <= age <= options.window_days:
            mine[order.member_id].append(order)
    values = {
        member: (
            min((as_of - o.day).days for o in bought),
            len(bought),
            sum((o.net for o in bought), Decimal(0)),
        )
        for member, bought in mine.items()
    }
    columns = [[Fraction(v[n]) for v in values.values()] for n in range(3)]
    result: dict[object, object] = {}
    for member, triple in values.items():
        ranks = [score(Fraction(triple[n]), columns[n], n, options) for n in range(3)]
        flags = [is_high(Fraction(triple[n]), columns[n], ranks[n], n, options) for n in range(3)]
        name = {
            (True, True): "value",
            (True, False): "develop",
            (False, True): "keep",
            (False, False): "winback",
        }[flags[0], flags[1]]
        result[member] = {
            "member_id": member,
            "as_of": as_of,
            "last_order_date": as_of - timedelta(days=triple[0]),
            "recency_days": triple[0],
            "frequency": triple[1],
            "monetary": triple[2],
            "r_score": ranks[0],
            "f_score": ranks[1],
            "m_score": ranks[2],
            "rfm_group": ("important_" if flags[2] else "general_") + name,
        }
    return result


def score(value: Fraction, column: list[Fraction], n: int, options: RfmOptions) -> int:
    levels, cuts = options.levels, options.cuts
    probabilities = [Fraction(k, levels) for k in range(1, levels)]
    if options.method == "quantile":
        passed = sum(value > quantile(column, p) for p in probabilities)
    elif options.method == "quantile_plus_one":
        passed = sum(value >= quantile(column, p) + 1 for p in probabilities)
    elif options.method == "mean":
        mean = sum(column) / len(column)
        passed = sum(value > mean * 2 * p for p in probabilities)
    else:
        assert cuts is not None
        bounds = [Fraction(c) for c in (cuts.recency_days, cuts.frequency, cuts.monetary)[n]]
        passed = sum(value > c if n == 0 else value >= c for c in bounds)
    return levels - passed if n == 0 else 1 + passed


def quantile(column: list[Fraction], p: Fraction) -> Fraction:
    ordered = sorted(column)
    place = (len(ordered) - 1) * p
    low = int(place)
    above = ordered[min(low + 1, len(ordered) - 1)]
    return ordered[low] + (place - low) * (above - ordered[low])


def is_high(
    value: Fraction, column: list[Fraction], rank: int, n: int, options: RfmOptions
) -> bool:
    if options.high == "score":
        return rank > Fraction(options.levels + 1, 2)
    if options.high == "mean":
        mean = sum(column) / len(column)
        return value < mean if n == 0 else value > mean
    bound = Fraction((options.high.recency_days, options.high.frequency, options.high.monetary)[n])
    return value <= bound if n == 0 else value >= bound
