"""What the lake says of a merged member besides facts: profile and attributes.

The survivor keeps its own profile and fills what it lacks; of one attribute the newer statement
wins. What was there before is kept with the merge, so that it can be put back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from regulars.apps.members.models import LinkEvent
from regulars.apps.members.services.ledger_rows import chunks
from regulars.apps.members.services.standing import canonical
from regulars.apps.members.types import LinkKind
from regulars.lake import Snapshot, Transaction
from regulars.lake.contracts import contract

_PROFILE = ("gender", "birth_date")

Row = dict[str, Any]


def follow_profiles(transaction: Transaction, merged: Iterable[str]) -> int:
    """Move profiles and attributes of the merged members to their survivors; return how many.

    Survivors must have their row in the lake already.
    """
    snapshot = transaction.snapshot()
    profiles = _rows(snapshot, "members", merged)
    attributes = _rows(snapshot, "member_attributes", merged)
    moving = {row["member_id"] for row in (*profiles, *attributes)}
    if not moving:
        return 0
    becomes = canonical(moving)
    merges = _latest_merges(moving)
    _fill_profiles(transaction, profiles, becomes, merges)
    _move_attributes(transaction, attributes, becomes, merges)
    LinkEvent.objects.bulk_update(merges.values(), ["moved"], batch_size=500)
    return len(moving)


def give_back_profile(
    transaction: Transaction, merge: LinkEvent, *, holder_id: str, owner_id: str
) -> None:
    """Put back what the merge moved from ``owner_id`` to its survivor, now ``holder_id``."""
    moved = merge.moved or {}
    snapshot = transaction.snapshot()
    holder = {row["member_id"]: row for row in _rows(snapshot, "members", [holder_id])}
    rows = []
    if "profile" in moved:
        rows.append(_blank("members") | _typed(moved["profile"]) | {"member_id": owner_id})
    if holder_id in holder:
        filled = _typed(moved.get("filled", {}))
        same = {name: None for name, value in filled.items() if holder[holder_id][name] == value}
        rows += [holder[holder_id] | same] if same else []
    _upsert(transaction, "members", rows)
    theirs = [_typed(row) for row in moved.get("attributes", [])]
    current = {row["name"]: row for row in _rows(snapshot, "member_attributes", [holder_id])}
    replaced = {row["name"]: _typed(row) for row in moved.get("replaced", [])}
    written = [
        row["name"]
        for row in theirs
        if row["name"] in moved.get("written", [])
        and current.get(row["name"], {}).get("value") == row["value"]
    ]
    back = [replaced[name] | {"member_id": holder_id} for name in written if name in replaced]
    back += [row | {"member_id": owner_id} for row in theirs]
    _upsert(transaction, "member_attributes", back)
    gone = [name for name in written if name not in replaced]
    _remove_attributes(transaction, [(holder_id, name) for name in gone])


def _fill_profiles(
    transaction: Transaction,
    profiles: list[Row],
    becomes: dict[str, str],
    merges: dict[str, LinkEvent],
) -> None:
    snapshot = transaction.snapshot()
    survivors = {row["member_id"]: row for row in _rows(snapshot, "members", set(becomes.values()))}
    changed: dict[str, Row] = {}
    for row in profiles:
        survivor = survivors.get(becomes[row["member_id"]])
        moved = _record(merges, row["member_id"])
        moved["profile"] = _plain({name: row[name] for name in (*_PROFILE, "source")})
        if survivor is None:
            continue
        lacks = [name for name in _PROFILE if survivor[name] is None and row[name] is not None]
        moved["filled"] = _plain({name: row[name] for name in lacks})
        if lacks:
            survivor.update({name: row[name] for name in lacks})
            changed[survivor["member_id"]] = survivor
    gone = pa.table({"member_id": pa.array([row["member_id"] for row in profiles], pa.string())})
    survivors_now = pa.Table.from_pylist(
        list(changed.values()), schema=contract("members").arrow_schema
    )
    transaction.upsert("members", survivors_now, gone=gone)


def _move_attributes(
    transaction: Transaction,
    attributes: list[Row],
    becomes: dict[str, str],
    merges: dict[str, LinkEvent],
) -> None:
    held = {
        (row["member_id"], row["name"]): row
        for row in _rows(transaction.snapshot(), "member_attributes", set(becomes.values()))
    }
    changed: dict[tuple[str, str], Row] = {}
    kept: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(attributes, key=lambda row: row["updated_at"]):
        place = (becomes[row["member_id"]], row["name"])
        there = held.get(place)
        record = kept[row["member_id"]]
        record["attributes"].append(_plain(row))
        if there is None or there["updated_at"] < row["updated_at"]:
            if there is not None:
                record["replaced"].append(_plain(there))
            record["written"].append(row["name"])
            held[place] = changed[place] = row | {"member_id": place[0]}
    for member_id, record in kept.items():
        _record(merges, member_id).update(record)
    _upsert(transaction, "member_attributes", list(changed.values()))
    _remove_attributes(transaction, [(row["member_id"], row["name"]) for row in attributes])


def _latest_merges(member_ids: Iterable[str]) -> dict[str, LinkEvent]:
    return {
        event.other_id or "": event
        for chunk in chunks(sorted(set(member_ids)))
        for event in LinkEvent.objects.filter(
            kind=LinkKind.MERGE, other__in=chunk, undone_by__isnull=True
        ).order_by("pk")
    }


def _record(merges: dict[str, LinkEvent], member_id: str) -> Row:
    event = merges.get(member_id)
    if event is None:
        return {}
    if event.moved is None:
        event.moved = {}
    record: Row = event.moved
    return record


def _rows(snapshot: Snapshot, name: str, member_ids: Iterable[str]) -> list[Row]:
    wanted = sorted(set(member_ids))
    if not wanted or not snapshot.has(name):
        return []
    rows: list[Row] = snapshot.rows_of(name, wanted).to_pylist()
    return rows


def _upsert(transaction: Transaction, name: str, rows: list[Row]) -> None:
    if rows:
        transaction.upsert(name, pa.Table.from_pylist(rows, schema=contract(name).arrow_schema))


def _remove_attributes(transaction: Transaction, keys: list[tuple[str, str]]) -> None:
    if keys:
        member_ids, names = zip(*keys, strict=True)
        transaction.remove("member_attributes", pa.table({"member_id": member_ids, "name": names}))


def _blank(name: str) -> Row:
    return dict.fromkeys(contract(name).column_names)


def _plain(row: Row) -> Row:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if name != "member_id"
    }


def _typed(row: Row) -> Row:
    typed = dict(row)
    if typed.get("birth_date"):
        typed["birth_date"] = date.fromisoformat(typed["birth_date"])
    if typed.get("updated_at"):
        typed["updated_at"] = datetime.fromisoformat(typed["updated_at"])
    return typed
