"""Which fit of the value models holds for a date, and making it when there is none.

A fit looks at all members at once and its parameters are never twice the same, so it is not part
of a refresh's yardstick: it is made once a month, kept in ``model_versions``, and holds until the
month ends. In between a refresh asks it of the members who changed, and a full one of all, with the
same answers.
"""

from __future__ import annotations

import importlib.util
import time
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.lake import Lake, Snapshot
from regulars.lake.contracts import contract
from regulars.science.facts import checked_date
from regulars.science.producers.producer import fingerprint
from regulars.science.value import ValueModel, ValueOptions
from regulars.science.value.model import quality_text

TABLE = "model_versions"
MODEL = "value"
NOT_INSTALLED = "the value models are not installed: pip install 'regulars[models]'"


def model_in_force(
    lake: Lake, as_of: date, *, options: ValueOptions, refit: bool = False
) -> tuple[ValueModel | None, str | None]:
    """Return the fit that holds for the date: the newest one of the same month, not after it.

    Where there is none, or ``refit`` asks for another, one is made of the orders before ``as_of``
    and kept. None and the reason when it cannot be made: SciPy is not installed, or too few members
    have ordered again; the reason is kept, too, once.
    """
    day, brand = checked_date(as_of), _brand(options)
    with lake.snapshot() as snapshot:
        held = kept_models(snapshot)
    mine = [row for row in _until(day, held, brand) if _month(row["as_of"]) == _month(day)]
    if mine and not refit and _installed():
        return _newest(mine), None
    began, at = time.perf_counter(), datetime.now(UTC)
    model, error = _made(lake, day, options)
    last = max(held, key=lambda row: row["fitted_at"], default=None)
    if model is None and last is not None and last["error"] == error:
        return None, error
    row = {
        "model": MODEL,
        "as_of": day,
        "fitted_at": at,
        "version": model and model.version,
        "options": brand,
        "members": model.members if model else 0,
        "log_likelihood": model and model.repeat_log_likelihood + model.spend_log_likelihood,
        "parameters": model and model.parameters,
        "quality": model and quality_text(model.quality),
        "seconds": time.perf_counter() - began,
        "error": error,
    }
    with lake.transaction(note="fit value models") as transaction:
        transaction.append(TABLE, pa.Table.from_pylist([row], contract(TABLE).arrow_schema))
    return model, error


def newest_model(lake: Lake, as_of: date, *, options: ValueOptions) -> ValueModel | None:
    """Return the newest fit not after the date, of whatever month; None where none was made."""
    with lake.snapshot() as snapshot:
        fits = _until(checked_date(as_of), kept_models(snapshot), _brand(options))
    return _newest(fits) if fits and _installed() else None


def kept_models(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return every row of ``model_versions`` about the value models."""
    names = contract(TABLE).column_names
    if not snapshot.has(TABLE):
        return []
    return [row for row in snapshot.rows(TABLE, *names).to_pylist() if row["model"] == MODEL]


def _made(lake: Lake, as_of: date, options: ValueOptions) -> tuple[ValueModel | None, str | None]:
    if not _installed():
        return None, NOT_INSTALLED
    from regulars.science.value.fitting import fit

    try:
        with lake.snapshot() as snapshot:
            return fit(snapshot.table("orders"), as_of=as_of, options=options), None
    except RuleError as error:
        return None, str(error)


def _brand(options: ValueOptions) -> str:
    return fingerprint(MODEL, options, version=1)


def _until(day: date, held: list[dict[str, Any]], brand: str) -> list[dict[str, Any]]:
    return [
        row for row in held if row["version"] and row["options"] == brand and row["as_of"] <= day
    ]


def _newest(fits: list[dict[str, Any]]) -> ValueModel:
    newest = max(fits, key=lambda row: (row["as_of"], row["fitted_at"]))
    return ValueModel.read(newest["parameters"], newest["quality"])


def _installed() -> bool:
    return importlib.util.find_spec("scipy") is not None


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
