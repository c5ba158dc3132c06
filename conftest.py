"""What holds for every test of the house."""

from __future__ import annotations

import sys

# The base install has no pandas, but the tests' own virtual environment has (benchmarks measure
# against it, the demo's data package asks for it). Here every import of it fails, so that code
# which would need it, also through Ibis, cannot pass a test. Oracles use plain Python or Polars.
sys.modules["pandas"] = None  # type: ignore[assignment]  # None is how Python blocks an import
