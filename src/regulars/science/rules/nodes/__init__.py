"""The parts of a rule, one small frozen class per idea.

``NODES``, ``TESTS``, ``WINDOWS`` and ``MEASURES`` list all there are; a part that is not in them is
unknown to every form and to the compiler, and unknown parts raise.
"""

from regulars.science.rules.nodes.audiences import (
    InAudience,
    InDifference,
    InIntersection,
    InUnion,
)
from regulars.science.rules.nodes.facts import (
    Count,
    Did,
    Distinct,
    First,
    Highest,
    Last,
    Lowest,
    Sum,
)
from regulars.science.rules.nodes.families import Measure, Node, Test, Value, Window
from regulars.science.rules.nodes.logic import And, Not, Or
from regulars.science.rules.nodes.questions import (
    OPERATORS,
    Between,
    Compare,
    Contains,
    InLastDays,
    Missing,
    NoneOf,
    OneOf,
    StartsWith,
)
from regulars.science.rules.nodes.ranks import InBottom, InPercentiles, InTop
from regulars.science.rules.nodes.sequences import Sequence, Step
from regulars.science.rules.nodes.values import ColumnIs, ValueIs
from regulars.science.rules.nodes.windows import BetweenDates, LastDays, SinceJoining

__all__ = [
    "MEASURES",
    "NODES",
    "OPERATORS",
    "TESTS",
    "WINDOWS",
    "And",
    "Between",
    "BetweenDates",
    "ColumnIs",
    "Compare",
    "Contains",
    "Count",
    "Did",
    "Distinct",
    "First",
    "Highest",
    "InAudience",
    "InBottom",
    "InDifference",
    "InIntersection",
    "InLastDays",
    "InPercentiles",
    "InTop",
    "InUnion",
    "Last",
    "LastDays",
    "Lowest",
    "Measure",
    "Missing",
    "Node",
    "NoneOf",
    "Not",
    "OneOf",
    "Or",
    "Sequence",
    "SinceJoining",
    "StartsWith",
    "Step",
    "Sum",
    "Test",
    "Value",
    "ValueIs",
    "Window",
]

NODES: tuple[type[Node], ...] = (
    And,
    Or,
    Not,
    ValueIs,
    ColumnIs,
    Did,
    Sequence,
    InPercentiles,
    InTop,
    InBottom,
    InAudience,
    InUnion,
    InIntersection,
    InDifference,
)
TESTS: tuple[type[Test], ...] = (
    Compare,
    Between,
    OneOf,
    NoneOf,
    Missing,
    Contains,
    StartsWith,
    InLastDays,
)
WINDOWS: tuple[type[Window], ...] = (LastDays, BetweenDates, SinceJoining)
MEASURES: tuple[type[Measure], ...] = (Count, Sum, Distinct, Highest, Lowest, First, Last)
