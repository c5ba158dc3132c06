"""Run benchmark scenarios: ``python benchmarks/run.py [scenario …]``, or ``make bench``.

Every scenario is measured beside its peers or its physical limit in the same run, with equal
results asserted. The table is printed, and one JSON line is appended to ``benchmarks/results/``.
Everything happens in a home of its own that is deleted afterwards.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Measure the scenarios named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="*", help="load, refresh, rfm …; all when none is named")
    chosen = parser.parse_args().scenario
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as home:
        _set_up(Path(home))
        from benchmarks.harness import Journal
        from benchmarks.scenarios import SCENARIOS

        unknown = [name for name in chosen if name not in SCENARIOS]
        if unknown:
            parser.error(f"no scenario is called {', '.join(unknown)}: {', '.join(SCENARIOS)}")
        journal = Journal(ROOT / "benchmarks" / "results")
        for name in chosen or SCENARIOS:
            journal.add(name, SCENARIOS[name]())
        journal.close()


def _set_up(home: Path) -> None:
    """Make ``home`` a demo's, before Django reads its settings."""
    os.environ["REGULARS_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.server.settings"
    import django

    from regulars.server.demo.home import claim_for_demo

    claim_for_demo()
    django.setup()


if __name__ == "__main__":
    main()
