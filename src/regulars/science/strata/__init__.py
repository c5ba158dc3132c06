"""Few members bring most of the value: the four strata (会员四层) and the Pareto curve.

`strata` puts every member into one of four by how many have more; `curve` tells which share of
the value the first so many percent of the members hold.
"""

from regulars.science.strata.curve import curve, top_share
from regulars.science.strata.layers import STRATA, StrataRules, strata

__all__ = ["STRATA", "StrataRules", "curve", "strata", "top_share"]
