"""What the ledger already holds of a load's identifiers and of the members they lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from regulars.apps.members.models import Identifier, Member, MergeReview
from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.evidence import ASPECTS, GENDERS, PASSING, TELLING, UNKNOWN
from regulars.apps.members.rules.graph import ACCOUNT, Held
from regulars.apps.members.rules.kinds import KIND_ORDER
from regulars.apps.members.services.ledger_rows import chunks, fetched, marks, read_times
from regulars.apps.members.services.resolution.incoming import Incoming
from regulars.apps.members.services.standing import canonical
from regulars.apps.members.types import MemberState, ReviewReason, ReviewState

_EPOCH = date(1970, 1, 1)
ASPECT_COLUMNS = ("name_hash", "birth_date", "gender")
_LOCKED = ("member_id", "state", "joined_at", "created_at", *ASPECT_COLUMNS)
_NUMBER_OF_KIND = {kind: number for number, kind in enumerate(KIND_ORDER)}
_NEVER = np.iinfo(np.int64).max


class StaleLedgerError(Exception):
    """Another process changed a member while this one looked it up: look again."""


@dataclass(frozen=True, slots=True)
class Holders:
    """Who owns which key, and who remembers a key that passes.

    Attributes:
        of_key: For each key the number of the member that owns it, -1 for nobody.
        member_ids: The members' ids by number.
        remembered: (n × 3) key, member, and 1 if the member once proved the key theirs.
        said: (members × aspects) what is known of those who own or remember a key that passes.
    """

    of_key: Ints
    member_ids: list[str]
    remembered: Ints
    said: Ints


@dataclass(frozen=True, slots=True)
class Possessions:
    """What the touched members own, and who of them is senior."""

    owned: Held
    seniority: dict[int, tuple[int, int, str]]

    def by_seniority(self, members: Iterable[int]) -> list[int]:
        """Return the members, the earliest to join first; then the earliest known."""
        return sorted(members, key=lambda member: self.seniority[member])


def holders_of(incoming: Incoming, keys: Ints) -> Holders:
    """Look up who owns the keys."""
    of_key = np.full(len(incoming.hashes), -1, dtype=np.int64)
    number_of: dict[str, int] = {}
    for position, kind in enumerate(KIND_ORDER):
        wanted = keys[incoming.kind[keys] == position]
        if not len(wanted) or not Identifier.objects.filter(kind=kind, exclusive=True).exists():
            continue
        key_of = {incoming.hashes[key]: key for key in wanted.tolist()}
        for chunk in chunks(sorted(key_of)):
            for key_hash, member_id in _owners(kind, chunk):
                of_key[key_of[bytes(key_hash)]] = number_of.setdefault(member_id, len(number_of))
    remembered = _remembered(incoming, number_of, first=0)
    passing = np.flatnonzero(np.isin(incoming.kind, PASSING) & (of_key >= 0))
    # Only rows that say something of their person can agree with a member.
    compared = incoming.key[(incoming.said[:, :TELLING] != UNKNOWN).any(axis=1)[incoming.row]]
    asked = np.union1d(
        of_key[np.intersect1d(passing, compared)],
        remembered[np.isin(remembered[:, 0], compared), 1],
    )
    return Holders(of_key, list(number_of), remembered, _said_of(list(number_of), asked))


def holders_of_more(incoming: Incoming, holders: Holders) -> Holders:
    """Look up who owns or remembers the keys that were added to the load since."""
    first = len(holders.of_key)
    number_of = {member_id: number for number, member_id in enumerate(holders.member_ids)}
    of_key = np.full(len(incoming.hashes), -1, dtype=np.int64)
    of_key[:first] = holders.of_key
    for position in PASSING:
        added = np.flatnonzero(incoming.kind[first:] == position) + first
        key_of = {incoming.hashes[key]: key for key in added.tolist()}
        for chunk in chunks(sorted(key_of)):
            for key_hash, member_id in _owners(KIND_ORDER[position], chunk):
                of_key[key_of[bytes(key_hash)]] = number_of.setdefault(member_id, len(number_of))
    remembered = _remembered(incoming, number_of, first=first)
    said = np.full((len(number_of), len(ASPECTS)), UNKNOWN, dtype=np.int64)
    said[: len(holders.said)] = holders.said
    return Holders(of_key, list(number_of), np.concatenate([holders.remembered, remembered]), said)


def _remembered(incoming: Incoming, number_of: dict[str, int], *, first: int) -> Ints:
    """Look up who remembers a phone or e-mail, from key ``first`` on, without owning it."""
    found = []
    for position in PASSING:
        kind = KIND_ORDER[position]
        if not Identifier.objects.filter(kind=kind, exclusive=False).exists():
            continue
        keys = np.flatnonzero(incoming.kind[first:] == position) + first
        key_of = {incoming.hashes[key]: key for key in keys.tolist()}
        for chunk in chunks(sorted(key_of)):
            for key_hash, member_id, verified in _rememberers(kind, chunk):
                member = number_of.setdefault(member_id, len(number_of))
                found.append((key_of[bytes(key_hash)], member, int(verified)))
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 3)


def _said_of(member_ids: list[str], asked: Ints) -> Ints:
    """Return what is known of the members asked for, without locking them."""
    said = np.full((len(member_ids), len(ASPECTS)), UNKNOWN, dtype=np.int64)
    number_of = {member_ids[member]: member for member in asked.tolist()}
    for chunk in chunks(sorted(number_of)):
        where = f"member_id IN ({marks(chunk)})"
        for member_id, *facts in fetched(Member, ("member_id", *ASPECT_COLUMNS), where, chunk):
            said[number_of[member_id]] = as_said(*facts)
    return said


def as_said(name_hash: int | None, birth_date: date | str | None, gender: str) -> tuple[int, ...]:
    """Return what is known of a member, as the database has it, as the rules compare it."""
    if isinstance(birth_date, str):
        birth_date = date.fromisoformat(birth_date)
    return (
        UNKNOWN if name_hash is None else name_hash,
        UNKNOWN if birth_date is None else (birth_date - _EPOCH).days,
        GENDERS.index(gender) if gender in GENDERS[1:] else UNKNOWN,
    )


def _owners(kind: str, key_hashes: list[bytes]) -> list[tuple[Any, ...]]:
    # Plain SQL: through a queryset the parameters of a million keys cost more than the look-up.
    where = f"exclusive AND kind = %s AND key_hash IN ({marks(key_hashes)})"
    return fetched(Identifier, ("key_hash", "member_id"), where, [kind, *key_hashes])


def _rememberers(kind: str, key_hashes: list[bytes]) -> list[tuple[Any, ...]]:
    # Plain SQL as above. A merged member leaves behind what the survivor remembers already.
    table, members = (model._meta.db_table for model in (Identifier, Member))  # noqa: SLF001 Django documents _meta as its interface
    active = (
        f"EXISTS (SELECT 1 FROM {members} AS m WHERE m.member_id = {table}.member_id "  # noqa: S608 names of our own
        "AND m.state = %s)"
    )
    where = f"NOT exclusive AND kind = %s AND key_hash IN ({marks(key_hashes)}) AND {active}"
    parameters = [kind, *key_hashes, MemberState.ACTIVE.value]
    return fetched(Identifier, ("key_hash", "member_id", "verified"), where, parameters)


def shared_keys(incoming: Incoming) -> npt.NDArray[np.bool_]:
    """Which keys so many people carry that a review was opened and they join nothing until then."""
    silent = np.zeros(len(incoming.values), dtype=np.bool_)
    known = MergeReview.objects.filter(
        reason=ReviewReason.SHARED_KEY, state__in=[ReviewState.OPEN, ReviewState.KEPT_APART]
    ).values_list("key_kind", "key_hash")
    shared = {(kind, bytes(key_hash)) for kind, key_hash in known if key_hash is not None}
    if shared:
        for key, key_hash in enumerate(incoming.hashes):
            silent[key] = (KIND_ORDER[incoming.kind[key]], key_hash) in shared
    return silent


def held_by(holders: Holders, touched: Ints, *, source: str) -> Possessions:
    """Lock the touched members and return what they own; raise if one is no longer active."""
    number_of = {holders.member_ids[member]: member for member in touched.tolist()}
    counts = np.zeros((len(holders.member_ids), len(KIND_ORDER)), dtype=np.int64)
    accounts: list[set[str]] = [set() for _member_id in holders.member_ids]
    said = holders.said.copy()
    seniority = {}
    for chunk in chunks(sorted(number_of)):
        if connection.features.has_select_for_update:
            locked = Member.objects.select_for_update().filter(pk__in=chunk).order_by("pk")
            list(locked.values_list("pk"))
        rows = fetched(Member, _LOCKED, f"member_id IN ({marks(chunk)})", chunk)
        times = [read_times([row[place] for row in rows], unknown=_NEVER) for place in (2, 3)]
        for place, (member_id, state, _joined_at, _created_at, *facts) in enumerate(rows):
            if state != MemberState.ACTIVE:
                raise StaleLedgerError(member_id)
            number = number_of[member_id]
            seniority[number] = (int(times[0][place]), int(times[1][place]), member_id)
            said[number] = as_said(*facts)
        where = f"exclusive AND member_id IN ({marks(chunk)})"
        for member_id, kind, known_by in fetched(
            Identifier, ("member_id", "kind", "source"), where, chunk
        ):
            place = number_of[member_id]
            counts[place, _NUMBER_OF_KIND[kind]] += 1
            if _NUMBER_OF_KIND[kind] == ACCOUNT:
                accounts[place].add(known_by)
    owned = Held(counts, said, accounts, source, _kept_apart(number_of))
    return Possessions(owned, seniority)


def _kept_apart(number_of: dict[str, int]) -> frozenset[tuple[int, int]]:
    if not number_of:
        return frozenset()
    decided = MergeReview.objects.filter(state=ReviewState.KEPT_APART)
    pairs = list(decided.exclude(reason=ReviewReason.SHARED_KEY).values_list("left_id", "right_id"))
    standing = canonical({member_id for pair in pairs for member_id in pair})
    apart = {(standing[left], standing[right]) for left, right in pairs}
    return frozenset(
        (number_of[left], number_of[right])
        for left, right in apart
        if left in number_of and right in number_of and left != right
    )
