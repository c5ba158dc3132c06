"""What the API's tests share: the two shops, built once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import Settings

from regulars.api.tests.chain import ShopChain, build_chain, kept_ledger, restore_ledger


@dataclass(slots=True)
class Kept:
    """The chain as the first test that wanted it built it."""

    folder: Path
    chain: ShopChain | None = None
    ledger: str = ""


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("shops") / "home")


@pytest.fixture
def chain(db: None, kept: Kept, settings: Settings) -> ShopChain:
    """Two shops, six members, thirty orders, features as of one date."""
    settings.REGULARS_BLOCKED_IDENTIFIERS = []
    home = Path(settings.REGULARS_HOME)
    if kept.chain is None:
        kept.chain = build_chain()
        kept.ledger = kept_ledger()
        shutil.copytree(home, kept.folder)
    else:
        shutil.copytree(kept.folder, home, dirs_exist_ok=True)
        restore_ledger(kept.ledger)
    return kept.chain
