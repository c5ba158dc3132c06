"""``land_posted``: everything that waits, in the lake as one bulk load per source.

Orders are marked as landed after the lake's commit, and only if they still have the content that
landed. A process that dies between the two leaves them waiting: the next landing writes the same
orders again, which changes nothing. A correction that arrives meanwhile stays waiting. What makes
this safe is that one process lands at a time: a file lock says so, and ends with its process.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from regulars.apps.accounts.services import vault
from regulars.apps.accounts.types import Sealed
from regulars.apps.ingest.mapping import POSTED, Mapping, found
from regulars.apps.ingest.models import PostedOrder, QuarantinedRow
from regulars.apps.ingest.pipeline.cleaner import Refused, raw_json
from regulars.apps.ingest.readers import RowsReader, Source
from regulars.apps.ingest.services import runs
from regulars.apps.ingest.services.carrying import carry
from regulars.apps.ingest.services.faults import translated
from regulars.apps.ingest.services.inbox import content
from regulars.apps.ingest.services.inbox.forgetting import forget_quiet_landings
from regulars.apps.ingest.services.inbox.posting import PURPOSE
from regulars.apps.ingest.services.runs import OpenRun
from regulars.apps.ingest.services.settling import settle_merges
from regulars.apps.ingest.types import (
    LandingReport,
    LoadReport,
    PostState,
    QuarantineState,
    RowCounts,
    RunKind,
    RunState,
)
from regulars.base.errors import ContractError

ORDERS_MAX = 2_000
SUPERSEDED = "a later correction"


@dataclass(frozen=True, slots=True)
class _Taken:
    """A waiting order as it was when the landing took it; ``rows`` are numbered from ``first``."""

    pk: int
    version: int
    rows: list[content.Row]
    first: int
    before: tuple[int, int, int] | None


def land_posted(limit: int = ORDERS_MAX) -> LandingReport:
    """Bring up to ``limit`` waiting orders into the lake, the oldest first.

    Lines that the rules refuse go to the quarantine; the other lines of their order land.

    Raises:
        LakeError: The lake cannot be written; every order waits as before.
        VaultError: A waiting order was sealed with a key that is gone.
    """
    with _turn() as mine:
        if not mine:
            return LandingReport(busy=True)
        waiting = PostedOrder.objects.filter(state=PostState.PENDING)
        chosen = list(waiting.order_by("received_at", "pk")[: limit + 1])
        report = LandingReport(waiting=len(chosen) > limit)
        if not chosen:
            return report
        runs.close_dead_runs()
        mapping = found(POSTED)
        for source in dict.fromkeys(order.source for order in chosen[:limit]):
            theirs = [order for order in chosen[:limit] if order.source == source]
            report = _together(report, _land(replace(mapping, source=source), theirs))
        settle_merges()
        forget_quiet_landings()
        return report


@contextmanager
def _turn() -> Iterator[bool]:
    """Take the lock that lets one process of this installation land; False when it is taken."""
    folder = Path(settings.REGULARS_HOME) / "staging"
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "posted.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _land(mapping: Mapping, orders: Sequence[PostedOrder]) -> LandingReport:
    """Land one source's orders; where one of them breaks the load, the others go without it."""
    try:
        return _carried(mapping, _taken(orders))
    except ContractError:
        if len(orders) == 1:
            return _set_aside(mapping, orders[0])
    half = len(orders) // 2
    return _together(_land(mapping, orders[:half]), _land(mapping, orders[half:]))


def _taken(orders: Sequence[PostedOrder]) -> list[_Taken]:
    boxes = [Sealed(order.payload_key_id, bytes(order.payload)) for order in orders]
    taken, first = [], 1
    parts = content.rows_of(vault.unseal_many(boxes, PURPOSE))
    for order, rows in zip(orders, parts, strict=True):
        before = (order.run_id, order.first_row, order.row_count) if order.run_id else None
        taken.append(_Taken(order.pk, order.version, rows, first, before))
        first += len(rows)
    return taken


def _carried(mapping: Mapping, taken: Sequence[_Taken]) -> LandingReport:
    rows = [row for order in taken for row in order.rows]
    source = Source(RowsReader(list(enumerate(rows, start=1))), "", ())
    with runs.running(mapping.name, kind=RunKind.LOAD, started_by="") as run, translated():
        runs.describe(
            run, source=mapping.source, contract=mapping.contract, source_file="", fingerprint=""
        )
        carried = carry(mapping, source, run=run, merge_held=False, on_progress=lambda *_: None)
        with transaction.atomic():
            runs.finish(run, carried.report, carried.refused)
            return _marked(taken, carried.refused, run, timezone.now())


def _marked(
    taken: Sequence[_Taken], set_aside: Sequence[Refused], run: OpenRun, now: datetime
) -> LandingReport:
    """Mark what landed with the content it landed with; leave what was corrected meanwhile."""
    bad = {row.number for row in set_aside}
    refused = overtaken = 0
    for order in taken:
        numbers = range(order.first, order.first + len(order.rows))
        is_refused = not bad.isdisjoint(numbers)
        marked = PostedOrder.objects.filter(pk=order.pk, version=order.version).update(
            state=PostState.REFUSED if is_refused else PostState.LANDED,
            payload=b"",
            payload_key_id="",
            landed_at=now,
            run=run.run_id,
            first_row=order.first,
            row_count=len(order.rows),
        )
        if not marked:
            overtaken += 1
            _supersede(run.run_id, order.first, len(order.rows), now)
            continue
        refused += is_refused
        if order.before is not None:
            _supersede(*order.before, now)
    landed = len(taken) - refused - overtaken
    return LandingReport(landed, refused, overtaken, run_ids=(run.run_id,))


def _supersede(run_id: int, first: int, count: int, now: datetime) -> None:
    """Close refused lines of a content that is no longer the order's: replayed, they would lie."""
    QuarantinedRow.objects.filter(
        run=run_id, row_number__range=(first, first + count - 1), state=QuarantineState.OPEN
    ).update(state=QuarantineState.DISCARDED, closed_at=now, closed_by=SUPERSEDED)


def _set_aside(mapping: Mapping, order: PostedOrder) -> LandingReport:
    """Put an order that breaks the table's contract into quarantine, line by line."""
    (taken,) = _taken([order])
    refused = tuple(
        Refused(number, "broken_promise", "", raw_json(row))
        for number, row in enumerate(taken.rows, start=1)
    )
    with runs.running(mapping.name, kind=RunKind.LOAD, started_by="") as run:
        report = LoadReport(
            run_id=run.run_id,
            mapping=mapping.name,
            contract=mapping.contract,
            source_file="",
            state=RunState.DONE,
            counts=RowCounts(read=len(refused), quarantined=len(refused)),
        )
        runs.describe(
            run, source=mapping.source, contract=mapping.contract, source_file="", fingerprint=""
        )
        with transaction.atomic():
            runs.finish(run, report, refused)
            return _marked([taken], refused, run, timezone.now())


def _together(one: LandingReport, other: LandingReport) -> LandingReport:
    return LandingReport(
        landed=one.landed + other.landed,
        refused=one.refused + other.refused,
        overtaken=one.overtaken + other.overtaken,
        waiting=one.waiting or other.waiting,
        run_ids=one.run_ids + other.run_ids,
    )
