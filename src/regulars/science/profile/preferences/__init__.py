"""What, where and when members like to buy, compared with everybody.

`counts` adds up how often each member chose each option of a dimension, `mix` what everybody's
choices come to, and `measure` names each member's preference with its share and its index (TGI).
A preference is what a member chooses more than others do: not what everybody buys most.
"""

from regulars.science.profile.preferences.counts import counts
from regulars.science.profile.preferences.dimensions import COLUMNS, DIMENSIONS
from regulars.science.profile.preferences.measures import measure
from regulars.science.profile.preferences.mix import mix
from regulars.science.profile.preferences.options import PreferenceOptions

__all__ = ["COLUMNS", "DIMENSIONS", "PreferenceOptions", "counts", "measure", "mix"]
