"""How well records were joined into persons, by counting pairs of records.

A pair is right when both records are of one true person and were given to one member. Precision
is right pairs among joined pairs, recall right pairs among true pairs (pairwise evaluation of
entity resolution: Menestrina, Whang and Garcia-Molina 2010, PVLDB 3:1). Pairs are counted from the
sizes of groups, never listed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@dataclass(frozen=True, slots=True)
class PairScore:
    """Counts of pairs of records. A share of no pairs at all is 1: nothing is wrong or missing."""

    records: int
    true_pairs: int
    joined_pairs: int
    right_pairs: int

    @property
    def precision(self) -> float:
        """Right pairs among the joined ones."""
        return self.right_pairs / self.joined_pairs if self.joined_pairs else 1.0

    @property
    def recall(self) -> float:
        """Right pairs among the true ones."""
        return self.right_pairs / self.true_pairs if self.true_pairs else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def pair_score(truth: pa.Array | pa.ChunkedArray, joined: pa.Array | pa.ChunkedArray) -> PairScore:
    """Score the groups ``joined`` against the persons ``truth``, one entry per record.

    The values may be of any type that has equality. A record whose ``joined`` is null was given to
    nobody: it is joined with no other record. ``truth`` has no nulls.

    >>> pair_score(pa.array([1, 1, 1, 2]), pa.array(["a", "a", "b", "b"]))
    PairScore(records=4, true_pairs=3, joined_pairs=2, right_pairs=1)
    """
    if len(truth) != len(joined):
        raise ValueError(f"{len(truth)} true persons for {len(joined)} records")
    person, group = _numbered(truth), _numbered(joined)
    given = group >= 0
    both = person[given] * (int(group.max(initial=0)) + 1) + group[given]
    return PairScore(
        records=len(person),
        true_pairs=_pairs(person),
        joined_pairs=_pairs(group[given]),
        right_pairs=_pairs(both),
    )


def exact_groups(
    record: npt.NDArray[np.int64], key: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return for each record the smallest record it is connected to by any shared key.

    ``record`` and ``key`` are the two ends of "this record carries this key"; records are numbered
    from 0 without gaps. This is the plain rule others are measured by: no limits, no evidence.

    >>> exact_groups(np.array([0, 1, 1, 2]), np.array([7, 7, 8, 9])).tolist()
    [0, 0, 2]
    """
    groups = np.arange(int(record.max(initial=-1)) + 1, dtype=np.int64)
    _keys, place = np.unique(key, return_inverse=True)
    while True:
        smallest = np.full(len(_keys), len(groups), dtype=np.int64)
        np.minimum.at(smallest, place, groups[record])
        following = groups.copy()
        np.minimum.at(following, record, smallest[place])
        following = following[following]
        if np.array_equal(following, groups):
            return groups
        groups = following


def _numbered(values: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Return each value's number, -1 for null."""
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    coded = whole.dictionary_encode()
    numbers: npt.NDArray[np.int64] = coded.indices.fill_null(-1).to_numpy().astype(np.int64)
    return numbers


def _pairs(group: npt.NDArray[np.int64]) -> int:
    _values, sizes = np.unique(group, return_counts=True)
    return int((sizes * (sizes - 1) // 2).sum())
