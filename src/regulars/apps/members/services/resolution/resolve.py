"""Whose rows are these? The identifiers of a load, resolved to members in one transaction.

The whole load is resolved at once: look-ups in chunks, the graph in arrays, inserts in bulk.
Two resolvers at the same time cannot make twins: a key has one owner by a constraint, and whoever
comes second starts again and finds the first one's members.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from regulars.apps.ingest.hooks import Resolution
from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.evidence import PASSING, TELLING, UNKNOWN, agreeing_pairs
from regulars.apps.members.rules.graph import Graph, Linked
from regulars.apps.members.rules.kinds import Strength
from regulars.apps.members.rules.linking import clusters, linked, touched_members
from regulars.apps.members.services.ledger_rows import room_for_many_rows
from regulars.apps.members.services.resolution import holdings, recording
from regulars.apps.members.services.resolution.decided import Decided
from regulars.apps.members.services.resolution.holdings import (
    Holders,
    Possessions,
    StaleLedgerError,
)
from regulars.apps.members.services.resolution.incoming import (
    Incoming,
    Registrations,
    read_incoming,
    read_registrations,
)
from regulars.apps.members.services.resolution.recalled import (
    gaining_members,
    with_contested_keys,
)
from regulars.base.errors import IdentityError
from regulars.base.ids import new_member_ids

_ATTEMPTS = 5
# What SQLite and PostgreSQL say when another transaction was in the way.
_CONFLICTS = ("locked", "deadlock", "serialize")


def resolve(rows: pa.Table, source: str) -> Resolution:
    """Return the members of the rows (``ingest.hooks.IDENTIFIER_SCHEMA``), making new ones.

    A row without any identifier that says something belongs to nobody. A row is refused as
    ``malformed`` when it has an identifier that cannot be of its kind and no good one.

    Raises:
        IdentityError: A kind is unknown, or other resolvers kept changing the same members.
    """
    incoming = read_incoming(rows)
    registrations = read_registrations(rows, incoming.row_ids)
    for _attempt in range(_ATTEMPTS):
        try:
            with room_for_many_rows(), transaction.atomic():
                return _resolved(incoming, registrations, source, timezone.now())
        except OperationalError as error:
            if not any(word in str(error).lower() for word in _CONFLICTS):
                raise
            cause: Exception = error
        except (IntegrityError, StaleLedgerError) as error:
            cause = error
    raise IdentityError(
        f"the members kept changing while they were looked up, {_ATTEMPTS} times",
        where=f"source {source}",
        fix="Load again when the other load has finished",
    ) from cause


def _resolved(
    incoming: Incoming, registrations: Registrations, source: str, now: datetime
) -> Resolution:
    strength = incoming.strength.copy()
    strength[holdings.shared_keys(incoming)[incoming.key]] = Strength.WEAK
    joining = strength < Strength.WEAK
    holders = holdings.holders_of(incoming, _looked_up(incoming, joining))
    graph = _graph(incoming, holders, strength, joining)
    cluster = clusters(graph)
    while True:
        gaining = np.flatnonzero(gaining_members(graph, cluster, holders))
        more = with_contested_keys(incoming, [holders.member_ids[each] for each in gaining])
        if more is incoming:
            break
        incoming, holders = more, holdings.holders_of_more(more, holders)
        graph = _graph(incoming, holders, strength, joining)
        cluster = clusters(graph)
    touched = np.flatnonzero(touched_members(graph, cluster))
    held = holdings.held_by(holders, touched, source=source)
    decided = _decided(graph, linked(graph, cluster, held.owned), holders, held, joining)
    recording.record(incoming, decided, registrations, source=source, now=now)
    reviews = recording.open_reviews(incoming, decided, source=source, now=now)
    return _resolution(incoming, decided, reviews)


def _graph(
    incoming: Incoming, holders: Holders, strength: Ints, joining: npt.NDArray[np.bool_]
) -> Graph:
    """Return the graph of the load and of what the ledger says of its keys."""
    silent = holdings.shared_keys(incoming)
    remembered = holders.remembered
    proved = (remembered[:, 2] == 1) & ~silent[remembered[:, 0]]
    return Graph(
        rows=len(incoming.row_ids),
        row=incoming.row[joining],
        key=incoming.key[joining],
        strong=strength[joining] == Strength.STRONG,
        key_kind=incoming.kind,
        key_rank=_ranks(incoming.hashes),
        holder=holders.of_key,
        members=len(holders.member_ids),
        row_said=incoming.said,
        row_since=incoming.since,
        agreeing=_agreeing(incoming, holders),
        claims=remembered[proved, :2],
    )


def _looked_up(incoming: Incoming, joining: npt.NDArray[np.bool_]) -> Ints:
    """Return the keys whose owner matters: those that join, and those over which rows may agree."""
    says = (incoming.said[:, :TELLING] != UNKNOWN).any(axis=1)
    passing = np.isin(incoming.kind[incoming.key], PASSING)
    return np.unique(incoming.key[joining | (passing & says[incoming.row])])


def _agreeing(incoming: Incoming, holders: Holders) -> Ints:
    """Return nodes of rows and members who share a phone or e-mail and agree on the person."""
    keys, members = len(incoming.hashes), len(holders.member_ids)
    links = np.flatnonzero(np.isin(incoming.kind[incoming.key], PASSING))
    owned = np.flatnonzero(np.isin(incoming.kind, PASSING) & (holders.of_key >= 0))
    theirs = np.concatenate([holders.of_key[owned], holders.remembered[:, 1]])
    return agreeing_pairs(
        np.concatenate([incoming.key[links], owned, holders.remembered[:, 0]]),
        np.concatenate([incoming.row[links] + keys + members, theirs + keys]),
        np.concatenate([incoming.said[incoming.row[links]], holders.said[theirs]]),
    )


def _ranks(hashes: list[bytes]) -> Ints:
    ranks = np.empty(len(hashes), dtype=np.int64)
    if hashes:
        ranks[np.argsort(np.array(hashes, dtype="S32"), kind="stable")] = np.arange(len(hashes))
    return ranks


def _decided(
    graph: Graph,
    result: Linked,
    holders: Holders,
    held: Possessions,
    joining: npt.NDArray[np.bool_],
) -> Decided:
    """Give every group its member: a known one, the survivor of several, or a new one."""
    member_ids = np.full(result.groups, "", dtype=object)
    member_ids[result.member_group] = holders.member_ids
    merges: list[tuple[str, str]] = []
    for members in _together(result.member_group):
        survivor, *merged = [holders.member_ids[member] for member in held.by_seniority(members)]
        member_ids[result.member_group[members[0]]] = survivor
        merges += [(member_id, survivor) for member_id in merged]
    needed = np.zeros(result.groups, dtype=np.bool_)
    needed[result.row_group[result.row_group >= 0]] = True
    joined = np.zeros(graph.keys, dtype=np.bool_)
    joined[graph.key] = True
    joined[list(result.shared)] = False
    needed[result.key_group[joined]] = True
    created = np.flatnonzero(needed & (member_ids == ""))
    member_ids[created] = new_member_ids(len(created))
    return Decided(result, holders, member_ids, created, merges, joining)


def _together(member_group: Ints) -> Iterator[list[int]]:
    """Yield the members of every group that has more than one."""
    order = np.argsort(member_group, kind="stable")
    _groups, starts, sizes = np.unique(member_group[order], return_index=True, return_counts=True)
    for place in np.flatnonzero(sizes > 1):
        yield order[starts[place] : starts[place] + sizes[place]].tolist()


def _resolution(incoming: Incoming, decided: Decided, reviews: int) -> Resolution:
    row_group = decided.linked.row_group
    known = np.flatnonzero(row_group >= 0)
    malformed = incoming.malformed[row_group[incoming.malformed] < 0]
    return Resolution(
        member_of_row=pa.table(
            {
                "row_id": pa.array(incoming.row_ids[known], pa.int64()),
                "member_id": pa.array(decided.member_ids[row_group[known]], pa.string()),
            }
        ),
        refused=pa.table(
            {
                "row_id": pa.array(incoming.row_ids[malformed], pa.int64()),
                "reason": pa.array(["malformed_identifier"] * len(malformed), pa.string()),
            }
        ),
        created=len(decided.created),
        merged=len(decided.merges),
        reviews=reviews,
    )
