"""What sources say of when, where and through which channel somebody joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import numpy as np

from regulars.apps.members.models import Member
from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.evidence import ASPECTS, GENDERS, UNKNOWN
from regulars.apps.members.services.lake_side.outbox import note_changed
from regulars.apps.members.services.ledger_rows import chunks, database_time, update_rows
from regulars.apps.members.services.resolution.decided import Decided
from regulars.apps.members.services.resolution.holdings import ASPECT_COLUMNS, as_said
from regulars.apps.members.services.resolution.incoming import Incoming, Registrations

__all__ = [
    "ASPECT_COLUMNS",
    "First",
    "aspect_values",
    "firsts",
    "register_known",
    "said_of_groups",
]

_LATEST = np.iinfo(np.int64).max


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


def said_of_groups(incoming: Incoming, decided: Decided) -> Ints:
    """Return (groups × aspects) what the earliest record of each group that says it says."""
    row_group = decided.linked.row_group
    said = np.full((decided.linked.groups, len(ASPECTS)), UNKNOWN, dtype=np.int64)
    for aspect in range(len(ASPECTS)):
        rows = np.flatnonzero((incoming.said[:, aspect] != UNKNOWN) & (row_group >= 0))
        values, since = incoming.said[rows, aspect], incoming.since[rows]
        # The last one written stays: latest first, and of equals the largest value.
        order = np.lexsort((values, np.where(since == UNKNOWN, _LATEST, since)))[::-1]
        said[row_group[rows[order]], aspect] = values[order]
    return said


def aspect_values(said: Ints) -> Iterator[tuple[Any, ...]]:
    """Yield for each row of ``said`` what the columns ``ASPECT_COLUMNS`` take."""
    born = said[:, 1] != UNKNOWN
    days = np.where(born, said[:, 1], 0).astype("datetime64[D]")
    return zip(
        [None if name == UNKNOWN else name for name in said[:, 0].tolist()],
        [day if known else None for day, known in zip(days.astype(str), born, strict=True)],
        [GENDERS[max(code, 0)] for code in said[:, 2].tolist()],
        strict=True,
    )


def register_known(decided: Decided, first: dict[int, First], said: Ints) -> int:
    """Let registrations correct known members: an earlier date, or a date at all.

    Statements without a date change nothing: they are guesses from orders, made better elsewhere.
    What is first said of a member besides is kept, for telling people apart.
    """
    new = np.zeros(len(said), dtype=np.bool_)
    new[decided.created] = True
    telling = (said != UNKNOWN).any(axis=1)
    telling[[group for group, told in first.items() if told.joined_at is not None]] = True
    groups = np.flatnonzero(telling & ~new & (decided.member_ids != ""))
    group_of = dict(zip(decided.member_ids[groups].tolist(), groups.tolist(), strict=True))
    nothing = First(None, None, None)
    registered: list[tuple[Any, ...]] = []
    learnt: list[tuple[str, Ints]] = []
    for chunk in chunks(sorted(group_of)):
        held = Member.objects.filter(pk__in=chunk).values_list(
            "pk", "joined_at", "joined_from_orders", "home_store_id", "joined_channel",
            *ASPECT_COLUMNS,
        )  # fmt: skip
        for member_id, joined_at, from_orders, store_id, channel, *facts in held:
            group = group_of[member_id]
            told = first.get(group, nothing)
            known_at = None if from_orders else joined_at
            if told.joined_at and not (known_at and known_at <= told.joined_at):
                at = database_time(told.joined_at)
                place = (told.store_id or store_id, told.channel or channel)
                registered.append((at, False, *place, member_id))
            known = np.array(as_said(*facts), dtype=np.int64)
            if ((known == UNKNOWN) & (said[group] != UNKNOWN)).any():
                learnt.append((member_id, np.where(known == UNKNOWN, said[group], known)))
    columns = ["joined_at", "joined_from_orders", "home_store_id", "joined_channel"]
    update_rows(Member, columns, registered)
    note_changed(row[-1] for row in registered)
    _learn(learnt)
    return len(registered)


def _learn(learnt: list[tuple[str, Ints]]) -> None:
    if learnt:
        values = aspect_values(np.stack([said for _member_id, said in learnt]))
        rows = zip(values, learnt, strict=True)
        update_rows(
            Member, ASPECT_COLUMNS, ((*aspects, member_id) for aspects, (member_id, _said) in rows)
        )
