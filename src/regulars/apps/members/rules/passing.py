"""A key that passes from one person to another: a phone, a mailbox.

It joins all who carry it while nothing speaks against that. Where different things are said of
them, or somebody proved the key theirs before, it is contested: two people share it, or it has a
new owner. Then it stays with whoever owns it, or goes to the latest to appear, and whoever carries
it besides is joined only where exactly one of the others can be meant. Those of whom something
else is said are other people: nobody needs to be asked. Where two could be meant, a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from regulars.apps.members.rules.graph import Refusal
from regulars.apps.members.rules.people import People


def contested(people: People, key: int, carriers: Sequence[int], claims: Sequence[int]) -> bool:
    """Whether the nodes cannot all be one person; whoever proved the key and may be is joined."""
    known = _everybody(people, key, carriers, claims)
    if any(people.are_two(one, other) for one, other in combinations(known, 2)):
        return True
    if people.person(key).is_bare_key:
        return bool(claims)
    for claim in claims:
        agreeing = people.person(claim).evidence.agrees(people.person(key).evidence)
        people.join(key, claim, attaching=not agreeing)
    return any(people.root(claim) != people.root(key) for claim in claims)


def pass_on(
    people: People, key: int, carriers: Sequence[int], claims: Sequence[int]
) -> Iterator[tuple[int, Refusal]]:
    """Join a contested key with whom it belongs to; yield whom it does not join, and why.

    Who proved it in an earlier load counts as who carries it now.
    """
    everybody = _everybody(people, key, carriers, claims)
    fits = {
        node: [other for other in everybody if other != node and not people.are_two(node, other)]
        for node in everybody
    }
    telling = {node for node in everybody if people.person(node).evidence.is_telling}
    mine = list(dict.fromkeys(people.root(node) for node in carriers))
    if people.person(key).is_bare_key and mine:
        people.join(_latest(people, mine, telling), key, attaching=False)
    meant = {
        node: fits[node][0]
        for node in everybody
        if len(fits[node]) == 1 and (node in telling) != (fits[node][0] in telling)
    }
    for node, other in meant.items():
        # Two strangers may both seem to be the same third: then neither is.
        if all(fit == node or fit in fits[node] for fit in fits[other]):
            people.join(other, node, attaching=True)
    for node in everybody:
        if people.root(node) != people.root(key):
            yield node, _why_not(people, key, node)


def _why_not(people: People, key: int, node: int) -> Refusal:
    """Return whether anybody needs to be asked whether the node is the key's owner."""
    if people.kept_apart(node, key):
        return Refusal.KEPT_APART
    if people.person(node).evidence.contradicts(people.person(key).evidence):
        return Refusal.OTHER_PERSON
    return Refusal.RECYCLED_PHONE


def _everybody(
    people: People, key: int, carriers: Sequence[int], claims: Sequence[int]
) -> list[int]:
    """Return the groups that carry or claim the key, and its owner's, each once."""
    nodes = [people.root(node) for node in (key, *carriers, *claims)]
    return [node for node in dict.fromkeys(nodes) if not people.person(node).is_bare_key]


def _latest(people: People, nodes: Sequence[int], telling: set[int]) -> int:
    """Return who appeared last: the key is theirs now. Who is known comes before who is not."""
    return max(
        nodes,
        key=lambda node: (node in telling, people.person(node).since, -nodes.index(node)),
    )
