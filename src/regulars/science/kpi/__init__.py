"""The chain's key figures, each with one stated definition.

`summary` gives them for a window, `by_period`, `by_store`, `by_channel` and `by_category` split
them, `second_orders` and `cross_category` tell how members come back. Definitions:
`regulars.science.kpi.figures` and `regulars.science.kpi.repurchase`.
"""

from regulars.science.kpi.figures import summary
from regulars.science.kpi.repurchase import REPURCHASE_DAYS, cross_category, second_orders
from regulars.science.kpi.splits import by_category, by_channel, by_period, by_store

__all__ = [
    "REPURCHASE_DAYS",
    "by_category",
    "by_channel",
    "by_period",
    "by_store",
    "cross_category",
    "second_orders",
    "summary",
]
