"""Key figures and RFM cells of a scope, by the definitions of the workshop."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from regulars.api.answers.encoding import encoded
from regulars.api.answers.kept import kept
from regulars.api.answers.profiles import newest_as_of
from regulars.base.business_time import Window
from regulars.science import kpi

if TYPE_CHECKING:
    from regulars.apps.accounts.queries import ScopedLake
    from regulars.apps.accounts.types import DataScope

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
    question = f"kpis {as_of} {period} {store_id!r}"
    return kept(
        scope, question, lambda lake: _figures(lake, as_of, period, store_id), tables=_TRADE
    )


def rfm_cells(scope: DataScope, *, as_of: date | None) -> bytes | None:
    """Return the members and money of every cell of the RFM scores; None without such a date."""
    return kept(scope, f"rfm cells {as_of}", lambda lake: _cells(lake, as_of), tables=_CELLS)


def business_date(lake: ScopedLake) -> date | None:
    """Return the newest business date: of the features, else the day after the last order."""
    newest = newest_as_of(lake)
    if newest is not None or not lake.has("orders"):
        return newest
    last: date | None = lake.table("orders")["business_date"].max().to_pyarrow().as_py()
    return last + timedelta(days=1) if last is not None else None


def _figures(
    lake: ScopedLake, as_of: date | None, period: Period, store_id: str | None
) -> bytes | None:
    orders, members = lake.table("orders"), lake.table("members")
    if store_id is not None:
        stores = lake.table("stores")
        if not stores.filter(stores["store_id"] == store_id).count().to_pyarrow().as_py():
            return None
        orders = orders.filter(orders["store_id"] == store_id)
        members = members.filter(members["home_store_id"] == store_id)
    day = as_of or business_date(lake)
    if day is None:
        return None
    window = Window.before(day, days=_DAYS[period])
    table = kpi.summary(
        orders, members, window=window, as_of=day, repurchase_days=(REPURCHASE_DAYS,)
    )
    figures = table.to_pyarrow().to_pylist()[0]
    head = {
        "as_of": day,
        "period": period,
        "first_day": window.first,
        "last_day": window.end - timedelta(days=1),
        "store_id": store_id,
    }
    return encoded({**head, **figures})


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
