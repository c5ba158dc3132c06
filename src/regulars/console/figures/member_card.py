"""What the profile card tells of one member, as of the reader's date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from regulars.console.desk import remembered
from regulars.console.figures.member import attributes, orders, told_attributes
from regulars.science.profile.card import Card, Known, Said, card, price_ranges

if TYPE_CHECKING:
    from regulars.console.desk import Desk

_TABLES = ("features/preferences", "features/cycle", "features/rfm")
_OF_MEMBERS = ("gender", "birth_date")


def member_card(desk: Desk, member_id: str) -> tuple[Card, Known]:
    """Return the card and what it is made of, without what may not be told."""
    said = _of_members(desk, member_id)
    for one in told_attributes(attributes(desk, member_id)):
        said.setdefault(one.name, Said(one.value, one.source, one.updated_at))
    known = Known(
        as_of=desk.as_of,
        said=said,
        features=_features(desk, member_id),
        dates={name: desk.as_of for name in _TABLES if desk.lake.has(name)},
        price_ranges=dict(price_ranges(one.net_amount for one in orders(desk, member_id))),
    )
    return card(known, switched_on=settings.REGULARS_TOLD_GROUPS), known


def _of_members(desk: Desk, member_id: str) -> dict[str, Said]:
    def ask() -> dict[str, Said]:
        mine = desk.lake.of_member("members", member_id).select(*_OF_MEMBERS, "source")
        (row,) = mine.to_pyarrow().to_pylist()
        return {
            name: Said(str(row[name]), row["source"], None)
            for name in _OF_MEMBERS
            if row[name] is not None
        }

    return dict(remembered(desk.key, f"declared {member_id}", ask))


def _features(desk: Desk, member_id: str) -> dict[str, dict[str, Any]]:
    def ask() -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for name in _TABLES:
            rows = desk.lake.of_member(name, member_id)
            mine = rows.filter(rows["as_of"] == desk.as_of).to_pyarrow().to_pylist()
            found[name] = next(iter(mine), {})
        return found

    return remembered(desk.key, f"card {member_id}", ask)
