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
        """Whether both say the same name or the same birth date."""
        return any(
            not mine.isdisjoint(theirs)
            for mine, theirs in zip(self.values[:TELLING], other.values[:TELLING], strict=True)
        )

    def contradicts(self, other: Evidence) -> bool:
        """Whether the two cannot be one person, as far as anybody said.

        >>> his, hers = Evidence(), Evidence()
        >>> his.add((11, 7_000, 2)), hers.add((12, UNKNOWN, 1))
        (None, None)
        >>> his.contradicts(hers), his.contradicts(Evidence())
        (True, False)
        """
        if self.agrees(other):
            return False
        return any(
            mine and theirs and mine.isdisjoint(theirs)
            for mine, theirs in zip(self.values, other.values, strict=True)
        )


def contradicting(part: Ints, said: Ints, size: int) -> npt.NDArray[np.bool_]:
    """Which parts hold two different values of one aspect; ``said`` is (records × aspects)."""
    different = np.zeros(size, dtype=np.bool_)
    for aspect in range(len(ASPECTS)):
        known = said[:, aspect] != UNKNOWN
        places, values = part[known], said[known, aspect]
        some = np.full(size, UNKNOWN, dtype=np.int64)
        some[places] = values
        different[places[some[places] != values]] = True
    return different


def agreeing_pairs(key: Ints, party: Ints, said: Ints) -> Ints:
    """Return pairs of parties who share a key and say the same name or birth date.

    Every party is paired with the next one only: that is enough to join them all.
    """
    pairs = []
    for aspect in range(TELLING):
        known = np.flatnonzero(said[:, aspect] != UNKNOWN)
        order = known[np.lexsort((party[known], said[known, aspect], key[known]))]
        same = (key[order][1:] == key[order][:-1]) & (
            said[order, aspect][1:] == said[order, aspect][:-1]
        )
        pairs.append(np.stack([party[order][:-1][same], party[order][1:][same]], axis=1))
    found: Ints = np.unique(np.concatenate(pairs), axis=0)
    different: Ints = found[found[:, 0] != found[:, 1]]
    return different
