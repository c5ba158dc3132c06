"""Look-alikes: the members most like a seed audience, by any of their feature columns.

`traits` is the house's table of what members are compared by. `fit` learns what tells the seed from
everybody else and reports how well it finds back seed members it was not shown. The frozen
`LookAlike` ranks members; `sizes` is the slider between how many and how alike. Members who opted
out are left out of what is learned and of what is returned.
"""

from regulars.science.learned.lookalike.encoding import Encoding
from regulars.science.learned.lookalike.fitting import fit
from regulars.science.learned.lookalike.model import LookAlike, Report
from regulars.science.learned.lookalike.slider import ranked, sizes
from regulars.science.learned.lookalike.traits import TRAITS, traits

__all__ = ["TRAITS", "Encoding", "LookAlike", "Report", "fit", "ranked", "sizes", "traits"]
