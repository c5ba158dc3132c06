"""A member's profile, from the serving copy by primary key or from the lake, member by member."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from regulars.apps.members.models import Member, ServedCopy
from regulars.apps.members.models import ServedProfile as Held
from regulars.apps.members.types import MemberState
from regulars.science.profile import feature_dates, histories, standings

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.apps.accounts.queries import ScopedLake

_PARTS = ("history", "history_at", "standing", "standing_at")


@dataclass(frozen=True, slots=True)
class Home:
    """The home store and the guide of a member; '' is none."""

    store_id: str
    guide_id: str


@dataclass(frozen=True, slots=True)
class ServedProfile:
    """A member's documents, and the moments these last changed."""

    history: Mapping[str, Any]
    history_at: datetime | None
    standing: Mapping[str, Any]
    standing_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServedNow:
    """What is served of a member, of which commit everything served is made, and of which dates.

    ``profile`` is None where none is held. The dates are the member's own: while everybody is
    served anew, some profiles are a day ahead of the rest.
    """

    sequence: int
    as_of: date | None
    features: Mapping[str, date]
    profile: ServedProfile | None


def home_of(member_id: str) -> Home | None:
    """Return where an active member is at home; None for any other id."""
    members = Member.objects.filter(pk=member_id, state=MemberState.ACTIVE)
    found = members.values_list("home_store_id", "guide_id").first()
    return None if found is None else Home(*found)


def served_profile(member_id: str) -> ServedNow | None:
    """Return what is served of the member; None before anything was served."""
    copy = ServedCopy.objects.values_list("sequence", "as_of", "features").first()
    if copy is None:
        return None
    sequence, as_of, features = copy
    dates = {name: date.fromisoformat(day) for name, day in features.items()}
    # Where there is no history yet, nothing can be told.
    found = Held.objects.filter(pk=member_id).exclude(history_digest="")
    held = found.values_list(*_PARTS).first()
    if held is None:
        return ServedNow(sequence, as_of, dates, None)
    history, history_at, standing, standing_at = held
    profile = ServedProfile(json.loads(history), history_at, json.loads(standing), standing_at)
    # A document that did not change keeps the date it was first made of, and holds on.
    made_of = profile.history.get("as_of")
    newest = max(filter(None, (as_of, made_of and date.fromisoformat(made_of))), default=None)
    for name, day in (profile.standing.get("as_of") or {}).items():
        dates[name] = max(date.fromisoformat(day), dates.get(name, date.min))
    return ServedNow(sequence, newest, dates, profile)


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
        ServedProfile(json.loads(life["document"]), now, json.loads(standing["document"]), now)
        for life, standing in zip(lives, stand, strict=True)
    ]
    return ServedNow(lake.sequence, as_of, features, profiles[0] if profiles else None)
