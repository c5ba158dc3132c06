"""Where the members stand on the business date: RFM groups and lifecycle stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from regulars.base.business_time import Window
from regulars.console.answers import remembered
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

    ``repurchase_rate``: of the group's members who bought 31 to 60 days ago, the share who bought
    again in the last 30 days; None when nobody could.
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
        late = Window.before(desk.as_of, days=REPURCHASE_DAYS)
        bought = within(desk.lake.table("orders"), Window(late.previous().first, late.end)).select(
            "member_id", "business_date"
        )
        visits = bought.group_by("member_id").agg(
            before=(bought["business_date"] < late.first).any(),
            again=(bought["business_date"] >= late.first).any(),
        )
        scored = features(desk, "rfm").filter(lambda t: t["rfm_group"].notnull())
        seen = scored.left_join(visits, "member_id")
        base = seen["before"].fill_null(False)  # noqa: FBT003 — Ibis takes it by position
        table = seen.group_by("rfm_group").agg(
            members=seen.count(),
            monetary=seen["monetary"].sum(),
            base=seen.count(where=base),
            again=seen.count(where=base & seen["again"]),
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


def _group(code: str, row: dict[str, object]) -> Group:
    members, monetary, base = int(row["members"]), row["monetary"], int(row["base"])  # type: ignore[call-overload]
    return Group(
        code=code,
        members=members,
        monetary_mean=Decimal(str(monetary)) / members if monetary is not None else None,
        repurchase_rate=int(row["again"]) / base if base else None,  # type: ignore[call-overload]
    )
