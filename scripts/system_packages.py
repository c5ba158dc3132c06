"""Install what the tests need from the system, or say in one sentence what is missing.

With ``bench``: what benchmarks need besides. What is missing then is only said: one scenario needs
it, and stops with a sentence of its own.

The browser tests drive a real Chromium and read Chinese on its screenshots; the second pass starts
a PostgreSQL of its own. With apt and the right
to use it the packages are installed; otherwise the run stops here. Nothing is skipped silently.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

APT_MINUTES_MAX = 15


@dataclass(frozen=True)
class Need:
    """One thing the tests need, the Debian package that brings it, how to see it is there."""

    package: str
    why: str
    present: Callable[[], bool]


def chromium() -> str | None:
    """Return the browser that the tests drive."""
    named = os.environ.get("REGULARS_TEST_CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return named or next((found for name in names if (found := shutil.which(name))), None)


def _chinese_font() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    answer = subprocess.run([lister, ":lang=zh-cn"], capture_output=True, text=True, check=False)
    return bool(answer.stdout.strip())


def _postgresql() -> bool:
    return any(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")) or bool(shutil.which("pg_ctl"))


NEEDS = (
    Need("chromium", "browser tests drive it", lambda: chromium() is not None),
    Need("fontconfig", "it lists the fonts", lambda: shutil.which("fc-list") is not None),
    Need("fonts-noto-cjk", "pages in Chinese need a Chinese font", _chinese_font),
    Need("postgresql", "the second pass runs on it", _postgresql),
)
BENCH_NEEDS = (
    Need("wrk", "the scenario api_reads sends its load", lambda: bool(shutil.which("wrk"))),
)


def main() -> None:
    """Exit with 0 only when every need is met; what benchmarks lack is only said."""
    bench = sys.argv[1:] == ["bench"]
    needs = BENCH_NEEDS if bench else NEEDS
    missing = _missing(needs)
    if missing and _may_install():
        print("Installing: " + ", ".join(need.package for need in missing))
        _install([need.package for need in missing])
        missing = _missing(needs)
    if missing and bench:
        print("Missing: " + "; ".join(f"{need.package} ({need.why})" for need in missing))
    elif missing:
        wanted = "; ".join(f"{need.package} ({need.why})" for need in missing)
        command = "apt-get install -y " + " ".join(need.package for need in missing)
        sys.exit(
            f"The tests need system packages that are missing: {wanted}.\n"
            f"Install them and run make test again. On Debian or Ubuntu, as root:  {command}"
        )


def _missing(needs: tuple[Need, ...]) -> list[Need]:
    return [need for need in needs if not need.present()]


def _may_install() -> bool:
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def _install(packages: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", *packages]):
        try:
            subprocess.run(
                ["apt-get", *arguments],
                env=environment,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                timeout=APT_MINUTES_MAX * 60,
            )
        except subprocess.TimeoutExpired:
            print(f"apt-get {arguments[0]} did not finish in {APT_MINUTES_MAX} minutes")


if __name__ == "__main__":
    main()
