"""The graph of rows, identifiers and members, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.kinds import KIND_ORDER, KINDS

NO_LIMIT = 2**31
# An account of one app: two of them are two people, unless something else speaks for one.
ACCOUNT = KIND_ORDER.index("openid")
LIMITS: tuple[int, ...] = tuple(KINDS[kind].limit or NO_LIMIT for kind in KIND_ORDER)


class Refusal(StrEnum):
    """Why a link was not made."""

    LIMIT = "limit"
    RECYCLED_PHONE = "recycled_phone"
    SHARED_KEY = "shared_key"
    TWO_OWNERS = "two_owners"
    KEPT_APART = "kept_apart"
    OTHER_PERSON = "other_person"


@dataclass(frozen=True, slots=True)
class Graph:
    """Rows, keys and members as dense numbers, and the links between them that may join.

    Attributes:
        rows: How many rows there are.
        row, key: The two ends of every joining link (a row carries a key), in any order.
        strong: Whether the link is strong (else attaching).
        key_kind: Each key's position in ``KIND_ORDER``.
        key_rank: Each key's place in an order that does not depend on the rows' order.
        holder: The member that owns each key, -1 for a new key.
        members: How many members own or remember one of the keys.
        row_said: (rows × aspects) what each row says of its person, see ``evidence``.
        row_since: Since when each row's account exists, in microseconds; ``UNKNOWN`` if untold.
        agreeing: (n × 2) nodes of rows or members who share a phone or e-mail, verified or not,
            and say the same name or birth date.
        claims: (n × 2) key and member that once proved the key theirs and does not own it.
    """

    rows: int
    row: Ints
    key: Ints
    strong: npt.NDArray[np.bool_]
    key_kind: Ints
    key_rank: Ints
    holder: Ints
    members: int
    row_said: Ints
    row_since: Ints
    agreeing: Ints
    claims: Ints

    @property
    def first_row(self) -> int:
        """The node of the first row: keys are numbered first, then members, then rows."""
        return len(self.key_kind) + self.members

    @property
    def keys(self) -> int:
        """How many keys there are."""
        return len(self.key_kind)


@dataclass(frozen=True, slots=True)
class Held:
    """What members own before the rows arrive.

    Attributes:
        counts: (members × kinds) how many keys of each kind they own.
        said: (members × aspects) what is known of them.
        accounts: The apps of which they own an account, by the source that first named it.
        app: The load's own source: the app of accounts that are new.
        apart: Pairs of members that a person decided to keep apart.
    """

    counts: Ints
    said: Ints
    accounts: Sequence[AbstractSet[str]]
    app: str
    apart: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class RefusedLink:
    """A link that was not made: the key, and a key or member on either side of it.

    Sides are nodes: keys are numbered first, members after them.
    """

    key: int
    left: int
    right: int
    why: Refusal


@dataclass(frozen=True, slots=True)
class Linked:
    """Rows, keys and members with equal group numbers are one person.

    A row's group is -1 when no key joins it to anything. The key of a refused link stays with its
    own group. ``shared`` are keys that so many people carry that they say nothing.
    """

    row_group: Ints
    key_group: Ints
    member_group: Ints
    groups: int
    refused: tuple[RefusedLink, ...] = ()
    shared: tuple[int, ...] = ()
