"""The CDNOW sample gives the parameters that were published for it."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.science import clv
from tests.science.clv import cdnow

Model = type[clv.BetaGeo] | type[clv.ParetoNBD]

MODELS: list[tuple[Model, tuple[float, ...], float]] = [
    (clv.BetaGeo, (0.24259, 4.41360, 0.79292, 2.42591), -9582.4292),
    (clv.ModifiedBetaGeo, (0.525, 6.183, 0.891, 1.614), -9582.1357),
    (clv.ParetoNBD, (0.553, 10.578, 0.606, 11.669), -9594.9762),
]


def fitted(model: Model) -> clv.BetaGeo | clv.ParetoNBD:
    held = cdnow.customers()
    return model.fit(frequency=held.frequency, recency=held.recency, age=held.age)


def test_the_sample_is_the_published_one() -> None:
    held = cdnow.customers()

    assert len(held.frequency) == 2357
    assert held.frequency.sum() == 2457
    assert np.count_nonzero(held.frequency) == 946
    assert held.held_out.sum() == 1882


@pytest.mark.parametrize(("model", "parameters", "log_likelihood"), MODELS)
def test_parameters_and_log_likelihood(
    model: Model, parameters: tuple[float, ...], log_likelihood: float
) -> None:
    found = fitted(model)

    digits = [
        abs(ours - theirs) for ours, theirs in zip(found.params.values(), parameters, strict=True)
    ]
    assert max(digits) <= 0.0005 + 1e-9
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=5e-5)
    assert found.customers == 2357


def test_standard_errors_of_pareto() -> None:
    errors = fitted(clv.ParetoNBD).standard_errors

    assert errors is not None
    assert [round(errors[n], d) for n, d in (("r", 4), ("alpha", 3), ("s", 3), ("beta", 2))] == [
        0.0476, 0.843, 0.187, 6.21,
    ]  # fmt: skip
