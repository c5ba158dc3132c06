"""What sources say of when, where and through which channel somebody joined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import numpy as np

from regulars.apps.members.models import Member
from regulars.apps.members.rules.components import Ints
from regulars.apps.members.services.lake_side.outbox import note_changed
from regulars.apps.members.services.ledger_rows import chunks, database_time, update_rows
from regulars.apps.members.services.resolution.decided import Decided
from regulars.apps.members.services.resolution.incoming import Registrations


@dataclass(frozen=True, slots=True)
class First:
    """The earliest statement about one person; ``joined_at`` makes it a registration."""

    store_id: str | None
    joined_at: datetime | None
    channel: str | None


def firsts(registrations: Registrations, row_group: Ints) -> dict[int, First]:
    """Return each group's earliest statement, by group."""
    groups = row_group[registrations.row]
    found, places = np.unique(groups, return_index=True)
    return {
        group: First(
            registrations.store_id[place],
            cast("datetime | None", registrations.joined_at[place]),
            registrations.channel[place],
        )
        for group, place in zip(found.tolist(), places.tolist(), strict=True)
        if group >= 0
    }


def register_known(decided: Decided, first: dict[int, First]) -> int:
    """Let registrations correct known members: an earlier date, or a date at all.

    Statements without a date change nothing: they are guesses from orders, made better elsewhere.
    """
    new = set(decided.created.tolist())
    said = {
        str(decided.member_ids[group]): statement
        for group, statement in first.items()
        if statement.joined_at is not None and group not in new
    }
    changed: list[First] = []
    ids: list[str] = []
    for chunk in chunks(sorted(said)):
        held = Member.objects.filter(pk__in=chunk).values_list(
            "pk", "joined_at", "joined_from_orders", "home_store_id", "joined_channel"
        )
        for member_id, joined_at, from_orders, store_id, channel in held:
            statement = said[member_id]
            known_at = None if from_orders else joined_at
            if known_at and statement.joined_at and known_at <= statement.joined_at:
                continue
            ids.append(member_id)
            changed.append(
                First(
                    statement.store_id or store_id,
                    statement.joined_at,
                    statement.channel or channel,
                )
            )
    update_rows(
        Member,
        ["joined_at", "joined_from_orders", "home_store_id", "joined_channel"],
        [
            (database_time(merged.joined_at), False, merged.store_id, merged.channel, member_id)
            for merged, member_id in zip(changed, ids, strict=True)
        ],
    )
    note_changed(ids)
    return len(changed)
