"""The steps of a load, in order: read and clean, find the members, drop repeats, write."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.utils import timezone

from regulars.apps.accounts.services import vault
from regulars.apps.ingest.cleaning import as_text, reason_text
from regulars.apps.ingest.hooks import MemberResolver, member_resolver
from regulars.apps.ingest.mapping import Lookup, Mapping
from regulars.apps.ingest.pipeline.cleaner import Cleaner, Refused
from regulars.apps.ingest.pipeline.evaluate import Digester, Surroundings
from regulars.apps.ingest.pipeline.landing import Landed, land, large_tables
from regulars.apps.ingest.pipeline.shaping import Shaper
from regulars.apps.ingest.pipeline.stage import Noted, Staged, stage
from regulars.apps.ingest.readers import Source
from regulars.apps.ingest.services import runs
from regulars.apps.ingest.services.runs import OpenRun
from regulars.apps.ingest.types import (
    LoadReport,
    Note,
    ReasonCount,
    RowCounts,
    RunState,
    TableCount,
)
from regulars.lake import Lake, Scout, Snapshot, Transaction
from regulars.lake.contracts import contract

Progress = Callable[[str, int, int | None], None]
_DIGEST_LETTERS = 32


# So many are resolved together: more would need more memory, fewer would need more look-ups.
PERSONS_AT_ONCE = 100_000
_NOBODY = pa.table({"person": pa.array([], pa.int64()), "member_id": pa.array([], pa.string())})


@dataclass(frozen=True, slots=True)
class MemberCounts:
    """How many members a load made and joined, and how many reviews it opened."""

    created: int = 0
    merged: int = 0
    reviews: int = 0


@dataclass(frozen=True, slots=True)
class Carried:
    """What a load came to, and the rows it set aside."""

    report: LoadReport
    refused: tuple[Refused, ...]


def carry(
    mapping: Mapping,
    source: Source,
    *,
    run: OpenRun,
    merge_held: bool,
    on_progress: Progress,
    settle: bool = True,
) -> Carried:
    """Carry a source into the lake. Nothing of it is visible before everything is written.

    Members are found (and made) before the lake is written: should writing fail, they stay in the
    ledger without facts, and the next load finds them again. Older facts of members who turned out
    to be one wait for ``settling``; without ``settle``, home stores wait for it too.
    """
    staged = _staged(mapping, source, folder=run.folder, on_progress=on_progress)
    on_progress("matching", staged.read, staged.read)
    resolver = member_resolver() if mapping.member is not None else None
    lake = Lake(settings.REGULARS_LAKE)
    # To look who is whose keeps one core busy: the others look where the lake holds what comes.
    with lake.scout() as scout, Shaper(mapping, staged, now=timezone.now()) as shaper:
        _send(scout, mapping, staged)
        people, members = _resolved(staged, mapping, resolver)
        lost = shaper.own(people)
        repeats, contradicting = shaper.drop_repeats()
        on_progress("writing", staged.read, staged.read)
        landed = land(
            lake,
            mapping,
            shaper,
            publish=_publishing(resolver, settle=settle),
            merge_held=merge_held,
            scout=scout,
        )
    refused = (*staged.refused, *_ownerless(mapping, source, lost))
    counts = _counts(staged, lost=len(lost), repeats=repeats, landed=landed, main=mapping.contract)
    notes = {**staged.notes, "contradicting_duplicate": contradicting, **landed.notes}
    report = LoadReport(
        run_id=run.run_id,
        mapping=mapping.name,
        contract=mapping.contract,
        source_file=source.name,
        state=RunState.DONE,
        counts=counts,
        tables={
            name: TableCount(count.new, count.changed, count.same, count.removed)
            for name, count in landed.tables.items()
        },
        reasons=reason_counts(refused),
        notes=_notes(notes, mapping.contract),
        members_created=members.created,
        members_merged=members.merged,
        reviews_opened=members.reviews,
        seconds=runs.elapsed(run),
        peak_bytes=runs.peak_bytes(),
        lake_sequence=landed.sequence,
    )
    return Carried(report, refused)


def _send(scout: Scout, mapping: Mapping, staged: Staged) -> None:
    """Let the scout look for the rows of the lake that the staged ones may replace."""
    known = pq.read_schema(staged.file).names
    for table in map(contract, large_tables(mapping)):
        if set(table.group) <= set(known):
            scout.look(table, staged.file)


def _publishing(
    resolver: MemberResolver | None, *, settle: bool
) -> Callable[[Transaction], None] | None:
    if resolver is None:
        return None
    return resolver.publish_news if settle else resolver.announce


def rehearse(
    mapping: Mapping, source: Source, *, folder: Path, on_progress: Progress
) -> LoadReport:
    """Read and clean a source and count, without asking who is whose and without writing.

    ``loaded`` counts the rows that would go to the lake, also those it may already hold.
    """
    started = time.monotonic()
    staged = _staged(mapping, source, folder=folder, on_progress=on_progress)
    persons = staged.persons.people()["person"]
    stand_in = pa.table({"person": persons, "member_id": persons.cast(pa.string())})
    with Shaper(mapping, staged, now=timezone.now()) as shaper:
        shaper.own(stand_in)
        repeats, contradicting = shaper.drop_repeats()
    counts = RowCounts(
        read=staged.read,
        loaded=staged.clean - repeats,
        duplicates=repeats,
        quarantined=len(staged.refused),
    )
    return LoadReport(
        run_id=None,
        mapping=mapping.name,
        contract=mapping.contract,
        source_file=source.name,
        state=RunState.DONE,
        counts=counts,
        reasons=reason_counts(staged.refused),
        notes=_notes({**staged.notes, "contradicting_duplicate": contradicting}, mapping.contract),
        seconds=time.monotonic() - started,
        peak_bytes=runs.peak_bytes(),
    )


def reason_counts(refused: Iterable[Refused]) -> tuple[ReasonCount, ...]:
    """Return how many rows each reason refused, the most frequent first."""
    counted = Counter(row.reason for row in refused)
    return tuple(
        ReasonCount(reason, reason_text(reason), count) for reason, count in counted.most_common()
    )


def _staged(mapping: Mapping, source: Source, *, folder: Path, on_progress: Progress) -> Staged:
    brand = settings.REGULARS_BRAND
    total = source.reader.rows_total()
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        surroundings = Surroundings(
            currency=mapping.currency,
            region=brand.region,
            today=timezone.localdate(),
            lookups=_lookups(mapping, snapshot),
            digester=_digester(mapping),
        )
        cleaner = Cleaner(mapping, surroundings, store_zones=_store_zones(mapping, snapshot))
        return stage(
            source.reader,
            mapping,
            cleaner,
            folder=folder,
            on_progress=lambda rows: on_progress("reading", rows, total),
        )


def _digester(mapping: Mapping) -> Digester:
    """Return what makes row ids. The threads that clean ask the ledger for nothing."""
    if not any(target.digest for target in mapping.targets):
        return list
    digests = vault.digester("row id")
    return lambda texts: [digest.hex()[:_DIGEST_LETTERS] for digest in digests(texts)]


def _lookups(mapping: Mapping, snapshot: Snapshot) -> dict[Lookup, tuple[pa.Array, pa.Array]]:
    found = {}
    for lookup in {target.lookup for target in mapping.targets if target.lookup is not None}:
        table = snapshot.rows(lookup.table, lookup.key, lookup.take)
        found[lookup] = (table[lookup.key].combine_chunks(), table[lookup.take].combine_chunks())
    return found


def _store_zones(mapping: Mapping, snapshot: Snapshot) -> dict[str, str]:
    if not {"store_id", "business_date"} <= set(contract(mapping.contract).column_names):
        return {}
    stores = snapshot.rows("stores", "store_id", "zone")
    return dict(zip(stores["store_id"].to_pylist(), stores["zone"].to_pylist(), strict=True))


def _resolved(
    staged: Staged, mapping: Mapping, resolver: MemberResolver | None
) -> tuple[pa.Table, MemberCounts]:
    """Return (person, member_id) of every person that has a member, and how members changed.

    A later portion of the people may join members of an earlier one: in the end everybody gets
    the member who stands for theirs then.
    """
    if resolver is None:
        return _NOBODY, MemberCounts()
    found = [_NOBODY]
    created = merged = reviews = portions = 0
    for identifiers, people in staged.persons.portions(PERSONS_AT_ONCE):
        resolution = resolver.resolve(identifiers, mapping.source)
        owners = resolution.member_of_row
        place = pc.index_in(people["row_id"], value_set=owners["row_id"])
        members = owners["member_id"].take(place)
        found.append(pa.table({"person": people["person"], "member_id": members}))
        created += resolution.created
        merged += resolution.merged
        reviews += resolution.reviews
        portions += 1
    owned = pa.concat_tables(found)
    if portions > 1 and merged:
        standing = resolver.standing(owned["member_id"].combine_chunks())
        owned = owned.set_column(1, "member_id", standing)
    return owned, MemberCounts(created, merged, reviews)


def _ownerless(mapping: Mapping, source: Source, numbers: Sequence[int]) -> list[Refused]:
    """The rows whose member the resolver refused, read once more for their raw form."""
    if not numbers:
        return []
    wanted = pa.array(numbers, pa.int64())
    column = mapping.member.identifiers[0].value.name if mapping.member else ""
    refused = []
    for batch in source.reader.batches(mapping.reads):
        places = pc.indices_nonzero(pc.is_in(batch.numbers, value_set=wanted))
        rows = batch.rows.take(places)
        texts = {name: as_text(rows.column(name)).to_pylist() for name in rows.schema.names}
        for row, number in enumerate(batch.numbers.take(places).to_pylist()):
            raw = json.dumps({name: texts[name][row] for name in texts}, ensure_ascii=False)
            refused.append(Refused(number, "member_refused", column, raw))
    return refused


def _counts(staged: Staged, *, lost: int, repeats: int, landed: Landed, main: str) -> RowCounts:
    kept = staged.clean - lost - repeats
    unchanged = kept - landed.source_rows_changed
    return RowCounts(
        read=staged.read,
        loaded=landed.source_rows_changed,
        duplicates=repeats + unchanged,
        unchanged=unchanged,
        quarantined=len(staged.refused) + lost,
        removed=landed.tables[main].removed,
    )


def _notes(found: dict[str, Noted], table: str) -> tuple[Note, ...]:
    return tuple(
        Note(rule, table, noted.count, noted.samples)
        for rule, noted in found.items()
        if noted.count
    )
