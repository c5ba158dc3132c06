"""The five stages of a member's life: introduction, growth, mature, dormant, churned.

`stages` puts every member into exactly one of them, with the date the stage was entered, by rules a
brand can set; `measure` and `place` are its two halves, `stage_sizes` counts the stages.
`transitions` tells every change of stage there has been, `stage_on` the stages of any past day, and
`flow_sums` what changes add up to.
"""

from regulars.science.lifecycle.measures import measure
from regulars.science.lifecycle.rules import STAGES, LifecycleRules
from regulars.science.lifecycle.stages import lives, place, placed, stage_sizes, stages
from regulars.science.lifecycle.transitions import (
    LEGAL,
    NOT_YET,
    flow_sums,
    stage_on,
    transitions,
)

__all__ = [
    "LEGAL",
    "NOT_YET",
    "STAGES",
    "LifecycleRules",
    "flow_sums",
    "lives",
    "measure",
    "place",
    "placed",
    "stage_on",
    "stage_sizes",
    "stages",
    "transitions",
]
