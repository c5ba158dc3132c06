"""One model, fitted once on the small chain as of the first of April."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from regulars.science.learned import churn
from regulars.science.simulation.lake_side import SimulatedFacts

AS_OF = date(2025, 4, 1)


@pytest.fixture(scope="package")
def model(chain_facts: SimulatedFacts) -> churn.ChurnModel:
    return churn.fit(chain_facts, as_of=AS_OF)


@pytest.fixture(scope="package")
def future(chain_facts: SimulatedFacts) -> pa.Table:
    """Features as of the day of the fit, with labels that it could not know."""
    return churn.labelled(chain_facts, cut=AS_OF)
