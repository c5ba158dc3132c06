"""RFM: how lately (R), how often (F) and for how much (M) each member bought.

`score` gives every buyer of the window three scores and exactly one of the eight groups;
`measure` and `rank` are its two halves, `group_sizes` counts the groups. `ranked` compares a buyer
with a `yardstick` of all instead of with all, `between` finds whom a moved yardstick may concern.
`cube` and `banded` tell high, medium and low; `migration` counts who moved between two dates.
"""

from regulars.science.rfm.bands import ABSENT, BANDS, banded, cube, migration
from regulars.science.rfm.groups import GROUPS, group_sizes
from regulars.science.rfm.measures import measure
from regulars.science.rfm.options import RfmCuts, RfmOptions, RfmValues
from regulars.science.rfm.scores import between, rank, ranked, score, yardstick

__all__ = [
    "ABSENT",
    "BANDS",
    "GROUPS",
    "RfmCuts",
    "RfmOptions",
    "RfmValues",
    "banded",
    "between",
    "cube",
    "group_sizes",
    "measure",
    "migration",
    "rank",
    "ranked",
    "score",
    "yardstick",
]
