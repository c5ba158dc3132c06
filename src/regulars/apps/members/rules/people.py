"""Groups that grow into people: union-find that refuses a union the rules forbid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from regulars.apps.members.rules.evidence import UNKNOWN, Evidence
from regulars.apps.members.rules.graph import ACCOUNT, LIMITS, Graph, Held, Refusal
from regulars.apps.members.rules.kinds import KIND_ORDER, KINDS, Strength

STRONG_KINDS = frozenset(
    position for position, kind in enumerate(KIND_ORDER) if KINDS[kind].strength == Strength.STRONG
)


@dataclass(slots=True)
class Person:
    """One group while it grows."""

    counts: list[int]
    strong: bool
    members: set[int] = field(default_factory=set)
    evidence: Evidence = field(default_factory=Evidence)
    since: int = UNKNOWN
    is_bare_key: bool = False
    accounts: set[str] = field(default_factory=set)

    def contradicts(self, other: Person) -> bool:
        """Whether the two cannot be one person, as far as anybody said.

        Two accounts of one app are two people, unless they agree on a name or a birthday.
        """
        if self.evidence.contradicts(other.evidence):
            return True
        two_accounts = not self.accounts.isdisjoint(other.accounts)
        return two_accounts and not self.evidence.agrees(other.evidence)


class People:
    """The groups of one suspicious part, by node: keys first, then members, then rows."""

    def __init__(self, graph: Graph, held: Held) -> None:
        self._graph = graph
        self._held = held
        self._above: dict[int, int] = {}
        self._person: dict[int, Person] = {}
        self._apart: dict[int, set[int]] = defaultdict(set)
        for left, right in held.apart:
            self._apart[left].add(right)
            self._apart[right].add(left)

    def node(self, key: int) -> int:
        """Return the key's node: itself, or the member that owns it."""
        holder = int(self._graph.holder[key])
        return key if holder < 0 else self._graph.keys + holder

    def add_key(self, key: int, *, strong: bool) -> None:
        """Make the key's node known."""
        node = self.node(key)
        if node != key:
            self.add_member(node - self._graph.keys)
            self._above.setdefault(key, node)
        elif key in self._person:
            self._person[key].strong |= strong
        else:
            counts = [0] * len(KIND_ORDER)
            counts[int(self._graph.key_kind[key])] = 1
            self._above[key] = key
            self._person[key] = Person(counts, strong, is_bare_key=True)
            if int(self._graph.key_kind[key]) == ACCOUNT:
                self._person[key].accounts.add(self._held.app)

    def add_member(self, member: int) -> None:
        """Make the member's node known, with what it owns and what is said of it."""
        node = self._graph.keys + member
        if node in self._above:
            return
        counts = self._held.counts[member].tolist()
        person = Person(counts, any(counts[kind] for kind in STRONG_KINDS), {member})
        person.evidence.add(self._held.said[member].tolist())
        person.accounts = set(self._held.accounts[member])
        self._above[node] = node
        self._person[node] = person

    def add_row(self, row: int) -> None:
        """Make a row known that has no key of its own."""
        node = self._graph.first_row + row
        if node not in self._above:
            self._above[node] = node
            self._person[node] = Person([0] * len(KIND_ORDER), strong=False)
            self.tell(node, row)

    def tell(self, node: int, row: int) -> None:
        """Note what a row says of the node's person."""
        person = self._person[self.root(node)]
        person.evidence.add(self._graph.row_said[row].tolist())
        since = int(self._graph.row_since[row])
        if since != UNKNOWN:
            person.since = since if person.since == UNKNOWN else min(since, person.since)
        person.is_bare_key = False

    def root(self, node: int) -> int:
        """Return the node that stands for the node's group."""
        while self._above[node] != node:
            self._above[node] = self._above[self._above[node]]
            node = self._above[node]
        return node

    def person(self, node: int) -> Person:
        """Return the node's group."""
        return self._person[self.root(node)]

    def kept_apart(self, one: int, other: int) -> bool:
        """Whether a person decided that the two are not one."""
        theirs = self.person(other).members
        return any(self._apart[member] & theirs for member in self.person(one).members)

    def are_two(self, one: int, other: int) -> bool:
        """Whether the two cannot be one person: by what is said, or as a person decided."""
        return self.person(one).contradicts(self.person(other)) or self.kept_apart(one, other)

    def join(self, anchor: int, other: int, *, attaching: bool) -> Refusal | None:
        """Join the groups of two nodes, or say why not."""
        into, away = self.root(anchor), self.root(other)
        if into == away:
            return None
        left, right = self._person[into], self._person[away]
        if self.kept_apart(into, away):
            return Refusal.KEPT_APART
        if attaching and left.strong and right.strong:
            return Refusal.TWO_OWNERS
        if _above_limit(left.counts, right.counts):
            return Refusal.LIMIT
        self._above[away] = into
        left.counts = [
            mine + theirs for mine, theirs in zip(left.counts, right.counts, strict=True)
        ]
        left.strong |= right.strong
        left.accounts |= right.accounts
        left.members |= right.members
        left.evidence.update(right.evidence)
        if right.since != UNKNOWN:
            left.since = right.since if left.since == UNKNOWN else min(left.since, right.since)
        left.is_bare_key = False
        return None

    def labels(self) -> dict[int, int]:
        """Return the group of every node added."""
        return {node: self.root(node) for node in list(self._above)}


def only_one_each(left: Sequence[int], right: Sequence[int]) -> bool:
    """Whether both own a key of a kind of which nobody has two."""
    return any(
        limit == 1 and mine and theirs
        for limit, mine, theirs in zip(LIMITS, left, right, strict=True)
    )


def _above_limit(left: Sequence[int], right: Sequence[int]) -> bool:
    return any(
        mine and theirs and mine + theirs > limit
        for limit, mine, theirs in zip(LIMITS, left, right, strict=True)
    )
