"""Which rows and members are one person.

Rows and the identifiers they carry make a graph; identifiers already known tie it to members.
A connected part of it is one person, unless that would break a limit, join two members who both
own strong keys through an attaching key only, join people of whom different things are said, or
join two whom a person decided to keep apart.
Such a part is taken apart link by link (``careful``), and every link refused there is reported.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from regulars.apps.members.rules.careful import taken_apart
from regulars.apps.members.rules.components import Ints, components, dense
from regulars.apps.members.rules.evidence import contradicting
from regulars.apps.members.rules.graph import ACCOUNT, LIMITS, Graph, Held, Linked
from regulars.apps.members.rules.kinds import KIND_ORDER, KINDS, Strength


def linked(graph: Graph, cluster: Ints, held: Held) -> Linked:
    """Return who is one person, given the graph, its parts (``clusters``) and what members own."""
    bad = suspicious(graph, cluster, held)
    labels = cluster.copy()
    apart = taken_apart(graph, cluster, bad, held)
    for node, label in apart.labels.items():
        labels[node] = label
    first_row = graph.first_row
    joined = np.zeros(graph.rows, dtype=np.bool_)
    joined[graph.row] = True
    joined[graph.agreeing[graph.agreeing >= first_row] - first_row] = True
    joined[list(apart.rows_of_nobody)] = False
    labels, groups = dense(labels)
    return Linked(
        row_group=np.where(joined, labels[first_row:], -1),
        key_group=labels[: graph.keys],
        member_group=labels[graph.keys : first_row],
        groups=groups,
        refused=tuple(link for link in apart.refused if labels[link.left] != labels[link.right]),
        shared=apart.shared,
    )


def clusters(graph: Graph) -> Ints:
    """Return the connected part of every node: keys first, then members, then rows."""
    return _parts(graph, np.ones(len(graph.row), dtype=np.bool_), claims=True)


def touched_members(graph: Graph, cluster: Ints) -> npt.NDArray[np.bool_]:
    """Which members' possessions matter: those whose part brings a new key or another member."""
    of_key, of_member = cluster[: graph.keys], cluster[graph.keys : graph.keys + graph.members]
    changes = np.zeros(len(cluster), dtype=np.bool_)
    changes[of_key[graph.holder < 0]] = True
    changes[np.bincount(of_member, minlength=len(cluster)) > 1] = True
    return changes[of_member]


def suspicious(graph: Graph, cluster: Ints, held: Held) -> npt.NDArray[np.bool_]:
    """Which parts (by label) must not simply become one person."""
    size = len(cluster)
    of_key, of_member = cluster[: graph.keys], cluster[graph.keys : graph.keys + graph.members]
    bad = np.zeros(size, dtype=np.bool_)
    for kind, limit in enumerate(LIMITS):
        new = (graph.key_kind == kind) & (graph.holder < 0)
        total = np.bincount(of_key[new], minlength=size)
        most = (total > 0).astype(np.int64)
        if graph.members:
            counts = held.counts[:, kind]
            total = total + np.bincount(of_member, counts, minlength=size).astype(np.int64)
            np.maximum.at(most, of_member, counts)
        # A member whom a person gave more than the limit is no reason by itself.
        bad |= (total > limit) & (total > most)
    bad |= _strong_parts(graph, cluster, held) > 1
    bad |= _two_accounts(graph, cluster, held)
    said = np.concatenate([graph.row_said, held.said])
    bad |= contradicting(np.concatenate([cluster[graph.first_row :], of_member]), said, size)
    bad[of_key[graph.claims[:, 0]]] = True
    for left, right in held.apart:
        bad[of_member[left]] |= of_member[left] == of_member[right]
    return bad


def _two_accounts(graph: Graph, cluster: Ints, held: Held) -> npt.NDArray[np.bool_]:
    """Which parts hold two accounts of one app, or members who have one each."""
    size = len(cluster)
    opened = np.flatnonzero((graph.key_kind == ACCOUNT) & (graph.holder < 0))
    parts: dict[str, list[Ints]] = {held.app: [cluster[opened]]}
    having: dict[str, list[int]] = defaultdict(list)
    for member, apps in enumerate(held.accounts):
        for app in apps:
            having[app].append(member)
    for app, members in having.items():
        parts.setdefault(app, []).append(cluster[graph.keys + np.array(members, dtype=np.int64)])
    bad = np.zeros(size, dtype=np.bool_)
    for found in parts.values():
        bad |= np.bincount(np.concatenate(found), minlength=size) > 1
    return bad


def _parts(graph: Graph, chosen: npt.NDArray[np.bool_], *, claims: bool) -> Ints:
    known = np.flatnonzero(graph.holder >= 0)
    left = [graph.key[chosen], known, graph.agreeing[:, 0]]
    right = [
        graph.row[chosen] + graph.first_row,
        graph.holder[known] + graph.keys,
        graph.agreeing[:, 1],
    ]
    if claims:
        left.append(graph.claims[:, 0])
        right.append(graph.claims[:, 1] + graph.keys)
    return components(graph.first_row + graph.rows, np.concatenate(left), np.concatenate(right))


def _strong_parts(graph: Graph, cluster: Ints, held: Held) -> Ints:
    """Return per part how many separate sets of strong keys it holds."""
    strong_part = _parts(graph, graph.strong, claims=False)
    owns = np.zeros(len(cluster), dtype=np.bool_)
    owns[graph.key[graph.strong]] = True
    strong_kinds = [KINDS[kind].strength == Strength.STRONG for kind in KIND_ORDER]
    if graph.members:
        owns[graph.keys : graph.keys + graph.members] = held.counts[:, strong_kinds].any(axis=1)
    nodes = np.flatnonzero(owns)
    roots = np.unique(strong_part[nodes])
    # A root lies in the same part as all that hangs on it.
    return np.bincount(cluster[roots], minlength=len(cluster)).astype(np.int64)
