"""A member's profile: everything that is known of one person, each value with where it is from.

It is read from the serving copy in the ledger. A member whom a commit changed a moment ago, before
the copy follows, is read from the lake itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from regulars.api.answers.cards import groups_of, told_card
from regulars.api.answers.commits import current, lake_at
from regulars.api.answers.encoding import encoded
from regulars.api.answers.kept import kept
from regulars.api.answers.tags import tags_of
from regulars.apps.accounts.queries import holds_home, scoped
from regulars.apps.accounts.types import DataScope
from regulars.apps.members.queries import (
    Home,
    ServedNow,
    ServedProfile,
    home_of,
    profile_from_lake,
    served_profile,
)
from regulars.science.profile.card import may_be_told

if TYPE_CHECKING:
    from regulars.apps.accounts.queries import ScopedLake

# After a change of more members than this the copy is answered until it follows.
_CHANGED_MAX = 20_000
_HQ = DataScope("hq")
_NO_LIFE = {
    "orders": 0, "net_amount": "0.00", "items": 0, "average_order_value": None,
    "first_order_on": None, "last_order_on": None,
}  # fmt: skip
_ATTRIBUTES = (
    "home_store_id", "guide_id", "joined_on", "joined_channel", "gender", "birth_date",
)  # fmt: skip
_RFM = (
    "recency_days", "frequency", "monetary", "r_score", "f_score", "m_score", "rfm_group",
)  # fmt: skip
_STAGE = ("lifecycle_stage", "entered_on")


def profile_of(scope: DataScope, member_id: str, *, with_tags: bool) -> bytes | None:
    """Return the profile as JSON; None when there is no such member in the scope."""
    # Whose member it is, and whether still one, the ledger knows first: a copy may be older.
    home = home_of(member_id)
    if home is None or not _holds(scope, home):
        return None
    now = served_profile(member_id)
    if now is None or now.profile is None or member_id in _changed_since(now.sequence):
        root, _seen = current()
        with lake_at(root).snapshot() as snapshot:
            now = profile_from_lake(scoped(snapshot, _HQ), member_id)
    held = now.profile
    return None if held is None else encoded(_said(member_id, now, held, with_tags=with_tags))


def warm(scope: DataScope) -> None:
    """Read what every answer in the scope asks the lake, so that only changed members do."""
    now = served_profile("")
    if now is not None:
        _changed_since(now.sequence)
    if scope.kind == "region":
        _stores_of(scope)


def _holds(scope: DataScope, home: Home) -> bool:
    return holds_home(scope, home.store_id, home.guide_id, stores=lambda: _stores_of(scope))


def _said(
    member_id: str, now: ServedNow, held: ServedProfile, *, with_tags: bool
) -> dict[str, Any]:
    history, standing = held.history, held.standing
    rfm, stage = standing.get("rfm") or {}, standing.get("lifecycle") or {}
    return {
        "member_id": member_id,
        "as_of": now.as_of,
        "completeness": round(history["completeness"], 4),
        "attributes": [*_attributes(history["attributes"], held.history_at), *_declared(history)],
        "card": told_card(now, held),
        "traits": list(_traits(standing, now.features)),
        "tags": tags_of(standing, now.features) if with_tags else None,
        "rfm": {name: rfm[name] for name in _RFM} if rfm else None,
        "lifecycle": {name: stage[name] for name in _STAGE} if stage else None,
        "lifetime": history["lifetime"] or _NO_LIFE,
        "favourite_categories": _without_order(history["favourite_categories"]),
        "favourite_stores": _without_order(history["favourite_stores"]),
        "timeline": [_happened(one) for one in reversed(history["timeline"] or [])],
    }


def _attributes(held: Mapping[str, Any], at: datetime | None) -> list[dict[str, Any]]:
    return [
        {"name": name, "value": held[name], "source": held["source"], "updated_at": at}
        for name in _ATTRIBUTES
        if held[name] is not None
    ]


def _declared(history: Mapping[str, Any]) -> list[dict[str, Any]]:
    groups = groups_of(history)
    return [
        {
            "name": one["name"],
            "value": one["value"],
            "source": one["source"],
            "updated_at": _utc(one["updated_at"]),
        }
        for one in history["declared"] or []
        if may_be_told(one["name"], groups)
    ]


def _traits(standing: Mapping[str, Any], dates: Mapping[str, date]) -> Iterable[dict[str, Any]]:
    for table, day in dates.items():
        values = standing.get(table.removeprefix("features/")) or {}
        for name, value in values.items():
            yield {"name": name, "value": value, "source": table, "as_of": day}


def _without_order(rows: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [{name: row[name] for name in row if name != "by"} for row in rows or []]


def _happened(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"at": _utc(one["by"]), **{name: one[name] for name in one if name != "by"}}


def _utc(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text), timezone.get_fixed_timezone(0))


def _changed_since(sequence: int) -> frozenset[str]:
    def ask(lake: ScopedLake) -> frozenset[str]:
        if lake.sequence <= sequence or not lake.has("member_changes"):
            return frozenset()
        changes = lake.table("member_changes")
        later = changes.filter(changes["sequence"] > sequence).select("member_id").distinct()
        found = later.limit(_CHANGED_MAX + 1).to_pyarrow()["member_id"].to_pylist()
        return frozenset(found) if len(found) <= _CHANGED_MAX else frozenset()

    return kept(_HQ, f"members changed since {sequence}", ask, tables=frozenset({"member_changes"}))


def _stores_of(scope: DataScope) -> frozenset[str]:
    def ask(lake: ScopedLake) -> frozenset[str]:
        ids = lake.table("stores").select("store_id").to_pyarrow()["store_id"].to_pylist()
        return frozenset(ids)

    return kept(scope, "stores of the scope", ask, tables=frozenset({"stores"}))
