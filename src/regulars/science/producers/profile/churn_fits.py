"""Which churn model holds for a date, and fitting one when there is none.

As with the value models, a fit is made once a month and kept in ``model_versions``; in between a
refresh asks it of the members who changed, and a full one of all, with the same answers.
"""

from __future__ import annotations

import importlib.util
import json
import time
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.lake import Lake, Snapshot
from regulars.lake.contracts import contract
from regulars.science.facts import checked_date
from regulars.science.learned import churn
from regulars.science.producers.profile.fitted import TABLE

MODEL = "churn"
NOT_INSTALLED = "LightGBM is not installed: pip install 'regulars[models]'"
# Raise it when the same facts would give another model.
_CODE = "churn 1"


def churn_model(
    lake: Lake, as_of: date, *, refit: bool = False
) -> tuple[churn.ChurnModel | None, str | None]:
    """Return the model that holds for the date: the newest of the same month, not after it.

    Where there is none, or ``refit`` asks for another, one is fitted on the facts before ``as_of``
    and kept. None and the reason when it cannot be fitted: LightGBM is not installed, or the
    history is too short; the reason is kept, too, once.
    """
    day = checked_date(as_of)
    with lake.snapshot() as snapshot:
        held = kept_churn_fits(snapshot)
    month = (day.year, day.month)
    mine = [row for row in _until(day, held) if (row["as_of"].year, row["as_of"].month) == month]
    if mine and not refit and _installed():
        return _newest(mine), None
    began, at = time.perf_counter(), datetime.now(UTC)
    model, error = _made(lake, day)
    last = max(held, key=lambda row: row["fitted_at"], default=None)
    if model is None and last is not None and last["error"] == error:
        return None, error
    row = {
        "model": MODEL,
        "as_of": day,
        "fitted_at": at,
        "version": model and model.version,
        "options": _CODE,
        "members": model.report.trained_on if model else 0,
        "log_likelihood": None,
        "parameters": model and model.to_json(),
        "quality": model and json.dumps(asdict(model.report), sort_keys=True),
        "seconds": time.perf_counter() - began,
        "error": error,
    }
    with lake.transaction(note="fit a churn model") as transaction:
        transaction.append(TABLE, pa.Table.from_pylist([row], contract(TABLE).arrow_schema))
    return model, error


def newest_churn_model(lake: Lake, as_of: date) -> churn.ChurnModel | None:
    """Return the newest fit not after the date, of whatever month; None where none was made."""
    with lake.snapshot() as snapshot:
        fits = _until(checked_date(as_of), kept_churn_fits(snapshot))
    return _newest(fits) if fits and _installed() else None


def kept_churn_fits(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return every row of ``model_versions`` about churn models."""
    if not snapshot.has(TABLE):
        return []
    rows = snapshot.table(TABLE)
    found: list[dict[str, Any]] = rows.filter(rows["model"] == MODEL).to_pyarrow().to_pylist()
    return found


def _made(lake: Lake, as_of: date) -> tuple[churn.ChurnModel | None, str | None]:
    if not _installed():
        return None, NOT_INSTALLED
    try:
        with lake.snapshot() as snapshot:
            return churn.fit(snapshot, as_of=as_of), None
    except RuleError as error:
        return None, str(error)


def _until(day: date, held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        row for row in held if row["version"] and row["options"] == _CODE and row["as_of"] <= day
    ]


def _newest(fits: list[dict[str, Any]]) -> churn.ChurnModel:
    newest = max(fits, key=lambda row: (row["as_of"], row["fitted_at"]))
    return churn.ChurnModel.from_json(newest["parameters"])


def _installed() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("lightgbm", "scipy"))
