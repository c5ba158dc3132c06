"""A part of the graph that must not simply become one person, joined link by link.

The strongest links go first, what passes from one person to another last, so that the weakest
identifier is the one that gives way. An identifier that very many others hang on joins nothing
at all: it says nothing about a person.
A key that passes from one person to another is weighed by all who carry it (``passing``).
The outcome does not depend on the order of the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.evidence import PASSING
from regulars.apps.members.rules.graph import LIMITS, Graph, Held, Refusal, RefusedLink
from regulars.apps.members.rules.kinds import KIND_ORDER
from regulars.apps.members.rules.passing import contested, pass_on
from regulars.apps.members.rules.people import STRONG_KINDS, People, only_one_each

# From this many others of one kind on, and beyond the kind's limit, a key is shared by strangers.
SHARED_FROM = 6

_PHONE = KIND_ORDER.index("phone")
# Whose account it is must be known before a phone is weighed: two accounts of one app are two.
_TURNS = (*(kind for kind in range(len(KIND_ORDER)) if kind not in PASSING), *PASSING)


@dataclass(slots=True)
class Apart:
    """What came of the suspicious parts: labels of nodes, refused links, keys that say nothing."""

    labels: dict[int, int] = field(default_factory=dict)
    refused: tuple[RefusedLink, ...] = ()
    shared: tuple[int, ...] = ()
    rows_of_nobody: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Part:
    """One suspicious part: rows with their keys (strongest first), agreeing nodes, claims."""

    keys_of_row: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    agreeing: list[tuple[int, int]] = field(default_factory=list)
    claims: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


def taken_apart(graph: Graph, cluster: Ints, bad: npt.NDArray[np.bool_], held: Held) -> Apart:
    """Join the nodes of every bad part as far as the rules allow."""
    outcome = Apart()
    for part in _bad_parts(graph, cluster, bad):
        _take_apart(graph, held, part, outcome)
    return outcome


def _bad_parts(graph: Graph, cluster: Ints, bad: npt.NDArray[np.bool_]) -> Iterator[_Part]:
    """Yield every bad part."""
    part = cluster[graph.key]
    links = np.flatnonzero(bad[part])
    parts: dict[int, _Part] = defaultdict(_Part)
    order = links[np.lexsort((graph.key_rank[graph.key[links]], graph.key_kind[graph.key[links]]))]
    for label, row, key in zip(
        part[order].tolist(), graph.row[order].tolist(), graph.key[order].tolist(), strict=True
    ):
        parts[label].keys_of_row[row].append(key)
    for left, right in graph.agreeing[bad[cluster[graph.agreeing[:, 0]]]].tolist():
        parts[int(cluster[left])].agreeing.append((left, right))
    for key, member in graph.claims[bad[cluster[graph.claims[:, 0]]]].tolist():
        parts[int(cluster[key])].claims[key].append(member)
    for label in sorted(parts):
        yield parts[label]


def _take_apart(graph: Graph, held: Held, part: _Part, outcome: Apart) -> None:
    shared = _shared_keys(graph, part.keys_of_row)
    people = People(graph, held)
    anchors = _anchors(graph, part, shared, people)
    pairs: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for row, anchor in anchors.items():
        for key in part.keys_of_row[row]:
            if key != anchor and key not in shared:
                pairs[int(graph.key_kind[key])].add((anchor, key))
    refused: list[RefusedLink] = []
    for kind in _TURNS:
        if kind == _PHONE:
            _join_agreeing(graph, part, anchors, people)
        if kind in PASSING:
            refused += _pass(graph, part, people, pairs[kind], kind)
        else:
            refused += _join(graph, people, pairs[kind])
    refused += [
        RefusedLink(key, people.node(anchors[row]), people.node(other), Refusal.SHARED_KEY)
        for key in shared
        for row, other in _two_who_share(key, part.keys_of_row, anchors)
    ]
    outcome.labels.update(people.labels())
    for row in _rows(graph, part):
        node = graph.first_row + row
        if row in anchors:
            outcome.labels[node] = people.root(people.node(anchors[row]))
        elif outcome.labels.get(node, node) == node:
            outcome.rows_of_nobody.add(row)
    outcome.refused += tuple(refused)
    outcome.shared += tuple(sorted(shared))


def _rows(graph: Graph, part: _Part) -> list[int]:
    ends = {node - graph.first_row for pair in part.agreeing for node in pair}
    return sorted({*part.keys_of_row, *(row for row in ends if row >= 0)})


def _anchors(graph: Graph, part: _Part, shared: set[int], people: People) -> dict[int, int]:
    """Return each row's key that stands for it: the strongest of its own, else one that passes.

    What the row says goes to its own key only: what stands beside a phone alone may be said of
    anybody who ever had it.
    """
    anchors: dict[int, int] = {}
    for row, keys in part.keys_of_row.items():
        for key in keys:
            people.add_key(key, strong=int(graph.key_kind[key]) in STRONG_KINDS)
        telling = [key for key in keys if key not in shared]
        own = [key for key in telling if int(graph.key_kind[key]) not in PASSING]
        if telling:
            anchors[row] = (own or telling)[0]
        if own:
            people.tell(people.node(own[0]), row)
    for key, members in part.claims.items():
        people.add_key(key, strong=int(graph.key_kind[key]) in STRONG_KINDS)
        for member in members:
            people.add_member(member)
    return anchors


def _join_agreeing(graph: Graph, part: _Part, anchors: dict[int, int], people: People) -> None:
    for pair in part.agreeing:
        ends = []
        for node in pair:
            row = node - graph.first_row
            if row >= 0 and row in anchors:
                ends.append(people.node(anchors[row]))
                continue
            if row >= 0:
                people.add_row(row)
            else:
                people.add_member(node - graph.keys)
            ends.append(node)
        people.join(ends[0], ends[1], attaching=False)


def _join(graph: Graph, people: People, pairs: set[tuple[int, int]]) -> Iterator[RefusedLink]:
    for anchor, key in sorted(pairs, key=lambda pair: _strength_of_pair(graph, pair)):
        link = _joined(graph, people, anchor, key)
        if link is not None:
            yield link


def _pass(
    graph: Graph, part: _Part, people: People, pairs: set[tuple[int, int]], kind: int
) -> Iterator[RefusedLink]:
    """Join the keys of one kind that passes, key by key, as far as nobody contradicts."""
    carriers: dict[int, list[int]] = defaultdict(list)
    for anchor, key in sorted(pairs, key=lambda pair: _strength_of_pair(graph, pair)):
        carriers[key].append(anchor)
    claimed = {key for key in part.claims if graph.key_kind[key] == kind}
    for key in sorted({*carriers, *claimed}, key=lambda key: int(graph.key_rank[key])):
        nodes = [people.node(anchor) for anchor in carriers[key]]
        claims = [graph.keys + member for member in part.claims.get(key, [])]
        if contested(people, people.node(key), nodes, claims):
            for node, why in pass_on(people, people.node(key), nodes, claims):
                yield RefusedLink(key, people.node(key), node, why)
            continue
        for anchor in carriers[key]:
            link = _joined(graph, people, anchor, key)
            if link is not None:
                yield link


def _joined(graph: Graph, people: People, anchor: int, key: int) -> RefusedLink | None:
    """Join two keys of one row; return the link if the rules refuse it."""
    left, right = people.node(anchor), people.node(key)
    recycled = int(graph.key_kind[key]) == _PHONE and only_one_each(
        people.person(left).counts, people.person(right).counts
    )
    strong = {int(graph.key_kind[anchor]), int(graph.key_kind[key])} <= STRONG_KINDS
    why = people.join(left, right, attaching=not strong)
    if why is Refusal.LIMIT and recycled:
        why = Refusal.RECYCLED_PHONE
    return None if why is None else RefusedLink(key, right, left, why)


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
