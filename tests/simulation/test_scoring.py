"""Pairs are counted as if each were looked at."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.science.simulation.scoring import PairScore, exact_groups, pair_score

records = st.lists(
    st.tuples(st.integers(0, 5), st.one_of(st.none(), st.sampled_from("abcdef"))), max_size=30
)


@given(records)
def test_the_counts_are_those_of_looking_at_every_pair(rows: list[tuple[int, str | None]]) -> None:
    true = joined = right = 0
    for one, other in combinations(rows, 2):
        same_person = one[0] == other[0]
        same_member = one[1] is not None and one[1] == other[1]
        true += same_person
        joined += same_member
        right += same_person and same_member
    found = pair_score(
        pa.array([person for person, _ in rows], pa.int64()),
        pa.array([member for _, member in rows], pa.string()),
    )
    assert found == PairScore(len(rows), true, joined, right)


def test_shares_are_of_joined_and_of_true_pairs() -> None:
    score = PairScore(records=9, true_pairs=4, joined_pairs=8, right_pairs=2)
    assert (score.precision, score.recall) == (0.25, 0.5)
    assert score.f1 == pytest.approx(1 / 3)
    assert PairScore(0, 0, 0, 0).f1 == 1.0


def test_records_and_persons_must_be_aligned() -> None:
    with pytest.raises(ValueError, match="2 true persons for 1 records"):
        pair_score(pa.array([1, 2]), pa.array(["a"]))


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 8)), max_size=30))
def test_exact_groups_are_those_of_joining_one_after_another(links: list[tuple[int, int]]) -> None:
    count = 13
    group = list(range(count))
    for one, key in links:
        for other, same in links:
            if key == same and group[one] != group[other]:
                low, high = sorted((group[one], group[other]))
                group = [low if g == high else g for g in group]
    links = [*links, *((record, 100 + record) for record in range(count))]
    record, key = np.array(links, dtype=np.int64).T
    assert exact_groups(record, key).tolist() == group
