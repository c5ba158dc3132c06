"""What the models page asks of price sensitivity: the fit in force, and members by band."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis

from regulars.console.desk import remembered
from regulars.science.learned.price_sensitivity import PriceReport

if TYPE_CHECKING:
    from regulars.console.desk import Desk

MODEL = "price_sensitivity"


@dataclass(frozen=True, slots=True)
class PriceModel:
    """The newest fit until the reader's date; ``report`` is None while too little is known."""

    as_of: date
    version: str
    lines: int
    overall: float
    spread: float
    report: PriceReport | None


def price_model(desk: Desk) -> PriceModel | None:
    """Return the fit that holds on the reader's date, if there is one; headquarters see it."""

    def ask() -> PriceModel | None:
        rows = desk.lake.table("model_versions")
        mine = rows.filter(
            rows["model"] == MODEL, rows["version"].notnull(), rows["as_of"] <= desk.as_of
        )
        newest = mine.order_by(ibis.desc("as_of"), ibis.desc("fitted_at")).limit(1)
        found = newest.to_pyarrow().to_pylist()
        return _read(found[0]) if found else None

    return remembered(desk.key, "price model", ask)


def price_bands(desk: Desk) -> dict[str, int]:
    """Return the reader's members by band."""

    def ask() -> dict[str, int]:
        rows = desk.lake.table(f"features/{MODEL}")
        mine = rows.filter(rows["as_of"] == desk.as_of)
        counted = mine.group_by("price_band").agg(members=mine.count()).to_pyarrow().to_pylist()
        return {row["price_band"]: row["members"] for row in counted}

    return remembered(desk.key, "price bands", ask)


def _read(row: dict[str, Any]) -> PriceModel:
    said = json.loads(row["parameters"])
    report = None
    if row["quality"]:
        told = json.loads(row["quality"])
        told["held_from"] = date.fromisoformat(told["held_from"])
        report = PriceReport(**told)
    return PriceModel(
        as_of=row["as_of"],
        version=row["version"],
        lines=said["lines"],
        overall=said["overall"],
        spread=said["spread"],
        report=report,
    )
