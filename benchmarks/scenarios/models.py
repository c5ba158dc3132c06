"""What models find back of a simulated chain, beside something simple, and how long it takes.

``REGULARS_BENCH_MODELS_MEMBERS`` sets how many members there are (20,000); published figures are of
100,000. The chain is held in memory, its members known rightly, so that only the models are
measured. Figures of quality stand in the notes; those of a time to come were never learned from.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.harness import Measurement
from benchmarks.scenarios.planted import churn, groups, lookalike, preferences, price
from benchmarks.scenarios.planted.chain import chain


def measurements() -> Sequence[Measurement]:
    facts = chain()
    return [
        *churn.rows(facts),
        *price.rows(facts),
        *lookalike.rows(facts),
        *groups.rows(facts),
        *preferences.rows(facts),
    ]
