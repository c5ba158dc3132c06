"""What the tests of the members room share."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.base.brand import Brand
from regulars.lake import Lake


@pytest.fixture(autouse=True)
def _chinese_brand(settings: Settings) -> None:
    settings.REGULARS_BRAND = Brand("Shop", "Asia/Shanghai", "CNY", "CN")
    settings.REGULARS_BLOCKED_IDENTIFIERS = []


@pytest.fixture
def lake(settings: Settings) -> Lake:
    return Lake(settings.REGULARS_LAKE)


@pytest.fixture
def operator(db: None) -> Actor:
    """Return somebody who may decide reviews and reveal, for the whole brand."""
    from regulars.apps.accounts.models import User

    user = User.objects.create(username="olga", role=Role.OPERATIONS, scope_kind="hq")
    return Actor(user.pk, "olga", "Olga", Role.OPERATIONS, DataScope("hq"))
