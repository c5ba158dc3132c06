"""Customer lifetime value: whether members will order again, how often, and what it is worth.

`summarise` turns orders into three numbers per member; `BetaGeo`, `ModifiedBetaGeo` and `ParetoNBD`
are fitted on them and answer for the time to come; `GammaGamma` says what an order is worth;
`lifetime_value` puts the two together, `spend_interval` says between what it
lies, `hold_out` holds the answers against what then happened.
"""

from regulars.science.clv.beta_geo import BetaGeo, ModifiedBetaGeo
from regulars.science.clv.gamma_gamma import GammaGamma
from regulars.science.clv.hold_out import HoldOut, hold_out
from regulars.science.clv.model import Forecast, RepeatModel, log_likelihood
from regulars.science.clv.money import Money, money, spend_interval
from regulars.science.clv.pareto import ParetoNBD
from regulars.science.clv.summaries import DAYS_PER, summarise
from regulars.science.clv.value import lifetime_value

__all__ = [
    "DAYS_PER",
    "BetaGeo",
    "Forecast",
    "GammaGamma",
    "HoldOut",
    "ModifiedBetaGeo",
    "Money",
    "ParetoNBD",
    "RepeatModel",
    "hold_out",
    "lifetime_value",
    "log_likelihood",
    "money",
    "spend_interval",
    "summarise",
]
