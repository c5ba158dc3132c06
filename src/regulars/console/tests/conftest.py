"""What the console's tests share: the chain, and somebody signed in."""

from __future__ import annotations

from collections.abc import Callable
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
    adopt_digests,
    build_chain,
    kept_ledger,
    make_user,
    restore_ledger,
)
from regulars.console.tests.tagged import build_tagged, kept_tags, restore_tags
from regulars.lake import Lake
from tests.kept_home import KeptHome

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _brand(settings: Settings) -> None:
    settings.REGULARS_BRAND = Brand("Tea & Rice", ZONE, "CNY", "CN")
    settings.REGULARS_BLOCKED_IDENTIFIERS = []
    settings.TIME_ZONE = ZONE
    settings.LANGUAGE_CODE = "en"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    forget()


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> KeptHome[Chain]:
    return KeptHome(
        tmp_path_factory.mktemp("chain") / "home",
        build_chain,
        keep_ledger=kept_ledger,
        restore_ledger=restore_ledger,
    )


@pytest.fixture
def chain(db: None, kept: KeptHome[Chain], settings: Settings) -> Chain:
    """Two shops, ten members, features as of two dates, one row in quarantine."""
    return _at_home(kept, settings)


@pytest.fixture(scope="session")
def kept_tagged(tmp_path_factory: pytest.TempPathFactory) -> KeptHome[Chain]:
    return KeptHome(
        tmp_path_factory.mktemp("tagged") / "home",
        build_tagged,
        keep_ledger=kept_tags,
        restore_ledger=restore_tags,
    )


@pytest.fixture
def tagged(db: None, kept_tagged: KeptHome[Chain], settings: Settings) -> Chain:
    """The chain with 82 tags as of its last date."""
    return _at_home(kept_tagged, settings)


def _at_home(kept: KeptHome[Chain], settings: Settings) -> Chain:
    chain = kept.at(Path(settings.REGULARS_HOME))
    adopt_digests(Lake(settings.REGULARS_LAKE))
    return chain


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Return a client in which a new user of that role is signed in."""

    def enter(role: Role = Role.ADMIN, scope: DataScope | None = None) -> Client:
        client = Client()
        client.force_login(make_user(f"{role.value}-{len(scope.ids) if scope else 0}", role, scope))
        return client

    return enter
