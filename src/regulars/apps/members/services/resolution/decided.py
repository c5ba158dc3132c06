"""What resolving a load decided, before anything of it is written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.graph import Linked
from regulars.apps.members.services.resolution.holdings import Holders


@dataclass(frozen=True, slots=True)
class Decided:
    """Who is who, before anything is written.

    Attributes:
        linked: The groups of rows, keys and members.
        holders: The members that own a key, by their number in the graph.
        member_ids: Each group's member id, '' for a group of nobody.
        created: Numbers of the groups that are new members.
        merges: (merged member id, survivor's id).
        joining: Which of the load's links may join.
    """

    linked: Linked
    holders: Holders
    member_ids: npt.NDArray[np.object_]
    created: Ints
    merges: list[tuple[str, str]]
    joining: npt.NDArray[np.bool_]
