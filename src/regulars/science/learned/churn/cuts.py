"""At which dates of the past a model is trained, stopped and judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from regulars.base.errors import RuleError

_TRAIN_CUTS = 3
_APART_DAYS = 30
# Before a first cut there must be a history to read.
_HISTORY_DAYS = 60


@dataclass(frozen=True, slots=True)
class Cuts:
    """Dates as of which features are taken; the labels are of the ``horizon_days`` after each.

    The labels of ``train`` end before those of ``stop`` begin, and these before those of ``judge``.
    """

    train: tuple[date, ...]
    stop: date
    judge: date
    horizon_days: int


def cuts(*, first: date, as_of: date, horizon_days: int) -> Cuts:
    """Return the latest cuts whose labels are known as of ``as_of``, history beginning ``first``.

    Raises:
        RuleError: The history is too short to train on one time and to be judged on a later one.
    """
    horizon = timedelta(days=horizon_days)
    last = as_of - 3 * horizon
    least = first + timedelta(days=_HISTORY_DAYS)
    if last < least:
        raise RuleError(
            f"{(as_of - first).days} days of orders are too few for a horizon of {horizon_days}",
            where="orders",
            fix=f"Wait until {least + 3 * horizon}, or shorten the horizon",
        )
    train = (last - timedelta(days=_APART_DAYS * number) for number in range(_TRAIN_CUTS))
    return Cuts(
        train=tuple(cut for cut in train if cut >= least),
        stop=as_of - 2 * horizon,
        judge=as_of - horizon,
        horizon_days=horizon_days,
    )
