"""Connected components of a large graph, in whole arrays and without recursion."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def components(nodes: int, left: Ints, right: Ints) -> Ints:
    """Return for each of ``nodes`` the smallest node it is connected to.

    ``left`` and ``right`` are the ends of the edges. Every round hooks each root onto its
    smallest neighbouring root and flattens the trees, so the number of roots that still have a
    neighbour at least halves every two rounds.

    >>> components(5, np.array([0, 3]), np.array([2, 4])).tolist()
    [0, 1, 0, 3, 3]
    """
    root = np.arange(nodes, dtype=np.int64)
    while True:
        left_root, right_root = root[left], root[right]
        apart = left_root != right_root
        if not apart.any():
            return root
        left, right = left[apart], right[apart]
        low = np.minimum(left_root[apart], right_root[apart])
        high = np.maximum(left_root[apart], right_root[apart])
        np.minimum.at(root, high, low)
        root = _flattened(root)


def dense(labels: Ints) -> tuple[Ints, int]:
    """Return the labels renumbered 0, 1, 2 … and how many there are.

    >>> dense(np.array([7, 2, 7]))
    (array([1, 0, 1]), 2)
    """
    distinct, positions = np.unique(labels, return_inverse=True)
    return positions.astype(np.int64), len(distinct)


def _flattened(root: Ints) -> Ints:
    while True:
        above = root[root]
        if np.array_equal(above, root):
            return root
        root = above
