"""What the reader's members are worth, as sums; and the fit that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis

from regulars.console.desk import remembered
from regulars.science.strata import STRATA, curve
from regulars.science.value import BANDS, ValueModel

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.console.desk import Desk

# Where the bars of the distribution end, in the currency: 1, 2, 5, 10, 20, 50 …
EDGES = tuple(digit * 10**power for power in range(1, 7) for digit in (1, 2, 5))
CURVE_STEPS = 20


@dataclass(frozen=True, slots=True)
class Worth:
    """Members who stand somewhere, their lifetime value and what they spent in 365 days."""

    code: str
    members: int
    clv: Decimal
    spend: Decimal


@dataclass(frozen=True, slots=True)
class Bar:
    """Members with ``low <= lifetime value < high``; the last bar has no end."""

    low: int
    high: int | None
    members: int
    clv: Decimal


@dataclass(frozen=True, slots=True)
class Held:
    """What the members with the greatest spend hold: the first ``step`` of twenty steps."""

    step: int
    members: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Fit:
    """The fit the members of the date were asked by; without a version there is none.

    ``model``, with the brand's members and sales, and ``error`` are for headquarters.
    """

    version: str = ""
    as_of: date | None = None
    model: ValueModel | None = None
    error: str = ""


def bands(desk: Desk) -> tuple[Worth, ...]:
    """Return the three bands of lifetime value, high first; empty before one was computed."""
    found = remembered(desk.key, "value bands", lambda: _sums(desk, "value_band"))
    return tuple(found[code] for code in BANDS if code in found)


def strata(desk: Desk) -> tuple[Worth, ...]:
    """Return the four strata of buyers, key first; empty before they were computed."""
    found = remembered(desk.key, "strata", lambda: _sums(desk, "stratum"))
    return tuple(found[code] for code in STRATA if code in found)


def distribution(desk: Desk) -> tuple[Bar, ...]:
    """Return how many members have which lifetime value, up to the bar with the greatest."""

    def ask() -> tuple[Bar, ...]:
        rows = _rows(desk, "value")
        rows = rows.filter(rows["clv"].notnull())
        bar = ibis.cases(
            *((rows["clv"] < edge, n) for n, edge in enumerate(EDGES)), else_=len(EDGES)
        )
        sums = rows.group_by(bar=bar.cast("int64")).agg(members=rows.count(), clv=rows["clv"].sum())
        found = {row["bar"]: row for row in sums.to_pyarrow().to_pylist()}
        nobody = {"members": 0, "clv": Decimal(0)}
        lows, highs = (0, *EDGES), (*EDGES, None)
        return tuple(
            Bar(lows[n], highs[n], held["members"], held["clv"])
            for n in range(min(found, default=0), max(found, default=-1) + 1)
            for held in [found.get(n, nobody)]
        )

    return remembered(desk.key, "value distribution", ask)


def pareto(desk: Desk) -> tuple[Held, ...]:
    """Return what the buyers hold, those with the greatest spend of 365 days first."""

    def ask() -> tuple[Held, ...]:
        steps = curve(_rows(desk, "strata"), by="monetary", steps=CURVE_STEPS)
        return tuple(Held(**row) for row in steps.to_pyarrow().to_pylist())

    return remembered(desk.key, "pareto", ask)


def fit(desk: Desk) -> Fit:
    """Return the fit of the date's features, or why there is none.

    A fit is of all members: a reader of some is told its version and date, and no number of it.
    """

    def ask() -> Fit:
        kept = desk.whole.table("model_versions")
        rows = kept.filter(kept["model"] == "value").to_pyarrow().to_pylist()
        told = _rows(desk, "value")
        version = told["model_version"].max().to_pyarrow().as_py()
        mine = next((row for row in rows if row["version"] == version and version), None)
        if not desk.lake.scope.is_hq:
            return Fit(version, mine["as_of"]) if mine else Fit()
        if mine:
            model = ValueModel.read(mine["parameters"], mine["quality"])
            return Fit(version, mine["as_of"], model)
        last = max(rows, key=lambda row: row["fitted_at"], default=None)
        return Fit(error=(last and last["error"]) or "")

    return remembered(desk.key, "value fit", ask)


def _sums(desk: Desk, by: str) -> dict[str, Worth]:
    """Add up members by a column of ``features/value`` or ``features/strata``."""
    value = _rows(desk, "value").select("member_id", "value_band", "clv")
    spent = _rows(desk, "strata").select("member_id", "stratum", "monetary")
    joined = value.outer_join(spent, "member_id")
    sums = (
        joined.filter(joined[by].notnull())
        .group_by(code=by)
        .agg(
            members=lambda t: t.count(),
            clv=lambda t: t["clv"].sum().coalesce(0).cast("decimal(38, 2)"),
            spend=lambda t: t["monetary"].sum().coalesce(0).cast("decimal(38, 2)"),
        )
    )
    rows: list[dict[str, Any]] = sums.to_pyarrow().to_pylist()
    return {row["code"]: Worth(**row) for row in rows}


def _rows(desk: Desk, name: str) -> ir.Table:
    rows = desk.lake.table(f"features/{name}")
    return rows.filter(rows["as_of"] == desk.as_of)
