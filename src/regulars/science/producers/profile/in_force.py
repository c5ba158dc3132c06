"""Which fit of a model holds for a date, and making it when there is none.

A fit looks at all members at once, and every order would give another one, so it is not part of a
refresh's yardstick: it is made once a month, kept in ``model_versions``, and holds until the month
ends. In between a refresh asks it of the members who changed, and a full one of all, with the same
answers.
"""

from __future__ import annotations

import importlib.util
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.lake import Lake, Snapshot
from regulars.lake.contracts import contract
from regulars.science.facts import checked_date

TABLE = "model_versions"
Fit_co = TypeVar("Fit_co", covariant=True)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made(Generic[Fit_co]):
    """A new fit, and what is kept of it; ``beside`` is a table for what is large, and its rows."""

    fit: Fit_co
    version: str
    members: int
    parameters: str
    quality: str | None = None
    log_likelihood: float | None = None
    beside: tuple[str, pa.Table] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[Fit_co]):
    """One kind of model.

    Attributes:
        name: What ``model_versions`` calls it.
        options: What fits must have in common, such as the brand's options; raise a number in it
            when the same facts would give another fit.
        make: Fits it to the facts before a date. None where there are none; RuleError where they
            allow no fit.
        read: Makes it of the version, parameters and quality that were kept.
        packages: What must be installed, else ``not_installed`` says what to do.
    """

    name: str
    options: str
    make: Callable[[Snapshot, date], Made[Fit_co] | None]
    read: Callable[[Row], Fit_co]
    packages: tuple[str, ...] = ()
    not_installed: str = ""


def fit_in_force(
    lake: Lake, as_of: date, kind: Kind[Fit_co], *, refit: bool = False
) -> tuple[Fit_co | None, str | None]:
    """Return the fit that holds for the date: the newest one of the same month, not after it.

    Where there is none, or ``refit`` asks for another, one is made of the facts before ``as_of``
    and kept. None and the reason when it cannot be made; the reason is kept, too, once.
    """
    day = checked_date(as_of)
    with lake.snapshot() as snapshot:
        held = _kept(snapshot, kind.name)
        mine = [row for row in _until(day, held, kind) if _month(row["as_of"]) == _month(day)]
        if mine and not refit and _is_installed(kind):
            return _newest(snapshot, mine, kind), None
        began, at = time.perf_counter(), datetime.now(UTC)
        made, error = _made(snapshot, day, kind)
    last = max(held, key=lambda row: row["fitted_at"], default=None)
    if made is None and (error is None or (last and _gist(last["error"]) == _gist(error))):
        return None, error
    row = {
        "model": kind.name,
        "as_of": day,
        "fitted_at": at,
        "version": made and made.version,
        "options": kind.options,
        "members": made.members if made else 0,
        "log_likelihood": made and made.log_likelihood,
        "parameters": made and made.parameters,
        "quality": made and made.quality,
        "seconds": time.perf_counter() - began,
        "error": error,
    }
    with lake.transaction(note=f"fit {kind.name}") as transaction:
        transaction.append(TABLE, pa.Table.from_pylist([row], contract(TABLE).arrow_schema))
        if made and made.beside and made.version not in {row["version"] for row in held}:
            table, rows = made.beside
            named = rows.append_column("version", pa.repeat(pa.scalar(made.version), len(rows)))
            columns = contract(table).arrow_schema
            transaction.append(table, named.select(columns.names).cast(columns))
    return (made.fit if made else None), error


def newest_fit(lake: Lake, as_of: date, kind: Kind[Fit_co]) -> Fit_co | None:
    """Return the newest fit not after the date, of whatever month; None where none was made."""
    with lake.snapshot() as snapshot:
        fits = _until(checked_date(as_of), _kept(snapshot, kind.name), kind)
        return _newest(snapshot, fits, kind) if fits and _is_installed(kind) else None


def _kept(snapshot: Snapshot, model: str) -> list[Row]:
    """Return when each fit was made, of what, or why it was not; not the fits themselves."""
    if not snapshot.has(TABLE):
        return []
    rows = snapshot.rows(TABLE, "model", "as_of", "fitted_at", "version", "options", "error")
    return [row for row in rows.to_pylist() if row["model"] == model]


def _made(
    snapshot: Snapshot, day: date, kind: Kind[Fit_co]
) -> tuple[Made[Fit_co] | None, str | None]:
    if not _is_installed(kind):
        return None, kind.not_installed
    try:
        return kind.make(snapshot, day), None
    except RuleError as error:
        return None, str(error)


def _until(day: date, held: Iterable[Row], kind: Kind[Fit_co]) -> list[Row]:
    fits = (row for row in held if row["version"] and row["options"] == kind.options)
    return [row for row in fits if row["as_of"] <= day]


def _newest(snapshot: Snapshot, fits: Iterable[Row], kind: Kind[Fit_co]) -> Fit_co:
    newest = max(fits, key=lambda row: (row["as_of"], row["fitted_at"]))
    rows = snapshot.table(TABLE)
    mine = rows.filter(rows["model"] == kind.name, rows["fitted_at"] == newest["fitted_at"])
    (found,) = mine.select("version", "parameters", "quality").to_pyarrow().to_pylist()
    return kind.read(found)


def _is_installed(kind: Kind[Fit_co]) -> bool:
    return all(importlib.util.find_spec(name) is not None for name in kind.packages)


def _gist(error: str | None) -> str | None:
    """Return the reason without its numbers: that there is a day more is no other reason."""
    return error and re.sub(r"\d[\d.,]*", "#", error)


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
