"""The parameters under which members' histories are likeliest, and the models that have them."""

from __future__ import annotations

from datetime import date

from regulars.science import clv
from regulars.science.value.histories import Histories
from regulars.science.value.model import ValueModel
from regulars.science.value.options import ValueOptions


def estimated(members: Histories, *, as_of: date, options: ValueOptions) -> ValueModel:
    """Return the fit of these members, without bands and quality."""
    repeat = clv.BetaGeo.fit(frequency=members.frequency, recency=members.recency, age=members.age)
    spend = clv.GammaGamma.fit(frequency=members.frequency, monetary=members.monetary)
    return ValueModel(
        as_of=as_of,
        members=len(members.frequency),
        repeat=repeat.params,
        spend=spend.params,
        repeat_log_likelihood=repeat.log_likelihood,
        spend_log_likelihood=spend.log_likelihood,
        bands=(0.0, 0.0),
        discount=options.discount,
        level=options.level,
    )


def repeat_model(model: ValueModel) -> clv.BetaGeo:
    """Return the fit's model of how often members order, in weeks."""
    r, alpha, a, b = (model.repeat[name] for name in clv.BetaGeo.names)
    return clv.BetaGeo(r=r, alpha=alpha, a=a, b=b)


def spend_model(model: ValueModel) -> clv.GammaGamma:
    """Return the fit's model of what an order is worth."""
    return clv.GammaGamma(p=model.spend["p"], q=model.spend["q"], v=model.spend["v"])
