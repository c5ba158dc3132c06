"""A home folder and a ledger as the first test that wanted them made them, given to every other."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

Made = TypeVar("Made")


class KeptHome(Generic[Made]):
    """Built once in a session: ``at`` builds it, or puts it back into the test's own home."""

    def __init__(
        self,
        folder: Path,
        build: Callable[[], Made],
        *,
        keep_ledger: Callable[[], str],
        restore_ledger: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._build = build
        self._keep_ledger, self._restore_ledger = keep_ledger, restore_ledger
        self._kept: tuple[Made, str] | None = None

    def at(self, home: Path) -> Made:
        """Fill the home and the ledger; return what building them returned."""
        if self._kept is None:
            self._kept = self._build(), self._keep_ledger()
            shutil.copytree(home, self._folder)
        else:
            shutil.copytree(self._folder, home, dirs_exist_ok=True)
            self._restore_ledger(self._kept[1])
        return self._kept[0]
