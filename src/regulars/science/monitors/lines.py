"""The lines that members are watched for, and what crossing one means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

import ibis
import ibis.expr.types as ir

from regulars.base.errors import RuleError
from regulars.science.rfm import ABSENT, BANDS, GROUPS, banded

Direction = Literal["down", "up"]

_AWAKE = ("introduction", "growth", "mature")
_SAFE, _AT_RISK = "safe", "at_risk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """Where members stand in one feature table, and which moves between two dates are told.

    ``place`` adds the column ``place`` to the table ``features/<table>`` as of one date; who has no
    row stands in ``absent``. ``crossings`` gives the direction of each move (before, after) that
    raises an alert; other moves raise none.
    """

    name: str
    table: str
    place: Callable[[ir.Table], ir.Table]
    crossings: Mapping[tuple[str, str], Direction]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions:
    """``levels`` of the RFM scores, and when a buyer is at risk.

    After ``risk_days`` without an order, and once the model finds it less likely than
    ``alive_min`` that they have not left.
    """

    levels: int = 5
    risk_days: int = 45
    alive_min: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.alive_min < 1:
            raise RuleError(
                f"alive_min lies between 0 and 1, not at {self.alive_min}", where="WatchOptions"
            )
        if self.risk_days < 1:
            raise RuleError(
                f"a member cannot be at risk after {self.risk_days} days", fix="Use at least 1 day"
            )


def standard_monitors(options: WatchOptions | None = None) -> tuple[Monitor, ...]:
    """Return the monitors of the house.

    ``rfm_group``: a group that is worse in none of recency, frequency and monetary and better in
    some is a promotion, the reverse a downgrade; so is leaving the window. What is better in one
    and worse in another is neither. ``value_band``: high, medium, low. ``lifecycle_stage``: falling
    asleep or being lost, and coming back. ``churn_risk``: the days without an order pass
    ``risk_days``. ``clv_band``: high, medium, low lifetime value. ``p_alive``: the probability
    falls below ``alive_min``. The last two watch ``features/value``, and tell nothing of whom it
    says nothing of.
    """
    wanted = options or WatchOptions()
    return (
        Monitor(
            name="rfm_group",
            table="rfm",
            place=lambda rows: rows.mutate(place=rows["rfm_group"]),
            crossings=_group_crossings(),
        ),
        Monitor(
            name="value_band",
            table="rfm",
            place=lambda rows: _value_band(rows, wanted.levels),
            crossings=_ranked(BANDS),
        ),
        Monitor(
            name="lifecycle_stage",
            table="lifecycle",
            place=lambda rows: rows.mutate(place=rows["lifecycle_stage"]),
            crossings=_stage_crossings(),
        ),
        Monitor(
            name="churn_risk",
            table="rfm",
            place=lambda rows: rows.mutate(
                place=ibis.ifelse(rows["recency_days"] > wanted.risk_days, _AT_RISK, _SAFE)
            ),
            crossings={(_SAFE, _AT_RISK): "down"},
        ),
        Monitor(
            name="clv_band",
            table="value",
            place=lambda rows: rows.mutate(place=rows["value_band"]),
            crossings=_ranked(BANDS),
        ),
        Monitor(
            name="p_alive",
            table="value",
            place=lambda rows: rows.mutate(
                place=ibis.cases(
                    (rows["p_alive"] < wanted.alive_min, _AT_RISK),
                    (rows["p_alive"].notnull(), _SAFE),
                )
            ),
            crossings={(_SAFE, _AT_RISK): "down"},
        ),
    )


def _value_band(rows: ir.Table, levels: int) -> ir.Table:
    found = banded(rows, levels=levels)
    return found.mutate(place=found["value_band"])


def _ranked(places: tuple[str, ...]) -> dict[tuple[str, str], Direction]:
    """Return the moves between places, lowest first."""
    return {
        (before, after): "up" if places.index(after) > places.index(before) else "down"
        for before, after in product(places, places)
        if before != after
    }


def _group_crossings() -> dict[tuple[str, str], Direction]:
    found: dict[tuple[str, str], Direction] = {(group, ABSENT): "down" for group in GROUPS}
    for before, after in product(GROUPS, GROUPS):
        changes = [now - then for then, now in zip(_flags(before), _flags(after), strict=True)]
        if min(changes) < 0 <= -max(changes):
            found[before, after] = "down"
        elif max(changes) > 0 <= min(changes):
            found[before, after] = "up"
    return found


def _flags(group: str) -> tuple[bool, bool, bool]:
    """Whether the members of a group are high in monetary, recency and frequency."""
    worth, life = group.split("_")
    return worth == "important", life in {"value", "develop"}, life in {"value", "keep"}


def _stage_crossings() -> dict[tuple[str, str], Direction]:
    found: dict[tuple[str, str], Direction] = {("dormant", "churned"): "down"}
    for awake, asleep in product(_AWAKE, ("dormant", "churned")):
        found[awake, asleep] = "down"
        found[asleep, awake] = "up"
    return found
