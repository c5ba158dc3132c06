"""Which fit of price sensitivity holds for a date, and making it when there is none.

As with the other models, a fit is made once a month. What a member's slope is added up from lies
in ``price_shelves``, the rest in ``model_versions``.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.lake import Lake, Snapshot
from regulars.lake.contracts import contract
from regulars.science.facts import checked_date
from regulars.science.learned.price_sensitivity import PriceFit, fitted_and_judged
from regulars.science.producers.profile.fitted import TABLE

MODEL, SHELVES = "price_sensitivity", "price_shelves"
# Raise it when the same facts would give another fit.
_CODE = "price_sensitivity 1"


@dataclass(frozen=True, slots=True)
class KeptFit:
    """What a producer must know of a fit besides its shelves."""

    version: str
    spread: float


def price_fit_in_force(
    lake: Lake, as_of: date, *, refit: bool = False
) -> tuple[KeptFit | None, str | None]:
    """Return the fit that holds for the date: the newest of the same month, not after it.

    Where there is none, or ``refit`` asks for another, one is made of the lines before ``as_of``
    and kept. None and the reason when it cannot be made, as where nothing was ever reduced; the
    reason is kept, too, once.
    """
    day = checked_date(as_of)
    with lake.snapshot() as snapshot:
        held = _kept(snapshot)
        mine = [row for row in _until(day, held) if _month(row["as_of"]) == _month(day)]
        if mine and not refit:
            return _newest(mine), None
        began, at = time.perf_counter(), datetime.now(UTC)
        fit, report, error = _made(snapshot, day)
    last = max(held, key=lambda row: row["fitted_at"], default=None)
    if fit is None and last is not None and last["error"] == error:
        return None, error
    said = fit and {"spread": fit.spread, "overall": fit.overall, "lines": fit.lines}
    row = {
        "model": MODEL,
        "as_of": day,
        "fitted_at": at,
        "version": fit and fit.version,
        "options": _CODE,
        "members": fit.members if fit else 0,
        "parameters": said and json.dumps(said, sort_keys=True),
        "quality": report,
        "seconds": time.perf_counter() - began,
        "error": error,
    }
    with lake.transaction(note="fit price sensitivity") as transaction:
        transaction.append(TABLE, pa.Table.from_pylist([row], contract(TABLE).arrow_schema))
        if fit and fit.version not in {row["version"] for row in held}:
            version = pa.repeat(pa.scalar(fit.version), fit.shelves.num_rows)
            named = fit.shelves.append_column("version", version)
            columns = contract(SHELVES).arrow_schema
            transaction.append(SHELVES, named.select(columns.names).cast(columns))
    return (KeptFit(fit.version, fit.spread), None) if fit else (None, error)


def newest_price_fit(lake: Lake, as_of: date) -> KeptFit | None:
    """Return the newest fit not after the date, of whatever month; None where none was made."""
    with lake.snapshot() as snapshot:
        fits = _until(checked_date(as_of), _kept(snapshot))
    return _newest(fits) if fits else None


def _made(snapshot: Snapshot, day: date) -> tuple[PriceFit | None, str | None, str | None]:
    try:
        fit, report = fitted_and_judged(snapshot, as_of=day)
    except RuleError as error:
        return None, None, str(error)
    told = json.dumps(asdict(report), default=str, sort_keys=True) if report else None
    return fit, told, None


def _kept(snapshot: Snapshot) -> list[dict[str, Any]]:
    if not snapshot.has(TABLE):
        return []
    rows = snapshot.table(TABLE)
    return list(rows.filter(rows["model"] == MODEL).to_pyarrow().to_pylist())


def _until(day: date, held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    fits = (row for row in held if row["version"] and row["options"] == _CODE)
    return [row for row in fits if row["as_of"] <= day]


def _newest(fits: list[dict[str, Any]]) -> KeptFit:
    newest = max(fits, key=lambda row: (row["as_of"], row["fitted_at"]))
    return KeptFit(newest["version"], json.loads(newest["parameters"])["spread"])


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
