"""The profile card in a profile: what is served of a member, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings

from regulars.apps.members.queries import ServedNow, ServedProfile
from regulars.science.profile.card import (
    Card,
    CardField,
    Known,
    Said,
    card,
    price_range,
    told_groups,
)

_OF_MEMBERS = ("gender", "birth_date")


def told_card(now: ServedNow, held: ServedProfile) -> dict[str, Any]:
    """Return the card in the shape of the API."""
    found = card(_known(now, held), switched_on=settings.REGULARS_TOLD_GROUPS)
    return {part: _fields(getattr(found, part)) for part in Card.__dataclass_fields__}


def groups_of(history: Mapping[str, Any]) -> frozenset[str]:
    """Return the groups of attributes that may be told of the member."""
    said = {one["name"]: one["value"] for one in history["declared"] or []}
    return told_groups(said, switched_on=settings.REGULARS_TOLD_GROUPS)


def _known(now: ServedNow, held: ServedProfile) -> Known:
    history, standing = held.history, held.standing
    of_members = history["attributes"]
    said = {
        name: Said(of_members[name], of_members["source"], held.history_at)
        for name in _OF_MEMBERS
        if of_members[name] is not None
    }
    for one in history["declared"] or []:
        at = datetime.fromisoformat(f"{one['updated_at']}+00:00")
        said.setdefault(one["name"], Said(one["value"], one["source"], at))
    return Known(
        as_of=now.as_of,
        said=said,
        features={
            table: standing.get(table.removeprefix("features/")) or {} for table in now.features
        },
        dates=now.features,
        # A copy that was made before there were ranges has none.
        price_ranges={
            price_range(one["place"]): one["orders"] for one in history.get("price_ranges") or []
        },
    )


def _fields(fields: tuple[CardField, ...] | None) -> list[dict[str, Any]] | None:
    return None if fields is None else [asdict(one) for one in fields]
