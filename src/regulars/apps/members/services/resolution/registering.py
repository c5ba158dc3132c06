"""What sources say of when, where and through which channel somebody joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from regulars.apps.members.models import Member
from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.evidence import ASPECTS, GENDERS, UNKNOWN
from regulars.apps.members.services.lake_side.outbox import note_changed
from regulars.apps.members.services.ledger_rows import (
    chunks,
    database_times,
    fetched,
    marks,
    read_times,
    update_rows,
)
from regulars.apps.members.services.resolution.decided import Decided
from regulars.apps.members.services.resolution.holdings import ASPECT_COLUMNS, as_said
from regulars.apps.members.services.resolution.incoming import Incoming, Registrations

__all__ = [
    "ASPECT_COLUMNS",
    "Firsts",
    "aspect_values",
    "firsts",
    "register_known",
    "said_of_groups",
]

_HELD = (
    "member_id", "joined_at", "joined_from_orders", "home_store_id", "joined_channel",
    *ASPECT_COLUMNS,
)  # fmt: skip
_LATEST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Firsts:
    """The earliest statement about each group; a date makes it a registration.

    ``place`` is each group's place in ``told``, -1 for a group of which nothing is said.
    """

    place: Ints
    told: Registrations

    def joined_at(self, groups: Ints) -> Ints:
        """Return when the groups registered, ``UNKNOWN`` where nobody says."""
        place = self.place[groups]
        if not len(self.told.joined_at):
            return np.full(len(groups), UNKNOWN, dtype=np.int64)
        joined: Ints = np.where(place >= 0, self.told.joined_at[place], UNKNOWN)
        return joined

    def of(self, groups: Ints) -> Iterator[tuple[str | None, str | None, str | None]]:
        """Yield store, time of joining as the database takes it, and channel of each group."""
        times = database_times(self.joined_at(groups), unknown=UNKNOWN)
        for place, joined_at in zip(self.place[groups].tolist(), times, strict=True):
            if place < 0:
                yield None, None, None
            else:
                yield self.told.store_id[place], joined_at, self.told.channel[place]


def firsts(registrations: Registrations, decided: Decided) -> Firsts:
    """Return each group's earliest statement."""
    groups = decided.linked.row_group[registrations.row]
    found, places = np.unique(groups, return_index=True)
    place = np.full(decided.linked.groups, -1, dtype=np.int64)
    place[found[found >= 0]] = places[found >= 0]
    return Firsts(place, registrations)


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


def register_known(decided: Decided, first: Firsts, said: Ints) -> int:
    """Let registrations correct known members: an earlier date, or a date at all.

    Statements without a date change nothing: they are guesses from orders, made better elsewhere.
    What is first said of a member besides is kept, for telling people apart.
    """
    known = np.flatnonzero(decided.member_ids != "")
    fresh = np.zeros(len(said), dtype=np.bool_)
    fresh[decided.created] = True
    told = (said[known] != UNKNOWN).any(axis=1) | (first.joined_at(known) != UNKNOWN)
    groups = known[told & ~fresh[known]]
    group_of = dict(zip(decided.member_ids[groups].tolist(), groups.tolist(), strict=True))
    count = 0
    for chunk in chunks(sorted(group_of)):
        held = fetched(Member, _HELD, f"member_id IN ({marks(chunk)})", chunk)
        theirs = np.array([group_of[row[0]] for row in held], dtype=np.int64)
        count += _register(first, theirs, held)
        _learn(said[theirs], held)
    return count


def _register(first: Firsts, groups: Ints, held: list[tuple[Any, ...]]) -> int:
    columns = list(zip(*held, strict=True))
    joined, from_orders = first.joined_at(groups), np.array(columns[2], dtype=np.bool_)
    known_at = np.where(from_orders, UNKNOWN, read_times(columns[1], unknown=UNKNOWN))
    # UNKNOWN is before every moment.
    better = (joined != UNKNOWN) & ((known_at == UNKNOWN) | (joined < known_at))
    places = np.flatnonzero(better)
    told = first.of(groups[places])
    changed = [
        (joined_at, False, store_id or held[place][3], channel or held[place][4], held[place][0])
        for place, (store_id, joined_at, channel) in zip(places.tolist(), told, strict=True)
    ]
    update_rows(
        Member, ["joined_at", "joined_from_orders", "home_store_id", "joined_channel"], changed
    )
    note_changed(row[-1] for row in changed)
    return len(changed)


def _learn(said: Ints, held: list[tuple[Any, ...]]) -> None:
    known = np.array([as_said(*row[-len(ASPECTS) :]) for row in held], dtype=np.int64)
    places = np.flatnonzero(((known == UNKNOWN) & (said != UNKNOWN)).any(axis=1))
    values = aspect_values(np.where(known == UNKNOWN, said, known)[places])
    rows = zip(values, places.tolist(), strict=True)
    update_rows(Member, ASPECT_COLUMNS, ((*aspects, held[place][0]) for aspects, place in rows))
