"""RFM: how lately (R), how often (F) and for how much (M) each member bought.

`score` gives every buyer of the window three scores and exactly one of the eight groups;
`measure` and `rank` are its two halves, `group_sizes` counts the groups. `ranked` compares a buyer
with a `yardstick` of all instead of with all, `between` finds whom a moved yardstick may concern.
"""

from regulars.science.rfm.groups import GROUPS, group_sizes
from regulars.science.rfm.measures import measure
from regulars.science.rfm.options import RfmCuts, RfmOptions, RfmValues
from regulars.science.rfm.scores import between, rank, ranked, score, yardstick

__all__ = [
    "GROUPS",
    "RfmCuts",
    "RfmOptions",
    "RfmValues",
    "between",
    "group_sizes",
    "measure",
    "rank",
    "ranked",
    "score",
    "yardstick",
]
