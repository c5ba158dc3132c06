"""How members buy: how often and when. Each measure looks at one member's orders alone."""

from regulars.science.profile.habits.cycle import BLOCKS, cycle, measure

__all__ = ["BLOCKS", "cycle", "measure"]
