"""What the console's tests share: the chain, and somebody signed in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from regulars.apps.accounts.types import DataScope, Role
from regulars.base.brand import Brand
from regulars.console.desk import forget
from regulars.console.tests.chain import (
    ZONE,
    Chain,
    build_chain,
    kept_ledger,
    make_user,
    restore_ledger,
)

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _brand(settings: Settings) -> None:
    settings.REGULARS_BRAND = Brand("Tea & Rice", ZONE, "CNY", "CN")
    settings.REGULARS_BLOCKED_IDENTIFIERS = []
    settings.TIME_ZONE = ZONE
    settings.LANGUAGE_CODE = "en"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    forget()


@dataclass(slots=True)
class Kept:
    """The chain as the first test that wanted it built it."""

    folder: Path
    chain: Chain | None = None
    ledger: str = ""


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("chain") / "home")


@pytest.fixture
def chain(db: None, kept: Kept, settings: Settings) -> Chain:
    """Two shops, ten members, features as of two dates, one row in quarantine."""
    home = Path(settings.REGULARS_HOME)
    if kept.chain is None:
        kept.chain = build_chain()
        kept.ledger = kept_ledger()
        shutil.copytree(home, kept.folder)
    else:
        shutil.copytree(kept.folder, home, dirs_exist_ok=True)
        restore_ledger(kept.ledger)
    return kept.chain


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Return a client in which a new user of that role is signed in."""

    def enter(role: Role = Role.ADMIN, scope: DataScope | None = None) -> Client:
        client = Client()
        client.force_login(make_user(f"{role.value}-{len(scope.ids) if scope else 0}", role, scope))
        return client

    return enter
