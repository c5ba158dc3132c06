"""The scenarios by name. Each returns its measurements, its own first."""

from collections.abc import Callable, Sequence

from benchmarks.harness import Measurement
from benchmarks.scenarios import load, refresh, rfm

SCENARIOS: dict[str, Callable[[], Sequence[Measurement]]] = {
    "load": load.measurements,
    "refresh": refresh.measurements,
    "rfm": rfm.measurements,
}
