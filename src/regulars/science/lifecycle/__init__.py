"""The five stages of a member's life: introduction, growth, mature, dormant, churned.

`stages` puts every member into exactly one of them, with the date the stage was entered, by rules a
brand can set; `measure` and `place` are its two halves, `stage_sizes` counts the stages.
"""

from regulars.science.lifecycle.measures import measure
from regulars.science.lifecycle.rules import STAGES, LifecycleRules
from regulars.science.lifecycle.stages import lives, place, placed, stage_sizes, stages

__all__ = [
    "STAGES",
    "LifecycleRules",
    "lives",
    "measure",
    "place",
    "placed",
    "stage_sizes",
    "stages",
]
