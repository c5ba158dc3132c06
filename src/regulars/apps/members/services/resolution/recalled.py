"""Contested keys of a load's members that the load itself does not name.

A phone or mailbox that did not join its carriers is remembered. Whoever gains a name, a birth date
or another key may turn out to be its owner's own person, so such keys are looked at again.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection

from regulars.apps.members.models import Identifier
from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.evidence import ASPECTS, PASSING, UNKNOWN
from regulars.apps.members.rules.graph import Graph
from regulars.apps.members.rules.kinds import KIND_ORDER
from regulars.apps.members.rules.linking import touched_members
from regulars.apps.members.services.ledger_rows import chunks, marks
from regulars.apps.members.services.resolution.holdings import Holders
from regulars.apps.members.services.resolution.incoming import Incoming

_KINDS = tuple(KIND_ORDER[kind] for kind in PASSING)
# What the members proved theirs without owning it, and what they own and somebody else proved.
_CONTESTED = """
    SELECT kind, key_hash FROM {table}
    WHERE member_id IN ({members}) AND kind IN ({kinds}) AND NOT exclusive AND verified
    UNION
    SELECT mine.kind, mine.key_hash FROM {table} AS mine
    WHERE mine.member_id IN ({members}) AND mine.kind IN ({kinds}) AND mine.exclusive
      AND EXISTS (SELECT 1 FROM {table} AS other WHERE other.key_hash = mine.key_hash
                  AND other.kind = mine.kind AND NOT other.exclusive AND other.verified)
"""


def gaining_members(graph: Graph, cluster: Ints, holders: Holders) -> npt.NDArray[np.bool_]:
    """Which members get a key, another member, or a name, birth date or gender by this load."""
    gaining = touched_members(graph, cluster)
    of_member = cluster[graph.keys : graph.first_row]
    of_row = cluster[graph.first_row :]
    for aspect in range(len(ASPECTS)):
        told = np.zeros(len(cluster), dtype=np.bool_)
        told[of_row[graph.row_said[:, aspect] != UNKNOWN]] = True
        gaining |= told[of_member] & (holders.said[:, aspect] == UNKNOWN)
    return gaining


def with_contested_keys(incoming: Incoming, member_ids: list[str]) -> Incoming:
    """Return the load with the contested keys of these members, which no row carries."""
    known = {
        (KIND_ORDER[incoming.kind[key]], incoming.hashes[key])
        for key in np.flatnonzero(np.isin(incoming.kind, PASSING)).tolist()
    }
    fresh = sorted(_contested(member_ids) - known)
    if not fresh:
        return incoming
    kinds = np.array([KIND_ORDER.index(kind) for kind, _key_hash in fresh], dtype=np.int64)
    return replace(
        incoming,
        kind=np.concatenate([incoming.kind, kinds]),
        # Whoever has the key has it sealed already: nobody needs its value here.
        values=pa.concat_arrays([incoming.values, pa.nulls(len(fresh), pa.string())]),
        hashes=incoming.hashes + [key_hash for _kind, key_hash in fresh],
        verified=np.concatenate([incoming.verified, np.ones(len(fresh), dtype=np.bool_)]),
    )


def _contested(member_ids: list[str]) -> set[tuple[str, bytes]]:
    found: set[tuple[str, bytes]] = set()
    table = connection.ops.quote_name(Identifier._meta.db_table)  # noqa: SLF001 Django documents _meta as its interface
    for chunk in chunks(sorted(member_ids)):
        query = _CONTESTED.format(table=table, members=marks(chunk), kinds=marks(_KINDS))
        with connection.cursor() as cursor:
            cursor.execute(query, [*chunk, *_KINDS] * 2)
            found.update((kind, bytes(key_hash)) for kind, key_hash in cursor.fetchall())
    return found
