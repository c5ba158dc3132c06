"""Churn: how likely a member who still buys will not order in the time to come, and why.

`measures` turns facts into what is known of each member, `features` into what a model reads as of
a date. `fit` trains on the past of the same chain, with the latest known time kept apart to
calibrate and to judge. The frozen `ChurnModel` answers with a probability, a band and reasons; its
`report` says how good it is beside recency alone. Fitting and answering need `regulars[models]`.
"""

from regulars.science.learned.churn.cuts import Cuts, cuts
from regulars.science.learned.churn.features import ACTIVE_DAYS, features
from regulars.science.learned.churn.fields import FIELDS, Field
from regulars.science.learned.churn.fitting import fit
from regulars.science.learned.churn.labels import HORIZON_DAYS, labelled
from regulars.science.learned.churn.measures import FACTS, MEASURED, measures
from regulars.science.learned.churn.model import BANDS, ChurnModel, Report
from regulars.science.learned.churn.quality import Quality, quality, reliability, stability_index
from regulars.science.learned.churn.words import reasons

__all__ = [
    "ACTIVE_DAYS",
    "BANDS",
    "FACTS",
    "FIELDS",
    "HORIZON_DAYS",
    "MEASURED",
    "ChurnModel",
    "Cuts",
    "Field",
    "Quality",
    "Report",
    "cuts",
    "features",
    "fit",
    "labelled",
    "measures",
    "quality",
    "reasons",
    "reliability",
    "stability_index",
]
