"""Everything but fitting and asking churn models works without the extra packages."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import sys
for name in ("lightgbm", "scipy", "sklearn"):
    sys.modules[name] = None
from regulars.science.learned import churn, clusters, lookalike, price_sensitivity
from regulars.science.producers import profile_producers
import pyarrow as pa
rows = pa.table({"member_id": [f"m{n:03}" for n in range(200)], "n": [n % 40 for n in range(200)]})
seed = [f"m{n:03}" for n in range(200) if n % 40 > 33]
assert lookalike.fit(rows, seed).report.auc > 0.9
assert len(clusters.fit(rows, columns=["n"]).clusters) > 1
assert "churn" in [one.name for one in profile_producers()]
"""


def test_without_the_extra_packages() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
