"""A simulated omnichannel chain: raw files as its systems would export them, and the truth.

`simulate` writes both for the same arguments byte for byte the same. `world` is what every
person meets (calendar, weather, shops, goods, prices, campaigns), `people` who they are and
which accounts they hold, `trade` what they do, `output` how the chain's systems write it down.
Models are judged by what they find back of the truth.
"""

from regulars.science.simulation.options import (
    Dirt,
    Process,
    SimulationOptions,
)
from regulars.science.simulation.simulate import SimulationReport, simulate

__all__ = ["Dirt", "Process", "SimulationOptions", "SimulationReport", "simulate"]
