"""Run benchmark scenarios: ``python benchmarks/run.py [scenario …]``, or ``make bench``.

Every scenario is measured beside its peers or its physical limit in the same run, with equal
results asserted. The table is printed, and one JSON line is appended to ``benchmarks/results/``.
Each scenario has a process of its own, so that no peak of memory is another's, and a home of its
own that is deleted afterwards.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Measure the scenarios named on the command line, or show what was measured."""
    from benchmarks.scenarios import SCENARIOS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="*", help="all when none is named")
    parser.add_argument("--list", action="store_true", help="say what there is to measure")
    parser.add_argument("--latest", action="store_true", help="show the last figures, measure none")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    unknown = [name for name in asked.scenario if name not in SCENARIOS]
    if unknown:
        parser.error(f"no scenario is called {', '.join(unknown)}: {', '.join(SCENARIOS)}")
    chosen = asked.scenario or list(SCENARIOS)
    if asked.list:
        for name in chosen:
            print(f"{name:16}{SCENARIOS[name]}")
    elif asked.latest:
        _show(chosen)
    elif asked.inside:
        _measure(chosen[0])
    else:
        sys.exit(_measure_each(chosen))


def _measure_each(names: list[str]) -> int:
    """Run every scenario in its own process; return how many failed."""
    failed = [
        name
        for name in names
        if subprocess.run([sys.executable, __file__, "--inside", name], check=False).returncode
    ]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


def _measure(name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as home:
        _set_up(Path(home))
        from benchmarks.harness import Journal

        scenario = import_module(f"benchmarks.scenarios.{module_of(name)}")
        Journal(RESULTS).add(name, scenario.measurements())


def module_of(name: str) -> str:
    """Return where a scenario lies: ``api_reads`` is ``reads`` in the folder ``api``."""
    folder, _line, rest = name.partition("_")
    folders = {one.name for one in (Path(__file__).parent / "scenarios").iterdir() if one.is_dir()}
    return f"{folder}.{rest}" if rest and folder in folders else name


def _show(names: list[str]) -> None:
    from benchmarks.harness import Journal

    for name in names:
        Journal(RESULTS).show_last(name)


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
