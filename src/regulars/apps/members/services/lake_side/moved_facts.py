"""The lake follows the ledger: rows of a merged member become the survivor's, and go back.

What moved is kept with the merge's link event as keys of lake rows, so that undoing the merge
gives back exactly these, also when corrected rows replaced them in between.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import ibis
import pyarrow as pa

from regulars.apps.members.models import LinkEvent
from regulars.apps.members.services.ledger_rows import chunks
from regulars.apps.members.services.standing import STEPS_MAX, canonical
from regulars.apps.members.types import LinkKind
from regulars.lake import Snapshot, Transaction
from regulars.lake.contracts import Contract, contracts

_FROM, _INTO = "member_id", "becomes"


def follow_merges(transaction: Transaction, merged: Iterable[str]) -> int:
    """Give the survivors every fact that names one of the merged members; return how many."""
    becomes = canonical(merged)
    if not becomes:
        return 0
    moved: dict[str, dict[str, list[list[Any]]]] = defaultdict(lambda: defaultdict(list))
    count = 0
    tables = {declared.name: declared for declared in _fact_tables(transaction.snapshot())}
    for name, given in transaction.give(list(tables), becomes).items():
        for row in given.to_pylist():
            key = [row[column] for column in tables[name].key]
            moved[row["member_id"]][name].append(key)
        count += given.num_rows
    _keep(moved)
    return count


def give_back(transaction: Transaction, merge: LinkEvent, *, holder_id: str, owner_id: str) -> int:
    """Return to ``owner_id`` what the merge gave to its survivor, who is now ``holder_id``."""
    count = 0
    for declared in _fact_tables(transaction.snapshot()):
        keys = load_moved(merge).get(declared.name, [])
        if not keys:
            continue
        facts = transaction.snapshot().table(declared.name)
        wanted = ibis.memtable(_keys_table(declared, keys))
        theirs = facts.filter(facts[_FROM] == holder_id).semi_join(wanted, list(declared.key))
        moves = ibis.memtable(
            theirs.select(*declared.key).mutate(becomes=ibis.literal(owner_id)).to_pyarrow()
        )
        touched = facts.semi_join(moves, list(declared.group))
        joined = touched.left_join(moves, list(declared.key))
        rows = joined.mutate(member_id=ibis.coalesce(joined[_INTO], joined[_FROM]))
        count += transaction.upsert(declared.name, rows.select(*declared.column_names)).changed
    return count


def load_moved(merge: LinkEvent) -> dict[str, list[list[Any]]]:
    """Return the keys of the lake rows that the merge moved, by table."""
    if merge.facts is None:
        return {}
    kept: dict[str, list[list[Any]]] = json.loads(zlib.decompress(bytes(merge.facts)))
    return kept


def _keep(moved: dict[str, dict[str, list[list[Any]]]]) -> None:
    """Add the moved keys to every merge on the way from the fact's old owner to the new one."""
    standing: dict[str, LinkEvent] = {}
    wanted = set(moved)
    for _step in range(STEPS_MAX):
        unknown = wanted - set(standing)
        if not unknown:
            break
        for chunk in chunks(sorted(unknown)):
            merges = LinkEvent.objects.filter(kind=LinkKind.MERGE, other__in=chunk)
            for event in merges.filter(undone_by__isnull=True).order_by("pk"):
                standing[event.other_id or ""] = event
        wanted = {standing[member_id].member_id for member_id in unknown if member_id in standing}
    changed = {}
    for member_id, tables in moved.items():
        for event in _way_up(member_id, standing):
            held = load_moved(event)
            for name, keys in tables.items():
                known = {tuple(key) for key in held.get(name, [])}
                fresh = [key for key in keys if tuple(key) not in known]
                held[name] = [*held.get(name, []), *fresh]
            event.facts = zlib.compress(json.dumps(held, default=str).encode())
            changed[event.pk] = event
    LinkEvent.objects.bulk_update(changed.values(), ["facts"], batch_size=500)


def _way_up(member_id: str, standing: dict[str, LinkEvent]) -> Iterable[LinkEvent]:
    for _step in range(STEPS_MAX):
        event = standing.get(member_id)
        if event is None:
            return
        yield event
        member_id = event.member_id


def _keys_table(declared: Contract, keys: list[list[Any]]) -> pa.Table:
    columns = zip(*keys, strict=True)
    return pa.table(
        {
            name: pa.array(column, pa.string())
            for name, column in zip(declared.key, columns, strict=True)
        }
    )


def _fact_tables(snapshot: Snapshot) -> list[Contract]:
    return [
        declared
        for declared in contracts()
        if declared.kind == "fact" and declared.knows_members and snapshot.has(declared.name)
    ]
