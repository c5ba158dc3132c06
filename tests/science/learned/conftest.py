"""One small chain, simulated once, whose truth is known: what models are tried on."""

from __future__ import annotations

from datetime import date

import pytest

from regulars.science.simulation import SimulationOptions
from regulars.science.simulation.lake_side import SimulatedFacts, simulated_facts

UNTIL = date(2025, 7, 1)


@pytest.fixture(scope="session")
def chain_facts() -> SimulatedFacts:
    """Six thousand members over two years, until the first of July 2025."""
    return simulated_facts(SimulationOptions(members=6_000, months=24, seed=1, until=UNTIL))
