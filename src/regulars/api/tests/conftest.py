"""What the API's tests share: the two shops, built once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from regulars.api.tests.chain import ShopChain, build_chain, kept_ledger, restore_ledger
from tests.kept_home import KeptHome


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> KeptHome[ShopChain]:
    return KeptHome(
        tmp_path_factory.mktemp("shops") / "home",
        build_chain,
        keep_ledger=kept_ledger,
        restore_ledger=restore_ledger,
    )


@pytest.fixture
def chain(db: None, kept: KeptHome[ShopChain], settings: Settings) -> ShopChain:
    """Two shops, six members, thirty orders, features as of one date."""
    settings.REGULARS_BLOCKED_IDENTIFIERS = []
    return kept.at(Path(settings.REGULARS_HOME))
