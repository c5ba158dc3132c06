"""What a rule means, in plain Python, member by member. Shares nothing with the compiler."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

from regulars.science.rules import nodes
from tests.rules.small_world import AS_OF, Row, World

FACTS = {
    "order": ("orders", "ordered_at", "order_id"),
    "event": ("events", "occurred_at", "event_id"),
}


def matched(rule: nodes.Node, world: World) -> set[str]:
    """Return the members for whom the rule holds."""
    everybody = [row["member_id"] for row in world.rows["members"]]
    return {member for member in everybody if holds(rule, member, world)}


def holds(rule: Any, member: str, world: World) -> bool:
    match rule:
        case nodes.And():
            return all(holds(one, member, world) for one in rule.of)
        case nodes.Or():
            return any(holds(one, member, world) for one in rule.of)
        case nodes.Not():
            return not holds(rule.of, member, world)
    return CONDITIONS[type(rule)](rule, member, world)


def passed(test: Any, value: Any) -> bool:
    if isinstance(test, nodes.Missing):
        return value is None
    return value is not None and bool(QUESTIONS[type(test)](test, value))


def value_is(rule: nodes.ValueIs, member: str, world: World) -> bool:
    return passed(rule.test, value_of(rule.field, member, world))


def value_of(field: str, member: str, world: World) -> Any:
    kind, name = field.split(".")
    if name in {"hobby", "children"}:
        for row in world.rows["member_attributes"]:
            if row["member_id"] == member and row["name"] == name:
                return int(row["value"]) if name == "children" else row["value"]
        return None
    for row in world.rows["features" if kind == "feature" else "members"]:
        if row["member_id"] == member and row.get("as_of", AS_OF) == AS_OF:
            value = row[name]
            return None if value != value else value  # noqa: PLR0124 only NaN is not itself
    return None


def facts_of(fact: str, where: Any, window: Any, member: str, world: World) -> list[Row]:
    """Return the facts in the order of time."""
    table, moment, key = FACTS[fact]
    dates = dates_of(window, member, world)
    found = [
        row
        for row in world.rows[table]
        if row["member_id"] == member
        and row["business_date"] in dates
        and (where is None or row_holds(where, row, world))
    ]
    return sorted(found, key=lambda row: (row["business_date"], row[moment], row[key]))


def dates_of(window: Any, member: str, world: World) -> set[date]:
    known = {AS_OF - timedelta(days=n) for n in range(1, 400)}
    joined = value_of("attribute.joined_on", member, world)
    match window:
        case None:
            return known
        case nodes.LastDays(days):
            return {AS_OF - timedelta(days=n) for n in range(1, days + 1)}
        case nodes.BetweenDates(first, last):
            return {day for day in known if first <= day <= last}
        case nodes.SinceJoining(days):
            if joined is None:
                return set()
            first_days = 400 if days is None else days
            return {joined + timedelta(days=n) for n in range(first_days)} & known
    raise AssertionError(window)


def row_holds(node: Any, row: Row, world: World) -> bool:
    match node:
        case nodes.And():
            return all(row_holds(one, row, world) for one in node.of)
        case nodes.Or():
            return any(row_holds(one, row, world) for one in node.of)
        case nodes.Not():
            return not row_holds(node.of, row, world)
    return passed(node.test, column_of(node.column, row, world))


def column_of(column: str, row: Row, world: World) -> Any:
    if column != "products.category":
        return row[column]
    for product_row in world.rows["products"]:
        if product_row["product_id"] == row["product_id"]:
            return product_row["category"]
    return None


def did(rule: nodes.Did, member: str, world: World) -> bool:
    found = facts_of(rule.fact, rule.where, rule.window, member, world)
    if not found or rule.measure is None:
        return bool(found)
    if isinstance(rule.measure, nodes.Count):
        return passed(rule.test, len(found))
    measure: Any = rule.measure
    values = [column_of(measure.column, row, world) for row in found]
    present = [value for value in values if value is not None]
    # Only what is asked is worked out: texts have no sum.
    come_to: dict[type, Callable[[], Any]] = {
        nodes.Sum: lambda: sum(present) if present else None,
        nodes.Distinct: lambda: len(set(present)) or None,
        nodes.Highest: lambda: max(present, default=None),
        nodes.Lowest: lambda: min(present, default=None),
        nodes.First: lambda: values[0],
        nodes.Last: lambda: values[-1],
    }
    return passed(rule.test, come_to[type(measure)]())


def went_through(rule: nodes.Sequence, member: str, world: World) -> bool:
    """Try every choice of one fact per step that is done."""
    found = [facts_of(step.fact, step.where, rule.window, member, world) for step in rule.steps]
    places = [[place_of(row) for row in rows] for rows in found]
    done = [n for n, step in enumerate(rule.steps) if not step.absent]
    dates = dates_of(rule.window, member, world)
    return any(
        fits(rule, dict(zip(done, chosen, strict=True)), places, dates)
        for chosen in product(*(places[n] for n in done))
    )


def place_of(row: Row) -> tuple[date, Any]:
    return row["business_date"], row.get("ordered_at") or row.get("occurred_at")


def fits(rule: nodes.Sequence, chosen: dict[int, Any], places: Any, dates: set[date]) -> bool:
    for n, step in enumerate(rule.steps):
        before = [chosen[one] for one in sorted(chosen) if one < n]
        after = [chosen[one] for one in sorted(chosen) if one > n]
        if step.absent:
            later = [place for place in places[n] if place > before[-1]]
            fine = stayed_away(step, before[-1], after, later, dates)
        else:
            fine = not before or came_after(step, before[-1], chosen[n])
        if not fine:
            return False
    return True


def came_after(step: nodes.Step, before: Any, here: Any) -> bool:
    days = 999 if step.within_days is None else step.within_days
    return bool(before < here and here[0] - before[0] <= timedelta(days=days))


def stayed_away(
    step: nodes.Step, before: Any, after: list[Any], later: list[Any], dates: set[date]
) -> bool:
    if after:
        return not any(place < after[0] for place in later)
    if step.within_days is None:
        return not later
    waited = {before[0] + timedelta(days=n) for n in range(step.within_days + 1)}
    return waited <= dates and not any(place[0] in waited for place in later)


def ranked(rule: Any, member: str, world: World) -> bool:
    everybody = [row["member_id"] for row in world.rows["members"]]
    values = {one: value_of(rule.field, one, world) for one in everybody}
    present = {one: value for one, value in values.items() if value is not None}
    if member not in present:
        return False
    mine = present[member]
    if isinstance(rule, nodes.InPercentiles):
        lower = sum(value < mine for value in present.values())
        return bool(rule.low <= 100 * lower / len(present) < rule.high)
    ahead = 0
    for one, value in present.items():
        better = value > mine if isinstance(rule, nodes.InTop) else value < mine
        ahead += better or (value == mine and one < member)
    return bool(ahead < rule.count)


def in_audiences(rule: Any, member: str, world: World) -> bool:
    mine = {
        row["audience_id"] for row in world.rows["audience_members"] if row["member_id"] == member
    }
    match rule:
        case nodes.InAudience(audience):
            return audience in mine
        case nodes.InUnion(audiences):
            return bool(mine & set(audiences))
        case nodes.InIntersection(audiences):
            return set(audiences) <= mine
        case nodes.InDifference(audience, without):
            return audience in mine and not mine & set(without)
    raise AssertionError(rule)


COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
QUESTIONS: dict[type, Callable[[Any, Any], Any]] = {
    nodes.Compare: lambda test, value: COMPARE[test.operator](value, test.value),
    nodes.Between: lambda test, value: test.low <= value <= test.high,
    nodes.OneOf: lambda test, value: value in test.values,
    nodes.NoneOf: lambda test, value: value not in test.values,
    nodes.Contains: lambda test, value: test.text in value,
    nodes.StartsWith: lambda test, value: value[: len(test.text)] == test.text,
    nodes.InLastDays: lambda test, value: 1 <= (AS_OF - value).days <= test.days,
}
CONDITIONS: dict[type, Callable[[Any, str, World], bool]] = {
    nodes.ValueIs: value_is,
    nodes.Did: did,
    nodes.Sequence: went_through,
    nodes.InPercentiles: ranked,
    nodes.InTop: ranked,
    nodes.InBottom: ranked,
    nodes.InAudience: in_audiences,
    nodes.InUnion: in_audiences,
    nodes.InIntersection: in_audiences,
    nodes.InDifference: in_audiences,
}
