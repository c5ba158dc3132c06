"""How likely the reader's members are to leave, as sums."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import ibis

from regulars.console.desk import remembered
from regulars.console.figures.digests import digest
from regulars.console.figures.digests.risk import MILLION, SCHEMA, risk_sums

if TYPE_CHECKING:
    from regulars.console.desk import Desk


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Members who stand somewhere, how many of them are expected to leave, and their value."""

    code: str
    other: str
    members: int
    leaving: float
    clv: Decimal


def at_risk(desk: Desk, figure: str) -> tuple[AtRisk, ...]:
    """Return a figure of ``digests.risk``, the most members first; empty before a model was fitted.

    All figures are read at once and remembered.
    """
    found = digest(desk)

    def ask() -> dict[str, tuple[AtRisk, ...]]:
        rows = found.also(desk, "risk", SCHEMA, lambda: risk_sums(desk))
        keys = ("figure", "code", "other")
        sums = {name: rows[name].sum().cast("int64") for name in ("members", "leaving", "cents")}
        figures = defaultdict(list)
        for row in rows.group_by(*keys).agg(**sums).to_pyarrow().to_pylist():
            leaving, clv = row.pop("leaving") / MILLION, Decimal(row.pop("cents")).scaleb(-2)
            figures[row.pop("figure")].append(AtRisk(**row, leaving=leaving, clv=clv))
        return {
            name: tuple(sorted(some, key=lambda one: (-one.members, one.code)))
            for name, some in figures.items()
        }

    key = (found.key, desk.lake.scope, desk.lake.sequence)
    return remembered(key, "risk", ask).get(figure, ())


def why_not(desk: Desk) -> str:
    """Return why the last attempt to fit a churn model failed; '' when nothing is known.

    The reason may count members of the whole brand: headquarters alone are told.
    """
    if not desk.lake.scope.is_hq:
        return ""

    def ask() -> str:
        kept = desk.whole.table("model_versions")
        mine = kept.filter(kept["model"] == "churn", kept["as_of"] <= desk.as_of)
        last = mine.order_by(ibis.desc("fitted_at")).limit(1)
        return next((one or "" for one in last["error"].to_pyarrow().to_pylist()), "")

    return remembered(desk.whole_key, "why no churn model", ask)
