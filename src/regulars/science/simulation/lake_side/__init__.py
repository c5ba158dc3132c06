"""A simulated chain as tables in memory, as a lake would hold it whose members are known rightly.

No file is written and no record has to be joined: what a model makes of it is the model's doing.
"""

from regulars.science.simulation.lake_side.facts import SimulatedFacts, simulated_facts

__all__ = ["SimulatedFacts", "simulated_facts"]
