"""A newcomer's set-up: what is pinned, and what is said when something is missing."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.source_tree import ROOT, kept_files, text_of

LOCKS = ("base", "models", "demo", "dev", "build", "node")


def pinned(lock: str) -> dict[str, set[str]]:
    """Return the versions of each package of a lock; markers may allow several."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text_of(path_of(lock)), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def path_of(lock: str) -> str:
    return f"requirements/{lock}.lock"


def test_these_are_the_locks() -> None:
    kept = {name for name in kept_files() if name.startswith("requirements/")}
    assert kept == {path_of(lock) for lock in LOCKS}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_by_hash_and_none_by_address(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", text_of(path_of(lock)).strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text_of(path_of(lock))


@pytest.mark.parametrize(
    ("smaller", "larger"), [("base", "models"), ("models", "demo"), ("demo", "dev")]
)
def test_a_larger_lock_holds_the_smaller_one_unchanged(smaller: str, larger: str) -> None:
    held = pinned(larger)
    assert {name: held.get(name) for name in pinned(smaller)} == pinned(smaller)


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))
    groups = {
        "base": project["project"]["dependencies"],
        **project["project"]["optional-dependencies"],
        **project["dependency-groups"],
    }
    missing = [
        f"{group}: {requirement}"
        for group, requirements in groups.items()
        for requirement in requirements
        if normal(requirement) not in pinned(group)
    ]
    assert missing == []


def normal(requirement: str) -> str:
    name = re.split(r"[\[<>=!~; ]", requirement)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_base_install_has_neither_pandas_nor_what_models_need() -> None:
    assert {"pandas", "scipy"}.isdisjoint(pinned("base"))
    assert "pandas" not in pinned("models")


def test_a_machine_without_python_is_told_what_to_install() -> None:
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "scripts/virtual_environment.sh"), "unused"],
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert not Path("unused").exists()


def test_missing_system_packages_are_named_at_once() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/system_packages.py")],
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "chromium" in done.stderr
    assert "fonts-noto-cjk" in done.stderr
    assert "apt-get install -y" in done.stderr
