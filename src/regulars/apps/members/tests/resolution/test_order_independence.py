"""The people found do not depend on the order of rows or on how they come in loads."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from regulars.apps.accounts.services import vault
from regulars.apps.members.models import Identifier, MergeReview
from regulars.apps.members.rules.components import components
from regulars.apps.members.rules.normal_form import normal_form
from regulars.apps.members.services.standing import canonical
from regulars.apps.members.tests.loads import load

pytestmark = pytest.mark.django_db

KINDS = ("card_no", "unionid", "phone", "email", "openid", "device")
Key = tuple[str, str]
Row = list[Key]


def value_of(kind: str, number: int) -> str:
    return {"phone": f"1381234{number:04}", "email": f"person{number}@shop.cn"}.get(
        kind, f"{kind}-{number}"
    )


@st.composite
def populations(draw: st.DrawFn, *, accounts: int) -> list[Row]:
    """Draw rows of people who own few keys each: no limit is hit, no key has two owners.

    One row of each names all strong keys; until it comes, an e-mail may seem to have two owners.
    """
    rows: list[Row] = []
    for person in range(draw(st.integers(1, 5))):
        own = [
            (kind, value_of(kind, person * 10 + number))
            for kind in KINDS
            for number in range({"unionid": 1, "openid": accounts}.get(kind, 2))
        ]
        strong = [key for key in own if key[0] in {"card_no", "unionid", "phone"}]
        count = draw(st.integers(0, 5))
        rows += [draw(st.lists(st.sampled_from(own), min_size=1, max_size=3)) for _ in range(count)]
        rows.append(draw(st.permutations(strong)))
    for place in draw(st.lists(st.integers(0, len(rows) - 1), max_size=4)):
        rows[place] = [*rows[place], ("device", "device-shared")]
    return rows


def oracle(rows: list[Row]) -> set[frozenset[Key]]:
    """Join joining keys that share a row, one pair after another, until nothing changes."""
    people = [{key for key in row if key[0] != "device"} for row in rows]
    people = [person for person in people if person]
    changed = True
    while changed:
        changed = False
        for first in range(len(people)):
            for second in range(first + 1, len(people)):
                if people[first] & people[second]:
                    people[first] |= people.pop(second)
                    changed = True
                    break
            if changed:
                break
    return {frozenset(person) for person in people}


@dataclass(frozen=True)
class Found:
    """Who owns which keys, and the same if every open review were answered with a merge."""

    people: set[frozenset[Key]]
    if_merged: set[frozenset[Key]]
    reviews: int


def found(loads: Iterable[list[Row]]) -> Found:
    """Resolve the loads in an empty ledger and return who owns which keys."""
    values: dict[Key, None] = {}
    with transaction.atomic():
        for rows in loads:
            load(*rows)
            values.update({key: None for row in rows for key in row})
        owned = defaultdict(set)
        for key, member_id in _owners(values).items():
            owned[member_id].add(key)
        asked = MergeReview.objects.filter(state="open").values_list("left_id", "right_id")
        standing = canonical(member_id for pair in asked for member_id in pair)
        merged = {member_id: frozenset(keys) for member_id, keys in owned.items()}
        for pair in asked:
            left, right = (merged[standing[member_id]] for member_id in pair)
            for member_id, keys in merged.items():
                if keys in {left, right}:
                    merged[member_id] = left | right
        transaction.set_rollback(True)
    people = {frozenset(keys) for keys in owned.values()}
    return Found(people, set(merged.values()), len(asked))


def _owners(keys: Iterable[Key]) -> dict[Key, str]:
    owner = {
        (row.kind, bytes(row.key_hash)): row.member_id
        for row in Identifier.objects.filter(exclusive=True)
    }
    found_owners = {}
    for kind, value in keys:
        form = normal_form(kind, value, region="CN")
        assert form is not None
        place = (kind, bytes.fromhex(vault.keyed_hash(form, kind)))
        if place in owner:
            found_owners[kind, value] = owner[place]
    return found_owners


def batched(rows: list[Row], cuts: list[int], seed: int) -> list[list[Row]]:
    shuffled = rows.copy()
    random.Random(seed).shuffle(shuffled)
    ends = sorted({min(cut, len(rows)) for cut in cuts} | {0, len(rows)})
    return [shuffled[start:end] for start, end in pairwise(ends)]


CUTS = st.lists(st.integers(0, 30), max_size=4)
SEEDS = st.integers(0, 99)


@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=populations(accounts=1), cuts=CUTS, seed=SEEDS)
def test_any_order_and_any_batching_find_the_same_people(
    rows: list[Row], cuts: list[int], seed: int
) -> None:
    expected = oracle(rows)
    for one in (found([rows]), found(batched(rows, cuts, seed))):
        assert (one.people, one.reviews) == (expected, 0)


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=populations(accounts=2), cuts=CUTS, seed=SEEDS)
def test_of_two_accounts_of_one_app_a_person_is_asked_in_any_order(
    rows: list[Row], cuts: list[int], seed: int
) -> None:
    """Which account a shared phone goes to may depend on the loads; that it is asked does not."""
    expected = oracle(rows)
    for one in (found([rows]), found(batched(rows, cuts, seed))):
        assert one.if_merged == expected
        if not one.reviews:
            assert one.people == expected


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    nodes=st.integers(1, 40),
    edges=st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=60),
)
def test_components_equal_a_search_from_every_node(
    nodes: int, edges: list[tuple[int, int]]
) -> None:
    edges = [(left % nodes, right % nodes) for left, right in edges]
    near = defaultdict(set)
    for left, right in edges:
        near[left].add(right)
        near[right].add(left)
    expected = []
    for start in range(nodes):
        seen, waiting = {start}, [start]
        while waiting:
            fresh = near[waiting.pop()] - seen
            seen |= fresh
            waiting += fresh
        expected.append(min(seen))
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    assert components(nodes, ends[:, 0], ends[:, 1]).tolist() == expected


def test_a_chain_of_a_hundred_thousand_links_is_one_part() -> None:
    order = np.random.default_rng(7).permutation(100_000)
    assert not components(100_000, order[:-1], order[1:]).any()
