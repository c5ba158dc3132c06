"""A part of the graph that must not simply become one person, joined link by link.

The strongest links go first, so that the weakest identifier is the one that gives way. An
identifier that very many others hang on joins nothing at all: it says nothing about a person.
The outcome does not depend on the order of the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.graph import LIMITS, Graph, Held, Refusal, RefusedLink
from regulars.apps.members.rules.kinds import KIND_ORDER, KINDS, Strength

# From this many others of one kind on, and beyond the kind's limit, a key is shared by strangers.
SHARED_FROM = 6

_PHONE = KIND_ORDER.index("phone")
_STRONG_KINDS = [
    position for position, kind in enumerate(KIND_ORDER) if KINDS[kind].strength == Strength.STRONG
]


@dataclass(slots=True)
class Apart:
    """What came of the suspicious parts: labels of nodes, refused links, keys that say nothing."""

    labels: dict[int, int] = field(default_factory=dict)
    refused: tuple[RefusedLink, ...] = ()
    shared: tuple[int, ...] = ()
    rows_of_nobody: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Person:
    """One group while it grows."""

    counts: list[int]
    strong: bool
    members: set[int]


def taken_apart(graph: Graph, cluster: Ints, bad: npt.NDArray[np.bool_], held: Held) -> Apart:
    """Join the nodes of every bad part as far as the rules allow."""
    outcome = Apart()
    for keys_of_row in _bad_parts(graph, cluster, bad):
        _take_apart(graph, held, keys_of_row, outcome)
    return outcome


def _bad_parts(
    graph: Graph, cluster: Ints, bad: npt.NDArray[np.bool_]
) -> Iterator[dict[int, list[int]]]:
    """Yield for every bad part its rows with their keys, strongest first."""
    part = cluster[graph.key]
    links = np.flatnonzero(bad[part])
    parts: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    order = np.lexsort((graph.key_rank[graph.key[links]], graph.key_kind[graph.key[links]]))
    for link in links[order]:
        parts[int(part[link])][int(graph.row[link])].append(int(graph.key[link]))
    for label in sorted(parts):
        yield parts[label]


def _take_apart(
    graph: Graph, held: Held, keys_of_row: dict[int, list[int]], outcome: Apart
) -> None:
    shared = _shared_keys(graph, keys_of_row)
    people = _People(graph, held)
    anchors: dict[int, int] = {}
    pairs: set[tuple[int, int]] = set()
    for row, keys in keys_of_row.items():
        telling = [key for key in keys if key not in shared]
        for key in keys:
            people.add(key)
        if telling:
            anchors[row] = telling[0]
            pairs.update((telling[0], key) for key in telling[1:])
    refused = []
    for anchor, key in sorted(pairs, key=lambda pair: _strength_of_pair(graph, pair)):
        why = people.join(anchor, key)
        if why is not None:
            refused.append(RefusedLink(key, people.node(key), people.node(anchor), why))
    refused += [
        RefusedLink(key, people.node(anchors[row]), people.node(other), Refusal.SHARED_KEY)
        for key in shared
        for row, other in _two_who_share(key, keys_of_row, anchors)
    ]
    outcome.labels.update(people.labels())
    first_row = graph.keys + graph.members
    for row in keys_of_row:
        if row in anchors:
            outcome.labels[first_row + row] = people.root(people.node(anchors[row]))
        else:
            outcome.rows_of_nobody.add(row)
    outcome.refused += tuple(refused)
    outcome.shared += tuple(sorted(shared))


def _shared_keys(graph: Graph, keys_of_row: dict[int, list[int]]) -> set[int]:
    beside: dict[tuple[int, int], set[int]] = defaultdict(set)
    for keys in keys_of_row.values():
        for key in keys:
            for other in keys:
                if other != key:
                    beside[key, int(graph.key_kind[other])].add(other)
    return {
        key
        for (key, kind), others in beside.items()
        if len(others) >= SHARED_FROM and len(others) > LIMITS[kind]
    }


def _two_who_share(
    key: int, keys_of_row: dict[int, list[int]], anchors: dict[int, int]
) -> list[tuple[int, int]]:
    """Return one row that carries the key and the anchor of another: an example to look at."""
    carriers = [row for row, keys in keys_of_row.items() if key in keys and row in anchors]
    carriers.sort(key=lambda row: anchors[row])
    return [(carriers[0], anchors[carriers[1]])] if len(carriers) > 1 else []


def _strength_of_pair(graph: Graph, pair: tuple[int, int]) -> tuple[int, int, int, int]:
    anchor, key = pair
    return (
        int(graph.key_kind[key]),
        int(graph.key_kind[anchor]),
        int(graph.key_rank[anchor]),
        int(graph.key_rank[key]),
    )


class _People:
    """Union-find over keys and members that refuses a union the rules forbid."""

    def __init__(self, graph: Graph, held: Held) -> None:
        self._graph = graph
        self._held = held
        self._above: dict[int, int] = {}
        self._person: dict[int, _Person] = {}
        self._strong_keys = set(graph.key[graph.strong].tolist())
        self._apart: dict[int, set[int]] = defaultdict(set)
        for left, right in held.apart:
            self._apart[left].add(right)
            self._apart[right].add(left)

    def node(self, key: int) -> int:
        """Return the key's node: itself, or the member that owns it."""
        holder = int(self._graph.holder[key])
        return key if holder < 0 else self._graph.keys + holder

    def add(self, key: int) -> None:
        """Make the key's node known."""
        node = self.node(key)
        self._above.setdefault(key, node)
        if node in self._person:
            return
        self._above[node] = node
        counts = [0] * len(KIND_ORDER)
        if node == key:
            counts[int(self._graph.key_kind[key])] = 1
            self._person[node] = _Person(counts, key in self._strong_keys, set())
        else:
            member = node - self._graph.keys
            counts = self._held.counts[member].tolist()
            strong = any(counts[kind] for kind in _STRONG_KINDS)
            self._person[node] = _Person(counts, strong, {member})

    def root(self, node: int) -> int:
        """Return the node that stands for the node's group."""
        while self._above[node] != node:
            self._above[node] = self._above[self._above[node]]
            node = self._above[node]
        return node

    def join(self, anchor: int, key: int) -> Refusal | None:
        """Join the two keys' groups, or say why not."""
        into, other = self.root(self.node(anchor)), self.root(self.node(key))
        if into == other:
            return None
        left, right = self._person[into], self._person[other]
        if any(self._apart[member] & right.members for member in left.members):
            return Refusal.KEPT_APART
        attaching = int(self._graph.key_kind[key]) not in _STRONG_KINDS
        if attaching and left.strong and right.strong:
            return Refusal.TWO_OWNERS
        for kind, limit in enumerate(LIMITS):
            together = left.counts[kind] + right.counts[kind]
            if together > limit and left.counts[kind] and right.counts[kind]:
                recycled = limit == 1 and int(self._graph.key_kind[key]) == _PHONE
                return Refusal.RECYCLED_PHONE if recycled else Refusal.LIMIT
        self._above[other] = into
        left.counts = [
            mine + theirs for mine, theirs in zip(left.counts, right.counts, strict=True)
        ]
        left.strong |= right.strong
        left.members |= right.members
        return None

    def labels(self) -> dict[int, int]:
        """Return the group of every node added."""
        return {node: self.root(node) for node in list(self._above)}
