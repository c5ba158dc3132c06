"""Where the members stand on the business date: RFM groups and lifecycle stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis

from regulars.base.business_time import Window
from regulars.console.desk import remembered
from regulars.science.facts import within
from regulars.science.lifecycle import STAGES
from regulars.science.rfm import GROUPS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.console.desk import Desk

REPURCHASE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Group:
    """One RFM group: members, what they spent in the window, and who of them came back.

    ``repurchase_rate``: of the days of the last year on which a member of the group bought, the
    share that was followed by another within 30 days; days that could not be followed for 30 days
    yet do not count. None without such a day.
    """

    code: str
    members: int
    monetary_mean: Decimal | None
    repurchase_rate: float | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One lifecycle stage, its members, and how many entered it in the last 30 days."""

    code: str
    members: int
    entered: int


def features(desk: Desk, name: str) -> ir.Table:
    """Return the feature table as of the business date."""
    table = desk.lake.table(f"features/{name}")
    return table.filter(table["as_of"] == desk.as_of)


def groups(desk: Desk) -> tuple[Group, ...]:
    """Return the groups that have members, the largest first."""

    def ask() -> tuple[Group, ...]:
        window = Window.before(desk.as_of, days=365)
        bought = within(desk.lake.table("orders"), window).select("member_id", "business_date")
        visits = bought.distinct()
        line = ibis.window(group_by="member_id", order_by="business_date")
        day = visits["business_date"]
        gaps = visits.mutate(gap=day.lead().over(line).delta(day, unit="day"))
        gaps = gaps.filter(gaps["business_date"] < window.end - timedelta(days=REPURCHASE_DAYS))
        followed = gaps.group_by("member_id").agg(
            base=gaps.count(), again=gaps.count(where=gaps["gap"] <= REPURCHASE_DAYS)
        )
        scored = features(desk, "rfm").select("member_id", "rfm_group", "monetary")
        seen = scored.left_join(followed, "member_id")
        table = seen.group_by("rfm_group").agg(
            members=seen.count(),
            monetary=seen["monetary"].sum(),
            base=seen["base"].sum().fill_null(0),
            again=seen["again"].sum().fill_null(0),
        )
        rows = {row["rfm_group"]: row for row in table.to_pyarrow().to_pylist()}
        found = [_group(code, rows[code]) for code in GROUPS if code in rows]
        return tuple(sorted(found, key=lambda group: -group.members))

    return remembered(desk.key, "groups", ask)


def stages(desk: Desk) -> tuple[Stage, ...]:
    """Return the five stages in life's order; empty before features were computed."""

    def ask() -> tuple[Stage, ...]:
        staged = features(desk, "lifecycle")
        since = desk.as_of - timedelta(days=REPURCHASE_DAYS)
        table = staged.group_by("lifecycle_stage").agg(
            members=staged.count(), entered=staged.count(where=staged["entered_on"] >= since)
        )
        rows = {row["lifecycle_stage"]: row for row in table.to_pyarrow().to_pylist()}
        nothing = {"members": 0, "entered": 0}
        return tuple(
            Stage(
                code=code,
                members=rows.get(code, nothing)["members"],
                entered=rows.get(code, nothing)["entered"],
            )
            for code in (STAGES if rows else ())
        )

    return remembered(desk.key, "stages", ask)


def quiet_important_members(desk: Desk, *, days: int) -> int:
    """Count the members of the important groups without an order for more than ``days`` days."""

    def ask() -> int:
        scored = features(desk, "rfm")
        quiet = scored.filter(
            scored["rfm_group"].startswith("important"), scored["recency_days"] > days
        )
        return int(quiet.count().to_pyarrow().as_py())

    return remembered(desk.key, f"quiet_important_members {days}", ask)


def _group(code: str, row: dict[str, Any]) -> Group:
    members, monetary, base = int(row["members"]), row["monetary"], int(row["base"])
    return Group(
        code=code,
        members=members,
        monetary_mean=Decimal(str(monetary)) / members if monetary is not None else None,
        repurchase_rate=int(row["again"]) / base if base else None,
    )
