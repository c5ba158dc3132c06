"""A secret is made once, kept whole and readable by its owner only."""

from __future__ import annotations

import stat
from pathlib import Path

from regulars.base.secret_files import kept_secret


def test_it_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "key"

    first = kept_secret(path, lambda: "one")
    second = kept_secret(path, lambda: "two")

    assert (first, second) == ("one", "one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["key"]
