"""Bring the served profiles in line with the lake."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from django.db import transaction as ledger
from django.utils import timezone

from regulars.apps.members.models import ServedCopy, ServedProfile
from regulars.apps.members.services.serving.differences import HISTORY, STANDING, write_differences
from regulars.apps.members.services.serving.stretches import Stretch, of_everybody, of_some
from regulars.lake import Lake, Snapshot
from regulars.science.profile import TAGS, feature_dates, histories, standings

_ONLY_ROW = 1
# Served again only after a rest of so many times the work: landings may come twice a second.
_RESTS_PER_WORK = 3.0
_FACTS = ("orders", "refunds")


@dataclass(frozen=True, slots=True)
class _Now:
    """The date of each feature table, the newest of them, and a digest of products' categories."""

    dates: Mapping[str, date]
    as_of: date | None
    categories: int | None


@dataclass(frozen=True, slots=True)
class Served:
    """How many profiles were looked at, written because they differ, and removed."""

    looked_at: int
    written: int
    removed: int


def serve_profiles(lake: Lake, *, everything: bool = False, wait_seconds: float = 600) -> Served:
    """Write the profiles that differ from what the lake says now, and remove those of nobody.

    ``everything`` looks at all members, whatever the commits say. One serving at a time: another
    waits, and then has only what came meanwhile.

    Raises:
        LakeBusyError: Another serving did not finish within ``wait_seconds``.
    """
    with lake.serving(wait_seconds=wait_seconds), lake.snapshot() as snapshot:
        began = time.monotonic()
        held = _held(snapshot)
        if held is not None and held.sequence == snapshot.sequence and not everything:
            return Served(0, 0, 0)
        now = _now(snapshot)
        served = _serve(snapshot, None if everything else held, now)
        _remember(snapshot.sequence, now, seconds=time.monotonic() - began)
    return served


def is_serving_due(lake: Lake) -> bool:
    """Whether a commit is not served yet, and the last serving was long enough ago."""
    with lake.snapshot() as snapshot:
        held = ServedCopy.objects.filter(pk=_ONLY_ROW).first()
        if held is None:
            return snapshot.has("members")
        rested = timezone.now() - held.served_at
        return held.sequence != snapshot.sequence and rested >= timedelta(
            seconds=held.seconds * _RESTS_PER_WORK
        )


def _held(snapshot: Snapshot) -> ServedCopy | None:
    held = ServedCopy.objects.filter(pk=_ONLY_ROW).first()
    if held is None or held.sequence <= snapshot.sequence:
        return held
    # A lake restored from a backup: what was served of later commits never happened.
    with ledger.atomic():
        ServedProfile.objects.all().delete()
        held.delete()
    return None


def _now(snapshot: Snapshot) -> _Now:
    dates = feature_dates(snapshot)
    products = snapshot.table("products")
    named = products.filter(products["category"] != "")
    # A new name or a placeholder changes nobody's favourites: the table's version says too much.
    pairs = named.select(pair=(named["product_id"] + "\x1f" + named["category"]).hash())
    categories = pairs["pair"].bit_xor().to_pyarrow().as_py()
    return _Now(dates, max(dates.values(), default=None), categories)


def _serve(snapshot: Snapshot, held: ServedCopy | None, now: _Now) -> Served:
    looked = written = removed = 0
    for stretch in _with_new_history(snapshot, held, now):
        rows = histories(snapshot, now.as_of, cut=stretch.cut)
        counts = write_differences(snapshot, stretch, rows, HISTORY)
        looked, written = looked + counts.looked_at, written + counts.written
        removed += counts.removed
    for stretch in _with_new_standing(snapshot, held, now.dates):
        rows = standings(snapshot, now.dates, cut=stretch.cut)
        counts = write_differences(snapshot, stretch, rows, STANDING)
        looked, written = looked + counts.looked_at, written + counts.written
    return Served(looked, written, removed)


def _with_new_history(snapshot: Snapshot, held: ServedCopy | None, now: _Now) -> Iterator[Stretch]:
    as_of = now.as_of
    if held is None or held.products != now.categories:
        return of_everybody(snapshot)
    changed = snapshot.changed_members(held.sequence)
    if held.as_of == as_of:
        return of_some(snapshot, _ids(snapshot, changed)["member_id"])
    if held.as_of is None or as_of is None:
        return of_everybody(snapshot)
    # A fact begins or ceases to count when the date passes it.
    first, end = sorted((held.as_of, as_of))
    tables = [snapshot.table(name) for name in _FACTS]
    moved = [
        rows.filter(
            rows["business_date"] >= first, rows["business_date"] < end, rows["member_id"].notnull()
        ).select("member_id")
        for rows in tables
    ]
    touched = _ids(snapshot, ibis.union(changed, *moved, distinct=True))
    return of_some(snapshot, touched["member_id"])


def _ids(snapshot: Snapshot, members: ir.Table) -> pa.Table:
    return snapshot.connection.to_pyarrow(members)


def _with_new_standing(
    snapshot: Snapshot, held: ServedCopy | None, dates: Mapping[str, date]
) -> Iterator[Stretch]:
    before = held.features if held is not None else None
    if held is None or before != {name: day.isoformat() for name, day in dates.items()}:
        return of_everybody(snapshot)
    # Whoever joined since has no profile yet.
    new = [_ids(snapshot, snapshot.changed_members(held.sequence))]
    revised = [*dates, TAGS] if snapshot.has(TAGS) else [*dates]
    new += [snapshot.revised_members(name, held.sequence) for name in revised]
    return of_some(snapshot, pa.concat_tables(new)["member_id"])


def _remember(sequence: int, now: _Now, *, seconds: float) -> None:
    facts = {
        "sequence": sequence,
        "as_of": now.as_of,
        "features": {name: day.isoformat() for name, day in now.dates.items()},
        "products": now.categories,
        "seconds": seconds,
        "served_at": timezone.now(),
    }
    ServedCopy.objects.update_or_create(pk=_ONLY_ROW, defaults=facts)
