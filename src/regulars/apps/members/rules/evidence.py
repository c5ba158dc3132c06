"""What a record says of a person besides identifiers, and whether two records contradict.

A phone passes to a new owner, a family shares one, a number is mistyped: such a key alone does not
say who somebody is. A name, a birth date and a gender do not either, but they tell two people
apart, and where a name or a birth date is the same on both sides of a shared phone, nobody doubts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.kinds import KIND_ORDER

# What is compared, as numbers: a keyed hash of the name, days since 1970, a code.
ASPECTS = ("name", "birth_date", "gender")
# The aspects that recognise somebody, not only tell people apart.
TELLING = 2
# Who differ in so many aspects are two people, whatever else they agree on.
TWO_PEOPLE = 2
UNKNOWN = np.iinfo(np.int64).min
GENDERS = ("", "female", "male", "other")

# Kinds that pass from one person to another, or are shared: they join nobody against evidence.
PASSING: tuple[int, ...] = tuple(KIND_ORDER.index(kind) for kind in ("phone", "email"))


@dataclass(slots=True)
class Evidence:
    """What all records of one person say, value by value."""

    values: tuple[set[int], set[int], set[int]] = field(
        default_factory=lambda: (set(), set(), set())
    )

    def add(self, said: tuple[int, ...]) -> None:
        """Take in a record."""
        for known, value in zip(self.values, said, strict=True):
            if value != UNKNOWN:
                known.add(value)

    def update(self, other: Evidence) -> None:
        """Take in another person's records: the two are one."""
        for mine, theirs in zip(self.values, other.values, strict=True):
            mine.update(theirs)

    @property
    def is_telling(self) -> bool:
        """Whether a name or a birth date is known."""
        return any(self.values[:TELLING])

    def agrees(self, other: Evidence) -> bool:
        """Whether both say the same name or the same birth date, and differ in one thing at most.

        Namesakes of another birthday and gender are two people; a mistyped birthday makes no two.

        >>> old, new = Evidence(), Evidence()
        >>> old.add((11, 7_000, 2)), new.add((11, 9_000, 2))
        (None, None)
        >>> old.agrees(new), new.add((11, 9_000, 1)), new.agrees(old)
        (True, None, True)
        >>> namesake = Evidence()
        >>> namesake.add((11, 9_000, 1)), namesake.agrees(old)
        (None, False)
        """
        same = any(
            not mine.isdisjoint(theirs)
            for mine, theirs in zip(self.values[:TELLING], other.values[:TELLING], strict=True)
        )
        return same and self._differing(other) < TWO_PEOPLE

    def contradicts(self, other: Evidence) -> bool:
        """Whether the two cannot be one person, as far as anybody said.

        >>> his, hers = Evidence(), Evidence()
        >>> his.add((11, 7_000, 2)), hers.add((12, UNKNOWN, 1))
        (None, None)
        >>> his.contradicts(hers), his.contradicts(Evidence())
        (True, False)
        """
        return self._differing(other) > 0 and not self.agrees(other)

    def _differing(self, other: Evidence) -> int:
        """Return in how many aspects the two say different things."""
        return sum(
            bool(mine and theirs) and mine.isdisjoint(theirs)
            for mine, theirs in zip(self.values, other.values, strict=True)
        )


def contradicting(part: Ints, said: Ints, size: int) -> npt.NDArray[np.bool_]:
    """Which parts hold two different values of one aspect; ``said`` is (records × aspects)."""
    different = np.zeros(size, dtype=np.bool_)
    for aspect in range(said.shape[1]):
        known = said[:, aspect] != UNKNOWN
        places, values = part[known], said[known, aspect]
        some = np.full(size, UNKNOWN, dtype=np.int64)
        some[places] = values
        different[places[some[places] != values]] = True
    return different


def agreeing_pairs(key: Ints, party: Ints, said: Ints) -> Ints:
    """Return pairs of parties who share a key and say the same name or birth date.

    Every party is paired with the next one only: that is enough to join them all. Where some of
    those who say the same differ in all else, only those who say the same of all are paired.
    """
    pairs = []
    for aspect in range(TELLING):
        known = np.flatnonzero(said[:, aspect] != UNKNOWN)
        others = [said[known, other] for other in range(len(ASPECTS)) if other != aspect]
        order = known[np.lexsort((party[known], *others, said[known, aspect], key[known]))]
        who, what = party[order], said[order]
        same = (key[order][1:] == key[order][:-1]) & (what[1:, aspect] == what[:-1, aspect])
        group = np.cumsum(np.concatenate([[True], ~same]))[: len(order)]
        namesakes = _varying(group, what, aspect)[group]
        same &= ~namesakes[1:] | (what[1:] == what[:-1]).all(axis=1)
        pairs.append(np.stack([who[:-1][same], who[1:][same]], axis=1))
    found: Ints = np.unique(np.concatenate(pairs), axis=0)
    different: Ints = found[found[:, 0] != found[:, 1]]
    return different


def _varying(group: Ints, said: Ints, same: int) -> npt.NDArray[np.bool_]:
    """Which groups say different things of every aspect but the same one."""
    size = int(group[-1]) + 1 if len(group) else 0
    varying = np.ones(size, dtype=np.bool_)
    for aspect in range(len(ASPECTS)):
        if aspect != same:
            varying &= contradicting(group, said[:, [aspect]], size)
    return varying
