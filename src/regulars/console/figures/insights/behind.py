"""The members behind a number of the Insights pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from regulars.apps.audiences.queries import found_members
from regulars.apps.tags.queries import tagged_members
from regulars.console.figures.digests.moves import PLACES, places
from regulars.console.figures.digests.risk import raised_by
from regulars.console.figures.digests.stages import stages_on
from regulars.console.figures.member_filters import NO_WORTH
from regulars.science.facts import known
from regulars.science.rfm import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable

    import ibis.expr.types as ir

    from regulars.console.desk import Desk
    from regulars.console.figures.member_filters import MemberFilter

    Condition = Callable[[ir.Table], ir.BooleanValue]


def narrowed(desk: Desk, members: ir.Table, wanted: MemberFilter) -> ir.Table:
    """Return those of the members who stood there then, moved so, and crossed that line."""
    members = _who_stood(desk, members, wanted)
    if wanted.flow:
        members = members.semi_join(_changes(desk, wanted), "member_id")
    if wanted.alert or wanted.alert_group or wanted.alerted_on:
        members = members.semi_join(_alerts(desk, wanted), "member_id")
    if wanted.tag:
        having = tagged_members(desk.lake, wanted.tag, wanted.tag_value)
        members = members.semi_join(having, "member_id")
    if wanted.alike:
        found = found_members(desk.lake, wanted.alike, similarity_min=wanted.alike_min or 0)
        members = members.semi_join(found, "member_id")
    for name, conditions in _conditions_on_worth(wanted).items():
        rows = desk.lake.table(f"features/{name}")
        held = [rows["as_of"] == desk.as_of, *(holds(rows) for holds in conditions)]
        members = members.semi_join(rows.filter(*held), "member_id")
    return members


def _conditions_on_worth(wanted: MemberFilter) -> dict[str, list[Condition]]:
    """Return the conditions by the feature table they ask."""
    value: list[Condition] = []
    if wanted.clv_band == NO_WORTH:
        value.append(lambda rows: rows["value_band"].isnull())
    elif wanted.clv_band:
        value.append(lambda rows: rows["value_band"] == wanted.clv_band)
    if wanted.clv_min is not None:
        value.append(lambda rows: rows["clv"] >= wanted.clv_min)
    if wanted.clv_max is not None:
        value.append(lambda rows: rows["clv"] < wanted.clv_max)
    strata: list[Condition] = []
    if wanted.stratum:
        strata.append(lambda rows: rows["stratum"] == wanted.stratum)
    price: list[Condition] = []
    if wanted.price:
        price.append(lambda rows: rows["price_band"] == wanted.price)
    risk = _conditions_on_risk(wanted)
    asked = {"value": value, "strata": strata, "churn": risk, "price_sensitivity": price}
    return {name: held for name, held in asked.items() if held}


def _conditions_on_risk(wanted: MemberFilter) -> list[Condition]:
    held: list[Condition] = []
    if wanted.risk:
        held.append(lambda rows: rows["churn_band"] == wanted.risk)
    if wanted.risk_min is not None:
        held.append(lambda rows: rows["p_churn"] >= float(wanted.risk_min or 0))
    if wanted.risk_max is not None:
        held.append(lambda rows: rows["p_churn"] < float(wanted.risk_max or 0))
    if wanted.risk_reason:
        held.append(lambda rows: raised_by(rows, wanted.risk_reason))
    return held


def _who_stood(desk: Desk, members: ir.Table, wanted: MemberFilter) -> ir.Table:
    """Nobody stood anywhere as of a date that was not computed or has not come."""
    day = wanted.was_on
    if day is None:
        return members
    for kind in (*PLACES, "stage"):
        place = getattr(wanted, f"was_{kind}")
        if not place:
            continue
        if day > desk.as_of if kind == "stage" else day not in desk.as_of_choices:
            return members.filter(ibis.literal(value=False))
        then = stages_on(desk, day) if kind == "stage" else places(desk, kind, day)
        if place == ABSENT:
            members = members.anti_join(then, "member_id")
        else:
            members = members.semi_join(then.filter(then["place"] == place), "member_id")
    return members


def _changes(desk: Desk, wanted: MemberFilter) -> ir.Table:
    before, after = wanted.flow.split("-")
    changes = known(desk.whole.table("lifecycle_transitions"), desk.as_of)
    for column, stage in (("from_stage", before), ("to_stage", after)):
        if stage != "any":
            changes = changes.filter(changes[column] == stage)
    if wanted.flow_from:
        changes = changes.filter(changes["business_date"] >= wanted.flow_from)
    if wanted.flow_to:
        changes = changes.filter(changes["business_date"] <= wanted.flow_to)
    return changes


def _alerts(desk: Desk, wanted: MemberFilter) -> ir.Table:
    raised = desk.whole.table("alerts")
    raised = raised.filter(raised["as_of"] <= desk.as_of)
    if wanted.alert:
        monitor, direction = wanted.alert.split("-")
        raised = raised.filter(raised["monitor"] == monitor, raised["direction"] == direction)
    if wanted.alert_group:
        group = raised["rfm_group"].fill_null(ABSENT)
        raised = raised.filter(group == wanted.alert_group)
    if wanted.alerted_on:
        raised = raised.filter(raised["as_of"] == wanted.alerted_on)
    return raised
