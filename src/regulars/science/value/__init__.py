"""What each member will be worth: the models of `clv`, fitted on a brand's orders and kept.

A `ValueModel` is one fit: parameters, the date and the members it was made of, and how well it
foretold a time it had not seen. `fit` makes one and `score` asks it of members; both need SciPy,
which `regulars[models]` brings. The rest, `measure` above all, does without.
"""

from regulars.science.value.measures import measure
from regulars.science.value.model import BANDS, Calibration, Quality, ValueModel
from regulars.science.value.options import ValueOptions

__all__ = ["BANDS", "Calibration", "Quality", "ValueModel", "ValueOptions", "measure"]
