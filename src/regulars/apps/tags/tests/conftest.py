"""A lake with a few members, and staff of several roles."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from pytest_django import Settings

from regulars.apps.accounts.services.staff import create_staff
from regulars.apps.accounts.types import Actor, DataScope, Role, StaffDetails
from regulars.apps.tags.services import save_category
from regulars.lake import Lake
from regulars.lake.contracts import contract

STORES = ("s1", "s1", "s2")


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def lake(settings: Settings) -> Lake:
    """Three members, two of them at home in s1, who joined a while ago."""
    lake = Lake(settings.REGULARS_LAKE)
    rows = [
        {
            "member_id": f"m{n}",
            "home_store_id": store,
            "joined_on": date(2024, 1, 1 + n),
            "gender": "female" if n else None,
            "source": "test",
        }
        for n, store in enumerate(STORES)
    ]
    with lake.transaction() as transaction:
        members = pa.Table.from_pylist(rows, schema=contract("members").arrow_schema)
        transaction.append("members", members)
    return lake


@pytest.fixture
def tree(db: None) -> None:
    save_category("work", name_zh="业务", name_en="Business")


@pytest.fixture
def operations(db: None) -> Actor:
    return actor(Role.OPERATIONS, DataScope("hq"))


@pytest.fixture
def shop_manager(db: None) -> Actor:
    return actor(Role.SHOP_MANAGER, DataScope("store", ("s1",)))


def actor(role: Role, scope: DataScope) -> Actor:
    details = StaffDetails(role.value, "Ada", role, scope)
    user_id = create_staff(None, details, password="sunny-harbour-4711")
    return Actor(user_id, role.value, "Ada", role, scope)
