"""A member's profile, from the serving copy by primary key or from the lake, member by member."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from regulars.apps.members.models import ServedCopy
from regulars.apps.members.models import ServedProfile as Held
from regulars.science.profile import feature_dates, histories, standings

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.apps.accounts.queries import ScopedLake

_PARTS = ("home_store_id", "guide_id", "history", "history_at", "standing", "standing_at")


@dataclass(frozen=True, slots=True)
class ServedProfile:
    """A member's documents, where they were when these were made, and the moments of change."""

    home_store_id: str
    guide_id: str
    history: Mapping[str, Any]
    history_at: datetime | None
    standing: Mapping[str, Any]
    standing_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServedNow:
    """What is served of a member, and which commit and dates everything served is made of.

    ``profile`` is None where none is held.
    """

    sequence: int
    as_of: date | None
    features: Mapping[str, date]
    profile: ServedProfile | None


def served_profile(member_id: str) -> ServedNow | None:
    """Return what is served of the member; None before anything was served."""
    copy = ServedCopy.objects.values_list("sequence", "as_of", "features").first()
    if copy is None:
        return None
    sequence, as_of, features = copy
    held = Held.objects.filter(pk=member_id).values_list(*_PARTS).first()
    profile = None
    if held is not None:
        home, guide, history, history_at, standing, standing_at = held
        profile = ServedProfile(
            home, guide, json.loads(history), history_at, json.loads(standing), standing_at
        )
    dates = {name: date.fromisoformat(day) for name, day in features.items()}
    return ServedNow(sequence, as_of, dates, profile)


def profile_from_lake(lake: ScopedLake, member_id: str) -> ServedNow:
    """Return what the lake says of the member now, put together for them alone."""

    def cut(table: ir.Table) -> ir.Table:
        return table.filter(table["member_id"] == member_id)

    features = feature_dates(lake)
    as_of = max(features.values(), default=None)
    lives = histories(lake, as_of, cut=cut).to_pyarrow().to_pylist()
    stand = standings(lake, features, cut=cut).to_pyarrow().to_pylist()
    now = timezone.now()
    profiles = [
        ServedProfile(
            life["home_store_id"] or "", life["guide_id"] or "", json.loads(life["document"]), now,
            json.loads(standing["document"]), now,
        )
        for life, standing in zip(lives, stand, strict=True)
    ]  # fmt: skip
    return ServedNow(lake.sequence, as_of, features, profiles[0] if profiles else None)
