"""Key figures and RFM cells of a scope, by the definitions of the workshop."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from regulars.api.answers.encoding import encoded
from regulars.api.answers.kept import kept
from regulars.base.business_time import Window
from regulars.science import kpi

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.apps.accounts.queries import ScopedLake
    from regulars.apps.accounts.types import DataScope

Row = dict[str, Any]
Period = Literal["day", "week", "month", "year"]
REPURCHASE_DAYS = 30
_TRADE = frozenset({"orders", "members", "features/rfm", "stores"})
_CELLS = frozenset({"features/rfm"})
_DAYS: dict[Period, int] = {"day": 1, "week": 7, "month": 30, "year": 365}


def key_figures(
    scope: DataScope, *, as_of: date | None, period: Period, store_id: str | None
) -> bytes | None:
    """Return the figures of the ``period`` that ends with the day before ``as_of``.

    Without ``as_of``: the newest business date. With a store: of the orders in it, and of the
    members at home there; None when the store does not lie in the scope, or has no figures.
    """
    if store_id is None:
        question = f"kpis {as_of} {period}"
        return kept(scope, question, lambda lake: _of_all(lake, as_of, period), tables=_TRADE)
    # Asking for all stores costs little more than for one, and their callers ask for all.
    question = f"kpis by store {as_of} {period}"
    stores = kept(scope, question, lambda lake: _by_store(lake, as_of, period), tables=_TRADE)
    at = bisect_left(stores.ids, store_id)
    return stores.figures[at] if at < len(stores.ids) and stores.ids[at] == store_id else None


def rfm_cells(scope: DataScope, *, as_of: date | None) -> bytes | None:
    """Return the members and money of every cell of the RFM scores; None without such a date."""
    return kept(scope, f"rfm cells {as_of}", lambda lake: _cells(lake, as_of), tables=_CELLS)


def fill(scope: DataScope) -> None:
    """Read what is asked most: the newest month, of all and of each store, and the RFM cells."""
    key_figures(scope, as_of=None, period="month", store_id=None)
    key_figures(scope, as_of=None, period="month", store_id="")
    rfm_cells(scope, as_of=None)


def business_date(lake: ScopedLake) -> date | None:
    """Return the newest business date: of the features, else the day after the last order."""
    newest = newest_as_of(lake)
    if newest is not None or not lake.has("orders"):
        return newest
    last: date | None = lake.table("orders")["business_date"].max().to_pyarrow().as_py()
    return last + timedelta(days=1) if last is not None else None


class _Stores(NamedTuple):
    """The stores in a scope, by id, and each one's figures as JSON."""

    ids: tuple[str, ...]
    figures: tuple[bytes, ...]


def _of_all(lake: ScopedLake, as_of: date | None, period: Period) -> bytes | None:
    day = as_of or business_date(lake)
    if day is None:
        return None
    figures = _summary(lake.table("orders"), lake.table("members"), day, period)
    return encoded(_head(day, period, None) | figures)


def _by_store(lake: ScopedLake, as_of: date | None, period: Period) -> _Stores:
    stores = sorted(lake.table("stores").select("store_id").to_pyarrow()["store_id"].to_pylist())
    day = as_of or business_date(lake)
    if day is None or not stores:
        return _Stores((), ())
    orders, members = lake.table("orders"), lake.table("members")
    split = kpi.by_store(
        orders, members, window=_window(day, period), as_of=day, repurchase_days=(REPURCHASE_DAYS,)
    )
    found = {row.pop("store_id"): row for row in split.to_pyarrow().to_pylist()}
    # A store without orders and members has no row there; its figures are those of nothing.
    nothing: Row = {}
    if not found.keys() >= set(stores):
        nothing = _summary(orders.limit(0), members.limit(0), day, period)
    figures = (encoded(_head(day, period, one) | found.get(one, nothing)) for one in stores)
    return _Stores(tuple(stores), tuple(figures))


def _summary(orders: ir.Table, members: ir.Table, day: date, period: Period) -> Row:
    table = kpi.summary(
        orders, members, window=_window(day, period), as_of=day, repurchase_days=(REPURCHASE_DAYS,)
    )
    return dict(table.to_pyarrow().to_pylist()[0])


def _window(day: date, period: Period) -> Window:
    return Window.before(day, days=_DAYS[period])


def _head(day: date, period: Period, store_id: str | None) -> Row:
    window = _window(day, period)
    return {
        "as_of": day,
        "period": period,
        "first_day": window.first,
        "last_day": window.end - timedelta(days=1),
        "store_id": store_id,
    }


def _cells(lake: ScopedLake, as_of: date | None) -> bytes | None:
    day = as_of or newest_as_of(lake)
    if day is None:
        return encoded({"as_of": None, "cells": []}) if as_of is None else None
    scores = lake.table("features/rfm")
    scores = scores.filter(scores["as_of"] == day)
    names = ("r_score", "f_score", "m_score", "rfm_group")
    table = scores.group_by(*names).agg(
        members=scores.count(), monetary=scores["monetary"].sum().cast("decimal(18, 2)")
    )
    rows = table.order_by(*names).to_pyarrow().to_pylist()
    if not rows and as_of is not None:
        return None
    return encoded({"as_of": day, "cells": rows})


def newest_as_of(lake: ScopedLake) -> date | None:
    """Return the newest business date with RFM features; None before the first refresh."""
    if not lake.has("features/rfm"):
        return None
    day: date | None = lake.table("features/rfm")["as_of"].max().to_pyarrow().as_py()
    return day
